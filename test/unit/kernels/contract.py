# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""kernel.contract against a naive convolution, over odd sizes, orders, groups, splits and tiles."""
import sys

import numpy as np

from harness import Program, schedule
from packing import apart, convolve, panels, store

rng = np.random.default_rng(7)


def add_case(program, name, channels, out_channels, extents, kernel, order="blocked", out_order=None, images=1, group=1,
             strides=None, dilations=None, run=None, tiles=((6, 2), (6, 2), (14, 2)), split=(1, 1), block=None, bias=True,
             epilogue=None, extras=(), embed=False, together=1, gaps=False):
    out_order = out_order or ("blocked" if order == "first" else order)
    strides, dilations = strides or [1] * len(kernel), dilations or [1] * len(kernel)
    padded = [(e - 1) * s + (k - 1) * d + 1 for e, s, k, d in zip(extents, strides, kernel, dilations)]
    x = rng.standard_normal([images, channels] + padded).astype(np.float32)
    w = rng.standard_normal([out_channels, channels // group] + list(kernel)).astype(np.float32)
    b = rng.standard_normal(out_channels).astype(np.float32)
    expected = convolve(x, w, strides, dilations, group) + (b.reshape([1, -1] + [1] * len(kernel)) if bias else 0)
    if run is None:
        run = {"blocked": 16, "first": kernel[-1] if kernel else 1}.get(order) or channels // group
    filter = panels(w, group, order, run)
    a = apart(store(x, order)) if gaps else store(x, order)
    group_out = out_channels // group
    count = -(-group_out // 16)
    stored_bias = np.zeros((group, count * 16), np.float32)
    stored_bias[:, :group_out] = b.reshape(group, group_out)
    out = store(np.full(expected.shape, np.nan), out_order)
    if embed:  # `out` is the inside of a larger buffer
        surrounding = np.full([e + 3 for e in out.shape[:-1]] + [out.shape[-1] + (16 if out_order == "last" else 0)], np.nan,
                              np.float32)
        out = surrounding[tuple(slice(1, 1 + e) for e in out.shape[:-1]) + (slice(0, out.shape[-1]),)]
    names = [program.operand(a), program.operand(filter)]
    parts = [f"{names[0]}, {names[1]}"]
    if bias:
        names.append(program.operand(stored_bias.reshape(-1)))
        parts.append(f"bias {names[-1]}")
    extra_names, arguments = [], ""
    for number, shape in enumerate(extras):
        shape = [1 if keep == 0 else extent for keep, extent in zip(shape, expected.shape)]
        extra = rng.standard_normal(shape).astype(np.float32)
        one = shape[1] == 1 and out_order == "blocked"
        extra_names.append(program.operand(store(extra, "blocked-broadcast" if one else out_order)))
        expected = expected + extra if number % 2 == 0 else expected * extra
    if extra_names:
        parts.append("extras " + ", ".join(extra_names))
    names += extra_names
    out_name = program.operand(out, output=True)
    region = ""
    if epilogue or extra_names:
        lines, last = [], "%acc"
        for number in range(len(extra_names)):
            op = "addf" if number % 2 == 0 else "mulf"
            lines.append(f"%e{number} = arith.{op} {last}, %x{number} : f32")
            last = f"%e{number}"
        if epilogue == "relu":
            lines.append(f"%zero = arith.constant 0.0 : f32\n%r = arith.maximumf {last}, %zero : f32")
            last, expected = "%r", np.maximum(expected, 0)
        if epilogue == "sigmoid":
            lines.append(f"%one = arith.constant 1.0 : f32\n%n = arith.negf {last} : f32\n%p = math.exp %n : f32\n"
                         f"%q = arith.addf %p, %one : f32\n%r = arith.divf %one, %q : f32")
            last, expected = "%r", 1 / (1 + np.exp(-expected))
        block_arguments = ", ".join(["%acc: f32"] + [f"%x{n}: f32" for n in range(len(extra_names))])
        region = " epilogue {\n^bb0(" + block_arguments + "):\n" + "\n".join(lines) + f"\nkernel.yield {last} : f32\n}}"
    array = lambda values: "array<i64" + (": " + ", ".join(map(str, values)) if values else "") + ">"
    pinned = {"lines": together, "panel_parts": split[0], **({"reduction_blocks": -(-filter.shape[1] // block)} if block else {})}
    attributes = [f"a_order = #kernel<channel_order {order}>", f"out_order = #kernel<channel_order {out_order}>",
                  f"kernel = {array(kernel)}", f"strides = {array(strides)}", f"dilations = {array(dilations)}",
                  f"group = {group} : i64", f"in_channels = {channels} : i64", f"out_channels = {out_channels} : i64",
                  schedule("contract", *({"rows": rows, "vectors": vectors, **pinned} for rows, vectors in tiles))]
    types = ", ".join(program.type(n) for n in names)
    program.step(name, split[0] * split[1],
                 f"kernel.contract ins({' '.join(parts)} : {types}) outs({out_name} : {program.type(out_name)}) "
                 f"{{{', '.join(attributes)}}}{region}")
    return name, out, store(expected, out_order), (surrounding if embed else None)


def cases(program):
    add = lambda *args, **kw: add_case(program, *args, **kw)
    yield add("pointwise", 32, 48, [7, 7], [1, 1])
    yield add("3x3", 16, 32, [5, 13], [3, 3], epilogue="relu")
    for channels in (1, 3, 15, 16, 17, 24, 40, 112):
        yield add(f"channels{channels}", channels, channels, [3, 7], [3, 3], epilogue="sigmoid", split=(1, 2))
        yield add(f"last{channels}", channels, channels, [3, 7], [3, 3], order="last", epilogue="sigmoid", extras=[(1, 1, 1, 1)])
    for width in (1, 5, 7, 13):
        yield add(f"width{width}", 32, 24, [4, width], [3, 3], split=(2, 3), extras=[(1, 1, 1, 1)], epilogue="relu")
    yield add("strided", 24, 40, [6, 5], [3, 3], strides=[2, 2], dilations=[1, 2])
    yield add("first layer", 3, 40, [9, 11], [7, 7], order="first", strides=[2, 2], epilogue="relu")
    yield add("first to last", 3, 17, [9, 11], [3, 5], order="first", out_order="last", dilations=[2, 3])
    yield add("whole rows", 3, 24, [6, 9], [3, 3], order="last", run=9, strides=[2, 2])
    for order, run in (("first", None), ("last", None), ("last", 9), ("blocked", None)):
        yield add(f"gaps {order} {run}", 3, 24, [6, 9], [3, 3], order=order, out_order="last", run=run, gaps=True, block=2)
    yield add("long run", 37, 20, [3, 3], [1, 1], order="last")
    yield add("chunks", 48, 20, [3, 3], [2, 2], order="last", run=8)
    yield add("line", 16, 33, [29], [5], strides=[2])
    yield add("volume", 8, 20, [3, 4, 5], [2, 3, 2], strides=[1, 2, 1], order="last", images=2)
    yield add("volume blocked", 20, 20, [3, 4, 5], [2, 3, 2], images=2, split=(2, 2))
    yield add("dense", 70, 90, [], [], order="last", images=5, split=(3, 1))
    yield add("dense one", 70, 90, [], [], order="last", images=1, run=14, epilogue="relu")
    yield add("dense blocked", 70, 90, [], [], images=3)
    yield add("images", 32, 32, [3, 3], [1, 1], order="last", images=7, split=(2, 5))
    yield add("groups", 64, 96, [5, 5], [3, 3], group=2, split=(3, 1))
    yield add("groups last", 30, 25, [5, 5], [3, 3], group=5, order="last", split=(4, 2), extras=[(1, 1, 1, 1)])
    yield add("groups wide", 24, 120, [5, 5], [3, 3], group=3, order="last", split=(1, 2))
    yield add("segments", 64, 96, [9, 9], [3, 3], block=7, epilogue="relu", split=(2, 2))
    yield add("segments last", 64, 90, [9, 9], [3, 3], order="last", run=16, block=12, epilogue="sigmoid", bias=False)
    yield add("segments table", 64, 90, [4, 9], [1, 1], block=2, extras=[(1, 1, 1, 1)])
    # More pixels than half of L2 holds: blocks of channels meet all panels in turn.
    yield add("segments first", 768, 72, [13, 37], [1, 1], block=13, extras=[(1, 1, 1, 1)], epilogue="relu", split=(2, 3))
    yield add("segments first last", 800, 40, [13, 37], [1, 1], order="last", run=16, block=11, epilogue="relu")
    yield add("pixels of images", 40, 72, [1], [1], images=23, split=(2, 3), epilogue="relu")
    yield add("extras", 20, 40, [5, 6], [1, 1], images=2, extras=[(1, 1, 1, 1), (1, 1, 0, 0), (0, 0, 0, 0), (1, 0, 1, 1)])
    yield add("extras last", 20, 40, [5, 6], [1, 1], images=2, order="last",
              extras=[(0, 1, 1, 1), (1, 1, 0, 0), (0, 0, 0, 0), (1, 0, 1, 1), (0, 1, 0, 1)])
    yield add("embedded", 32, 40, [5, 6], [3, 3], images=2, embed=True, epilogue="relu")
    yield add("embedded last", 32, 40, [5, 6], [3, 3], images=2, order="last", embed=True, epilogue="relu")
    for lines, split in ((2, (1, 1)), (3, (2, 4)), (6, (2, 3))):
        yield add(f"{lines} lines", 32, 40, [6, 7], [3, 3], strides=[2, 2], images=2, together=lines, split=split,
                  extras=[(1, 1, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0)], epilogue="sigmoid")
        yield add(f"{lines} lines last", 48, 72, [6, 3], [3, 3], order="last", run=16, block=7, together=lines, split=split)
        yield add(f"{lines} lines embedded", 16, 24, [6, 5], [1, 3], together=lines, embed=True, tiles=((12, 1), (12, 1), (28, 1)))
    yield add("odd tiles", 32, 176, [10, 10], [1, 1], tiles=((3, 4), (3, 4), (6, 4)), split=(2, 3))
    yield add("narrow tiles", 32, 72, [10, 10], [1, 1], order="last", tiles=((12, 1), (12, 1), (28, 1)))
    yield add("wide tiles", 32, 176, [3, 10], [3, 3], tiles=((1, 8), (3, 4), (4, 6)), epilogue="relu")


def main():
    program = Program()
    checks = list(cases(program))
    failures = []

    def check(number, level):
        name, out, expected, surrounding = checks[number]
        error = np.abs(out - expected).max() / max(1, np.abs(expected).max())
        # 1e-5: sums of up to a thousand products of unit variance.
        if not error < 1e-5:
            failures.append(f"{name} {level}: error {error}")
        if surrounding is not None:
            inside = np.isfinite(surrounding).sum()
            if inside != out.size:
                failures.append(f"{name} {level}: {inside} elements written, {out.size} wanted")
        out[...] = np.nan

    program.run(check)
    print("\n".join(failures) or f"{len(checks)} cases agree")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
