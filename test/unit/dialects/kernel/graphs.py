# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Graphs at the level `layout` as text, each tensor with its value in numpy: layouts are the writer's, nothing is chosen for him."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

FIRST, LAST, BLOCKED = "first", "last", "blocked"
BODIES = {
    "copy": ("", "%a0", lambda x: x),
    "relu": ("%z = arith.constant 0.0 : f32\n%r = arith.maximumf %a0, %z : f32", "%r", lambda x: np.maximum(x, 0)),
    "square": ("%r = arith.mulf %a0, %a0 : f32", "%r", lambda x: x * x),
    "increment": ("%o = arith.constant 1.0 : f32\n%r = arith.addf %a0, %o : f32", "%r", lambda x: x + 1),
    "exp": ("%r = math.exp %a0 : f32", "%r", np.exp),
    "add": ("%r = arith.addf %a0, %a1 : f32", "%r", lambda x, y: x + y),
    "multiply": ("%r = arith.mulf %a0, %a1 : f32", "%r", lambda x, y: x * y),
}


def encoding(layout, rank):
    order = list(range(rank))
    if layout == LAST:
        order = [0, *order[2:], 1]
    return "#cnn.layout<[" + ", ".join(map(str, order)) + "]" + (", block = 1>" if layout == BLOCKED else ">")


def integers(values):
    return "array<i64: " + ", ".join(map(str, values)) + ">" if len(values) else "array<i64>"


class Tensor:
    """A name in the text, its value, and how it is stored; `layout` is a word above or an attribute."""

    def __init__(self, name, value, layout=FIRST):
        self.name, self.value, self.layout = name, np.asarray(value, np.float32), layout

    @property
    def shape(self):
        return self.value.shape

    @property
    def type(self):
        plain = self.layout == FIRST
        layout = encoding(self.layout, len(self.shape)) if self.layout in (LAST, BLOCKED) else self.layout
        return "tensor<" + "".join(f"{extent}x" for extent in self.shape) + ("f32>" if plain else f"f32, {layout}>")


def pad(value, low, high, mode="constant"):
    return np.pad(value, list(zip(low, high)), mode=mode)


def windows(x, kernel, strides, dilations):
    """N, C, outputs..., taps..."""
    rank = len(kernel)
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    view = sliding_window_view(x, spans, tuple(range(2, 2 + rank)))
    return view[(slice(None),) * 2 + tuple(slice(None, None, s) for s in strides) + tuple(slice(None, None, d) for d in dilations)]


def convolve(x, w, bias, strides, dilations, pads, group):
    rank = w.ndim - 2
    x = pad(x.astype(np.float64), [0, 0, *pads[:rank]], [0, 0, *pads[rank:]])
    view = windows(x, w.shape[2:], strides, dilations)
    n, c, *rest = view.shape
    view = view.reshape(n, group, c // group, *rest)
    filters = w.reshape(group, -1, *w.shape[1:]).astype(np.float64)
    taps = list(range(20, 20 + rank))
    out = list(range(10, 10 + rank))
    y = np.einsum(view, [0, 1, 2, *out, *taps], filters, [1, 3, 2, *taps], [0, 1, 3, *out], optimize=True)
    y = y.reshape(n, w.shape[0], *y.shape[3:])
    return y if bias is None else y + bias.reshape([1, -1] + [1] * rank)


def convolve_transposed(x, w, strides):
    """Of one group, without pads: IC, OC, kernel..."""
    n, _, height, width = x.shape
    y = np.zeros((n, w.shape[1], (height - 1) * strides[0] + w.shape[2], (width - 1) * strides[1] + w.shape[3]))
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            y[:, :, i:i + height * strides[0]:strides[0], j:j + width * strides[1]:strides[1]] += np.einsum("nihw,io->nohw", x, w[:, :, i, j])
    return y


class Graph:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.lines, self.inputs, self.outputs, self.sources, self.count = [], [], [], {}, 0

    def random(self, shape):
        return self.rng.uniform(-1, 1, shape).astype(np.float32)

    def name(self):
        self.count += 1
        return f"%v{self.count}"

    def emit(self, text, operands, value, layout, region=""):
        result = Tensor(self.name(), value, layout)
        types = ", ".join(operand.type for operand in operands)
        self.lines.append(f"{result.name} = {text} : ({types}) -> {result.type}{region}")
        return result

    def input(self, shape):
        tensor = Tensor(f"%x{len(self.inputs)}", self.random(shape))
        self.inputs.append(tensor)
        return tensor

    def constant(self, value):
        tensor = Tensor(self.name(), value)
        data = "0x" + tensor.value.tobytes().hex().upper()
        self.lines.append(f'{tensor.name} = arith.constant dense<"{data}"> : {tensor.type}' if tensor.value.size > 1 else
                          f"{tensor.name} = arith.constant dense<{float(tensor.value.flat[0])!r}> : {tensor.type}")
        return tensor

    def weight(self, *shape):
        return self.constant(self.random(shape) * (2 / max(1, np.prod(shape[1:]))) ** 0.5)

    def source(self, shape, layout):
        """A dense tensor that many may read: an input as it comes, or converted."""
        if (shape, layout) not in self.sources:
            self.sources[shape, layout] = self.stored(shape, layout)
        return self.sources[shape, layout]

    def stored(self, shape, layout):
        if layout == BLOCKED or len(shape) < 3:
            return self.convert(self.input(shape), layout)
        # Channels last: an input of that shape under other names.
        rank = len(shape)
        if layout == LAST:
            return self.transpose(self.input((shape[0], *shape[2:], shape[1])), [0, rank - 1, *range(1, rank - 1)], LAST)
        return self.input(shape)

    def output(self, tensor):
        """Results are row major."""
        self.outputs.append(self.convert(tensor, FIRST))

    def convert(self, tensor, layout):
        if tensor.layout == layout:
            return tensor
        result = Tensor(self.name(), tensor.value, layout)
        self.lines.append(f"{result.name} = cnn.convert_layout {tensor.name} : {tensor.type} to {result.type}")
        return result

    def map(self, body, *operands):
        lines, last, function = BODIES[body]
        arguments = ", ".join(f"%a{number}: f32" for number in range(len(operands)))
        names = ", ".join(operand.name for operand in operands)
        return self.emit(f"cnn.map({names})", operands, function(*[operand.value for operand in operands]), operands[0].layout,
                         f" {{\n^bb0({arguments}):\n{lines}\ncnn.yield {last} : f32\n}}")

    def reduce(self, kind, axes, tensor, scale=None, layout=None):
        value = getattr(np, kind)(tensor.value.astype(np.float64), tuple(axes), keepdims=True) * (scale or 1)
        more = f", scale = {scale} : f64" if scale else ""
        return self.emit(f"cnn.reduce {kind}({tensor.name}) {{axes = {integers(axes)}{more}}}", [tensor], value, layout or tensor.layout,
                         " {\n^bb0(%a0: f32):\ncnn.yield %a0 : f32\n}")

    def slice(self, tensor, starts, extents, steps=None):
        steps = steps or [1] * len(starts)
        index = tuple(start + step * np.arange(extent) for start, extent, step in zip(starts, extents, steps))
        return self.emit(f"cnn.slice {tensor.name} {{starts = {integers(starts)}, steps = {integers(steps)}}}", [tensor],
                         tensor.value[np.ix_(*index)], tensor.layout)

    def concat(self, tensors, axis):
        names = ", ".join(tensor.name for tensor in tensors)
        return self.emit(f"cnn.concat({names}) {{axis = {axis} : i64}}", tensors,
                         np.concatenate([tensor.value for tensor in tensors], axis), tensors[0].layout)

    def pad(self, tensor, low, high, mode="constant"):
        return self.emit(f"cnn.pad {mode} {tensor.name} {{low = {integers(low)}, high = {integers(high)}, value = 0.0 : f32}}", [tensor],
                         pad(tensor.value, low, high, mode), tensor.layout)

    def transpose(self, tensor, permutation, layout):
        """Of a row-major tensor: other names for the same bytes, then moved where `layout` differs from what these are."""
        assert tensor.layout == FIRST
        followed = "#cnn.layout<[" + ", ".join(str(permutation.index(dim)) for dim in range(len(permutation))) + "]>"
        words = {encoding(word, len(permutation)): word for word in (LAST, FIRST)}
        text = ", ".join(map(str, permutation))
        renamed = self.emit(f"cnn.transpose {tensor.name} [{text}]", [tensor], tensor.value.transpose(permutation), words.get(followed, followed))
        return self.convert(renamed, layout)

    def reshape(self, tensor, shape):
        tensor = self.convert(tensor, FIRST)
        return self.emit(f"cnn.reshape {tensor.name}", [tensor], tensor.value.reshape(shape), FIRST)

    def epilogue(self, value, extras):
        """Adds the extras; returns the region and the value."""
        if not extras:
            return "", value
        lines, last = "", "%acc"
        for number, extra in enumerate(extras):
            lines += f"%s{number} = arith.addf {last}, %e{number} : f32\n"
            last, value = f"%s{number}", value + extra.value
        arguments = ", ".join(["%acc: f32", *(f"%e{number}: f32" for number in range(len(extras)))])
        return f" epilogue {{\n^bb0({arguments}):\n{lines}cnn.yield {last} : f32\n}}", value

    def conv(self, x, filter, algorithm="direct", layout=None, bias=None, extras=(), strides=None, dilations=None, pads=None, group=1):
        rank = len(filter.shape) - 2
        strides, dilations, pads = strides or [1] * rank, dilations or [1] * rank, pads if pads is not None else [0] * 2 * rank
        value = convolve(x.value, filter.value, bias.value if bias else None, strides, dilations, pads, group)
        region, value = self.epilogue(value, extras)
        text = f"cnn.conv {x.name}, {filter.name}" + (f" bias({bias.name})" if bias else "")
        text += f" extras({', '.join(extra.name for extra in extras)})" if extras else ""
        text += (f" {{algorithm = #cnn<algorithm {algorithm}>, strides = {integers(strides)}, dilations = {integers(dilations)}, "
                 f"pads = {integers(pads)}, group = {group} : i64}}")
        return self.emit(text, [x, filter, *([bias] if bias else []), *extras], value, layout or x.layout, region)

    def conv_transpose(self, x, filter, strides, extras=()):
        region, value = self.epilogue(convolve_transposed(x.value, filter.value, strides), extras)
        text = f"cnn.conv_transpose {x.name}, {filter.name}" + (f" extras({extras[0].name})" if extras else "")
        text += (f" {{algorithm = #cnn<algorithm phases>, strides = {integers(strides)}, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, "
                 "output_padding = array<i64: 0, 0>, group = 1 : i64}")
        return self.emit(text, [x, filter, *extras], value, x.layout, region)

    def pool(self, kind, x, kernel, strides, pads, extras=()):
        rank = len(kernel)
        fill = -np.inf if kind == "max" else 0
        padded = np.pad(x.value.astype(np.float64), list(zip([0, 0, *pads[:rank]], [0, 0, *pads[rank:]])), constant_values=fill)
        view = windows(padded, kernel, strides, [1] * rank)
        axes = tuple(range(2 + rank, 2 + 2 * rank))
        value = view.max(axes) if kind == "max" else view.sum(axes)
        if kind == "average":
            ones = np.pad(np.ones(x.shape), list(zip([0, 0, *pads[:rank]], [0, 0, *pads[rank:]])))
            value = value / windows(ones, kernel, strides, [1] * rank).sum(axes)
        region, value = self.epilogue(value, extras)
        text = f"cnn.pool {kind} {x.name}" + (f" extras({extras[0].name})" if extras else "")
        text += f" {{kernel = {integers(kernel)}, strides = {integers(strides)}, dilations = {integers([1] * rank)}, pads = {integers(pads)}}}"
        return self.emit(text, [x, *extras], value, x.layout, region)

    def matmul(self, lhs, rhs, extras=()):
        region, value = self.epilogue(np.matmul(lhs.value.astype(np.float64), rhs.value), extras)
        text = f"cnn.matmul {lhs.name}, {rhs.name}" + (f" extras({extras[0].name})" if extras else "")
        return self.emit(text, [lhs, rhs, *extras], value, FIRST, region)

    def resize(self, mode, x):
        """Twice as high and wide; half-pixel centres."""
        value = x.value
        if mode == "nearest":
            value = value.repeat(2, 2).repeat(2, 3)
        else:
            for axis in (2, 3):
                extent = value.shape[axis]
                place = np.clip((np.arange(2 * extent) + 0.5) / 2 - 0.5, 0, extent - 1)
                low = np.floor(place).astype(int)
                part = (place - low).reshape([-1 if dim == axis else 1 for dim in range(4)])
                value = value.take(low, axis) * (1 - part) + value.take(np.minimum(low + 1, extent - 1), axis) * part
        return self.emit(f'cnn.resize {mode} {x.name} {{coordinate_transformation_mode = "half_pixel", nearest_mode = "round_prefer_floor", '
                         "scales = array<f64: 1.0, 1.0, 2.0, 2.0>}", [x], value, x.layout)

    def gather(self, x, indices, axis):
        name = self.name()
        self.lines.append(f"{name} = arith.constant dense<{list(indices)}> : tensor<{len(indices)}xi64>")
        result = Tensor(self.name(), x.value.take(indices, axis), FIRST)
        self.lines.append(f"{result.name} = cnn.gather {x.name}[{name}] {{axis = {axis} : i64}} : ({x.type}, tensor<{len(indices)}xi64>) -> {result.type}")
        return result

    def text(self, target, levels):
        named = ", ".join(f'"{level}"' for level in levels)
        arguments = ", ".join(f'{x.name}: {x.type} {{cnnc.name = "{x.name[1:]}"}}' for x in self.inputs)
        results = ", ".join(f'{y.type} {{cnnc.name = "y{number}"}}' for number, y in enumerate(self.outputs))
        returned = ", ".join(y.name for y in self.outputs) + " : " + ", ".join(y.type for y in self.outputs)
        return (f'module attributes {{cnnc.phase = "layout", cnnc.name = "views", cnnc.target = #target.cpu<"{target}", levels = [{named}]>}} {{\n'
                f"func.func @main({arguments}) -> ({results}) {{\n" + "\n".join(self.lines) + f"\nreturn {returned}\n}}\n}}\n")
