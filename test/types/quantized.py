# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Quantised layers (QDQ), bit by bit, at every level: against exact sums of integers. usage: quantized.py FOLDER_OF_CNNC

The rules, which are ONNX Runtime's (QLinearConv, QLinearAdd): the sum is exact, becomes f32, is multiplied by one f32 factor per channel,
rounded to the nearest integer, ties to even, shifted by the zero point and saturated. A sum of two tensors is f32 arithmetic on the bytes.
"""
import itertools
import sys

import numpy as np

from models import DTYPES, FLOAT, INT8, INT32, NAMES, UINT8, Tools, levels_here, node

F32 = np.float32


class Case:
    """One network: its nodes and constants, and the values that it should give."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)
        self.nodes, self.constants, self.inputs = [], {}, {}
        self.names = (f"t{number}" for number in itertools.count())

    def constant(self, kind, array):
        name = next(self.names)
        self.constants[name] = (kind, np.asarray(array, DTYPES[kind]))
        return name

    def add(self, op, *inputs, **attributes):
        name = next(self.names)
        self.nodes.append(node(op, inputs, [name], **attributes))
        return name

    def zero_point(self, kind):
        info = np.iinfo(DTYPES[kind])
        return int(self.random.randint(info.min, info.max + 1))

    def quantize(self, tensor, kind, scale, zero):
        return self.add("QuantizeLinear", tensor, self.constant(FLOAT, scale), self.constant(kind, zero))

    def dequantize(self, tensor, kind, scale, zero, axis=0):
        return self.add("DequantizeLinear", tensor, self.constant(FLOAT, scale), self.constant(kind, zero), axis=axis)

    def input(self, shape, kind):
        """(its dequantised tensor, integers, scale, zero point)"""
        info = np.iinfo(DTYPES[kind])
        integers = self.random.randint(info.min, info.max + 1, shape)
        name, scale, zero = f"x{len(self.inputs)}", F32(self.random.uniform(0.01, 0.02)), self.zero_point(kind)
        self.inputs[name] = (kind, integers.astype(DTYPES[kind]))
        return self.dequantize(name, kind, scale, zero), integers, scale, zero


def saturate(kind, value):
    info = np.iinfo(DTYPES[kind])
    return np.clip(value, info.min, info.max).astype(DTYPES[kind])


def convolve(x, w, strides, pads, dilations, group):
    """Exact: integers in, integers out; any number of spatial dimensions."""
    rank = x.ndim - 2
    x = np.pad(x.astype(np.int64), [(0, 0), (0, 0)] + [(pads[d], pads[rank + d]) for d in range(rank)])
    kernel = w.shape[2:]
    extents = [(x.shape[2 + d] - (kernel[d] - 1) * dilations[d] - 1) // strides[d] + 1 for d in range(rank)]
    outs = w.shape[0] // group
    out = np.zeros((x.shape[0], w.shape[0], *extents), np.int64)
    for position in itertools.product(*map(range, kernel)):
        part = x[(slice(None), slice(None), *(slice(position[d] * dilations[d], position[d] * dilations[d] + (extents[d] - 1) * strides[d] + 1, strides[d])
                                              for d in range(rank)))]
        for g in range(group):
            block = part[:, g * w.shape[1]:(g + 1) * w.shape[1]]
            out[:, g * outs:(g + 1) * outs] += np.einsum("nc...,oc->no...", block, w[(slice(g * outs, (g + 1) * outs), slice(None), *position)].astype(np.int64))
    return out


def layer(seed, shape, out, kernel, strides=None, pads=None, dilations=None, group=1, x=UINT8, y=UINT8, w=INT8, zero="none", per_channel=True,
          bias=True, clip=None, floats=False, residual=False, behind=None):
    case = Case(seed)
    rank = len(kernel)
    strides, pads, dilations = strides or [1] * rank, pads or [0] * 2 * rank, dilations or [1] * rank
    tensor, integers, sx, zx = case.input(shape, x)
    info = np.iinfo(DTYPES[w])
    weights = case.random.randint(info.min, info.max + 1, (out, shape[1] // group, *kernel))
    sw = case.random.uniform(0.001, 0.003, out if per_channel else ()).astype(F32)
    zw = {"none": np.zeros_like(sw), "middle": np.full_like(sw, 128), "any": case.random.randint(info.min, info.max + 1, sw.shape)}[zero].astype(np.int64)
    spread = (-1,) + (1,) * (rank + 1)
    operands = [tensor, case.dequantize(case.constant(w, weights), w, sw, zw)]
    sums = convolve(integers - zx, weights - (zw.reshape(spread) if per_channel else zw), strides, pads, dilations, group)
    channels = (1, -1) + (1,) * rank
    if bias:
        b = case.random.randint(-20000, 20000, out)
        operands.append(case.dequantize(case.constant(INT32, b), INT32, (sx * sw).astype(F32), np.zeros_like(sw)))
        sums = sums + b.reshape(channels)
    matrix = rank == 0
    if matrix:
        result = case.add("Gemm", *operands, transB=1)
    else:
        result = case.add("Conv", *operands, kernel_shape=list(kernel), strides=strides, pads=pads, dilations=dilations, group=group)
    product = (sx * sw).astype(F32)
    product = product.reshape(channels) if per_channel else product
    if floats:
        return case, result, (sums.astype(F32) * product).astype(F32), None
    sy, zy = F32(sums.std() * float(np.mean(product)) / 60), case.zero_point(y)
    real = np.rint(sums.astype(F32) * (product / sy).astype(F32)).astype(np.int64) + zy
    if clip:
        result = case.add("Clip", result, case.constant(FLOAT, clip[0]), case.constant(FLOAT, clip[1])) if len(clip) == 2 else case.add("Relu", result)
        bounds = [np.rint(F32(bound) / sy).astype(np.int64) + zy for bound in clip]
        real = np.clip(real, bounds[0], bounds[1] if len(bounds) == 2 else None)
    expected = saturate(y, real)
    result = case.quantize(result, y, sy, zy)
    if residual:
        other, b, sb, zb = case.input(expected.shape, UINT8)
        st, zt = F32((sy + sb) * 0.7), case.zero_point(UINT8)
        ra, rb = F32(sy / st), F32(sb / st)
        a = expected.astype(np.int64) - (0 if y == UINT8 else -128)
        za = zy - (0 if y == UINT8 else -128)
        total = case.add("Add", case.dequantize(result, y, sy, zy), other)
        shift = F32(F32(zt) - F32(F32(ra * F32(za)) + F32(rb * F32(zb))))
        expected = saturate(UINT8, np.rint((a.astype(F32) * ra + (b.astype(F32) * rb + shift).astype(F32)).astype(F32)))
        result, sy, zy, y = case.quantize(total, UINT8, st, zt), st, zt, UINT8
    if behind:
        result, expected = behind(case, result, expected, y, sy, zy)
    return case, result, expected, y


def max_pool(case, result, expected, kind, scale, zero):
    pooled = case.add("MaxPool", case.dequantize(result, kind, scale, zero), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    padded = np.pad(expected, [(0, 0), (0, 0), (1, 1), (1, 1)], constant_values=np.iinfo(DTYPES[kind]).min)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))[:, :, ::2, ::2]
    return case.quantize(pooled, kind, scale, zero), windows.max((4, 5))


def transpose(case, result, expected, kind, scale, zero):
    turned = case.add("Transpose", case.dequantize(result, kind, scale, zero), perm=[0, 2, 3, 1])
    return case.quantize(turned, kind, scale, zero), expected.transpose(0, 2, 3, 1)


def concat(case, result, expected, kind, scale, zero):
    joined = case.add("Concat", *(case.dequantize(result, kind, scale, zero) for _ in range(2)), axis=1)
    return case.quantize(joined, kind, scale, zero), np.concatenate([expected, expected], 1)


TABLE = {
    "3x3": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1]),
    "3x3, odd channels, two images": dict(shape=(2, 27, 7, 5), out=21, kernel=(3, 3), pads=[1, 0, 2, 1]),
    "stride and dilation": dict(shape=(1, 48, 13, 11), out=40, kernel=(3, 3), strides=[2, 1], dilations=[2, 3], pads=[2, 3, 2, 3]),
    "first layer": dict(shape=(1, 3, 37, 31), out=24, kernel=(7, 7), strides=[2, 2], pads=[3, 3, 3, 3]),
    "one channel": dict(shape=(1, 1, 12, 12), out=8, kernel=(5, 5)),
    "1x1": dict(shape=(1, 64, 6, 7), out=80, kernel=(1, 1)),
    "1x1 of many": dict(shape=(1, 1040, 3, 3), out=17, kernel=(1, 1)),
    "signed": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], x=INT8, y=INT8),
    "signed to unsigned": dict(shape=(1, 16, 9, 9), out=16, kernel=(3, 3), pads=[1, 1, 1, 1], x=INT8, y=UINT8),
    "unsigned weights around 128": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], w=UINT8, zero="middle"),
    "unsigned weights around any": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], w=UINT8, zero="any"),
    "weights around any": dict(shape=(1, 20, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], zero="any"),
    "one scale": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], per_channel=False),
    "one scale around any": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], per_channel=False, zero="any"),
    "no bias": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], bias=False),
    "mostly padding": dict(shape=(1, 16, 1, 2), out=16, kernel=(3, 3), pads=[1, 1, 1, 1]),
    "relu": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], clip=(0,)),
    "clip": dict(shape=(1, 32, 9, 9), out=32, kernel=(1, 1), clip=(-0.5, 1.5), y=INT8),
    "floats": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], floats=True),
    "depthwise": dict(shape=(1, 40, 12, 17), out=40, kernel=(3, 3), pads=[1, 1, 1, 1], group=40),
    "depthwise, stride 2, signed": dict(shape=(1, 20, 12, 17), out=20, kernel=(5, 5), strides=[2, 2], pads=[2, 2, 2, 2], group=20, x=INT8, y=INT8),
    "depthwise, no bias, relu": dict(shape=(2, 16, 8, 8), out=16, kernel=(3, 3), pads=[1, 1, 1, 1], group=16, bias=False, clip=(0,)),
    "depthwise, floats": dict(shape=(1, 16, 8, 8), out=16, kernel=(3, 3), group=16, floats=True),
    "groups of 4": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], group=8),
    "groups of 8": dict(shape=(1, 32, 9, 9), out=32, kernel=(3, 3), pads=[1, 1, 1, 1], group=4),
    "groups of 32": dict(shape=(1, 64, 9, 9), out=96, kernel=(3, 3), pads=[1, 1, 1, 1], group=2),
    "one dimension": dict(shape=(1, 24, 50), out=20, kernel=(5,), pads=[2, 2], dilations=[1]),
    "three dimensions": dict(shape=(1, 16, 5, 6, 7), out=16, kernel=(3, 3, 3), pads=[1] * 6),
    "dense": dict(shape=(3, 64), out=50, kernel=()),
    "dense, odd": dict(shape=(1, 37), out=10, kernel=(), x=INT8, y=INT8),
    "residual": dict(shape=(1, 32, 9, 9), out=32, kernel=(1, 1), residual=True),
    "residual, signed": dict(shape=(1, 32, 9, 9), out=20, kernel=(3, 3), x=INT8, y=INT8, residual=True),
    "max pool": dict(shape=(1, 20, 13, 12), out=20, kernel=(1, 1), behind=max_pool),
    "max pool, signed": dict(shape=(1, 16, 13, 12), out=32, kernel=(1, 1), y=INT8, behind=max_pool),
    "transpose": dict(shape=(1, 20, 13, 12), out=24, kernel=(1, 1), behind=transpose),
    "concat": dict(shape=(1, 20, 13, 12), out=24, kernel=(1, 1), behind=concat),
}


def main():
    tools = Tools(sys.argv[1])
    failures, levels = 0, set()
    for seed, (name, arguments) in enumerate(TABLE.items()):
        case, result, expected, kind = layer(seed, **arguments)
        for way, outputs in tools.outputs(case.nodes, case.inputs, [result], case.constants):
            levels.add(way)
            found = outputs[result]
            wrong = np.count_nonzero(found != expected)
            if found.shape != expected.shape or wrong:
                failures += 1
                print(f"{name} ({way}): {wrong} of {expected.size} differ, expected {NAMES.get(kind, 'float')}")
    missing = [level for level in levels_here() if f"computed {level or ''}".strip() not in levels]
    print(f"{len(TABLE)} layers, {failures} failures", *(f"nothing ran at {level}" for level in missing), sep="\n")
    return bool(failures or missing)


if __name__ == "__main__":
    sys.exit(main())
