# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""kernel.border, kernel.relayout, linalg.fill and copies."""
import itertools

import numpy as np

from suite import Suite, memref_type

suite = Suite()
random = np.random.default_rng(1)


def data(*shape):
    return random.standard_normal(shape).astype(np.float32)


def store(array, order, block):
    """The stored array of a layout: dimensions in `order`, `block` split in lanes of 16 that come last."""
    if block < 0:
        return np.ascontiguousarray(array.transpose(order))
    extent = array.shape[block]
    pad = [(0, 0)] * array.ndim
    pad[block] = (0, -extent % 16)
    padded = np.pad(array, pad)
    shape = list(padded.shape)
    split = padded.reshape(shape[:block] + [shape[block] // 16, 16] + shape[block + 1:])
    lanes = block + 1
    order = [dim if dim <= block else dim + 1 for dim in order] + [lanes]
    return np.ascontiguousarray(split.transpose(order))


def integers(values):
    return "array<i64: " + ", ".join(map(str, values)) + ">"


def add_relayout(shape, a_order, a_block, out_order, out_block, tasks=(1, 4)):
    logical = data(*shape)
    a, out = store(logical, a_order, a_block), store(logical, out_order, out_block)
    suite.add(f"relayout {shape} {a_order} {a_block} -> {out_order} {out_block}",
              f"kernel.relayout ins(%0 : {memref_type(a)}) outs(%1 : {memref_type(out)}) {{shape = {integers(shape)}, "
              f"a_order = {integers(a_order)}, a_block = {a_block} : i64, out_order = {integers(out_order)}, "
              f"out_block = {out_block} : i64}}", [a], [out], 0, tasks)


for channels, extents in itertools.product((3, 16, 21, 64), ((5, 7), (16, 16), (1, 1))):
    first, last = [0, 1, 2, 3], [0, 2, 3, 1]
    layouts = [(first, -1), (last, -1), (first, 1)]
    for (a_order, a_block), (out_order, out_block) in itertools.product(layouts, layouts):
        add_relayout((2, channels) + extents, a_order, a_block, out_order, out_block)
add_relayout((3, 5, 7, 11), [3, 1, 0, 2], -1, [2, 0, 3, 1], -1)
add_relayout((40, 37), [0, 1], 1, [0, 1], 0)
add_relayout((40, 37), [0, 1], -1, [1, 0], -1)
add_relayout((2, 20, 3, 4, 5), [0, 1, 2, 3, 4], -1, [0, 1, 2, 3, 4], 1)

for shape, low, high in [((2, 2, 7, 9, 16), (0, 0, 1, 1, 0), (0, 0, 1, 2, 0)), ((1, 9, 8, 5), (0, 2, 0, 0), (0, 1, 3, 0)),
                         ((40,), (3,), (0,)), ((2, 3, 6, 5, 7, 16), (0, 0, 1, 1, 1, 0), (0, 0, 1, 1, 1, 0))]:
    before = data(*shape)
    after = np.full(shape, -np.inf, np.float32)
    inside = tuple(slice(l, s - h) for s, l, h in zip(shape, low, high))
    after[inside] = before[inside]
    suite.add(f"border {shape}", f"kernel.border %0 {{low = {integers(low)}, high = {integers(high)}, value = 0xFF800000 : f32}} : "
              f"{memref_type(after)}", [], [after], 0, (1, 4), start=[before])

for name in ("float32", "int64", "int8", "bool"):
    a = (data(13, 22) * 50).astype(name)
    suite.add(f"copy {name}", "linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>], "
              f"iterator_types = [\"parallel\", \"parallel\"]}} ins(%0 : {memref_type(a)}) outs(%1 : {memref_type(a.T)}) {{\n"
              f"^bb0(%a: {memref_type(a[0, 0])[7:-1]}, %b: {memref_type(a[0, 0])[7:-1]}):\n"
              f"linalg.yield %a : {memref_type(a[0, 0])[7:-1]}\n}}", [a], [np.ascontiguousarray(a.T)])
filled = np.full((3, 5, 7), 2.5, np.float32)
suite.add("fill", f"%c = arith.constant 2.5 : f32\nlinalg.fill ins(%c : f32) outs(%0 : {memref_type(filled)})", [], [filled])

suite.run()
