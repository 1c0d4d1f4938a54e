#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes small networks with random weights: each family of kernels and of fused steps is in one, with extents that no block divides and
tasks for many threads.

usage: draw.py FOLDER        FOLDER/<name>.onnx
"""
import pathlib
import sys

import numpy as np

sys.dont_write_bytecode = True
import wire  # noqa: E402

FLOAT = 1
TENSOR_TYPES = {np.dtype(np.float32): FLOAT, np.dtype(np.int64): 7}


def message(*fields):
    """Of (number, value): an int is a varint, a float fixed, text and bytes as they are; values that are None are left out."""
    kinds = {int: wire.VARINT, float: wire.FIXED32, str: wire.BYTES, bytes: wire.BYTES}
    plain = {float: lambda value: np.float32(value).tobytes(), str: str.encode}
    return wire.encode([(number, kinds[type(value)], plain.get(type(value), lambda same: same)(value)) for number, value in fields if value is not None])


def write_tensor(name, array):
    return message(*((wire.DIMS, extent) for extent in array.shape), (wire.DATA_TYPE, TENSOR_TYPES[array.dtype]), (8, name),
                   (wire.RAW_DATA, np.ascontiguousarray(array).tobytes()))


def write_attribute(name, value):
    """AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20."""
    if isinstance(value, (list, tuple)):
        return message((1, name), *((8, int(item)) for item in value), (20, 7))
    number, kind = {float: (2, 1), int: (3, 2), str: (4, 3)}[type(value)]
    return message((1, name), (number, value), (20, kind))


def write_value(name, shape):
    dims = b"" if shape is None else message((2, message(*((1, message((1, extent))) for extent in shape))))
    return message((1, name), (2, message((1, message((1, FLOAT)) + dims))))


class Network:
    """A graph under construction: a tensor is its name."""

    def __init__(self, name, *shape, opset=18):
        self.name, self.opset = name, opset
        self.rng = np.random.default_rng(len(name))
        self.nodes, self.weights = [], []
        self.inputs = {"x": shape}

    def weight(self, *shape):
        fan = int(np.prod(shape[1:])) if len(shape) > 1 else 1
        return self.constant((self.rng.standard_normal(shape) / fan ** 0.5).astype(np.float32))

    def constant(self, array):
        self.weights.append(write_tensor(f"w{len(self.weights)}", np.asarray(array)))
        return f"w{len(self.weights) - 1}"

    def add(self, op, *inputs, **attributes):
        output = f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(message(*((1, name) for name in inputs), (2, output), (3, output), (4, op),
                                  *((5, write_attribute(name, value)) for name, value in attributes.items())))
        return output

    def conv(self, x, inside, outside, extent=3, **attributes):
        group = attributes.get("group", 1)
        attributes = {"pads": [extent // 2] * 4, **attributes}
        return self.add("Conv", x, self.weight(outside, inside // group, extent, extent), self.weight(outside), **attributes)

    def write(self, folder, *outputs):
        graph = message(*((1, node) for node in self.nodes), (2, self.name), *((5, weight) for weight in self.weights),
                        *((11, write_value(name, shape)) for name, shape in self.inputs.items()),
                        *((12, write_value(name, None)) for name in outputs))
        model = message((1, 9), (7, graph), (8, message((1, ""), (2, self.opset))))
        (folder / f"{self.name}.onnx").write_bytes(model)


def draw_convolutions(folder):
    """First layer, Winograd, pointwise, depthwise, grouped, dilated, strided; transposed."""
    net = Network("convolutions", 1, 3, 61, 53)
    x = net.add("Relu", net.conv("x", 3, 40, 7, strides=[2, 2]))
    x = net.add("MaxPool", x, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1])
    y = net.add("Relu", net.conv(x, 40, 40))
    x = net.add("Add", net.conv(y, 40, 40, 1), x)
    x = net.add("Clip", net.conv(x, 40, 40, 5, group=40), net.constant(np.float32(0)), net.constant(np.float32(6)))
    x = net.add("Sigmoid", net.conv(x, 40, 60, 3, group=4))
    x = net.conv(x, 60, 33, 3, dilations=[2, 2], pads=[2, 2, 2, 2])
    y = net.add("ConvTranspose", x, net.weight(33, 17, 4, 4), strides=[2, 2])
    net.write(folder, net.add("Tanh", y), net.conv(x, 33, 65, 3, strides=[2, 2]))


def draw_movement(folder):
    """Copies of every kind: concatenation, split, shuffle, transpose, pad, resize, gather, slice, tile."""
    net = Network("movement", 2, 24, 19, 23)
    x = net.conv("x", 24, 24)
    shape = net.constant(np.array([2, 4, 6, 19, 23], np.int64))
    y = net.add("Transpose", net.add("Reshape", x, shape), perm=[0, 2, 1, 3, 4])
    y = net.add("Reshape", y, net.constant(np.array([2, 24, 19, 23], np.int64)))
    y = net.add("Concat", x, y, net.conv(y, 24, 7, 1), axis=1)
    y = net.add("Pad", y, net.constant(np.array([0, 0, 1, 2, 0, 0, 3, 0], np.int64)), mode="reflect")
    z = net.add("Resize", y, "", net.constant(np.array([1, 1, 2, 1.5], np.float32)), mode="linear")
    z = net.add("Slice", z, *(net.constant(np.array(a, np.int64)) for a in ([3, 1], [40, 30], [2, 3], [2, 1])))
    g = net.add("Gather", z, net.constant(np.array([5, 0, 5, 54], np.int64)), axis=1)
    net.write(folder, net.add("Tile", g, net.constant(np.array([1, 2, 1, 3], np.int64))), z)


def draw_attention(folder):
    """Matrices and rows: layer normalisation, products of computed operands, softmax, reductions, an expansion over channels."""
    net = Network("attention", 2, 37, 48)
    y = net.add("LayerNormalization", "x", net.weight(48), net.weight(48), axis=-1)
    split = lambda x: net.add("Transpose", net.add("Reshape", x, net.constant(np.array([2, 37, 4, 12], np.int64))), perm=[0, 2, 1, 3])
    q, k, v = (split(net.add("Add", net.add("MatMul", y, net.weight(48, 48)), net.weight(48))) for _ in range(3))
    scores = net.add("Softmax", net.add("MatMul", q, net.add("Transpose", k, perm=[0, 1, 3, 2])), axis=-1)
    y = net.add("Transpose", net.add("MatMul", scores, v), perm=[0, 2, 1, 3])
    x = net.add("Add", net.add("Reshape", y, net.constant(np.array([2, 37, 48], np.int64))), "x")
    y = net.add("MatMul", x, net.weight(48, 192))
    y = net.add("Mul", y, net.add("Sigmoid", y))
    x = net.add("Add", net.add("MatMul", y, net.weight(192, 48)), x)
    net.write(folder, x, net.add("ReduceLogSumExp", x, net.constant(np.array([1], np.int64))), net.add("ReduceMean", x))


def draw_blocks(folder):
    """What is fused: squeeze and excitation, an inverted residual (expansion and depthwise in slices), a mapped input, instance norm."""
    net = Network("blocks", 1, 24, 56, 56)
    x = net.add("Relu", net.conv("x", 24, 144, 1))
    x = net.add("Relu", net.conv(x, 144, 144, 3, group=144))
    s = net.add("GlobalAveragePool", x)
    s = net.add("HardSigmoid", net.conv(net.add("Relu", net.conv(s, 144, 36, 1)), 36, 144, 1))
    x = net.conv(net.add("Mul", x, s), 144, 24, 1)
    x = net.add("Add", x, "x")
    y = net.add("InstanceNormalization", x, net.weight(24), net.weight(24))
    y = net.add("BatchNormalization", net.add("Relu", y), *(net.weight(24) for _ in range(3)), net.constant(np.full(24, 0.7, np.float32)))
    y = net.add("AveragePool", net.add("Relu", y), kernel_shape=[2, 2], strides=[2, 2])
    y = net.add("Flatten", net.add("GlobalMaxPool", net.add("Relu", net.conv(y, 24, 130))))
    net.write(folder, x, net.add("Softmax", net.add("Gemm", y, net.weight(100, 130), net.weight(100), transB=1)))


def draw_all(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for draw in (draw_convolutions, draw_movement, draw_attention, draw_blocks):
        draw(folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    draw_all(pathlib.Path(sys.argv[1]))
