#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every kernel op and algorithm, on every operand that may be a view, crossed with every kind of view, at every level: numbers.

usage: views.py [--levels x86-64-v3,x86-64-v2:7,v4-emulated:7,neon:29] [--consumers SUBSTRING] [--views SUBSTRING] [--keep FOLDER]

A number behind a level takes every n-th pair there; it should divide the number of views only by 1, so that each has its turn.

A view is what bufferisation makes of slices, concatenations, borders and reshapes: elements that lie apart in a larger
buffer. A consumer that takes its neighbours for its own computes something else than numpy does here.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np

from graphs import BLOCKED, FIRST, LAST, Graph

BUILD = pathlib.Path(os.environ.get("CNNC_BUILD", pathlib.Path(__file__).resolve().parents[4] / "build"))
PER_LIBRARY = 24
DEFAULT = "x86-64-v3,x86-64-v2:7,v4-emulated:7,neon:29"


def producer(graph, shape, layout):
    """A tensor of its own, which an elementwise op writes."""
    return graph.map("increment", graph.source(tuple(shape), layout))


def sliced(graph, shape, layout, starts, steps, source=None):
    extents = [max(start, start + (extent - 1) * step) + 2 for start, extent, step in zip(starts, shape, steps)]
    extents[0] -= 1
    if layout == BLOCKED:
        extents[1] = starts[1] + shape[1]
    return graph.slice((source or graph.source)(*([graph] if source else []), tuple(extents), layout), starts, shape, steps)


def along(dim, value, rank, rest=0):
    """`value` at dimension `dim` (from the end where negative), `rest` elsewhere."""
    values = [rest] * rank
    values[dim] = value
    return values


def stepped(dim, step, offset):
    def view(graph, shape, layout):
        rank = len(shape)
        if (layout == BLOCKED and dim == 1) or dim >= rank:
            return None
        return sliced(graph, shape, layout, along(dim, offset, rank), along(dim, step, rank, 1))
    return view


def stepped_everywhere(graph, shape, layout):
    spatial = len(shape) - 2
    return sliced(graph, shape, layout, [0, 0] + [1] * spatial, [1, 1] + [2, 3, 2][:spatial])


def reversed_columns(graph, shape, layout):
    return graph.slice(graph.source(tuple(shape), layout), along(-1, shape[-1] - 1, len(shape)), shape, along(-1, -1, len(shape), 1))


def channels(offset):
    def view(graph, shape, layout):
        if layout == BLOCKED and offset % 16:
            return None
        rank = len(shape)
        whole = [*shape[:1], shape[1] + offset + (0 if layout == BLOCKED and shape[1] % 16 else 16), *shape[2:]]
        return graph.slice(producer(graph, whole, layout), along(1, offset, rank), shape)
    return view


def cropped(graph, shape, layout):
    spatial = len(shape) - 2
    return sliced(graph, shape, layout, [0, 0] + [2] * spatial, [1] * len(shape), producer)


def concatenated(axis, position):
    """One of three parts; the whole leaves the graph as well."""
    def view(graph, shape, layout):
        if (axis == 1 and layout == BLOCKED and shape[1] % 16 and position < 2) or axis >= len(shape):
            return None
        # What stands beside: a few channels or columns, whole blocks of them where blocked.
        beside, dim = list(shape), axis % len(shape)
        beside[dim] = (16 if layout == BLOCKED else 5) if dim == 1 else 2
        tensor = producer(graph, shape, layout)
        parts = [producer(graph, beside, layout), graph.map("relu", graph.source(tuple(beside), layout))]
        parts.insert(position, tensor)
        graph.output(graph.concat(parts, dim))
        return tensor
    return view


def bordered(graph, shape, layout):
    tensor = producer(graph, shape, layout)
    spatial = len(shape) - 2
    graph.output(graph.pad(tensor, [0, 0] + [1] * spatial, [0, 0] + [2] * spatial))
    return tensor


def read_by_a_window(graph, shape, layout):
    """The border of a convolution beside the consumer."""
    if layout == FIRST or len(shape) != 4:
        return None
    tensor = producer(graph, shape, layout)
    graph.output(graph.pool("max", tensor, [5, 5], [1, 1], [2, 2, 2, 2]))
    return tensor


def convolved(graph, shape, layout):
    """A convolution writes it, inside a border."""
    if layout == FIRST:
        return None
    rank = len(shape) - 2
    tensor = graph.conv(graph.source((shape[0], 16, *shape[2:]), layout), graph.weight(shape[1], 16, *[1] * rank), "pointwise")
    graph.output(graph.pad(tensor, [0, 0] + [1] * rank, [0, 0] + [1] * rank))
    return tensor


def transposed(graph, shape, layout):
    """The same bytes under other names; then a part of it."""
    if layout != FIRST or len(shape) < 3:
        return None
    whole = [*shape[:-1], shape[-1] + 3]
    order = [*range(len(shape) - 2), len(shape) - 1, len(shape) - 2]
    stored = graph.transpose(graph.input([whole[dim] for dim in order]), order, FIRST)
    return graph.slice(stored, along(-1, 2, len(shape)), shape)


def transposed_in_place(graph, shape, layout):
    """Stored in the order that the consumer wants, as a row-major slice of other names: its stored part has gaps."""
    if layout != LAST:
        return None
    rank = len(shape)
    part = graph.slice(graph.input((shape[0], *[extent + 3 for extent in shape[2:]], shape[1] + 7)), [0] + [2] * (rank - 2) + [3],
                       (shape[0], *shape[2:], shape[1]))
    return graph.transpose(part, [0, rank - 1, *range(1, rank - 1)], LAST)


def reshaped(graph, shape, layout):
    """Of a row-major part, where strides can say so."""
    if layout != FIRST or len(shape) < 3:
        return None
    whole = graph.input((shape[0], shape[1], int(np.prod(shape[2:])) + 6))
    return graph.reshape(graph.slice(whole, [0, 0, 4], (shape[0], shape[1], int(np.prod(shape[2:])))), shape)


def reshaped_steps(graph, shape, layout):
    if layout != FIRST:
        return None
    whole = graph.input((shape[0], int(np.prod(shape[1:])) * 2 + 1))
    return graph.reshape(graph.slice(whole, [0, 1], (shape[0], int(np.prod(shape[1:]))), [1, 2]), shape)


def slice_of_concat(graph, shape, layout):
    """Across the seam, and stepped in the rows."""
    rank = len(shape)
    if rank < 3:
        return None
    first, second = list(shape), list(shape)
    for part in (first, second):
        part[2] = 2 * shape[2] + 1
        part[-1] = shape[-1] + (rank == 3) * (shape[-1] + 1)
    if layout == BLOCKED:
        first[1], second[1], start = 16, 16 * -(-shape[1] // 16) + (shape[1] % 16 and shape[1] % 16 - 16), 16
    else:
        first[1], start = 5, 3
    whole = graph.concat([producer(graph, first, layout), producer(graph, second, layout)], 1)
    starts, steps = along(1, start, rank), [1] * rank
    starts[2], steps[2] = 1, 2
    graph.output(whole)
    return graph.slice(whole, starts, shape, steps)


def steps_of_crop(graph, shape, layout):
    spatial = len(shape) - 2
    inner = [*shape[:2], *[2 * extent for extent in shape[2:]]]
    crop = graph.slice(producer(graph, [*shape[:2], *[2 * extent + 3 for extent in shape[2:]]], layout), [0, 0] + [3] * spatial, inner)
    return graph.slice(crop, [0, 0] + [1] * spatial, shape, [1, 1] + [2] * spatial)


def part_of_border(graph, shape, layout):
    """A crop of a padded tensor that takes in some of the border."""
    spatial = len(shape) - 2
    padded = graph.pad(producer(graph, shape, layout), [0, 0] + [2] * spatial, [0, 0] + [1] * spatial)
    graph.output(padded)
    return graph.slice(padded, [0, 0] + [1] * spatial, shape)


VIEWS = {
    "dense": lambda graph, shape, layout: producer(graph, shape, layout),
    "an input": lambda graph, shape, layout: graph.source(tuple(shape), layout),
    "steps of images": stepped(0, 2, 1),
    "steps of channels": stepped(1, 3, 2),
    "steps of rows": stepped(2, 2, 1),
    "steps of columns": stepped(-1, 2, 1),
    "steps everywhere": stepped_everywhere,
    "backwards": reversed_columns,
    "channels from 16": channels(16),
    "channels from 5": channels(5),
    "crop": cropped,
    "first of a concatenation": concatenated(1, 0),
    "middle of a concatenation": concatenated(1, 1),
    "last of a concatenation": concatenated(1, 2),
    "middle of columns": concatenated(-1, 1),
    "middle of rows": concatenated(2, 1),
    "bordered": bordered,
    "in a window's border": read_by_a_window,
    "convolved in a border": convolved,
    "transposed": transposed,
    "transposed part": transposed_in_place,
    "reshaped": reshaped,
    "reshaped steps": reshaped_steps,
    "slice of a concatenation": slice_of_concat,
    "steps of a crop": steps_of_crop,
    "part of a border": part_of_border,
}

# name: (layouts, shape of the view, graph and view -> results)
CONSUMERS = {}


def consumer(name, layouts, shape, results):
    CONSUMERS[name] = (layouts, shape, results)


def conv(name, layouts, shape, filter, algorithm="direct", biased=True, **more):
    def results(graph, x):
        bias = graph.weight(filter[0]) if biased else None
        layout = more.get("layout") or x.layout
        return graph.conv(x, graph.weight(*filter), algorithm, bias=bias, **{**more, "layout": layout})
    consumer(f"conv {name}", layouts, shape, results)


BOTH, ALL = (BLOCKED, LAST), (FIRST, LAST, BLOCKED)
SAME = [1, 1, 1, 1]
conv("3x3", BOTH, (1, 24, 7, 9), (20, 24, 3, 3), pads=SAME)
conv("3x3 valid", BOTH, (2, 32, 7, 9), (16, 32, 3, 3))
conv("3x3 strided", BOTH, (1, 16, 9, 11), (36, 16, 3, 3), strides=[2, 2], pads=SAME)
conv("3x3 dilated", BOTH, (1, 16, 9, 11), (16, 16, 3, 3), dilations=[2, 2])
conv("1x1", BOTH, (2, 40, 5, 6), (33, 40, 1, 1), "pointwise")
conv("1x1 strided", BOTH, (1, 16, 5, 7), (16, 16, 1, 1), "pointwise", strides=[2, 2])
conv("1-D", BOTH, (1, 16, 19), (24, 16, 5), pads=[2, 2])
conv("3-D", BOTH, (1, 16, 4, 5, 6), (16, 16, 3, 3, 3), pads=[1] * 6)
conv("first layer", (FIRST,), (2, 3, 9, 11), (16, 3, 3, 3), "first_layer", layout=BLOCKED, strides=[2, 2], pads=SAME)
conv("first layer valid", (FIRST,), (1, 4, 9, 11), (20, 4, 3, 3), "first_layer", layout=LAST)
conv("first layer 1-D", (FIRST,), (1, 2, 31), (16, 2, 7), "first_layer", layout=BLOCKED, dilations=[2])
conv("rows of the window", (LAST,), (1, 4, 8, 9), (18, 4, 3, 3))
conv("rows of the window, padded", (LAST,), (2, 3, 8, 9), (18, 3, 5, 5), pads=[2] * 4, strides=[2, 2])
conv("runs of channels", (LAST,), (1, 40, 6, 7), (16, 40, 3, 3), biased=False)
conv("channels last to blocked", (LAST,), (1, 20, 6, 7), (32, 20, 3, 3), layout=BLOCKED)
conv("blocked to channels last", (BLOCKED,), (1, 20, 6, 7), (30, 20, 3, 3), layout=LAST)
conv("whole groups", BOTH, (1, 32, 6, 7), (64, 16, 3, 3), "grouped", group=2, pads=SAME)
conv("uneven groups", (LAST,), (1, 20, 6, 7), (12, 5, 3, 3), "grouped", group=4)
conv("narrow groups", (BLOCKED,), (1, 24, 8, 9), (24, 4, 3, 3), "grouped", group=6, pads=SAME)
conv("narrow groups of 8", (BLOCKED,), (1, 32, 6, 7), (32, 8, 3, 3), "grouped", group=4)
conv("depthwise", BOTH, (2, 24, 8, 9), (24, 1, 3, 3), "depthwise", group=24, pads=SAME)
conv("depthwise strided", BOTH, (1, 40, 9, 11), (40, 1, 5, 5), "depthwise", group=40, strides=[2, 2])
conv("depthwise along rows", BOTH, (1, 16, 21, 2), (16, 1, 3, 1), "depthwise", group=16)
conv("depthwise 1-D", BOTH, (1, 20, 23), (20, 1, 7), "depthwise", group=20, dilations=[2])
for name, r in (("2_3", 3), ("4_3", 3), ("6_3", 3), ("2_5", 5), ("4_5", 5), ("4_3_raw", 3)):
    conv(f"winograd {name}", (BLOCKED,), (1, 24, 11, 13), (20, 24, r, r), f"winograd_{name}", pads=[r // 2] * 4)
conv("winograd 2_7 along rows", (BLOCKED,), (1, 16, 8, 13), (16, 16, 1, 7), "winograd_2_7", pads=[0, 3, 0, 3])
conv("winograd 2_7 along columns", (BLOCKED,), (2, 16, 13, 8), (16, 16, 7, 1), "winograd_2_7", pads=[3, 0, 3, 0])
conv("winograd valid", (BLOCKED,), (2, 16, 12, 14), (16, 16, 3, 3), "winograd_4_3", biased=False)
conv("winograd 1-D", (BLOCKED,), (1, 16, 23), (16, 16, 3), "winograd_4_3", pads=[1, 1])
conv("winograd 3-D", (BLOCKED,), (1, 16, 4, 7, 9), (16, 16, 3, 3, 3), "winograd_2_3", pads=[1] * 6)
conv("dense layer", (FIRST,), (7, 40), (24, 40))

consumer("conv_transpose", BOTH, (1, 20, 5, 6), lambda graph, x: graph.conv_transpose(x, graph.weight(20, 24, 3, 3), [2, 2]))
consumer("conv_transpose 2x2", BOTH, (1, 16, 5, 6), lambda graph, x: graph.conv_transpose(x, graph.weight(16, 16, 2, 2), [2, 2]))
consumer("left matrix", (FIRST,), (2, 3, 9, 20), lambda graph, x: graph.matmul(x, graph.source((2, 3, 20, 18), FIRST)))
consumer("right matrices", (FIRST,), (2, 3, 20, 18), lambda graph, x: graph.matmul(graph.source((2, 3, 9, 20), FIRST), x))
consumer("right matrix", (FIRST,), (1, 1, 20, 16), lambda graph, x: graph.matmul(graph.source((2, 3, 9, 20), FIRST), x))
consumer("right matrix of 16 columns", (FIRST,), (24, 16), lambda graph, x: graph.matmul(graph.source((5, 24), FIRST), x))
consumer("extra of a product", (FIRST,), (2, 3, 9, 18), lambda graph, x: graph.matmul(graph.source((2, 3, 9, 20), FIRST), graph.source((2, 3, 20, 18), FIRST), [x]))


def computed_filter(shape, source, algorithm, **more):
    """The view is the filter."""
    return lambda graph, x: graph.conv(graph.source(source, BLOCKED), x, algorithm, **more)


consumer("filter", (FIRST,), (20, 16, 3, 3), computed_filter((20, 16, 3, 3), (1, 16, 6, 7), "direct"))
consumer("filter of a point", (FIRST,), (16, 32, 1, 1), computed_filter((16, 32, 1, 1), (1, 32, 6, 7), "pointwise"))
consumer("filter of a depthwise", (FIRST,), (20, 1, 3, 3), computed_filter((20, 1, 3, 3), (1, 20, 6, 7), "depthwise", group=20))
consumer("filter of a dense layer", (FIRST,), (16, 24), lambda graph, x: graph.conv(graph.source((3, 24), FIRST), x))
consumer("filter of a transposed one", (FIRST,), (16, 20, 3, 3), lambda graph, x: graph.conv_transpose(graph.source((1, 16, 5, 6), BLOCKED), x, [2, 2]))


def bias(graph, x):
    vector = graph.reshape(x, (32,))
    return graph.conv(graph.source((1, 16, 5, 6), BLOCKED), graph.weight(32, 16, 1, 1), "pointwise", bias=vector)


consumer("bias", (FIRST,), (1, 2, 16), bias)

for kind in ("max", "average"):
    consumer(f"{kind} pool", BOTH, (2, 20, 8, 9), lambda graph, x, kind=kind: graph.pool(kind, x, [3, 3], [2, 2], [1, 1, 1, 1]))
    consumer(f"{kind} pool valid", BOTH, (1, 32, 8, 9), lambda graph, x, kind=kind: graph.pool(kind, x, [2, 2], [2, 2], [0] * 4))
consumer("mean of maps", ALL, (2, 20, 6, 7), lambda graph, x: graph.reduce("sum", [2, 3], x, scale=1 / 42))
consumer("sum over channels", ALL, (2, 20, 6, 7), lambda graph, x: graph.reduce("sum", [1], x, layout=FIRST if x.layout == BLOCKED else None))
consumer("max along rows", ALL, (2, 20, 6, 37), lambda graph, x: graph.reduce("max", [3], x))
consumer("softmax", ALL, (1, 32, 6, 7), lambda graph, x: graph.map("multiply", graph.map("exp", x), graph.reduce("sum", [3], graph.map("exp", x))))
consumer("map", ALL, (2, 20, 6, 7), lambda graph, x: graph.map("square", x))
consumer("map of two", ALL, (2, 16, 6, 7), lambda graph, x: graph.map("multiply", producer(graph, (2, 16, 6, 7), x.layout), x))
consumer("map that broadcasts", ALL, (2, 16, 1, 7), lambda graph, x: graph.map("add", producer(graph, (2, 16, 6, 7), x.layout), x))
consumer("resize nearest", ALL, (1, 20, 5, 6), lambda graph, x: graph.resize("nearest", x))
consumer("resize linear", ALL, (1, 20, 5, 6), lambda graph, x: graph.resize("linear", x))
consumer("pad", ALL, (1, 20, 5, 6), lambda graph, x: graph.pad(x, [0, 0, 1, 2], [0, 0, 2, 0]))
consumer("pad by reflection", ALL, (1, 20, 5, 6), lambda graph, x: graph.pad(x, [0, 0, 1, 2], [0, 0, 2, 1], "reflect"))
consumer("concat of channels", ALL, (1, 32, 5, 6), lambda graph, x: graph.concat([x, producer(graph, (1, 32, 5, 6), x.layout), x], 1))
consumer("concat of rows", ALL, (1, 20, 5, 6), lambda graph, x: graph.concat([producer(graph, (1, 20, 5, 6), x.layout), x], 2))
consumer("slice", ALL, (1, 32, 8, 9), lambda graph, x: graph.map("square", graph.slice(x, [0, 16, 1, 2], (1, 16, 3, 4), [1, 1, 2, 2])))
consumer("transpose", (FIRST,), (1, 20, 6, 7), lambda graph, x: graph.transpose(x, [0, 3, 1, 2], FIRST))
consumer("flatten", ALL, (2, 20, 6, 7), lambda graph, x: graph.reshape(x, (2, 840)))
consumer("split of a dimension", (FIRST,), (2, 20, 6, 7), lambda graph, x: graph.reshape(x, (2, 4, 5, 42)))
consumer("gather", (FIRST,), (2, 20, 6, 7), lambda graph, x: graph.gather(x, [3, 0, 19, 7], 1))
consumer("gather columns", (FIRST,), (2, 20, 6, 7), lambda graph, x: graph.gather(x, [6, 0, 3], 3))
for other in ALL:
    consumer(f"relayout to {other}", tuple(layout for layout in ALL if layout != other), (2, 20, 6, 7), lambda graph, x, other=other: graph.convert(x, other))


def extra(name, shape, layouts, results):
    """The view is an extra operand of the epilogue; then one that repeats."""
    consumer(f"residual of {name}", layouts, shape, results)


extra("a contraction", (2, 24, 6, 7), BOTH,
      lambda graph, x: graph.conv(graph.source((2, 16, 6, 7), x.layout), graph.weight(24, 16, 3, 3), extras=[x], pads=SAME))
extra("a point", (1, 48, 6, 7), BOTH, lambda graph, x: graph.conv(graph.source((1, 16, 6, 7), x.layout), graph.weight(48, 16, 1, 1), "pointwise", extras=[x]))
extra("a window", (2, 24, 6, 7), BOTH,
      lambda graph, x: graph.conv(graph.source((2, 24, 6, 7), x.layout), graph.weight(24, 1, 3, 3), "depthwise", group=24, extras=[x], pads=SAME))
extra("a pool", (1, 24, 6, 7), BOTH, lambda graph, x: graph.pool("average", graph.source((1, 24, 6, 7), x.layout), [3, 3], [1, 1], [1] * 4, [x]))
extra("winograd", (2, 24, 9, 10), (BLOCKED,),
      lambda graph, x: graph.conv(graph.source((2, 16, 9, 10), BLOCKED), graph.weight(24, 16, 3, 3), "winograd_4_3", extras=[x], pads=SAME))
extra("winograd in 3-D", (1, 16, 3, 5, 6), (BLOCKED,),
      lambda graph, x: graph.conv(graph.source((1, 16, 3, 5, 6), BLOCKED), graph.weight(16, 16, 3, 3, 3), "winograd_2_3", extras=[x], pads=[1] * 6))
extra("a transposed one", (1, 24, 11, 13), BOTH,
      lambda graph, x: graph.conv_transpose(graph.source((1, 16, 5, 6), x.layout), graph.weight(16, 24, 3, 3), [2, 2], [x]))
extra("a dense layer", (7, 24), (FIRST,), lambda graph, x: graph.conv(graph.source((7, 40), FIRST), graph.weight(24, 40), extras=[x]))
extra("a point, of each row", (1, 48, 6, 1), BOTH,
      lambda graph, x: graph.conv(graph.source((1, 16, 6, 7), x.layout), graph.weight(48, 16, 1, 1), "pointwise", extras=[x]))


def mapped(graph, x):
    """A map that is made in the tasks of the point that reads it, since it is larger than the second cache."""
    return graph.conv(graph.map("multiply", x, producer(graph, x.shape, x.layout)), graph.weight(32, x.shape[1], 1, 1), "pointwise")


def expanded(graph, x):
    """A map that only a depthwise one reads, larger than the caches."""
    wide = graph.conv(x, graph.weight(96, x.shape[1], 1, 1), "pointwise", BLOCKED, bias=graph.weight(96))
    return graph.reduce("sum", [2, 3], graph.conv(wide, graph.weight(96, 1, 3, 3), "depthwise", group=96, pads=SAME), scale=1 / 64)


def squeezed(graph, x):
    """The mean of what a window makes."""
    window = graph.conv(x, graph.weight(x.shape[1], 1, 3, 3), "depthwise", group=x.shape[1], pads=SAME)
    return graph.reduce("sum", [2, 3], window, scale=1 / 64)


LARGE = {"mapped input": (BOTH, (1, 96, 64, 64), mapped), "expansion": (BOTH, (1, 16, 64, 64), expanded)}
consumer("sums of rows", BOTH, (1, 32, 8, 9), squeezed)


def pairs(consumers, views):
    for name, (layouts, shape, results) in {**CONSUMERS, **LARGE}.items():
        for layout in layouts:
            for view in VIEWS:
                if consumers in name and views in view:
                    yield f"{name}, {layout}, {view}", layout, shape, VIEWS[view], results


def build(group, seed):
    """One graph of several pairs, and how many results each has."""
    graph, counts, names = Graph(seed), [], []
    for name, layout, shape, view, results in group:
        before = len(graph.outputs)
        x = view(graph, list(shape), layout)
        if x is None:
            continue
        assert x.shape == tuple(shape), (name, x.shape)
        graph.output(results(graph, x))
        counts.append(len(graph.outputs) - before)
        names.append(name)
    return graph, names, counts


def run(command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)


def compile_graph(graph, level, work):
    """The library, or what cnnc said."""
    target = "aarch64" if level == "neon" else "x86_64"
    text, library = work / "views.mlir", work / "views.so"
    text.write_text(graph.text(target, ["x86-64-v4" if level == "v4-emulated" else level]))
    done = run([BUILD / "bin/cnnc", text, "-O0", "-o", library] if level != "v4-emulated" else
               [BUILD / "bin/cnnc", text, "--stop-after=vector", "-o", work / "v4.mlir"])
    if level == "v4-emulated" and done.returncode == 0:
        # 512-bit vectors, split in two.
        (work / "v4.mlir").write_text((work / "v4.mlir").read_text().replace("x86-64-v4", "x86-64-v3"))
        done = run([BUILD / "bin/cnnc", work / "v4.mlir", "-O0", "-o", library])
    return (library, "") if done.returncode == 0 else (None, f"exit {done.returncode}: {done.stderr.strip()[-400:]}")


def find_differences(graph, names, counts, level, work):
    library, failure = compile_graph(graph, level, work)
    if failure:
        return [(name, failure) for name in names] if len(names) == 1 else None
    flags = []
    for x in graph.inputs:
        np.save(work / f"{x.name[1:]}.npy", x.value)
        flags += ["--input", f"{x.name[1:]}={work / x.name[1:]}.npy"]
    emulator = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", BUILD / "aarch64/bin/cnnc-run"]
    done = run([*(emulator if level == "neon" else [BUILD / "bin/cnnc-run"]), library, *flags, "--save", work, "--threads", "1"])
    if done.returncode:
        return [(", ".join(names), f"cnnc-run: exit {done.returncode}: {done.stderr.strip()[-300:]}")]
    wrong, number = [], 0
    for name, count in zip(names, counts):
        for output in graph.outputs[number:number + count]:
            found = np.load(work / f"output_{number}.npy")
            number += 1
            # F(6, 3) loses three digits, all else far fewer; a wrong element is as large as the right one.
            error = np.abs(found - output.value).max() / max(1e-6, np.abs(output.value).max())
            if not error < 2e-4:
                wrong.append((name, f"result {number - 1} is off by {error:.3g} of its largest element"))
    return wrong


def check(group, level, work, seed=1):
    """Differences of all pairs; where the graph of many does not compile, of each by itself."""
    graph, names, counts = build(group, seed)
    if not names:
        return 0, []
    wrong = find_differences(graph, names, counts, level, work)
    if wrong is None:
        results = [check([pair], level, work, seed) for pair in group]
        alone = [difference for _, differences in results for difference in differences]
        wrong = alone or [(", ".join(names), "refused together, though not one by one")]
    return len(names), wrong


def runs_here(level):
    if level == "neon":
        return shutil.which("qemu-aarch64") and (BUILD / "aarch64/bin/cnnc-run").exists()
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    return level == "x86-64-v2" or (" avx2" in flags and " fma" in flags)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--levels", default=DEFAULT)
    parser.add_argument("--consumers", default="")
    parser.add_argument("--views", default="")
    parser.add_argument("--keep", type=pathlib.Path)
    args = parser.parse_args()
    table = list(pairs(args.consumers, args.views))
    runs = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        work = args.keep or pathlib.Path(folder)
        for level, _, every in (level.partition(":") for level in args.levels.split(",")):
            if not runs_here(level):
                print(f"{level} is left out: this machine does not run it")
                continue
            part = table[::int(every or 1)]
            for first in range(0, len(part), PER_LIBRARY):
                count, wrong = check(part[first:first + PER_LIBRARY], level, work)
                runs += count
                failures += len(wrong)
                for name, difference in wrong:
                    print(f"{level}: {name}: {difference}", flush=True)
    print(f"{runs} pairs, {failures} failures")
    return failures > 0 or runs == 0


if __name__ == "__main__":
    sys.exit(main())
