# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs kernel.step text on numpy arrays: cnnc-opt, MLIR's lowerings, clang, ctypes; every level this machine has. With
CNNC_TEST_TARGET=aarch64 neon instead, as a program in qemu."""
import ctypes
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

CNNC_OPT = os.environ.get("CNNC_OPT", os.path.join(os.path.dirname(__file__), "../../../build/bin/cnnc-opt"))
LLVM = os.environ.get("LLVM_BIN", "/usr/lib/llvm-22/bin")
LOWER = ("builtin.module(llvm.func(convert-math-to-llvm),convert-vector-to-llvm,convert-scf-to-cf,convert-arith-to-llvm,"
         "convert-cf-to-llvm,convert-index-to-llvm,reconcile-unrealized-casts)")
TARGET = os.environ.get("CNNC_TEST_TARGET", "x86_64")
# What /proc/cpuinfo says of a machine that runs the level.
V3, V4 = {"avx2", "fma"}, {"avx512vl", "avx512bw"}
NEEDS = {"x86-64-v2": set(), "x86-64-v3": V3, "x86-64-v3-vnni": V3 | {"avx_vnni"}, "x86-64-v4": V4, "x86-64-v4-vnni": V4 | {"avx512_vnni"}}
# With CNNC_TEST_LEVEL it alone is tested; those that have nothing but dots beside another are for who multiplies bytes.
LEVEL = os.environ.get("CNNC_TEST_LEVEL")
LEVELS = [LEVEL] if LEVEL else {"x86_64": ["x86-64-v2", "x86-64-v3", "x86-64-v4"], "aarch64": ["neon"]}[TARGET]
QEMU = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]
TYPES = {"float32": "f32", "float64": "f64", "float16": "f16", "int64": "i64", "int32": "i32", "int16": "i16", "int8": "i8",
         "uint8": "i8", "bool": "i1",
         "uint16": "bf16"}  # its bits: numpy has none


def schedule(family, *entries, levels=LEVELS):
    """The attribute: for each level its dictionary of `entries`, of which there are as many or one for all; what they leave open is chosen."""
    entries = entries * len(levels) if len(entries) == 1 else entries
    texts = [", ".join(f"{name} = {value}" for name, value in of.items()) for of in entries[:len(levels)]]
    return "schedule = [" + ", ".join(f"#kernel.{family}_schedule<{text}>" for text in texts) + "]"


def levels_here():
    if TARGET != "x86_64":
        return LEVELS
    flags = set(open("/proc/cpuinfo").read().split("\n\n")[0].split())
    levels = [level for level, needs in NEEDS.items() if needs <= flags]
    if LEVEL and LEVEL not in levels:
        print(f"skipped: this machine has no {LEVEL}")
        sys.exit(0)
    return levels


def memref(array, strides=None):
    """The memref type of an array; strides in elements where it is a strided view of a larger buffer."""
    shape = "".join(f"{extent}x" for extent in array.shape)
    layout = f", strided<[{', '.join(map(str, strides))}]>" if strides else ""
    return f"memref<{shape}{TYPES[str(array.dtype)]}{layout}>"


def base(array):
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def address(array):
    return array.__array_interface__["data"][0]


class Program:
    """Steps that are compiled together. Operands are arrays (views of larger arrays keep their strides)."""
    passes = ["--outline-model", "--schedule-steps", "--convert-to-vector"]
    declares_memory = True  # else one of the passes does

    def __init__(self, levels=None, scratch_bytes=1 << 24):
        self.levels = levels or LEVELS
        self.steps, self.arguments, self.scratch_bytes = [], [], scratch_bytes
        self.prologue = []

    def operand(self, array, output=False):
        name = f"%v{len(self.arguments)}"
        strides = [s // array.itemsize for s in array.strides]
        dense = array.flags.c_contiguous
        self.arguments.append((name, memref(array, None if dense else strides), array, output))
        return name

    def type(self, name):
        return next(argument[1] for argument in self.arguments if argument[0] == name)

    def step(self, name, tasks, body):
        self.steps.append((name, tasks, body))

    def text(self):
        ordered = self.ordered()  # outputs follow the inputs
        declared = [f"{name}: {type}" + (" {cnnc.output}" if output else "") for name, type, _, output in ordered]
        if self.declares_memory:
            declared += ["%arena: memref<64xi8> {cnnc.arena}", f"%scratch: memref<{self.scratch_bytes}xi8> {{cnnc.scratch}}"]
        levels = ", ".join(f'"{level}"' for level in self.levels)
        lines = [f'module attributes {{cnnc.target = #target.cpu<"{TARGET}", levels = [{levels}]>}} {{',
                 f"func.func @main({', '.join(declared)}) {{"]
        lines += self.prologue
        for name, tasks, body in self.steps:
            lines += [f'kernel.step "{name}" algorithm("test") tasks({tasks}) macs(0) bytes({1 << 40}) {{', body, "}"]
        return "\n".join(lines + ["return", "}", "}"])

    def compile(self, directory):
        path = lambda name: os.path.join(directory, name)
        open(path("in.mlir"), "w").write(self.text())
        run = lambda command: subprocess.run(command, check=True)
        run([CNNC_OPT, *self.passes, path("in.mlir"), "-o", path("vector.mlir")])
        # mlir-opt knows neither the target nor the model.
        text = re.sub(r" attributes \{cnnc.target = #target.cpu<.*?>\}", "", open(path("vector.mlir")).read(), count=1)
        text = re.sub(r"  kernel.model .*?\n  \}\n", "", text, count=1, flags=re.S)
        open(path("functions.mlir"), "w").write(text)
        run([f"{LLVM}/mlir-opt", f"--pass-pipeline={LOWER}", path("functions.mlir"), "-o", path("llvm.mlir")])
        run([f"{LLVM}/mlir-translate", "--mlir-to-llvmir", path("llvm.mlir"), "-o", path("model.ll")])
        text = open(path("model.ll")).read().replace("define internal void @step_", "define void @step_")
        if "x86-64-v4" not in levels_here():
            # Still the code for 16 lanes, on the instructions that are here.
            text = text.replace('"target-cpu"="x86-64-v4"', '"target-cpu"="x86-64-v3"')
        open(path("model.ll"), "w").write(text)
        flags = [f"--target={TARGET}-linux-gnu", "-O2", "-fPIC", "-fno-vectorize", "-fno-slp-vectorize", "-mllvm",
                 "-enable-misched=false", "-Wno-override-module"]
        run([f"{LLVM}/clang", *flags, "-c", path("model.ll"), "-o", path("model.o")])
        self.check_calls(path("model.o"))
        if TARGET == "x86_64":
            run([f"{LLVM}/clang", "-shared", "-nostdlib", path("model.o"), "-o", path("model.so")])
            return path("model.so")
        with open(path("main.c"), "w") as file:
            file.write(self.write_main())
        run([f"{LLVM}/clang", *flags, "-fuse-ld=lld", path("model.o"), path("main.c"), "-o", path("model")])
        return path("model")

    @staticmethod
    def check_calls(file):
        """Kernels call nothing but what moves memory and the runtime's conversions: no function of mathematics."""
        run = subprocess.run([f"{LLVM}/llvm-nm", "--undefined-only", "--just-symbol-name", file], stdout=subprocess.PIPE, check=True, text=True)
        calls = [name for name in run.stdout.split() if name not in ("memcpy", "memmove", "memset") and not name.startswith("__")]
        assert not calls, f"calls of {calls}"

    def ordered(self):
        return sorted(self.arguments, key=lambda argument: argument[3])

    def run(self, check):
        """Calls every step at every level this machine has; then check(step index, level)."""
        keep = os.environ.get("KEEP")  # a folder for the intermediate files
        with tempfile.TemporaryDirectory() as directory:
            program = self.compile(keep or directory)
            if TARGET != "x86_64":
                return self.run_emulated(program, check)
            library = ctypes.CDLL(program)
        ordered = self.ordered()
        io = (ctypes.c_void_p * len(ordered))(*[address(argument[2]) for argument in ordered])
        scratch = np.full(self.scratch_bytes + 64, 0xFF, dtype=np.uint8)
        aligned = address(scratch) + -address(scratch) % 64
        for level in self.levels:
            if level != "x86-64-v4" and level not in levels_here():
                continue
            for number, (name, tasks, _) in enumerate(self.steps):
                function = library[f"step_{number}_{level.replace('-', '_')}"]
                for task in reversed(range(tasks)):
                    function(None, None, io, ctypes.c_void_p(aligned), ctypes.c_int64(task))
                check(number, level)

    def place_buffers(self):
        """The buffers behind the arguments, and where each argument and each buffer lies when they stand in one file, aligned as here."""
        buffers, starts, end = {}, {}, 0
        for _, _, array, _ in self.ordered():
            buffer = base(array)
            if id(buffer) not in buffers:
                end += (address(buffer) - end) % 64
                buffers[id(buffer)], starts[id(buffer)] = buffer, end
                end += buffer.nbytes
        places = [starts[id(base(array))] + address(array) - address(base(array)) for _, _, array, _ in self.ordered()]
        return [(buffers[key], starts[key]) for key in buffers], places, end

    def write_main(self):
        """A program that reads the buffers from a file, calls every step on them and writes them back."""
        _, places, size = self.place_buffers()
        symbol = LEVELS[0].replace("-", "_")
        lines = ["#include <stdint.h>", "#include <stdio.h>", "#include <string.h>",
                 f"static _Alignas(64) char memory[{size}], scratch[{self.scratch_bytes}];"]
        lines += [f"void step_{number}_{symbol}(void *, void *, void **, void *, int64_t);" for number in range(len(self.steps))]
        lines += ["int main(int argc, char **argv) {", "FILE *file = fopen(argv[1], \"r+b\");",
                  "if (!file || fread(memory, 1, sizeof memory, file) != sizeof memory) return 1;", "memset(scratch, 0xff, sizeof scratch);",
                  f"void *io[] = {{{', '.join(f'memory + {place}' for place in places)}}};"]
        lines += [f"for (int64_t task = {tasks}; task-- > 0;) step_{number}_{symbol}(0, 0, io, scratch, task);"
                  for number, (_, tasks, _) in enumerate(self.steps)]
        lines += ["rewind(file);", "return fwrite(memory, 1, sizeof memory, file) != sizeof memory || fclose(file);", "}"]
        return "\n".join(lines) + "\n"

    def run_emulated(self, program, check):
        buffers, _, size = self.place_buffers()
        memory = np.zeros(size, np.uint8)
        for buffer, start in buffers:
            memory[start:start + buffer.nbytes] = buffer.reshape(-1).view(np.uint8)
        memory.tofile(f"{program}.data")
        subprocess.run([*QEMU, program, f"{program}.data"], check=True)
        memory = np.fromfile(f"{program}.data", np.uint8)
        for buffer, start in buffers:
            buffer.reshape(-1).view(np.uint8)[:] = memory[start:start + buffer.nbytes]
        for number in range(len(self.steps)):
            check(number, LEVELS[0])
