# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""kernel.contract on each product of Arithmetic.def: integers exactly, bf16 with sums in f32, over orders, runs, tails and epilogues."""
import numpy as np

import harness
from packing import convolve, panels, store
from suite import Suite, memref_type

suite = Suite()
random = np.random.default_rng(23)
# Product -> elements of a and of the filter (uint16: bf16 by its bits), accumulator, group.
PRODUCTS = {"u8s8": (np.uint8, np.int8, np.int32, 4), "s16": (np.int16, np.int16, np.int32, 2), "bf16": (np.uint16, np.uint16, np.float32, 2)}
BUDGETS = ((6, 2), (6, 2), (14, 2))  # tiles of v2 or neon, v3, v4


def to_bits(x):
    """f32 to bf16, rounded to nearest, ties to even."""
    bits = x.astype(np.float32).view(np.uint32)
    return ((bits + 0x7fff + (bits >> 16 & 1)) >> 16).astype(np.uint16)


def draw(shape, element):
    """Numbers of the type, its extremes among them, as numpy computes with them and as they are stored."""
    if element == np.uint16:
        stored = to_bits(random.standard_normal(shape))
        return (stored.astype(np.uint32) << 16).view(np.float32), lambda x: to_bits(x)
    limits = np.iinfo(element)
    values = random.integers(limits.min, limits.max + 1, shape)
    values.flat[::7], values.flat[3::11] = limits.max, limits.min
    return values.astype(np.float64), lambda x: x.astype(element)


def array(values):
    return "array<i64" + (": " + ", ".join(map(str, values)) if values else "") + ">"


def to_bytes_by(lines):
    """An epilogue of a sum, a scale per channel and bytes of the result's shape: the scaled sum, rounded half to even, is %r."""
    return f""" epilogue {{
^bb0(%acc: i32, %scale: f32, %other: i8):
  %f = arith.sitofp %acc : i32 to f32
  %s = arith.mulf %f, %scale : f32
  %r = math.roundeven %s : f32
{lines}
  kernel.yield %w : i8
}}"""


# The bytes are added, and the sum saturates as a float.
REQUANTISE = to_bytes_by("""  %low = arith.constant 0.0 : f32
  %high = arith.constant 255.0 : f32
  %b = arith.uitofp %other : i8 to f32
  %t = arith.addf %r, %b : f32
  %u = arith.maximumf %t, %low : f32
  %v = arith.minimumf %u, %high : f32
  %w = arith.fptoui %v : f32 to i8""")
# As models have it: saturated as integers, which levels pack.
NARROW = to_bytes_by("""  %zero = arith.constant 7 : i32
  %low = arith.constant 3 : i32
  %high = arith.constant 250 : i32
  %i = arith.fptosi %r : f32 to i32
  %t = arith.addi %i, %zero : i32
  %u = arith.maxsi %t, %low : i32
  %v = arith.minsi %u, %high : i32
  %w = arith.trunci %v : i32 to i8""")
EPILOGUES = {"": "", "requantised": REQUANTISE, "narrowed": NARROW}


def add(product, name, channels, out_channels, extents, kernel, order="blocked", out_order=None, run=None, strides=None, group=1,
        images=1, bias=True, to_bytes="", tiles=BUDGETS, split=(1, 1), block=None):
    a_type, filter_type, accumulator, k = PRODUCTS[product]
    out_order = out_order or ("blocked" if order == "first" else order)
    strides = strides or [1] * len(kernel)
    padded = [(e - 1) * s + t for e, s, t in zip(extents, strides, kernel)]
    x, keep_a = draw([images, channels] + padded, a_type)
    w, keep_filter = draw([out_channels, channels // group] + kernel, filter_type)
    run = run or {"blocked": 16, "first": kernel[-1] if kernel else 1}.get(order) or channels // group
    packed = panels(w, group, order, run)
    packed = np.ascontiguousarray(np.moveaxis(packed.reshape(packed.shape[:2] + (run // k, k, 16)), 3, 4))
    inputs, parts = [keep_a(store(x, order)), keep_filter(packed)], ["%0, %1"]
    expected = convolve(x, w, strides, [1] * len(kernel), group)
    if bias:
        values = random.integers(-1 << 20, 1 << 20, out_channels).astype(accumulator)
        values = values if accumulator == np.int32 else (values / 2**20).astype(np.float32)
        stored = np.zeros((group, packed.shape[0] // group * 16), accumulator)
        stored[:, :out_channels // group] = values.reshape(group, -1)
        inputs.append(stored.reshape(-1))
        parts.append(f"bias %{len(inputs) - 1}")
        expected = expected + values.reshape([1, -1] + [1] * len(kernel))
    if to_bytes:
        scale = np.exp2(random.integers(-18, -12, [1, out_channels] + [1] * len(kernel))).astype(np.float32)
        other = random.integers(0, 256, expected.shape)
        inputs += [store(scale, out_order), store(other, out_order).astype(np.uint8)]
        parts.append(f"extras %{len(inputs) - 2}, %{len(inputs) - 1}")
        whole = np.rint(wrap(expected).astype(np.float32) * scale)
        expected = (np.clip(whole + 7, 3, 250) if to_bytes == "narrowed" else np.clip(whole + other, 0, 255)).astype(np.uint8)
    elif accumulator == np.int32:
        expected = wrap(expected)
    out = store_exactly(expected, out_order) if expected.dtype == np.int32 else store(expected, out_order)
    out = out.astype(np.uint8) if to_bytes else out
    types = ", ".join(map(memref_type, inputs))
    pinned = {"panel_parts": split[0], **({"reduction_blocks": -(-packed.shape[1] // block)} if block else {})}
    attributes = [f"a_order = #kernel<channel_order {order}>", f"out_order = #kernel<channel_order {out_order}>", f"kernel = {array(kernel)}",
                  f"strides = {array(strides)}", f"dilations = {array([1] * len(kernel))}", f"group = {group} : i64",
                  f"in_channels = {channels} : i64", f"out_channels = {out_channels} : i64",
                  harness.schedule("contract", *(dict(zip(("rows", "vectors"), tiles[2 if "v4" in level else "v3" in level]), **pinned) for level in harness.LEVELS))]
    body = f"kernel.contract ins({' '.join(parts)} : {types}) outs(%{len(inputs)} : {memref_type(out)}) {{{', '.join(attributes)}}}"
    # 1e-5: sums of up to 4,608 products of unit variance.
    suite.add(f"{product} {name}", body + EPILOGUES[to_bytes], inputs, [out], 1e-5, (split[0] * split[1],))


def wrap(sums):
    return sums.astype(np.int64).astype(np.int32)


def store_exactly(x, order):
    """packing.store for integers that f32 does not hold."""
    high, low = x >> 12, x & 0xfff
    return store(high, order).astype(np.int32) * 4096 + store(low, order).astype(np.int32)


for product, (_, _, accumulator, k) in PRODUCTS.items():
    for to_bytes in EPILOGUES if accumulator == np.int32 else ("",):
        case = lambda *arguments, **more: add(product, *arguments, to_bytes=to_bytes, **more)
        case(f"pointwise {to_bytes}", 32, 48, [7, 7], [1, 1])
        for channels, out_channels in ((16, 16), (24, 40), (64, 33), (17, 15)):
            case(f"3x3 {channels} {out_channels} {to_bytes}", channels, out_channels, [5, 13], [3, 3], split=(1, 2))
        for channels in (4, 12, 20, 64):
            case(f"last {channels} {to_bytes}", channels, channels + 3, [3, 7], [3, 3], order="last", strides=[2, 1])
        case(f"chunks {to_bytes}", 48, 20, [3, 3], [2, 2], order="last", run=8)
        case(f"whole rows {to_bytes}", 4, 24, [6, 9], [3, 3], order="last", run=12)
        case(f"to last {to_bytes}", 32, 21, [4, 5], [3, 3], out_order="last")
        case(f"first {to_bytes}", 3, 40, [9, 11], [7, 4], order="first", strides=[2, 2])
        case(f"groups {to_bytes}", 64, 96, [5, 5], [3, 3], group=2, split=(3, 1))
        case(f"dense {to_bytes}", 72, 90, [], [], order="last", images=5, split=(3, 1), bias=False)
        case(f"volume {to_bytes}", 20, 20, [3, 4, 5], [2, 3, 2], images=2)
        case(f"narrow {to_bytes}", 32, 72, [10, 10], [1, 1], order="last", tiles=((12, 1), (12, 1), (28, 1)))
        case(f"wide {to_bytes}", 32, 176, [3, 10], [3, 3], tiles=((1, 8), (3, 4), (4, 6)))
    add(product, "blocks of the reduction", 64, 90, [9, 9], [3, 3], block=7, split=(2, 2))
    add(product, "long", 512, 33, [2, 3], [3, 3])
suite.run()
