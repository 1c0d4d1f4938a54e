# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""kernel.window against a naive window over odd sizes, orders, kinds, groups and epilogues."""
import itertools

import numpy as np

from packing import convolve, store
from suite import Suite, memref_type

suite = Suite()
random = np.random.default_rng(3)


def data(*shape):
    return random.standard_normal(shape).astype(np.float32)


def pool(x, kind, kernel, strides, dilations):
    extents = [(e - (k - 1) * d - 1) // s + 1 for e, k, s, d in zip(x.shape[2:], kernel, strides, dilations)]
    windows = [x[(slice(None), slice(None)) + tuple(slice(k * d, k * d + (e - 1) * s + 1, s)
                                                    for k, d, e, s in zip(position, dilations, extents, strides))]
               for position in itertools.product(*map(range, kernel))]
    return np.max(windows, 0) if kind == "max" else np.sum(windows, 0, dtype=np.float64).astype(np.float32)


def pack_filter(weights, order, width):
    """[C, width, K...] to blocks x (positions * width) x 16, or (positions * width) x C."""
    channels = weights.shape[0]
    taps = np.moveaxis(weights.reshape(channels, width, -1), 2, 1).reshape(channels, -1)
    if order == "last":
        return np.ascontiguousarray(taps.T)
    blocks = -(-channels // 16)
    padded = np.zeros((blocks * 16, taps.shape[1]), np.float32)
    padded[:channels] = taps
    return np.ascontiguousarray(padded.reshape(blocks, 16, -1).transpose(0, 2, 1))


def integers(values):
    return "array<i64: " + ", ".join(map(str, values)) + ">"


def add(kind, order, channels, extents, kernel, strides=None, dilations=None, width=1, images=1, bias=False,
        epilogue=False, extras=(), tasks=(1, 5), row_sums=False, specials=()):
    strides, dilations = strides or [1] * len(kernel), dilations or [1] * len(kernel)
    padded = [(e - 1) * s + (k - 1) * d + 1 for e, s, k, d in zip(extents, strides, kernel, dilations)]
    x = data(images, channels, *padded)
    if specials:
        x.flat[random.choice(x.size, x.size // 8, replace=False)] = random.choice(np.array(specials, np.float32), x.size // 8)
    inputs, parts, types = [store(x, order)], ["%0"], []
    if kind == "mul_add":
        weights = data(channels, width, *kernel)
        expected = convolve(x, weights, strides, dilations, channels // width)
        inputs.append(pack_filter(weights, order, width))
        parts.append("filter %1")
        types.append(f"filter {memref_type(inputs[-1])}")
    else:
        expected = pool(x, kind, kernel, strides, dilations)
    if bias:
        values = data(channels)
        expected = expected + values.reshape([1, -1] + [1] * len(kernel))
        stored = values if order == "last" else np.pad(values, (0, -channels % 16))
        parts.append(f"bias %{len(inputs)}")
        inputs.append(stored)
        types.append(f"bias {memref_type(stored)}")
    lines, last = [], "%acc"
    if extras:
        names = []
        for number, keep in enumerate(extras):
            extra = data(*[extent if kept else 1 for kept, extent in zip(keep, expected.shape)])
            expected = expected + extra
            names.append(f"%{len(inputs)}")
            inputs.append(store(extra, "blocked-broadcast" if order == "blocked" and not keep[1] else order))
            lines.append(f"%e{number} = arith.addf {last}, %x{number} : f32")
            last = f"%e{number}"
        parts.append("extras " + ", ".join(names))
        types.append("extras " + ", ".join(memref_type(a) for a in inputs[-len(extras):]))
    if epilogue:
        # A function of 0 that is not 0: padding lanes must be masked.
        expected = np.maximum(expected, 0) + 1
        lines += ["%zero = arith.constant 0.0 : f32", "%one = arith.constant 1.0 : f32",
                  f"%m = arith.maximumf {last}, %zero : f32", "%r = arith.addf %m, %one : f32"]
        last = "%r"
    region = ""
    if lines:
        arguments = ", ".join(["%acc: f32"] + [f"%x{number}: f32" for number in range(len(extras))])
        region = f" epilogue {{\n^bb0({arguments}):\n" + "\n".join(lines) + f"\nkernel.yield {last} : f32\n}}"
    outs = [store(expected.astype(np.float32), order)]
    sums = ""
    if row_sums:
        outs.append(store(expected.sum(-1, keepdims=True).astype(np.float32), order))
        sums = f" row_sums(%{len(inputs) + 1} : {memref_type(outs[1])})"
    body = (f"kernel.window {kind} ins({' '.join(parts)} : {' '.join([memref_type(inputs[0])] + types)}) "
            f"outs(%{len(inputs)} : {memref_type(outs[0])}){sums} {{order = #kernel<channel_order {order}>, kernel = {integers(kernel)}, "
            f"strides = {integers(strides)}, dilations = {integers(dilations)}, width = {width} : i64, "
            f"channels = {channels} : i64}}{region}")
    name = f"{kind} {order} {channels} {extents} {kernel} {strides} {dilations} w{width}"
    # 2e-6: sums of at most 49 products of unit variance.
    suite.add(f"{name} {bias} {epilogue} {extras} {row_sums} {specials}", body, inputs, outs, 2e-6, tasks)


for order in ("blocked", "last"):
    for channels in (16, 21, 40):
        add("mul_add", order, channels, [7, 9], [3, 3], bias=True)
        add("mul_add", order, channels, [5, 15], [3, 3], [2, 2], epilogue=True, images=2)
        add("mul_add", order, channels, [4, 13], [5, 5], bias=True, epilogue=True)
        add("max", order, channels, [6, 11], [3, 3], [2, 2])
        add("sum", order, channels, [5, 5], [2, 2], [2, 2], epilogue=True)
    add("mul_add", order, 35, [3, 8], [7, 7], bias=True)
    add("mul_add", order, 35, [6, 6], [3, 3], dilations=[2, 3], epilogue=True, bias=True)
    add("mul_add", order, 35, [1, 1], [3, 3])
    add("mul_add", order, 35, [9, 1], [3, 3], [2, 1])
    add("mul_add", order, 35, [19], [5])
    add("mul_add", order, 20, [3, 4, 9], [3, 3, 3], [1, 2, 1], bias=True)
    add("mul_add", order, 20, [5, 1, 2], [2, 3, 4])
    add("mul_add", order, 20, [2, 6], [1, 41])
    add("max", order, 20, [3, 4, 5], [3, 3, 3], images=2)
    add("sum", order, 20, [2, 3], [13, 13])
    add("mul_add", order, 20, [4, 9], [3, 3], bias=True, epilogue=True, images=2,
        extras=[(1, 1, 1, 1), (0, 1, 0, 0), (0, 0, 1, 1), (1, 0, 0, 1), (0, 0, 0, 0)])
    add("max", order, 20, [4, 9], [3, 3], extras=[(1, 1, 1, 1)])
    for extents in ([7, 9], [5, 37], [4, 1], [9, 2], [6, 14]):
        add("mul_add", order, 40, extents, [3, 3], epilogue=True, bias=True, row_sums=True, images=2)
    add("mul_add", order, 21, [4, 9], [3, 3], extras=[(1, 1, 1, 1), (0, 1, 0, 0)], row_sums=True)
    add("max", order, 1, [19], [5], row_sums=True)
    add("sum", order, 20, [3, 4, 9], [3, 3, 3], row_sums=True)
# What is not a number wins, of either sign and beside infinities, at each place of a window.
for order in ("blocked", "last"):
    for kernel, strides, dilations in (([3, 3], [2, 2], [1, 1]), ([2, 2], [2, 2], [1, 1]), ([3, 3], [1, 1], [1, 1]),
                                       ([2, 3], [1, 3], [2, 2]), ([1, 2], [1, 5], [1, 1]), ([3], [2], [3]), ([6, 6], [2, 1], [1, 1])):
        for specials in ((np.nan,), (np.nan, -np.nan, np.inf, -np.inf)):
            add("max", order, 21, [4, 17][-len(kernel):], kernel, strides, dilations, specials=specials)
add("mul_add", "last", 700, [3, 4], [3, 3], bias=True, tasks=(1, 7))
for width in (2, 4, 8):
    add("mul_add", "blocked", 48, [5, 9], [3, 3], width=width, bias=True)
    add("mul_add", "blocked", 40, [5, 9], [3, 3], [2, 2], width=width, epilogue=True, row_sums=True)
add("mul_add", "last", 20, [5, 9], [3, 3], width=2)
suite.run()
