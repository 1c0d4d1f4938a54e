# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every FUNCTION row of Functions.def against double precision (those of f64 against the x87's), in units in the last place."""
import math
import sys

import numpy as np

from functions import add_map, evaluate, read_rows
from harness import Program

SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5, -0.5, 88.5, 88.8, -87.0, -87.5, -110.0, 3e38, -3e38, 1e-30,
                    1e-40, -1e-40, 2.0, 8.0, 27.0, -27.0, 127.0, 127.99, 128.0, -126.0, -127.0, -151.0], np.float32)


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
    "exp2": (np.exp2, np.concatenate([spread(-125.9, 127.9), both(logarithmic(1e-7, 1))]), 2, 2),
    "log2": (np.log2, np.concatenate([logarithmic(1e-37, 1e38), spread(0.5, 2), 2.0**np.arange(-126, 128, dtype=np.float32)]), 3, 4),
    "cbrt": (np.cbrt, np.concatenate([both(logarithmic(2e-38, 3e38)), both(logarithmic(0.1, 30)), spread(-1, 1)]), 1, 1),
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
LOSES_SIGN_OF_ZERO = ["math.log1p", "math.sin", "math.tan"]
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
    "exp2": (np.exp2, np.concatenate([wide(-1021, 1023), both(wide(-30, 0, True))]), 2),
    "log2": (np.log2, np.concatenate([wide(-700, 700, True), wide(0.5, 2), 2.0**np.arange(-1022, 1024)]), 3),
    "cbrt": (np.cbrt, both(wide(-700, 700, True)), 1),
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


class Case:
    """A function of arguments of one type; `evaluate` of the arguments in higher precision is right."""

    def __init__(self, name, arguments, reference, limits, body=None):
        self.name, self.arguments, self.limits = name, arguments, limits
        self.out = np.zeros_like(arguments[0])
        element, operands = "f64" if self.is_double() else "f32", ", ".join(["%x0", "%x1"][:len(arguments)])
        self.body = body or f"%r = {name} {operands} : {element}"
        # These two are exact in the type itself.
        precision = np.float64 if not self.is_double() or name in ("math.round", "arith.remf") else WIDE
        self.evaluate = lambda arguments: reference(*[argument.astype(precision) for argument in arguments])

    def is_double(self):
        return self.out.dtype == np.float64

    def get_flushed(self):
        least = np.finfo(self.out.dtype).tiny
        return [np.where(np.abs(argument) < least, np.copysign(argument.dtype.type(0), argument), argument) for argument in self.arguments]

    def get_errors(self, found, expected):
        """In units in the last place."""
        rounded = expected.astype(found.dtype)
        same = (found == rounded) | (np.isnan(found) & np.isnan(rounded))
        # Subnormal results count as zero.
        least = np.finfo(found.dtype).tiny * 1.03
        same |= (np.abs(rounded) < least) & (np.abs(found) < least)
        if self.name not in LOSES_SIGN_OF_ZERO:
            same &= (np.signbit(found) == np.signbit(rounded)) | (found != 0) | (self.arguments[0] != 0)
        unit = np.spacing(np.abs(self.arguments[0] if self.name == "swish" else rounded)).astype(np.float64)
        errors = np.where(same, 0, np.abs(found.astype(expected.dtype) - expected) / unit).astype(np.float64)
        errors = np.where(np.isnan(errors) | (~same & (errors == 0)), np.inf, errors)
        is_far = self.name in ("math.sin", "math.cos", "math.tan") and np.abs(self.arguments[0]) >= np.float32(3e38)
        return np.where(is_far, 0, errors)

    def find_failure(self, found, reader):
        errors = self.get_errors(found, self.evaluate(self.arguments))
        if reader != "constant":  # Subnormal arguments may count as zero.
            errors = np.minimum(errors, self.get_errors(found, self.evaluate(self.get_flushed())))
        worst = int(np.argmax(errors))
        text = (f"{self.name} {found.dtype} {reader}: {errors[worst]:.2f} ulp at {[float(a[worst]) for a in self.arguments]}: "
                f"{found[worst]} for {self.evaluate(self.arguments)[worst]}")
        if "-v" in sys.argv:
            print(text)
        limit = self.limits[reader == "x86-64-v2"]
        if reader == "constant" and self.is_double():  # glibc's cbrt is wrong by up to 4.
            limit = max(limit, 4)
        return "" if errors[worst] <= limit else text


def create_cases():
    special = np.concatenate([SPECIAL.astype(np.float64), [709.7, 710, -745, -800, 1e300, -1e300]])
    edges = np.array([(5, 0), (np.inf, 2), (3, np.inf), (-7, 7), (-7.5, 7), (np.nan, 1), (0.0, 3)])
    pairs = {"math.powf": np.array(POWERS), "arith.remf": edges}
    for name, (reference, values, *limits) in CASES.items():
        is_swish = name == "swish"
        yield Case(name if is_swish else f"math.{name}", [np.concatenate([values, SPECIAL])], reference, limits, SWISH if is_swish else None)
    for name, (reference, values, limit) in DOUBLES.items():
        yield Case(f"math.{name}", [np.concatenate([values, special])], reference, [limit] * 2)
    for name, (reference, x, y, *limits) in BINARY.items():
        last = pairs[name].astype(np.float32)
        yield Case(name, [np.concatenate([x, last[:, 0]]), np.concatenate([y, last[:, 1]])], reference, limits)
    for name, (reference, x, y, limit) in DOUBLE_BINARY.items():
        last = pairs[name]
        yield Case(name, [np.concatenate([x, last[:, 0]]), np.concatenate([y, last[:, 1]])], reference, [limit] * 2)


def main():
    np.seterr(all="ignore")
    cases, program = list(create_cases()), Program()
    rows = {(row, is_double) for row, _ in read_rows("FUNCTION") for is_double in (False, True)}
    failures = [f"{row} of {'f64' if is_double else 'f32'} is in no case" for row, is_double in rows - {(c.name, c.is_double()) for c in cases}]
    for case in cases:
        add_map(program, case.name, case.arguments, case.out, case.body)

    def check(case, found, reader):
        failures.append("is not evaluated: " + case.name if found is None else case.find_failure(found, reader))

    for case, found in zip(cases, evaluate([(case.arguments, case.out, case.body) for case in cases])):
        check(case, found, "constant")
    program.run(lambda number, level: check(cases[number], cases[number].out, level))
    failures = [failure for failure in failures if failure]
    print("\n".join(failures) or f"{len(cases)} functions agree")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
