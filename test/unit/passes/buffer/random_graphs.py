#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random graphs through the passes of the room `buffer`, and what they compute on one arena against what tensors say.

usage: random_graphs.py [COUNT [FIRST_SEED]]

The arena starts as NaN, the ops of a step run last first. A graph mixes borders, concatenations, slices, insertions,
reshapes, reductions and elementwise ops at random, so that places contradict each other in every way.
"""
import os
import random
import re
import subprocess
import sys

import numpy as np

CNNC_OPT = os.environ.get("CNNC_OPT", os.path.join(os.path.dirname(__file__), "../../../../build/bin/cnnc-opt"))
PIPELINE = ("builtin.module(func.func(share-borders,nest-concats),bufferize,func.func(outline-steps,plan-arena))")
IDENTITY = "affine_map<(a, b, c) -> (a, b, c)>"
SWAP = "affine_map<(a, b, c) -> (b, a, c)>"
PARALLEL = '["parallel", "parallel", "parallel"]'


def tensor(shape):
    return "tensor<" + "".join(f"{extent}x" for extent in shape) + "f32>"


def integers(values):
    return "array<i64: " + ", ".join(map(str, values)) + ">" if len(values) else "array<i64>"


class Graph:
    """A random graph as text, and the value of each of its tensors."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.values, self.count = [], {}, 0
        self.inputs = [self.random_array((4, 4, 4)) for _ in range(2)]
        for number, array in enumerate(self.inputs):
            self.values[f"%x{number}"] = array
        for number in range(self.random.randint(0, 2)):
            shape = self.random.choice([(4, 4, 4), (2, 4, 4)])
            self.lines.append(f"%c{number} = arith.constant dense<{number + 2}.0> : {tensor(shape)}")
            self.values[f"%c{number}"] = np.full(shape, number + 2, np.float32)
        self.lines += ["%zero = arith.constant 0.0 : f32", "%one = arith.constant 1.0 : f32"]
        ops = [self.affine, self.affine, self.add, self.add, self.swap, self.reduce, self.accumulate, self.pad, self.pad,
               self.concat, self.concat, self.slice, self.phases, self.insert, self.reshape, self.window, self.window]
        for _ in range(self.random.randint(4, 24)):
            self.random.choice(ops)()
        names = list(self.values)
        last = names[-self.random.randint(1, 4):]
        self.results = last + self.random.choices(names, k=self.random.randint(0, 2))

    def random_array(self, shape):
        return np.array([self.random.randint(-9, 9) for _ in range(int(np.prod(shape)))], np.float32).reshape(shape)

    def pick(self, accepts=lambda array: True):
        names = [name for name, array in self.values.items() if array.ndim == 3 and array.size <= 4096 and accepts(array)]
        return self.random.choice(names[-6:] if self.random.random() < 0.7 else names) if names else None

    def emit(self, text, value):
        name = f"%v{self.count}"
        self.count += 1
        self.lines.append(f"{name} = {text}")
        self.values[name] = np.ascontiguousarray(value, np.float32)
        return name

    def empty(self, shape):
        self.count += 1
        self.lines.append(f"%e{self.count} = tensor.empty() : {tensor(shape)}")
        return f"%e{self.count}"

    def generic(self, tag, inputs, maps, body, init, value, iterators=PARALLEL):
        """A generic with the discardable attribute `tag`; `init` is the destination."""
        names = [f"%a{number}" for number in range(len(inputs))]
        arguments = ", ".join(f"{name}: f32" for name in [*names, "%o"])
        ins = f"ins({', '.join(inputs)} : {', '.join(tensor(self.values[name].shape) for name in inputs)})"
        shape = tensor(value.shape)
        return self.emit(f'linalg.generic {{indexing_maps = [{", ".join(maps)}], iterator_types = {iterators}}} {ins} '
                         f'outs({init} : {shape}) attrs = {{tag = "{tag}"}} {{\n^bb0({arguments}):\n{body}\n}} -> {shape}',
                         value)

    def affine(self):
        x = self.pick()
        body = "%t = arith.addf %a0, %one : f32\nlinalg.yield %t : f32"
        value = self.values[x] + 1
        self.generic("increment", [x], [IDENTITY] * 2, body, self.empty(value.shape), value)

    def add(self):
        x = self.pick()
        y = self.pick(lambda array: array.shape == self.values[x].shape)
        body = "%t = arith.subf %a0, %a1 : f32\nlinalg.yield %t : f32"
        value = self.values[x] - self.values[y]
        self.generic("subtract", [x, y], [IDENTITY] * 3, body, self.empty(value.shape), value)

    def swap(self):
        x = self.pick()
        value = self.values[x].swapaxes(0, 1)
        self.generic("swap", [x], [SWAP, IDENTITY], "linalg.yield %a0 : f32", self.empty(value.shape), value)

    def reduce(self):
        x = self.pick()
        value = np.sum(self.values[x], 1, keepdims=True)
        empty, shape = self.empty(value.shape), tensor(value.shape)
        self.lines.append(f"%f{self.count} = linalg.fill ins(%zero : f32) outs({empty} : {shape}) -> {shape}")
        body = "%t = arith.addf %a0, %o : f32\nlinalg.yield %t : f32"
        maps = [IDENTITY, "affine_map<(a, b, c) -> (a, 0, c)>"]
        self.generic("sum", [x], maps, body, f"%f{self.count}", value, '["parallel", "reduction", "parallel"]')

    def accumulate(self):
        x = self.pick()
        y = self.pick(lambda array: array.shape == self.values[x].shape)
        body = "%t = arith.subf %o, %a0 : f32\nlinalg.yield %t : f32"
        self.generic("accumulate", [x], [IDENTITY] * 2, body, y, self.values[y] - self.values[x])

    def pad(self):
        x = self.pick(lambda array: array.size <= 512)
        if not x:
            return
        array, fill = self.values[x], self.random.choice([0, 0, 0, 7])
        for _ in range(self.random.choice([1, 1, 2])):
            low, high = ([self.random.randint(0, 2), self.random.randint(0, 1), 0] for _ in range(2))
            value = np.pad(array, list(zip(low, high)), constant_values=fill)
            self.emit(f"kernel.pad {x} {{low = {integers(low)}, high = {integers(high)}, value = {fill}.0 : f32}} : "
                      f"{tensor(array.shape)} to {tensor(value.shape)}", value)

    def concat(self):
        axis = self.random.randint(0, 2)
        first = self.pick()
        fits = lambda array: all(array.shape[d] == self.values[first].shape[d] for d in range(3) if d != axis)
        names = [first] + [self.pick(fits) for _ in range(self.random.randint(0, 3))]
        value = np.concatenate([self.values[name] for name in names], axis)
        types = ", ".join(tensor(self.values[name].shape) for name in names)
        self.emit(f"kernel.concat({', '.join(names)}) {{axis = {axis} : i64}} : ({types}) -> {tensor(value.shape)}", value)

    def box(self, shape):
        offsets, sizes, steps = [], [], []
        for extent in shape:
            step = self.random.choice([1, 1, 2]) if extent > 1 else 1
            offset = self.random.randint(0, min(extent - 1, 2))
            sizes.append(self.random.randint(1, max(1, (extent - offset) // step)))
            offsets.append(offset)
            steps.append(step)
        index = tuple(slice(o, o + (s - 1) * t + 1, t) for o, s, t in zip(offsets, sizes, steps))
        return f"{offsets} {sizes} {steps}", index

    def slice(self):
        x = self.pick()
        array = self.values[x]
        if self.random.random() < 0.4 and array.shape[0] > 1:
            # A split, whose parts a concatenation may join again.
            half = array.shape[0] // 2
            for start, end in ((0, half), (half, array.shape[0])):
                value = array[start:end]
                self.emit(f"tensor.extract_slice {x}[{start}, 0, 0] {list(value.shape)} [1, 1, 1] : {tensor(array.shape)} "
                          f"to {tensor(value.shape)}", value)
            return
        text, index = self.box(array.shape)
        value = array[index]
        self.emit(f"tensor.extract_slice {x}{text} : {tensor(array.shape)} to {tensor(value.shape)}", value)

    def phases(self):
        x = self.pick(lambda array: array.shape[1] <= 8)
        if not x:
            return
        array = self.values[x]
        part, whole = tensor(array.shape), (array.shape[0], 2 * array.shape[1], array.shape[2])
        result, value = self.empty(whole), np.zeros(whole, np.float32)
        for phase in range(2):
            box = f"[0, {phase}, 0] {list(array.shape)} [1, 2, 1]"
            destination = f"%d{self.count}"
            self.lines.append(f"{destination} = tensor.extract_slice {result}{box} : {tensor(whole)} to {part}")
            written = self.window(x, destination)
            value[:, phase::2] = self.values[written]
            result = self.emit(f"tensor.insert_slice {written} into {result}{box} : {part} into {tensor(whole)}",
                               value.copy())
            # The chain is unfinished: nobody else may read it.
            if phase == 0:
                del self.values[result]

    def insert(self):
        y = self.pick()
        text, index = self.box(self.values[y].shape)
        shape = self.values[y][index].shape
        x = self.pick(lambda array: array.shape == shape)
        if not x:
            return
        value = self.values[y].copy()
        value[index] = self.values[x]
        self.emit(f"tensor.insert_slice {x} into {y}{text} : {tensor(shape)} into {tensor(value.shape)}", value)

    def reshape(self):
        x = self.pick(lambda array: array.shape[0] % 2 == 0)
        if not x:
            return
        a, b, c = self.values[x].shape
        shape = self.random.choice([(a // 2, 2 * b, c), (a // 2, b, 2 * c), (1, a * b, c), (a, 1, b * c)])
        value = self.values[x].reshape(shape)
        self.emit(f"kernel.reshape {x} : {tensor((a, b, c))} to {tensor(shape)}", value)

    def window(self, x=None, destination=None):
        """A kernel of the identity with an extra operand that is subtracted."""
        x = x or self.pick()
        y = self.pick(lambda array: array.shape == self.values[x].shape)
        value, shape = self.values[x] - self.values[y], tensor(self.values[x].shape)
        destination = destination or self.empty(value.shape)
        return self.emit(
            f"kernel.window sum ins({x} extras {y} : {shape} extras {shape}) outs({destination} : {shape}) "
            f"{{order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, "
            f"dilations = array<i64: 1>, channels = {value.shape[2]}}} -> {shape} epilogue {{\n^bb0(%p: f32, %q: f32):\n"
            f"%t = arith.subf %p, %q : f32\nkernel.yield %t : f32\n}}", value)

    def text(self):
        arguments = ", ".join(f"%x{number}: {tensor(array.shape)}" for number, array in enumerate(self.inputs))
        types = ", ".join(tensor(self.values[name].shape) for name in self.results)
        return "\n".join([f"func.func @main({arguments}) -> ({types}) {{", *self.lines,
                          f"return {', '.join(self.results)} : {types}", "}"])


class Machine:
    """Runs the text of the phase on numpy arrays."""

    MEMREF = r"memref<([\dx]*)f32(?:, strided<\[([-\d, ]*)\](?:, offset: (\d+))?>)?>"

    def __init__(self, text, inputs, outputs):
        self.text, self.roots, self.views, self.globals = text, {}, {}, {}
        arena = int(re.search(r"memref<(\d+)xi8> \{cnnc.arena\}", text)[1])
        self.arena = np.full(arena // 4, np.nan, np.float32)
        for number, array in enumerate([*inputs, *outputs]):
            self.views[f"%arg{number}"] = array
            self.roots[f"%arg{number}"] = array.reshape(-1)

    def view(self, flat, type):
        shape, strides, offset = re.fullmatch(self.MEMREF, type).groups()
        shape = [int(extent) for extent in shape.split("x")[:-1]]
        if strides is None:
            return flat[:int(np.prod(shape))].reshape(shape)
        strides = [4 * int(stride) for stride in strides.split(", ")]
        return np.lib.stride_tricks.as_strided(flat[int(offset or 0):], shape, strides)

    def define(self, line):
        """Runs a line that gives a name to memory; says whether it was one."""
        if match := re.match(r"memref.global .* @(\w+) : memref<([\dx]*)xf32> = dense<(\S+)>", line):
            shape = [int(extent) for extent in match[2].split("x")]
            self.globals[match[1]] = np.full(int(np.prod(shape)), float(match[3]), np.float32)
        elif match := re.match(r"(%\w+) = arith.constant (\d+) : index", line):
            self.views[match[1]] = int(match[2])
        elif match := re.match(r"(%\w+) = memref.view %\w+\[(%\w+)\]\[\] : .* to (memref<.*>)", line):
            self.roots[match[1]] = self.arena[self.views[match[2]] // 4:]
            self.views[match[1]] = self.view(self.roots[match[1]], match[3])
        elif match := re.match(r"(%\w+) = memref.get_global @(\w+) : (memref<.*>)", line):
            self.roots[match[1]] = self.globals[match[2]]
            self.views[match[1]] = self.view(self.roots[match[1]], match[3])
        elif match := re.match(r"(%\w+) = memref.reinterpret_cast (%\w+) .* to (memref<.*>)$", line):
            self.views[match[1]] = self.view(self.roots[match[2]], match[3])
        else:
            return False
        return True

    def execute(self, line):
        operands = lambda word: [self.views[name] for name in re.findall(r"%\w+", re.search(word + r"\(([^:]*):", line)[1])]
        if line.startswith("kernel.border"):
            name, high, low, value = re.match(r"kernel.border (%\w+) \{high = array<i64: (.*?)>, low = array<i64: (.*?)>, "
                                              r"value = (\S+) : f32", line).groups()
            out = self.views[name]
            low, high = ([int(width) for width in widths.split(",")] for widths in (low, high))
            inside = tuple(slice(l, extent - h) for l, h, extent in zip(low, high, out.shape))
            outside = np.ones(out.shape, bool)
            outside[inside] = False
            out[outside] = float(value)
        elif line.startswith("kernel.window"):
            a, extra = operands("ins")
            operands("outs")[0][...] = a - extra
        elif line.startswith("linalg.fill"):
            operands("outs")[0][...] = 0
        elif 'algorithm = "copy"' in line:
            operands("outs")[0][...] = operands("ins")[0]
        else:
            tag, out, ins = re.search(r'tag = "(\w+)"', line)[1], operands("outs")[0], operands("ins")
            if tag == "increment":
                out[...] = ins[0] + 1
            elif tag == "subtract":
                out[...] = ins[0] - ins[1]
            elif tag == "swap":
                out[...] = ins[0].swapaxes(0, 1)
            elif tag == "accumulate":
                out[...] -= ins[0]
            elif tag == "sum":
                out[...] = np.sum(ins[0], 1, keepdims=True) + (0 if "init = [" in line else out)

    def run(self):
        step = []
        for line in map(str.strip, self.text.splitlines()):
            if self.define(line):
                continue
            if line.startswith("kernel.step") or line == "return":
                # Ops of a step are independent: any order will do.
                for op in reversed(step):
                    self.execute(op)
                step = []
            elif re.match(r"kernel\.(?!yield)|linalg\.(?!yield|index)", line):
                step.append(line)


def check(seed):
    graph = Graph(seed)
    done = subprocess.run([CNNC_OPT, f"--pass-pipeline={PIPELINE}"], input=graph.text(), capture_output=True, text=True)
    if done.returncode:
        return f"seed {seed}: {done.stderr[:500]}"
    outputs = [np.full(graph.values[name].shape, np.nan, np.float32) for name in graph.results]
    inputs = [array.copy() for array in graph.inputs]
    machine = Machine(done.stdout, inputs, outputs)
    machine.run()
    for number, (name, output) in enumerate(zip(graph.results, outputs)):
        if not np.array_equal(output, graph.values[name]):
            return f"seed {seed}: output {number} ({name}) differs"
    if not all(np.array_equal(a, b) for a, b in zip(inputs, graph.inputs)):
        return f"seed {seed}: an input was written"
    return None


def main():
    count, first = (int(word) for word in (sys.argv[1:] + ["100", "0"][len(sys.argv) - 1:]))
    problems = [problem for problem in map(check, range(first, first + count)) if problem]
    print("\n".join(problems) or f"{count} graphs agree")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
