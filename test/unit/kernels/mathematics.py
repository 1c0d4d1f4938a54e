# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The transcendental functions against double precision (those of f64 against the x87's), in units in the last place."""
import math
import sys

import numpy as np

from harness import TYPES, Program

SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5, -0.5, 88.5, 88.8, -87.0, -87.5, -110.0, 3e38, -3e38, 1e-30],
                   np.float32)


def spread(low, high, count=4096):
    rng = np.random.default_rng(3)
    return rng.uniform(low, high, count).astype(np.float32)


def logarithmic(low, high, count=4096):
    rng = np.random.default_rng(5)
    values = np.exp(rng.uniform(math.log(low), math.log(high), count)).astype(np.float32)
    return values


def both(values):
    return np.concatenate([values, -values])


def erf(values):
    return np.array([math.erf(v) if not math.isnan(v) else v for v in values.tolist()])


# name: reference, arguments, ulp with fma, ulp without
CASES = {
    "exp": (np.exp, spread(-87, 88.7), 2, 2),
    "expm1": (np.expm1, np.concatenate([spread(-20, 88), both(logarithmic(1e-7, 1))]), 3, 4),
    "log": (np.log, np.concatenate([logarithmic(1e-37, 1e38), spread(0.5, 2)]), 2, 4),
    "log1p": (np.log1p, np.concatenate([logarithmic(1e-7, 1e30), spread(-0.99, 2)]), 4, 4),
    "tanh": (np.tanh, both(logarithmic(1e-5, 20)), 3, 4),
    "erf": (erf, both(logarithmic(1e-5, 8)), 4, 5),
    # Beyond 1e9 sin and cos are only bounded.
    "sin": (np.sin, both(logarithmic(1e-3, 1e5)), 2, 2),
    "cos": (np.cos, both(logarithmic(1e-3, 1e5)), 2, 2),
    "tan": (np.tan, spread(-1.5, 1.5), 3, 3),
    "asin": (np.arcsin, both(logarithmic(1e-4, 1)), 4, 4),
    "acos": (np.arccos, spread(-1, 1), 4, 4),
    "atan": (np.arctan, both(logarithmic(1e-4, 1e6)), 4, 4),
    "sinh": (np.sinh, both(logarithmic(1e-4, 80)), 4, 5),
    "cosh": (np.cosh, both(logarithmic(1e-4, 80)), 4, 4),
    "asinh": (np.arcsinh, both(logarithmic(1e-4, 1e30)), 5, 5),
    "acosh": (np.arccosh, logarithmic(1.01, 1e30), 5, 5),
    "atanh": (np.arctanh, both(logarithmic(1e-4, 0.99)), 5, 5),
    "round": (lambda x: np.trunc(x + np.copysign(0.5, x)), both(logarithmic(0.1, 1e6)), 0, 0),
    # Counted in units of the argument.
    "swish": (lambda x: x / (1 + np.exp(-x)), np.concatenate([spread(-100, 100), both(logarithmic(1e-5, 20))]), 2, 2),
    "sqrt": (np.sqrt, logarithmic(1e-30, 1e30), 0.51, 0.51),
    "rsqrt": (lambda x: 1 / np.sqrt(x), logarithmic(1e-30, 1e30), 2, 2),
}
SWISH = """%one = arith.constant 1.0 : f32
%n = arith.negf %x0 : f32
%e = math.exp %n fastmath<afn> : f32
%d = arith.addf %e, %one fastmath<contract> : f32
%r = arith.divf %x0, %d : f32"""
BINARY = {
    "math.powf": (np.power, logarithmic(1e-3, 1e3), spread(-8, 8), 1, 1),
    "arith.remf": (np.fmod, spread(-100, 100), spread(0.5, 7), 1, 1),
}
POWERS = [(-2, 3), (-2, 2), (-2, 0.5), (0, 0), (0, -1), (0, 2), (np.inf, 2), (np.inf, -2), (-np.inf, 3), (np.nan, 0), (1, np.nan),
          (np.nan, 1), (2, np.inf), (0.5, np.inf), (2, -np.inf), (9, 0.5), (-0.0, 3), (-8, 1), (2, 126), (2, -126)]
WIDE = np.longdouble


def wide(low, high, logarithms=False, count=512):
    """Doubles between the bounds, or between the powers of e that they are."""
    values = np.random.default_rng(7).uniform(low, high, count)
    return np.exp(values) if logarithms else values


# name: reference in longdouble (math.erf is right to a unit), arguments of f64, ulp
DOUBLES = {
    "exp": (np.exp, wide(-700, 709), 2),
    "expm1": (np.expm1, np.concatenate([wide(-40, 700), both(wide(-30, 0, True))]), 3),
    "log": (np.log, np.concatenate([wide(-700, 700, True), wide(0.5, 2)]), 2),
    "log1p": (np.log1p, np.concatenate([wide(-30, 60, True), wide(-0.99, 2)]), 4),
    "tanh": (np.tanh, both(wide(-20, 4, True)), 4),
    "erf": (erf, both(wide(-20, 2, True)), 4),
    "sin": (np.sin, both(wide(-10, 19, True)), 3),
    "cos": (np.cos, both(wide(-10, 19, True)), 3),
    "tan": (np.tan, wide(-1.5, 1.5), 4),
    "asin": (np.arcsin, np.concatenate([wide(-1, 1), both(wide(-20, -1, True))]), 4),
    "acos": (np.arccos, wide(-1, 1), 4),
    "atan": (np.arctan, both(wide(-20, 30, True)), 3),
    "sinh": (np.sinh, both(wide(-20, 6.5, True)), 4),
    "cosh": (np.cosh, both(wide(-20, 6.5, True)), 4),
    "asinh": (np.arcsinh, both(wide(-20, 300, True)), 5),
    "acosh": (np.arccosh, 1 + wide(-10, 300, True), 5),
    "atanh": (np.arctanh, np.concatenate([wide(-0.99, 0.99), both(wide(-20, -1, True))]), 5),
    "round": (lambda x: np.trunc(x + np.copysign(0.5, x)), both(wide(-3, 20, True)), 0),
    "sqrt": (np.sqrt, wide(-600, 600, True), 0.51),
}
DOUBLE_BINARY = {
    "math.powf": (np.power, wide(-5, 5, True), wide(-60, 60), 3),
    "arith.remf": (np.fmod, both(wide(-30, 600, True)), both(wide(-30, 600, True)[::-1]), 0),
}


def add_map(program, name, arrays, out, body):
    operands = [program.operand(array) for array in arrays]
    result = program.operand(out, output=True)
    maps = ", ".join(["affine_map<(i) -> (i)>"] * (len(arrays) + 1))
    element = TYPES[out.dtype.name]
    arguments = ", ".join([f"%x{number}: {element}" for number in range(len(arrays))] + [f"%unused: {element}"])
    types = ", ".join(program.type(operand) for operand in operands)
    program.step(name, 1, f'linalg.generic {{indexing_maps = [{maps}], iterator_types = ["parallel"]}} '
                 f"ins({', '.join(operands)} : {types}) outs({result} : {program.type(result)}) {{\n^bb0({arguments}):\n"
                 f"{body}\nlinalg.yield %r : {element}\n}}")


def add_doubles(program, checks):
    special = np.concatenate([SPECIAL.astype(np.float64), [709.7, 710, -745, -800, 1e300, -1e300]])
    for name, (reference, values, ulp) in DOUBLES.items():
        x = np.concatenate([values, special])
        out = np.zeros_like(x)
        add_map(program, name + " f64", [x], out, f"%r = math.{name} %x0 : f64")
        checks.append((name, out, reference(x if name == "round" else x.astype(WIDE)), ulp, ulp, [x]))
    for name, (reference, x, y, ulp) in DOUBLE_BINARY.items():
        if name == "math.powf":
            x, y = np.concatenate([x, np.array(POWERS)[:, 0]]), np.concatenate([y, np.array(POWERS)[:, 1]])
        else:
            edges = np.array([(5, 0), (np.inf, 2), (3, np.inf), (-7, 7), (-7.5, 7), (np.nan, 1), (0.0, 3)])
            x, y = np.concatenate([x, edges[:, 0]]), np.concatenate([y, edges[:, 1]])
        out = np.zeros_like(x)
        add_map(program, name + " f64", [x, y], out, f"%r = {name} %x0, %x1 : f64")
        expected = reference(x.astype(WIDE), y.astype(WIDE)) if name == "math.powf" else reference(x, y)
        checks.append((name, out, expected, ulp, ulp, [x, y]))


def main():
    np.seterr(all="ignore")
    program, checks = Program(), []
    for name, (reference, values, fused, plain) in CASES.items():
        x = np.concatenate([values, SPECIAL])
        out = np.zeros_like(x)
        add_map(program, name, [x], out, SWISH if name == "swish" else f"%r = math.{name} %x0 : f32")
        checks.append((name, out, reference(x.astype(np.float64)), fused, plain, [x]))
    for name, (reference, x, y, fused, plain) in BINARY.items():
        if name == "math.powf":
            special = np.array(POWERS, np.float32)
            x, y = np.concatenate([x, special[:, 0]]), np.concatenate([y, special[:, 1]])
        out = np.zeros_like(x)
        add_map(program, name, [x, y], out, f"%r = {name} %x0, %x1 : f32")
        checks.append((name, out, reference(x.astype(np.float64), y.astype(np.float64)), fused, plain, [x, y]))
    add_doubles(program, checks)
    failures = []

    def check(number, level):
        name, out, expected, fused, plain, arguments = checks[number]
        rounded = expected.astype(out.dtype)
        if name in ("sin", "cos", "tan"):
            expected = np.where(np.abs(arguments[0]) >= np.float32(3e38), out, expected)
            rounded = expected.astype(out.dtype)
        same = (out == rounded) | (np.isnan(out) & np.isnan(rounded))
        # Subnormal results count as zero.
        least = np.finfo(out.dtype).tiny * 1.03
        same |= (np.abs(rounded) < least) & (np.abs(out) < least)
        unit = np.spacing(np.abs(arguments[0] if name == "swish" else rounded)).astype(np.float64)
        error = np.where(same, 0, np.abs(out.astype(expected.dtype) - expected) / unit).astype(np.float64)
        error = np.where(np.isnan(error), np.inf, error)
        worst = int(np.argmax(error))
        limit = plain if level == "x86-64-v2" else fused
        text = f"{name} {out.dtype} {level}: {error[worst]:.2f} ulp at {[float(a[worst]) for a in arguments]}: {out[worst]} for {rounded[worst]}"
        if "-v" in sys.argv:
            print(text)
        if not error[worst] <= limit:
            failures.append(text)

    program.run(check)
    print("\n".join(failures) or f"{len(checks)} functions agree")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
