# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every type cast to every type, at the edges of each: against exact arithmetic. usage: casts.py FOLDER_OF_CNNC

The rules: floats are rounded once, to nearest, ties to even, and overflow to infinity; a float becomes the nearest integer towards zero, at
the bounds of the type where it lies beyond them, and 0 where it is no number; an integer wraps around; anything but 0 is true.
"""
import math
import sys
from fractions import Fraction

import numpy as np

from models import (BFLOAT16, BOOL, DOUBLE, DTYPES, FLOAT, FLOAT16, NAMES, Tools, node)

# Bits of the significand, least and greatest exponent.
FORMATS = {FLOAT: (24, -126, 127), FLOAT16: (11, -14, 15), BFLOAT16: (8, -126, 127), DOUBLE: (53, -1022, 1023)}
REALS = [0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -1.0, 1 / 3, 100.7, 127.5, -128.75, -129.0, 255.5, 256.0, 32767.5, 65519.0, 65520.0, 65535.5, -70000.0,
         1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-8 + 2**-20, 1 + 2**-11, 1 + 3 * 2**-11, 3 * 2**-24, 2.0**31 - 128, 2.0**31, -2.0**31, -3.0 * 2**31,
         3.0 * 2**30, 2.0**32, 2.0**53, 2.0**63, -2.0**63, 3.0 * 2**62, 2.0**64, 1e30, -1e30, math.inf, -math.inf, math.nan]
DOUBLES = [1 + 2**-8 + 2**-40, 1 + 2**-24 + 2**-50, 2.0**31 - 0.5, -2.0**31 - 0.5, 1e300, 3.4028235677973366e38, 65519.999999]
INTEGERS = [0, 1, -1, 7, 127, 128, 255, -128, 32767, 65519, 65520, 65535, 2**24 + 1, 0x1018001, 2**31 - 1, -2**31, 2**32 - 1, 2**53 + 1, 2**60 + 2**52,
            2**60 + 2**52 + 1, -(2**60 + 2**52 + 1), 2**62 + 2**38 + 1, 2**63 - 1, -2**63, 2**64 - 1, 2**63 + 2**39 + 1]


def round_to(kind, value):
    """An exact number as the nearest of a float type, ties to even."""
    digits, least, greatest = FORMATS[kind]
    if value == 0:
        return 0.0
    magnitude = abs(Fraction(value))
    exponent = max(math.floor(math.log2(magnitude)) if magnitude < 2**1000 else 1000, least)
    while exponent > least and magnitude < Fraction(2)**exponent:
        exponent -= 1
    while magnitude >= Fraction(2)**(exponent + 1):
        exponent += 1
    unit = Fraction(2)**(exponent - digits + 1)
    rounded = round(magnitude / unit) * unit  # Python's round is to even
    if rounded >= Fraction(2)**(greatest + 1):
        return math.copysign(math.inf, value)
    return math.copysign(float(rounded), value)


def cast(kind, value):
    """A Python number as one of `kind`."""
    if kind == BOOL:
        return value != 0  # true of what is no number
    if kind in FORMATS:
        return value if isinstance(value, float) and (value == 0 or not math.isfinite(value)) else round_to(kind, value)
    info = np.iinfo(DTYPES[kind])
    if isinstance(value, float):
        if math.isnan(value):
            return 0
        return info.max if value >= info.max else info.min if value <= info.min else math.trunc(value)
    return (int(value) - info.min) % (info.max - info.min + 1) + info.min


def pack(kind, values):
    if kind == BFLOAT16:
        return (np.array(values, np.float32).view(np.uint32) >> 16).astype(np.uint16)
    return np.array(values, DTYPES[kind])


def unpack(kind, array):
    if kind == BFLOAT16:
        return (np.ascontiguousarray(array).view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return array


def get_values(kind):
    """Values that the type holds, as Python numbers."""
    if kind == BOOL:
        return [False, True]
    if kind in FORMATS:
        return [cast(kind, value) for value in REALS + (DOUBLES if kind == DOUBLE else [])]
    info = np.iinfo(DTYPES[kind])
    return [value for value in INTEGERS if info.min <= value <= info.max]


def is_same(found, expected):
    both_nan = isinstance(expected, float) and math.isnan(expected) and math.isnan(found)
    return both_nan or (found == expected and math.copysign(1, found) == math.copysign(1, expected))


def main():
    values = {kind: get_values(kind) for kind in NAMES}
    given = {f"x{kind}": (kind, pack(kind, values[kind])) for kind in NAMES}
    pairs = [(a, b) for a in NAMES for b in NAMES]
    nodes = [node("Cast", [f"x{a}"], [f"y{a}_{b}"], to=b) for a, b in pairs]
    # A cast in the middle of a graph rounds as one at its end does.
    through = [(FLOAT, FLOAT16), (FLOAT, BFLOAT16), (DOUBLE, FLOAT16), (DOUBLE, BFLOAT16)]
    nodes += [node("Cast", [f"y{a}_{b}"], [f"z{a}_{b}"], to=FLOAT) for a, b in through]
    names = [f"y{a}_{b}" for a, b in pairs] + [f"z{a}_{b}" for a, b in through]
    checks = [(a, b, b) for a, b in pairs] + [(a, b, FLOAT) for a, b in through]
    failures = 0
    for way, outputs in Tools(sys.argv[1]).outputs(nodes, given, names):
        for name, (a, b, stored) in zip(names, checks):
            found = unpack(stored, outputs[name]).tolist()
            for value, one in zip(values[a], found):
                expected = cast(stored, cast(b, value))
                if not is_same(one, expected):
                    failures += 1
                    print(f"{way}: {NAMES[a]} {value!r} to {NAMES[b]}: requires {expected!r}, but found {one!r}")
    print(f"{failures} failures")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
