#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles random convolutional networks and compares their outputs with ONNX Runtime's.

usage: random_graphs.py [--build DIR] [--count N] [--seed S] [--levels v4-emulated,v3,v2,neon] [--keep DIR]

needs: pip install numpy onnx onnxruntime

A network is drawn from a seed: one to three spatial dimensions, channel counts that blocks do not divide, branches that join by addition
or concatenation, channel shuffles, squeeze and excitation, and every attribute form of convolution, pooling, padding and resizing.
Each output must agree to 1e-4 of its maximum, on 1 and 2 threads. A network that fails is kept, and its seed said. The level neon
runs in qemu.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHANNELS = (1, 2, 3, 4, 5, 8, 12, 15, 16, 17, 20, 24, 29, 32, 40, 48, 64)
LARGEST = 1 << 19  # elements of a feature map
OPSETS = (11, 13, 17, 18, 20)


class Network:
    """A graph under construction; tensors are names, with their shapes in `shape`."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.opset = int(self.pick(OPSETS))
        self.nodes, self.weights, self.shape, self.pool = [], [], {}, []
        self.rank = int(self.pick((1, 2, 2, 2, 2, 2, 3)))
        size = {1: (1, 7, 40, 129), 2: (1, 5, 7, 13, 16, 23, 32), 3: (3, 5, 8)}[self.rank]
        x = (int(self.pick((1, 1, 1, 2))), self.channels(), *(int(self.pick(size)) for _ in range(self.rank)))
        self.inputs = ["x"]
        self.shape["x"] = x
        self.pool.append("x")

    def pick(self, values):
        return values[self.rng.integers(len(values))]

    def chance(self, probability):
        return self.rng.random() < probability

    def channels(self):
        return int(self.pick(CHANNELS))

    def weight(self, *shape, scale=None):
        name = f"w{len(self.weights)}"
        fan = np.prod(shape[1:]) if len(shape) > 1 else 1
        data = self.rng.standard_normal(shape) * (scale if scale is not None else 1.4 / max(1, fan) ** 0.5)
        self.weights.append(numpy_helper.from_array(data.astype(np.float32), name))
        return name

    def constant(self, values, kind=np.int64):
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, kind), name))
        return name

    def add(self, op, inputs, outputs=1, **attributes):
        names = [f"{op.lower()}{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, name=f"/{op}_{len(self.nodes)}", **attributes))
        self.infer()
        return names[0] if outputs == 1 else names

    def infer(self):
        """Shapes of what the last node computes; an error where the node cannot be."""
        node = self.nodes[-1]
        known = [n for n in node.input if n in self.shape]
        used = [w for w in self.weights if w.name in node.input]
        graph = helper.make_graph([node], "step", [helper.make_tensor_value_info(n, TensorProto.FLOAT, self.shape[n]) for n in dict.fromkeys(known)],
                                  [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in node.output], used)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        try:
            inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
            for value in inferred.graph.output:
                self.shape[value.name] = tuple(d.dim_value for d in value.type.tensor_type.shape.dim)
                if min(self.shape[value.name], default=1) < 1 or np.prod(self.shape[value.name]) > LARGEST:
                    raise ValueError("too small or too large")
        except Exception:
            self.nodes.pop()
            raise

    def maps(self):
        return [n for n in self.pool if len(self.shape[n]) == self.rank + 2]

    # Each of these adds a few nodes to a feature map and returns the new map.

    def conv(self, x, stride=None):
        shape, group = self.shape[x], 1
        inside, outside = shape[1], self.channels()
        if self.chance(0.3):
            group = int(self.pick([g for g in range(1, inside + 1) if inside % g == 0]))
            outside = group * int(self.pick((1, 1, 2, max(1, outside // group))))
        kernel = [int(self.pick((1, 1, 3, 3, 3, 5, 2, 4, 7) if self.rank < 3 else (1, 3, 3, 2))) for _ in range(self.rank)]
        if self.chance(0.7):
            kernel = [kernel[0]] * self.rank
        attributes = {"kernel_shape": kernel, "group": group, "strides": [stride or int(self.pick((1, 1, 1, 2, 3))) for _ in kernel]}
        if self.chance(0.2):
            attributes["dilations"] = [int(self.pick((1, 2, 3, 9))) for _ in kernel]
        if self.chance(0.2):
            attributes["auto_pad"] = str(self.pick(("SAME_UPPER", "SAME_LOWER", "VALID")))
            attributes.pop("dilations", None)
        elif self.chance(0.8):
            spans = [(k - 1) * d for k, d in zip(kernel, attributes.get("dilations", [1] * self.rank))]
            attributes["pads"] = [s // 2 for s in spans] + [s - s // 2 for s in spans] if self.chance(0.7) else [int(self.rng.integers(0, s + 1)) for s in spans + spans]
        inputs = [x, self.weight(outside, inside // group, *kernel)]
        if self.chance(0.6):
            inputs.append(self.weight(outside, scale=0.5))
        return self.add("Conv", inputs, **attributes)

    def conv_transpose(self, x):
        shape = self.shape[x]
        group = int(self.pick([g for g in (1, 1, 1, 2, 4, shape[1]) if shape[1] % g == 0]))
        kernel = [int(self.pick((1, 2, 3, 4, 5)))] * self.rank
        strides = [int(self.pick((1, 2, 2, 3)))] * self.rank
        attributes = {"kernel_shape": kernel, "strides": strides, "group": group}
        if self.chance(0.3):
            attributes["dilations"] = [int(self.pick((1, 2)))] * self.rank
        if self.chance(0.5):
            attributes["pads"] = [int(self.rng.integers(0, max(1, kernel[0] - 1))) for _ in range(2 * self.rank)]
        if self.chance(0.4) and strides[0] > 1:
            attributes["output_padding"] = [int(self.rng.integers(0, strides[0]))] * self.rank
        outside = int(self.pick((1, 2, 5, 8, 16, 17)))
        inputs = [x, self.weight(shape[1], outside, *kernel, scale=0.3)]
        if self.chance(0.5):
            inputs.append(self.weight(outside * group, scale=0.5))
        return self.add("ConvTranspose", inputs, **attributes)

    def batch_norm(self, x):
        c = self.shape[x][1]
        positive = lambda: self.constant(self.rng.uniform(0.5, 1.5, c), np.float32)
        return self.add("BatchNormalization", [x, positive(), self.weight(c), self.weight(c, scale=0.2), positive()], epsilon=1e-3)

    def activation(self, x):
        kind = self.pick(("Relu", "Relu", "Relu", "Clip", "LeakyRelu", "Sigmoid", "Tanh", "Elu", "HardSigmoid", "Swish", "HardSwish", "PRelu", "Gelu", "Mish", "Softmax", "Exp"))
        if kind == "Clip":
            low, high = self.constant(self.pick((0, -1)), np.float32), self.constant(self.pick((1, 6)), np.float32)
            return self.add("Clip", [x, *self.pick(([low, high], [low], ["", high]))])
        if kind == "LeakyRelu":
            return self.add(kind, [x], alpha=0.1)
        if kind == "Swish":
            return self.add("Mul", [x, self.add("Sigmoid", [x])])
        if kind == "HardSwish":
            return self.add("Mul", [x, self.add("HardSigmoid", [x], alpha=1 / 6, beta=0.5)])
        if kind == "PRelu":
            c = self.shape[x][1]
            return self.add("PRelu", [x, self.weight(*self.pick(((1,), (c,) + (1,) * self.rank)), scale=0.3)])
        if kind == "Gelu":
            half = self.add("Mul", [x, self.constant(0.5, np.float32)])
            erf = self.add("Erf", [self.add("Div", [x, self.constant(2 ** 0.5, np.float32)])])
            return self.add("Mul", [half, self.add("Add", [erf, self.constant(1, np.float32)])])
        if kind == "Mish":
            soft = self.add("Log", [self.add("Add", [self.add("Exp", [self.add("Clip", [x, "", self.constant(10, np.float32)])]), self.constant(1, np.float32)])])
            return self.add("Mul", [x, self.add("Tanh", [soft])])
        if kind == "Softmax":
            return self.add(kind, [x], axis=int(self.pick((1, -1, 2))) if self.opset >= 13 else 1)
        if kind == "Exp":
            return self.add(kind, [self.add("Clip", [x, "", self.constant(3, np.float32)])])
        return self.add(kind, [x])

    def pooling(self, x):
        kernel = [int(self.pick([k for k in (1, 2, 2, 3, 3, 5) if k <= min(self.shape[x][2:])]))] * self.rank
        attributes = {"kernel_shape": kernel, "strides": [int(self.pick((1, 2, 2, 3)))] * self.rank}
        kind = str(self.pick(("MaxPool", "AveragePool")))
        if self.chance(0.2):
            attributes["auto_pad"] = str(self.pick(("SAME_UPPER", "SAME_LOWER", "VALID")))
        elif self.chance(0.6):
            attributes["pads"] = [int(self.rng.integers(0, (k + 1) // 2 if k > 1 else 1)) for k in kernel + kernel]
        if self.chance(0.3) and "auto_pad" not in attributes:
            attributes["ceil_mode"] = 1
        if kind == "AveragePool" and self.chance(0.5):
            attributes["count_include_pad"] = 1
        if kind == "MaxPool" and self.chance(0.15) and "auto_pad" not in attributes and 2 * kernel[0] <= min(self.shape[x][2:]):
            attributes["dilations"] = [2] * self.rank
        return self.add(kind, [x], **attributes)

    def pad(self, x):
        mode = str(self.pick(("constant", "constant", "reflect", "edge")))
        spatial = self.shape[x][2:]
        most = min(3, min(spatial) - 1) if mode == "reflect" else 3
        amounts = lambda: [0, 0] + [int(self.rng.integers(0, most + 1)) for _ in spatial]
        inputs = [x, self.constant(amounts() + amounts())]
        if mode == "constant" and self.chance(0.3):
            inputs.append(self.constant(0.25, np.float32))
        return self.add("Pad", inputs, mode=mode)

    def resize(self, x):
        scales = [1.0, 1.0] + [float(self.pick((2, 2, 0.5, 1.5, 3)))] * self.rank
        mode = str(self.pick(("nearest", "linear", "linear") if self.rank > 1 else ("nearest",)))
        attributes = {"mode": mode, "coordinate_transformation_mode": str(self.pick(("asymmetric", "half_pixel", "align_corners")))}
        if mode == "nearest":
            attributes["nearest_mode"] = str(self.pick(("floor", "round_prefer_floor")))
        # With aligned corners ONNX divides by the unrounded extent, ONNX Runtime by the rounded one: sizes leave no doubt.
        if self.chance(0.5) and attributes["coordinate_transformation_mode"] != "align_corners":
            return self.add("Resize", [x, "", self.constant(scales, np.float32)], **attributes)
        sizes = [*self.shape[x][:2], *(max(1, int(s * k)) for s, k in zip(self.shape[x][2:], scales[2:]))]
        return self.add("Resize", [x, "", "", self.constant(sizes)], **attributes)

    def residual(self, x):
        y = self.conv_same(self.activation(self.conv_same(x)) if self.chance(0.5) else x)
        y = self.batch_norm(y) if self.chance(0.4) else y
        if self.chance(0.3):
            y = self.activation(y)
        y = self.add(str(self.pick(("Add", "Add", "Mul", "Sub", "Sum", "Max"))), [y, x] if self.chance(0.5) else [x, y])
        return self.activation(y) if self.chance(0.6) else y

    def conv_same(self, x, channels=None):
        inside = self.shape[x][1]
        k = int(self.pick((1, 3, 3, 5)))
        group = inside if self.chance(0.2) and not channels else 1
        return self.add("Conv", [x, self.weight(channels or inside, inside // group, *[k] * self.rank), self.weight(channels or inside, scale=0.3)],
                        kernel_shape=[k] * self.rank, pads=[k // 2] * 2 * self.rank, group=group)

    def inception(self, x):
        branches = [self.conv_same(x, self.channels()) for _ in range(int(self.pick((2, 2, 3))))]
        branches = [self.activation(b) if self.chance(0.5) else b for b in branches] + ([x] if self.chance(0.4) else [])
        return self.add("Concat", [branches[i] for i in self.rng.permutation(len(branches))], axis=int(self.pick((1, 1, -1 - self.rank))))

    def split_and_join(self, x):
        c = self.shape[x][1]
        if c < 2:
            return self.activation(x)
        first = int(self.rng.integers(1, c))
        if self.chance(0.5) and self.opset >= 13:
            a, b = self.add("Split", [x, self.constant([first, c - first])], outputs=2, axis=1)
        else:
            a = self.add("Slice", [x, self.constant([0]), self.constant([first]), self.constant([1])])
            b = self.add("Slice", [x, self.constant([first]), self.constant([2 ** 31]), self.constant([1])])
        if self.chance(0.6):
            b = self.activation(self.conv_same(b))
        return self.add("Concat", [a, b] if self.chance(0.5) else [b, a, b], axis=1)

    def shuffle(self, x, group=None):
        n, c, *space = self.shape[x]
        group = group or int(self.pick([g for g in range(1, c + 1) if c % g == 0]))
        y = self.add("Reshape", [x, self.constant([n, group, c // group, *space])])
        y = self.add("Transpose", [y], perm=[0, 2, 1, *range(3, 3 + len(space))])
        return self.add("Reshape", [y, self.constant([n, c, *space])])

    def shuffle_units(self, x):
        """As in ShuffleNet V2: a part of the channels passes by, the others are convolved, all are shuffled, and so on."""
        half = int(self.rng.integers(1, 24))
        x = self.add("Concat", [self.conv_same(x, half), self.conv_same(x, half)], axis=1)
        for _ in range(int(self.rng.integers(1, 5))):
            x = self.shuffle(x, 2 if self.chance(0.7) else None)
            cut = half if self.chance(0.7) else int(self.rng.integers(1, 2 * half))
            a, b = (self.add("Slice", [x, self.constant([first]), self.constant([end]), self.constant([1])])
                    for first, end in ((0, cut), (cut, 2 * half)))
            a, b = (a, b) if self.chance(0.7) else (b, a)
            if self.chance(0.3):
                a = self.conv_same(a)
            if self.chance(0.3):
                b = self.pooling(b) if self.chance(0.2) else self.conv_same(b, self.shape[b][1])
            b = self.activation(self.conv_same(b)) if self.chance(0.8) else b
            x = self.add("Concat", [a, b] if self.chance(0.7) else [b, a], axis=1)
        return self.conv_same(self.shuffle(x, 2)) if self.chance(0.5) else x

    def excite(self, x):
        c, axes = self.shape[x][1], list(range(2, 2 + self.rank))
        y = self.add("GlobalAveragePool", [x]) if self.chance(0.5) or self.opset >= 18 else self.add("ReduceMean", [x], axes=axes, keepdims=1)
        y = self.add("Relu", [self.add("Conv", [y, self.weight(max(1, c // 4), c, *[1] * self.rank)])])
        y = self.add(str(self.pick(("Sigmoid", "HardSigmoid"))), [self.add("Conv", [y, self.weight(c, max(1, c // 4), *[1] * self.rank)])])
        return self.add("Mul", [x, y] if self.chance(0.5) else [y, x])

    def instance_norm(self, x):
        c = self.shape[x][1]
        return self.add("InstanceNormalization", [x, self.weight(c), self.weight(c)], epsilon=1e-3)

    def layer_norm(self, x):
        c, last = self.shape[x][1], 1 + self.rank
        y = self.add("Transpose", [x], perm=[0, *range(2, 2 + self.rank), 1])
        if self.opset >= 17:
            y = self.add("LayerNormalization", [y, self.weight(c), self.weight(c)], axis=-1, epsilon=1e-3)
        y = self.add("Add", [self.add("MatMul", [y, self.weight(c, c, scale=1 / c ** 0.5)]), self.weight(c)])
        return self.add("Transpose", [y], perm=[0, last, *range(1, last)])

    def crop(self, x):
        extent = self.shape[x][2]
        step = int(self.pick((1, 1, 2)))
        return self.add("Slice", [x, self.constant([int(self.rng.integers(0, max(1, extent // 2)))]), self.constant([extent]), self.constant([2]), self.constant([step])])

    def scale(self, x):
        c = self.shape[x][1]
        shape = self.pick(((1,), (c,) + (1,) * self.rank, (1, c) + (1,) * self.rank, self.shape[x][2:]))
        return self.add(str(self.pick(("Mul", "Add", "Sub"))), [x, self.weight(*shape, scale=1)])

    def second_input(self, x):
        name = f"x{len(self.inputs)}"
        self.inputs.append(name)
        self.shape[name] = self.shape[x]
        return self.add(str(self.pick(("Add", "Mul"))), [x, name])

    BLOCKS = (conv, conv, conv, conv, conv_same, conv_same, batch_norm, activation, activation, pooling, pooling, pad, resize, residual, residual, inception,
              inception, split_and_join, shuffle, shuffle_units, shuffle_units, excite, instance_norm, layer_norm, crop, scale, conv_transpose, second_input)

    def head(self, x):
        kind = self.pick(("map", "map", "gemm", "softmax", "mean"))
        if kind == "map":
            return x
        y = self.add("GlobalAveragePool", [x]) if kind != "mean" else self.add("GlobalMaxPool", [x])
        y = self.add("Flatten", [y])
        if kind != "mean":
            y = self.add("Gemm", [y, self.weight(int(self.pick((1, 10, 33))), self.shape[y][1]), self.weight(1)], transB=1)
        return self.add("Softmax", [y], axis=1) if kind == "softmax" else y

    def build(self, blocks):
        x = "x"
        for _ in range(blocks):
            source = x if self.chance(0.8) else self.pick(self.maps())
            try:
                x = self.pick(self.BLOCKS)(self, source)
                self.pool.append(x)
            except Exception:  # a block that the shape does not allow; nodes of its beginning are dead
                continue
        outputs = list(dict.fromkeys([self.head(x)] + [n for n in self.maps()[1:] if self.chance(0.1)]))
        outputs = [n for n in outputs if n not in self.inputs] or [self.add("Identity", ["x"])]
        value = lambda n: helper.make_tensor_value_info(n, TensorProto.FLOAT, self.shape[n])
        graph = helper.make_graph(self.nodes, "random", [value(n) for n in self.inputs], [value(n) for n in outputs], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)


def draw(seed):
    network = Network(seed)
    return network.build(int(network.rng.integers(1, 14))), network


def write_case(model, folder, seed):
    """The model, inputs and ONNX Runtime's outputs as ONNX lays out test data; False where it cannot run the model or overflows."""
    import onnxruntime
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    rng, data = np.random.default_rng(seed), folder / "test_data_set_0"
    data.mkdir(parents=True)
    onnx.save(model, folder / "model.onnx")
    try:
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        feed = {i.name: rng.uniform(-1, 1, i.shape).astype(np.float32) for i in session.get_inputs()}
        outputs = session.run(None, feed)
    except Exception:
        return False
    for i, name in enumerate(i.name for i in session.get_inputs()):
        (data / f"input_{i}.pb").write_bytes(numpy_helper.from_array(feed[name], name).SerializeToString())
    for i, (info, y) in enumerate(zip(session.get_outputs(), outputs)):
        (data / f"output_{i}.pb").write_bytes(numpy_helper.from_array(y, info.name).SerializeToString())
    return all(np.isfinite(y).all() and np.abs(y).max(initial=0) > 1e-6 for y in outputs)


def run(command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, **more)


def attempt(folder, build, levels):
    """What went wrong, or None."""
    library, text = folder / "model.so", folder / "model.mlir"
    for level in levels:
        runner = [build / "bin/cnnc-run"]
        if level == "neon":
            built = run([build / "bin/cnnc", folder / "model.onnx", "-target=aarch64", "-o", library])
            runner = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", build / "aarch64/bin/cnnc-run"]
        elif level == "v4-emulated":  # 512-bit vectors, split in two
            built = run([build / "bin/cnnc", folder / "model.onnx", "-mcpu=x86-64-v4", "--stop-after=vector", "-o", text])
            if built.returncode == 0:
                text.write_text(text.read_text().replace("x86-64-v4", "x86-64-v3"))
                built = run([build / "bin/cnnc", text, "-o", library])
        else:
            built = run([build / "bin/cnnc", folder / "model.onnx", f"-mcpu=x86-64-{level}", "-o", library])
        if built.returncode:
            return f"{level}: cnnc: exit {built.returncode}: {built.stderr.strip()[-300:]}"
        for threads in (1, 2):
            ran = run([*runner, library, "--test-data", folder / "test_data_set_0", "--rtol=0", "--atol=1e-4", f"--threads={threads}"])
            if ran.returncode:
                return f"{level}, {threads} threads: exit {ran.returncode}: {(ran.stdout + ran.stderr).strip()[-300:]}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--levels", default="v3")
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path("failed-graphs"))
    args = parser.parse_args()
    ran = failed = 0
    for seed in range(args.seed, args.seed + args.count):
        with tempfile.TemporaryDirectory() as work:
            folder = pathlib.Path(work) / str(seed)
            try:
                model, _ = draw(seed)
            except Exception as error:
                print(f"{seed}: not drawn: {str(error).splitlines()[0][:100]}")
                continue
            if not write_case(model, folder, seed):
                continue
            ran += 1
            problem = attempt(folder, args.build, args.levels.split(","))
            if problem:
                failed += 1
                print(f"{seed}: {problem}", flush=True)
                shutil.copytree(folder, args.keep / str(seed), dirs_exist_ok=True)
    print(f"{ran} networks ran, {failed} failed")
    return failed > 0 or ran == 0


if __name__ == "__main__":
    sys.exit(main())
