#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small models that ask for much: each must be refused, or compiled, within a second of processor time and 200 MB.

usage: budget.py CNNC [FLAG] [NAME ...]    with a flag, all are compiled
"""
import os
import pathlib
import re
import sys
import tempfile

SECONDS, MEGABYTES, PRINTED = 1.0, 200, 1 << 20
FLOAT, INT64, BOOL = 1, 7, 9


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def field(number, value):
    """One field of a message: an integer, text, bytes or an embedded message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def fields(number, values):
    return b"".join(field(number, value) for value in values)


def tensor(name, shape, kind=INT64, numbers=None):
    data = b"" if numbers is None else field(7, b"".join(varint(n) for n in numbers))
    return fields(1, shape) + field(2, kind) + field(8, name) + data


def attribute(name, value):
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, 2)
    if isinstance(value, Graph):
        return field(1, name) + field(6, value.text) + field(20, 5)
    if isinstance(value, list):
        return field(1, name) + fields(8, value) + field(20, 7)
    return field(1, name) + field(5, value) + field(20, 4)


def node(op, inputs, outputs, name="", domain="", **attributes):
    return (fields(1, inputs) + fields(2, outputs) + field(3, name) + field(4, op) + field(7, domain)
            + fields(5, (attribute(key, value) for key, value in attributes.items())))


def value_info(name, shape, kind=FLOAT):
    dims = fields(1, (field(1, extent) for extent in shape))
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, dims)))


class Graph:
    def __init__(self, nodes, outputs, initializers=(), inputs=()):
        self.text = (fields(1, nodes) + field(2, "g") + fields(5, initializers) + fields(11, inputs)
                     + fields(12, (field(1, name) for name in outputs)))


def function(name, nodes):
    return field(1, name) + field(4, "x") + field(5, "y") + fields(7, nodes) + fields(9, OPSETS) + field(10, "local")


OPSETS = (field(1, "") + field(2, 17), field(1, "local") + field(2, 1))
X = value_info("x", [4])


def model(nodes, outputs=("y",), initializers=(), inputs=(X,), functions=()):
    graph = Graph(nodes, outputs, initializers, inputs)
    return field(1, 8) + field(7, graph.text) + fields(8, OPSETS) + fields(25, functions)


def filled(shape, then):
    """A tensor of that shape, filled with one number, and what is made of it."""
    fill = node("ConstantOfShape", ["s"], ["f"], value=tensor("", [1], FLOAT) + field(4, b"\0\0\x80\x3f"))
    return model([fill, *then], initializers=[tensor("s", [len(shape)], numbers=shape)], inputs=())


def call(name, inputs, outputs):
    return node(name, inputs, outputs, name, "local")


def function_bomb(depth):
    twice = lambda inner: [call(inner, ["x"], ["t"]), call(inner, ["t"], ["y"])]
    functions = [function(f"F{i}", twice(f"F{i + 1}")) for i in range(depth)]
    return model([call("F0", ["x"], ["y"])], functions=functions + [function(f"F{depth}", [node("Relu", ["x"], ["y"])])])


def branch_bomb(depth):
    """Each function takes a branch that calls the next twice."""
    functions = []
    for i in range(depth):
        branch = Graph([call(f"F{i + 1}", ["x"], ["t"]), call(f"F{i + 1}", ["t"], ["v"])], ["v"])
        functions.append(function(f"F{i}", [node("Constant", [], ["c"], value=tensor("", [], BOOL) + field(5, 1)),
                                            node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)]))
    return model([call("F0", ["x"], ["y"])], functions=functions + [function(f"F{depth}", [node("Relu", ["x"], ["y"])])])


def doubling(op, steps, first=(4,), **attributes):
    """The same constant, put together with itself again and again; the result is only reduced."""
    nodes, kind = [], tensor("c0", first, FLOAT) + field(4, bytes(range(4 * first[0])))
    for i in range(steps):
        inputs = [f"c{i}", f"c{i}"] if op == "Concat" else [f"c{i}", "two"]
        nodes.append(node(op, inputs, [f"c{i + 1}"], f"step{i}", **attributes))
    nodes.append(node("ReduceSum", [f"c{steps}"], ["y"]))
    return model(nodes, initializers=[kind, tensor("two", [1], numbers=[2])], inputs=())


def expanding(steps):
    nodes = [node("Expand", ["c0", "s"], ["e0"])]
    for i in range(steps):
        nodes.append(node("Add", [f"e{i}", f"e{i}"], [f"e{i + 1}"]))
    nodes.append(node("ReduceSum", [f"e{steps}"], ["y"]))
    return model(nodes, initializers=[tensor("c0", [2, 1], FLOAT) + field(4, bytes(8)),
                                      tensor("s", [2], numbers=[2, 1 << 19])], inputs=())


def nested(depth):
    graph = Graph([node("Relu", ["x"], ["v"])], ["v"])
    for _ in range(depth):
        graph = Graph([node("If", ["c"], ["v"], then_branch=graph)], ["v"])
    return model([node("If", ["c"], ["y"], then_branch=graph)], initializers=[tensor("c", [], BOOL) + field(5, 1)])


def enlarged(stride, nodes):
    """Transposed convolutions of stride x stride phases each."""
    size = 4 * stride * stride
    return model([node("ConvTranspose", ["x", "w"], [f"y{i}"], f"up{i}", strides=[stride, stride]) for i in range(nodes)], [f"y{i}" for i in range(nodes)],
                 initializers=[tensor("w", [1, 1, 2 * stride, 2 * stride], FLOAT) + field(4, bytes(4 * size))], inputs=[value_info("x", [1, 1, 3, 3])])


RANK = "requires at most 64 dimensions, but found 1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x... \\(%d entries\\)"
FILLED_AT_ONCE = "requires at most 117440512 elements in a constant that is described and not stored, but found %d.*\n.*--budget"
FILLED = "requires at most 201326592 elements in all constants that are described and not stored, but found %d.*\n.*--budget"
INLINED = "requires at most 65536 nodes in all calls of functions and all branches, but this is one more\n.*--budget"
LISTED = "requires at most 1048576 entries in a list, but found %d.*\n.*--budget"
PHASES = "requires at most 2048 phases in all transposed convolutions, one for each combination of strides, but found %d\n.*--budget"
# Name -> the model, and what must be said of it; nothing of those that compile.
CASES = {
    "function_bomb": (function_bomb(40), INLINED),
    "function_bomb_of_20": (function_bomb(20), INLINED),
    "branch_bomb": (branch_bomb(30), INLINED),
    "function_without_end": (model([call("F", ["x"], ["y"])], functions=[function("F", [call("F", ["x"], ["y"])])]),
                             "functions call each other more than 64 deep, or without end"),
    "uniform_sum": (filled([1 << 27], [node("ReduceSum", ["f"], ["y"])]), FILLED_AT_ONCE % (1 << 27)),
    "uniform_sum_of_eight": (filled([7 << 24 | 1], [node("ReduceSum", ["f"], ["y"])]), FILLED_AT_ONCE % (7 << 24 | 1)),
    "uniform_sum_within": (filled([7 << 24], [node("ReduceSum", ["f"], ["y"])]), None),
    "uniform_chain": (filled([7 << 24], [node("Neg", ["f"], ["t0"])] + [node("Neg", [f"t{i}"], [f"t{i + 1}"]) for i in range(500)]
                             + [node("ReduceSum", ["t500"], ["y"])]), None),
    "uniform_indices": (filled([7 << 24], [node("Cast", ["f"], ["i"], to=7), node("Gather", ["x", "i"], ["g"]), node("ReduceSum", ["g"], ["y"])]),
                        "reads \"x\""),
    "uniform_shape": (filled([1 << 24], [node("Cast", ["f"], ["i"], to=7), node("Expand", ["f", "i"], ["y"])]), LISTED % (1 << 24)),
    "uniform_nonzero": (filled([1 << 24], [node("NonZero", ["f"], ["y"])]), LISTED % (1 << 24)),
    "many_fills": (model([node("ConstantOfShape", ["s"], [f"f{i}"], f"fill{i}") for i in range(200)]
                         + [node("Sum", [f"f{i}" for i in range(200)], ["t"]), node("ReduceSum", ["t"], ["y"])],
                         initializers=[tensor("s", [1], numbers=[1 << 20])], inputs=()), "nodes \"fill192\".*" + FILLED % (193 << 20)),
    "range": (model([node("Range", ["a", "b", "c"], ["r"]), node("ReduceSum", ["r"], ["y"])], initializers=[
        tensor("a", [], numbers=[0]), tensor("b", [], numbers=[1 << 40]), tensor("c", [], numbers=[1])], inputs=()), LISTED % ((1 << 31) - 1)),
    "concat_doubling": (doubling("Concat", 26, axis=0), None),
    "tile_doubling": (doubling("Tile", 26), None),
    "expand_chain": (expanding(400), None),
    "rank_of_reshape": (model([node("ConstantOfShape", ["s"], ["f"], value=tensor("", [1], numbers=[1])), node("Reshape", ["z", "f"], ["y"])],
                              initializers=[tensor("s", [1], numbers=[100000])], inputs=[value_info("z", [1])]), RANK % 100000),
    "rank_of_initializer": (model([node("Add", ["x", "w"], ["y"])], initializers=[tensor("w", [1] * 100000, FLOAT) + field(4, bytes(4))]), RANK % 100000),
    "rank_of_input": (model([node("Relu", ["z"], ["y"])], inputs=[value_info("z", [1] * 100000)]), RANK % 100000),
    "rank_of_fill": (filled([1] * 5000, [node("ReduceSum", ["f"], ["y"])]), RANK % 5000),
    "no_data": (model([node("ReduceSum", ["w"], ["y"])], initializers=[tensor("w", [1 << 30], FLOAT)], inputs=()),
                "requires 1073741824 elements, but found 0"),
    "no_data_in_attribute": (model([node("Constant", [], ["w"], value=tensor("w", [1 << 30], FLOAT)), node("ReduceSum", ["w"], ["y"])], inputs=()),
                             "requires 1073741824 elements, but found 0"),
    "nested_branches": (nested(25), None),
    "phases_of_one": (enlarged(64, 1), PHASES % 4096),
    "phases_of_many": (enlarged(16, 9), "node \"up8\".*" + PHASES % 2304),
    "many_outputs": (model([node("Identity", ["x"], [f"y{i}"]) for i in range(2400)], [f"y{i}" for i in range(2400)]), None),
    "many_faults": (model([node("Concat", ["x", "x"], [f"y{i}"], f"fault{i}") for i in range(50000)], [f"y{i}" for i in range(50000)]),
                    "there is more to say than the 262144 bytes of diagnostics that are printed\n.*--budget"),
    "long_names": (model([node("NoSuchOp" + "p" * 1000000, ["x"], ["y"], "n" * 1000000)]), "operator NoSuchOpp*\\.\\.\\.p* is not supported"),
}



def run(command, text, folder):
    """Exit code, what was printed, seconds of processor time and megabytes."""
    (folder / "m.onnx").write_bytes(text)
    with open(folder / "printed", "wb") as printed:
        process = os.posix_spawn(command[0], [*command, str(folder / "m.onnx"), "-mcpu=x86-64-v2", "-j1", "-o", str(folder / "m.so")], os.environ,
                                 file_actions=[(os.POSIX_SPAWN_DUP2, printed.fileno(), 1), (os.POSIX_SPAWN_DUP2, printed.fileno(), 2)])
        _, status, usage = os.wait4(process, 0)
    text = (folder / "printed").read_text(errors="replace")
    return os.waitstatus_to_exitcode(status), text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def check(command, name, folder):
    text, expected = CASES[name]
    expected = None if len(command) > 1 else expected
    code, printed, seconds, megabytes = run(command, text, folder)
    problems = []
    if code != (1 if expected else 0):
        problems.append(f"exit code {code}")
    if expected and not re.search(expected, printed):
        problems.append(f"does not say {expected!r}")
    if seconds > SECONDS or megabytes > MEGABYTES or len(printed) > PRINTED:
        problems.append("costs too much")
    verdict = "; ".join(problems) or "ok"
    print(f"{name}: {len(text)} bytes, {seconds:.2f} s, {megabytes:.0f} MB, {len(printed)} bytes printed: {verdict}")
    if problems:
        print("  " + printed[:600].replace("\n", "\n  "))
    return not problems


def main():
    names = [word for word in sys.argv[2:] if not word.startswith("-")] or CASES
    command = [sys.argv[1], *(word for word in sys.argv[2:] if word.startswith("-"))]
    with tempfile.TemporaryDirectory() as folder:
        return not all([check(command, name, pathlib.Path(folder)) for name in names])


if __name__ == "__main__":
    sys.exit(main())
