# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Div, Mod and Pow of integers at their edges, against Python's integers. usage: division.py FOLDER_OF_CNNC

The rules: a quotient or remainder by zero is 0, and everything else wraps around: the lowest number by -1 is itself.
"""
import sys

import numpy as np

from models import DTYPES, INT8, INT16, INT32, INT64, NAMES, UINT8, UINT16, UINT32, UINT64, Tools, node

TYPES = (INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64)
OPS = {"div": ("Div", {}), "python": ("Mod", {}), "c": ("Mod", {"fmod": 1}), "pow": ("Pow", {})}


def wrap(kind, value):
    info = np.iinfo(DTYPES[kind])
    return (value - info.min) % (info.max - info.min + 1) + info.min


def compute(op, a, b):
    if op == "pow" and b >= 0:
        return pow(a, b, 1 << 64) if a >= 0 else (-1)**(b % 2) * pow(-a, b, 1 << 64)
    if op == "pow":
        return {1: 1, -1: 1 - 2 * (b % 2)}.get(a, 0)
    if b == 0:
        return 0
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)  # towards zero
    return quotient if op == "div" else a % b if op == "python" else a - quotient * b


def main():
    given, pairs = {}, {}
    for kind in TYPES:
        info = np.iinfo(DTYPES[kind])
        edges = sorted({info.min, info.min + 1, max(info.min, -7), max(info.min, -1), 0, 1, 2, 3, 7, 100, info.max - 1, info.max})
        pairs[kind] = [(a, b) for a in edges for b in edges]
        for name, column in (("a", 0), ("b", 1)):
            given[f"{name}{kind}"] = (kind, np.array([pair[column] for pair in pairs[kind]], DTYPES[kind]))
    names = [(op, kind) for op in OPS for kind in TYPES]
    nodes = [node(OPS[op][0], [f"a{kind}", f"b{kind}"], [f"{op}{kind}"], **OPS[op][1]) for op, kind in names]
    failures = 0
    for way, outputs in Tools(sys.argv[1]).outputs(nodes, given, [f"{op}{kind}" for op, kind in names]):
        for op, kind in names:
            for (a, b), found in zip(pairs[kind], outputs[f"{op}{kind}"].tolist()):
                expected = wrap(kind, compute(op, a, b))
                if found != expected:
                    failures += 1
                    print(f"{way}: {op} of {NAMES[kind]} {a} and {b}: requires {expected}, but found {found}")
    print(f"{failures} failures")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
