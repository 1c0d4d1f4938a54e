# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fuse-expansion against a pointwise and a depthwise convolution in double: borders, strides, orders, many parts."""
import numpy as np

from fused import FusedProgram, exit_with
from harness import memref
from packing import convolve, panels, store

rng = np.random.default_rng(29)


def integers(values):
    return "array<i64: " + ", ".join(map(str, values)) + ">"


def epilogue(value):
    """max(x, value): of what lies outside the image it would be `value`, not 0."""
    return (f" epilogue {{\n^bb0(%acc: f32):\n%floor = arith.constant {value:e} : f32\n"
            "%m = arith.maximumf %acc, %floor : f32\nkernel.yield %m : f32\n}")


def add_case(program, channels, blocks, height, width, kernel, stride, low, high, order, floors=True, sums=False):
    wide = 16 * blocks
    number = len(program.steps)
    x = rng.standard_normal((1, channels, height, width)).astype(np.float32)
    expand = rng.standard_normal((wide, channels, 1, 1)).astype(np.float32)
    depthwise = rng.standard_normal((wide, 1, *kernel)).astype(np.float32)
    biases = [rng.standard_normal(wide).astype(np.float32) for _ in range(2)]
    middle = convolve(x, expand, [1, 1], [1, 1], 1) + biases[0].reshape(1, -1, 1, 1)
    if floors:
        middle = np.maximum(middle, 0.5)
    bordered = np.pad(middle.astype(np.float32), [(0, 0), (0, 0), (low[0], high[0]), (low[1], high[1])])
    expected = convolve(bordered, depthwise, [stride] * 2, [1, 1], wide) + biases[1].reshape(1, -1, 1, 1)
    if floors:
        expected = np.maximum(expected, -0.5)
    run = 16 if order == "blocked" else channels
    taps = np.moveaxis(depthwise.reshape(wide, 1, -1), 2, 1).reshape(blocks, 16, -1)
    stored = [store(x, order), panels(expand, 1, order, run), biases[0], np.ascontiguousarray(taps.transpose(0, 2, 1)), biases[1]]
    names = [program.operand(array) for array in stored]
    types = [program.type(name) for name in names]
    out = store(np.full(expected.shape, np.nan), "blocked")
    out_name = program.operand(out, output=True)
    results, row_sums = [(out, store(expected.astype(np.float32), "blocked"))], ""
    if sums:
        wanted = store(expected.sum(-1, keepdims=True).astype(np.float32), "blocked")
        results.append((np.full_like(wanted, np.nan), wanted))
        row_sums = f" row_sums({program.operand(results[1][0], output=True)} : {memref(wanted)})"
    rows, columns = bordered.shape[2:]
    whole = f"memref<1x{blocks}x{rows}x{columns}x16xf32>"
    strides = [blocks * rows * columns * 16, rows * columns * 16, columns * 16, 16, 1]
    offset = low[0] * strides[2] + low[1] * 16
    inside = f"memref<1x{blocks}x{height}x{width}x16xf32, strided<{strides}, offset: {offset}>>"
    program.prologue += [f"%whole{number} = memref.alloc() : {whole}",
                         f"%inside{number} = memref.reinterpret_cast %whole{number} to offset: [{offset}], sizes: [1, {blocks}, "
                         f"{height}, {width}, 16], strides: {strides} : {whole} to {inside}"]
    attributes = (f"kernel = {integers([1, 1])}, strides = {integers([1, 1])}, dilations = {integers([1, 1])}, group = 1 : i64, "
                  f"a_order = #kernel<channel_order {order}>, out_order = #kernel<channel_order blocked>, "
                  f"in_channels = {channels} : i64, out_channels = {wide} : i64")
    body = (f"kernel.contract ins({names[0]}, {names[1]} bias {names[2]} : {types[0]}, {types[1]}, {types[2]}) "
            f"outs(%inside{number} : {inside}) {{{attributes}}}{epilogue(0.5) if floors else ''}\n"
            f"kernel.border %whole{number} {{low = {integers([0, 0, *low, 0])}, high = {integers([0, 0, *high, 0])}, "
            f"value = 0.0 : f32}} : {whole}\n"
            '}\nkernel.step "window" algorithm("depthwise") tasks(1) macs(0) bytes(0) {\n'
            f"kernel.window mul_add ins(%whole{number} filter {names[3]} bias {names[4]} : {whole} filter {types[3]} bias {types[4]}) "
            f"outs({out_name} : {memref(out)}){row_sums} {{order = #kernel<channel_order blocked>, kernel = {integers(kernel)}, "
            f"strides = {integers([stride] * 2)}, dilations = {integers([1, 1])}, "
            f"channels = {wide} : i64}}{epilogue(-0.5) if floors else ''}")
    name = f"{channels}x{blocks} blocks {height}x{width} {kernel} s{stride} {low} {high} {order}"
    program.step(name, 1, body)
    return name, results


def run(level, scale):
    """`scale` makes maps that exceed the level's L2."""
    program = FusedProgram("fuse-expansion", "expand+depthwise", level)
    cases = [
        add_case(program, 16, 6, 24 * scale, 48, (3, 3), 1, (1, 1), (1, 1), "blocked", sums=True),
        add_case(program, 20, 7, 24 * scale, 37, (3, 3), 2, (1, 1), (0, 0), "last", sums=True),
        add_case(program, 24, 12, 12 * scale, 35, (5, 5), 1, (2, 2), (2, 2), "last"),
        add_case(program, 32, 7, 36 * scale, 33, (5, 3), 2, (2, 0), (2, 1), "blocked", floors=False),
        add_case(program, 16, 6, 25 * scale, 40, (3, 3), 1, (0, 1), (0, 1), "blocked"),
        add_case(program, 16, 12, 16 * scale, 40, (3, 3), 1, (1, 1), (1, 1), "blocked"),
    ]
    return program.count_failures(cases)


if __name__ == "__main__":
    exit_with(run("x86-64-v2", 2) + run("x86-64-v3", 4) + run("x86-64-v4", 8))
