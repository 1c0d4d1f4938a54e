# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fuse-mapped-input against a function and a pointwise convolution in double: orders, borders, residuals, odd sizes."""
import numpy as np

from fused import FusedProgram, exit_with
from harness import memref, schedule
from packing import convolve, panels, store

rng = np.random.default_rng(31)


def bordered(array, rows, columns):
    """A view of the same numbers inside of a border of NaN."""
    low = [(0, 0)] * array.ndim
    low[rows[0]], low[columns[0]] = rows[1], columns[1]
    whole = np.pad(array, low, constant_values=np.nan)
    return whole, whole[tuple(slice(a, whole.shape[d] - b) for d, (a, b) in enumerate(low))]


def add_case(program, channels, out, height, width, order, out_order, border=False, residual=False, k_block=0, gain_along="h"):
    number = len(program.steps)
    draw = lambda *shape: rng.standard_normal(shape).astype(np.float32)
    x, scale, shift = draw(1, channels, height, width), draw(1, channels, 1, 1), draw(1, channels, 1, 1)
    gain = draw(1, 1, height, 1) if gain_along == "h" else draw(1, 1, 1, width)
    gains = border or gain_along != "h"
    weights, bias, extra = draw(out, channels, 1, 1), draw(out), draw(1, out, height, width)
    mapped = np.maximum((x * scale + shift) * (gain if gains else np.float32(1)), np.float32(0))
    expected = convolve(mapped, weights, [1, 1], [1, 1], 1) + bias.reshape(1, -1, 1, 1) + (extra if residual else 0)
    row = 2 if order == "blocked" else 1
    stored = store(x, order)
    whole, view = bordered(stored, (row, (1, 2)), (row + 1, (1, 0))) if border else (stored, stored)
    dims = "nbhwc" if order == "blocked" else "nhwc"
    access = lambda kept: f"affine_map<({', '.join(dims)}) -> ({', '.join(d if d in kept else '0' for d in dims)})>"
    inputs = [(view, dims), (store(scale, order), "bc"), (store(shift, order), "bc")]
    if gains:
        # Whatever the layout: one number a row, or a column.
        inputs.append((np.ascontiguousarray(gain.reshape([gain.size if d == gain_along else 1 for d in dims])), gain_along))
    run = 16 if order == "blocked" else channels
    names = [program.operand(array) for array, _ in inputs]
    types = [program.type(name) for name in names]
    filters = [program.operand(panels(weights, 1, order, run)), program.operand(np.pad(bias, (0, -out % 16)))]
    extras = [program.operand(store(extra, out_order))] if residual else []
    result = store(np.full(expected.shape, np.nan), out_order)
    result_name = program.operand(result, output=True)
    kind = memref(stored)
    program.prologue.append(f"%map{number} = memref.alloc() : {kind}")
    maps = ", ".join([access(kept) for _, kept in inputs] + [access(dims)])
    product = f"%g = arith.mulf %b, {'%in3' if gains else '%one'} : f32"
    parallel = ", ".join(['"parallel"'] * len(dims))
    segments = -(-channels // 16) if order == "blocked" else 1
    blocks = ", " + schedule("contract", {"reduction_blocks": -(-segments // k_block)}, levels=program.levels) if k_block else ""
    operands = filters + extras
    residue = f" extras {extras[0]}" if extras else ""
    epilogue = " epilogue {\n^bb0(%acc: f32, %r: f32):\n%sum = arith.addf %acc, %r : f32\nkernel.yield %sum : f32\n}" if residual else ""
    body = (f"linalg.generic {{indexing_maps = [{maps}], iterator_types = [{parallel}]}} "
            f"ins({', '.join(names)} : {', '.join(types)}) outs(%map{number} : {kind}) {{\n"
            f"^bb0({', '.join(f'%in{i}: f32' for i in range(len(inputs)))}, %old: f32):\n"
            "%zero = arith.constant 0.0 : f32\n%one = arith.constant 1.0 : f32\n%a = arith.mulf %in0, %in1 : f32\n"
            f"%b = arith.addf %a, %in2 : f32\n{product}\n%m = arith.maximumf %g, %zero : f32\nlinalg.yield %m : f32\n}}\n"
            '}\nkernel.step "contract" algorithm("test") tasks(4) macs(0) bytes(0) {\n'
            f"kernel.contract ins(%map{number}, {filters[0]} bias {filters[1]}{residue} : {kind}, "
            f"{', '.join(map(program.type, operands))}) outs({result_name} : {memref(result)}) {{kernel = array<i64: 1, 1>, "
            f"strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, a_order = #kernel<channel_order {order}>, "
            f"out_order = #kernel<channel_order {out_order}>, in_channels = {channels} : i64, out_channels = {out} : i64{blocks}}}{epilogue}")
    name = f"{channels} to {out} of {height}x{width} {order} {out_order} border {border} residual {residual} k_block {k_block} of {segments}"
    program.step(name, 1, body)
    return name, [(result, store(expected.astype(np.float32), out_order))]


def run(level, scale):
    """`scale` makes maps that exceed the level's L2."""
    program = FusedProgram("fuse-mapped-input", "map+test", level)
    cases = [
        add_case(program, 64, 48, 28, 44 * scale, "blocked", "blocked"),
        add_case(program, 56, 40, 20, 79 * scale, "blocked", "last"),
        add_case(program, 37, 35, 44, 57 * scale, "last", "last", border=True),
        add_case(program, 48, 48, 36, 51 * scale, "blocked", "blocked", gain_along="w"),
        add_case(program, 80, 23, 12, 101 * scale, "last", "blocked", residual=True),
        add_case(program, 96, 64, 36, 29 * scale, "blocked", "blocked", border=True, residual=True, k_block=3),
        add_case(program, 112, 32, 52, 13 * scale, "blocked", "blocked", residual=True, k_block=2),
    ]
    return program.count_failures(cases)


if __name__ == "__main__":
    exit_with(run("x86-64-v2", 1) + run("x86-64-v3", 2) + run("x86-64-v4", 4))
