# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""kernel.winograd against a naive convolution: sizes that do not divide, several images, epilogues and splits."""
import sys

import numpy as np

from harness import Program, schedule
from packing import apart, convolve, store

rng = np.random.default_rng(11)
# By number; the last point is infinity.
POINTS = {1: [], 4: [0, 1, -1], 6: [0, 1, -1, 0.5, -2], 8: [0, 1, -1, 2, -2, 0.5, -0.5]}


def filter_matrix(m, r):
    """G of Toom-Cook, as dialects/kernel/Winograd.cpp has it."""
    points = POINTS[m + r - 1]
    rows = [[p ** k / np.prod([p - q for q in points if q != p]) for k in range(r)] for p in points]
    return np.array(rows + [[0] * (r - 1) + [1]])


def transform(weights, tile, kernel):
    vertical, horizontal = (filter_matrix(m, r) for m, r in zip(tile, kernel))
    out, channels = weights.shape[:2]
    panels, blocks, positions = -(-out // 16), -(-channels // 16), len(vertical) * len(horizontal)
    depth = weights.shape[2] if weights.ndim == 5 else 1
    padded = np.zeros((panels * 16, blocks * 16, depth, *kernel))
    padded[:out, :channels] = weights.reshape(out, channels, depth, *kernel)
    u = np.einsum("ay,oidyx,bx->abodi", vertical, padded, horizontal)
    u = u.reshape(positions, panels, 16, depth, blocks, 16).transpose(0, 1, 3, 4, 5, 2)
    return np.ascontiguousarray(u.reshape(positions, panels, depth * blocks, 16, 16).astype(np.float32))


def pack(weights):
    """The raw filter: panels x blocks x 16 x taps x 16."""
    out, channels = weights.shape[:2]
    panels, blocks = -(-out // 16), -(-channels // 16)
    padded = np.zeros((panels * 16, blocks * 16, weights[0, 0].size), np.float32)
    padded[:out, :channels] = weights.reshape(out, channels, -1)
    return np.ascontiguousarray(padded.reshape(panels, 16, blocks, 16, -1).transpose(0, 2, 3, 4, 1))


def add_case(program, name, tile, kernel, channels, out_channels, extents, images=1, pads=(1, 1, 1, 1), block=None,
             split_panels=1, bias=True, sigmoid=False, extras=(), depth=None, depth_block=1, raw=False, gaps=False):
    x = rng.standard_normal([images, channels] + extents).astype(np.float32)
    rank = len(extents)
    w = rng.standard_normal([out_channels, channels] + ([depth] if depth else []) + kernel[-rank:]).astype(np.float32)
    w *= 3 / np.sqrt(kernel[0] * kernel[1])
    if depth:
        w /= depth  # the sums, and with them the errors before a sigmoid, stay as large as in two dimensions
    b = rng.standard_normal(out_channels).astype(np.float32)
    bordered = np.pad(x, [(0, 0), (0, 0)] + list(zip(pads[:rank], pads[rank:])))
    expected = convolve(bordered, w, [1] * rank, [1] * rank, 1) + (b.reshape([1, -1] + [1] * rank) if bias else 0)
    rows = expected.shape[-2] if rank > 1 else 1
    tiles = (1 if depth else images) * -(-rows // tile[0]) * -(-expected.shape[-1] // tile[1])
    block = block or tiles
    blocks = -(-tiles // block) * (images * -(-expected.shape[2] // depth_block) if depth else 1)
    a = store(x, "blocked")
    names = [program.operand(apart(a) if gaps else a), program.operand(pack(w) if raw else transform(w, tile, kernel))]
    parts = f"{names[0]}, {names[1]}"
    if bias:
        stored = np.zeros(-(-out_channels // 16) * 16, np.float32)
        stored[:out_channels] = b
        names.append(program.operand(stored))
        parts += f" bias {names[-1]}"
    for number, shape in enumerate(extras):
        extra = rng.standard_normal([1 if keep == 0 else e for keep, e in zip(shape, expected.shape)]).astype(np.float32)
        names.append(program.operand(store(extra, "blocked-broadcast" if extra.shape[1] == 1 else "blocked")))
        parts += f"{',' if number else ' extras'} {names[-1]}"
        expected = expected + extra
    out = store(np.full(expected.shape, np.nan), "blocked")
    out_name = program.operand(out, output=True)
    region = ""
    if sigmoid or extras:
        lines, last = [], "%acc"
        for number in range(len(extras)):
            lines.append(f"%e{number} = arith.addf {last}, %x{number} : f32")
            last = f"%e{number}"
        if sigmoid:
            lines.append(f"%one = arith.constant 1.0 : f32\n%n = arith.negf {last} : f32\n%p = math.exp %n : f32\n"
                         "%q = arith.addf %p, %one : f32\n%r = arith.divf %one, %q : f32")
            last, expected = "%r", 1 / (1 + np.exp(-expected))
        arguments = ", ".join(["%acc: f32"] + [f"%x{n}: f32" for n in range(len(extras))])
        region = " epilogue {\n^bb0(" + arguments + "):\n" + "\n".join(lines) + f"\nkernel.yield {last} : f32\n}}"
    types = ", ".join(program.type(n) for n in names)
    pinned = {"tile_block": block, "depth_block": depth_block, "panel_parts": split_panels, "tile_parts": blocks}
    entries = [{"rows": rows, "vectors": vectors, **pinned} for rows, vectors in ((4, 2), (6, 2), (6, 4))]
    program.step(name, split_panels * blocks,
                 f"kernel.winograd ins({parts} : {types}) outs({out_name} : {program.type(out_name)}) {{tile = array<i64: {tile[0]}, "
                 f"{tile[1]}>, kernel = array<i64: {kernel[0]}, {kernel[1]}>, pads = array<i64: {', '.join(map(str, pads))}>, in_channels = {channels} : i64, "
                 f"out_channels = {out_channels} : i64, {schedule('winograd', *entries)}}}{region}")
    return name, out, store(expected, "blocked"), max(tile) + max(kernel) - 1


def cases(program):
    for m in (2, 4, 6):
        add = lambda name, *args, **kw: add_case(program, f"F({m},3) {name}", [m, m], [3, 3], *args, **kw)
        yield add("whole", 16, 16, [2 * m, 2 * m])
        yield add("clipped", 32, 48, [13, 11], sigmoid=True, block=3)
        yield add("narrow", 16, 24, [3, 2], sigmoid=True, bias=False)
        yield add("channels", 24, 40, [9, 16], sigmoid=True, extras=[(1, 1, 1, 1)], block=5, split_panels=2)
        yield add("images", 16, 112, [7, 7], images=3, block=4, split_panels=3, extras=[(1, 1, 0, 0), (0, 0, 1, 1)])
        yield add("no pads", 16, 16, [10, 14], pads=(0, 0, 0, 0))
        yield add("gaps", 24, 16, [13, 11], images=2, gaps=True)
        yield add("uneven pads", 16, 16, [10, 14], pads=(2, 0, 1, 1), extras=[(0, 0, 0, 0)])
        deep = lambda name, *args, **kw: add(f"3-D {name}", *args, **{"pads": (1, 1, 1, 1, 1, 1), "depth": 3, **kw})
        yield deep("plane by plane", 16, 16, [5, 2 * m, 7])
        yield deep("blocks of planes", 24, 40, [5, 9, 13], images=2, depth_block=2, block=4, split_panels=2, sigmoid=True)
        yield deep("residual", 32, 96, [3, 7, 7], depth_block=3, extras=[(1, 1, 1, 1, 1), (0, 1, 0, 0, 0)], sigmoid=True)
        yield deep("planes outside", 16, 16, [2, 5, 5], depth_block=4, pads=(4, 1, 1, 3, 1, 1), depth=3)
        yield deep("gaps", 16, 16, [3, 8, 8], gaps=True)
        yield deep("flat kernel", 16, 16, [3, 8, 8], depth=1, pads=(0, 1, 1, 0, 1, 1), depth_block=2)
    for m, r in ((2, 3), (4, 3), (6, 3), (2, 5), (4, 5), (2, 7)):
        h = r // 2
        add = lambda name, *args, **kw: add_case(program, f"F({m},{r}) {name}", *args, **kw)
        yield add("along rows", [1, m], [1, r], 24, 40, [5, 17], pads=(0, h, 0, h), sigmoid=True, block=4, split_panels=2)
        yield add("gaps", [1, m], [1, r], 16, 16, [3, 17], pads=(0, h, 0, h), gaps=True)
        yield add("along columns", [m, 1], [r, 1], 16, 112, [17, 3], pads=(h, 0, h, 0), images=2, extras=[(1, 1, 1, 1)])
        yield add("in a row", [1, m], [1, r], 32, 24, [23], pads=(h, h), images=2, block=5, extras=[(1, 1, 1)], sigmoid=True)
        yield add("rows of planes", [m, 1], [r, 1], 16, 24, [3, 11, 4], pads=(1, h, 0, 1, h, 0), depth=3, depth_block=2)
    for m in (2, 4):
        add = lambda name, *args, **kw: add_case(program, f"F({m},5) {name}", [m, m], [5, 5], *args, **kw)
        yield add("square", 24, 40, [9, 13], pads=(2, 2, 2, 2), sigmoid=True, block=3, split_panels=2)
        yield add("no pads", 16, 16, [7, 10], pads=(0, 0, 0, 0), extras=[(1, 1, 1, 1)])


    raw = lambda name, tile, kernel, *args, **kw: add_case(program, f"raw {name}", tile, kernel, *args, raw=True, **kw)
    yield raw("one block", [4, 4], [3, 3], 16, 24, [8, 9], sigmoid=True)
    yield raw("pieces", [4, 4], [3, 3], 150, 90, [7, 9], images=2, split_panels=3, extras=[(1, 1, 1, 1)])
    yield raw("equal pieces", [4, 4], [3, 3], 128, 40, [14, 14], block=16, bias=False)
    yield raw("blocks of tiles", [2, 2], [3, 3], 80, 48, [9, 9], block=7)
    yield raw("5x5", [2, 2], [5, 5], 96, 32, [6, 5], pads=(2, 2, 2, 2))
    yield raw("gaps", [4, 4], [3, 3], 32, 16, [11, 9], gaps=True)
    yield raw("line", [1, 2], [1, 7], 72, 24, [3, 11], pads=(0, 3, 0, 3))


def main():
    program = Program()
    checks = list(cases(program))
    failures = []
    # What transforms lose: a few digits more with more points.
    tolerance = {4: 5e-6, 6: 2e-5, 8: 2e-4}

    def check(number, level):
        name, out, expected, points = checks[number]
        error = np.abs(out - expected).max() / max(1, np.abs(expected).max())
        if not error < tolerance[points]:
            failures.append(f"{name} {level}: error {error}")
        out[...] = np.nan

    program.run(check)
    print("\n".join(failures) or f"{len(checks)} cases agree")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
