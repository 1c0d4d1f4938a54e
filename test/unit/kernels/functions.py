# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every INSTRUCTION row of Functions.def, as constants are evaluated and as every level runs it, against numpy, to the bit."""
import pathlib
import re
import subprocess
import sys

import numpy as np

from harness import CNNC_OPT, TYPES, Program

TABLE = pathlib.Path(__file__).parents[3] / "dialects/cnn/Functions.def"
FLOATS, INTEGERS = [np.float32, np.float64], [np.int8, np.int32, np.int64]
POINTS = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999997, -3.7, 1e9, 3e38, -3e38, 1e-30, np.inf, -np.inf, np.nan]


def read_rows(kind, value="(.*)"):
    """Of rows of a kind: the name of the op, as MLIR's text spells it, and the value."""
    rows = re.findall(rf"^(?:{kind})\((arith|math)::(\w+)Op, \d+, {value}", TABLE.read_text(), re.M)
    return [(f"{dialect}.{'index_cast' if op == 'IndexCast' else op.lower()}", value) for dialect, op, value in rows]


def add_map(program, name, arrays, out, body):
    operands = [program.operand(array) for array in arrays]
    result = program.operand(out, output=True)
    maps = ", ".join(["affine_map<(i) -> (i)>"] * (len(arrays) + 1))
    arguments = ", ".join([f"%x{number}: {TYPES[array.dtype.name]}" for number, array in enumerate([*arrays, out])])
    types = ", ".join(program.type(operand) for operand in operands)
    program.step(name, 1, f'linalg.generic {{indexing_maps = [{maps}], iterator_types = ["parallel"]}} '
                 f"ins({', '.join(operands)} : {types}) outs({result} : {program.type(result)}) {{\n^bb0({arguments}):\n"
                 f"{body}\nlinalg.yield %r : {TYPES[out.dtype.name]}\n}}")


def evaluate(cases):
    """What cnnc.map of each (arrays, out, body) is as a constant; None where that is left to run time."""
    tensor = lambda array: f"tensor<{array.size}x{TYPES[array.dtype.name]}>"
    functions = []
    for number, (arrays, out, body) in enumerate(cases):
        lines = [f"func.func @case_{number}() -> {tensor(out)} {{"]
        lines += [f'%c{k} = arith.constant dense<"0x{array.tobytes().hex()}"> : {tensor(array)}' for k, array in enumerate(arrays)]
        names, types = ", ".join(f"%c{k}" for k in range(len(arrays))), ", ".join(map(tensor, arrays))
        arguments = ", ".join(f"%x{k}: {TYPES[array.dtype.name]}" for k, array in enumerate(arrays))
        lines += [f"%m = cnn.map({names}) : ({types}) -> {tensor(out)} {{", f"^bb0({arguments}):", body,
                  f"cnn.yield %r : {TYPES[out.dtype.name]}", "}", f"return %m : {tensor(out)}", "}"]
        functions.append("\n".join(lines))
    run = subprocess.run([CNNC_OPT, "--fold-constants", "--mlir-print-elementsattrs-with-hex-if-larger=0"], input="\n".join(functions),
                         stdout=subprocess.PIPE, check=True, text=True)
    blobs = dict(re.findall(r'^ *(\w+): "0x([0-9A-F]+)"', run.stdout, re.M))

    def read(text, out):
        kind, elements = re.search(r"constant dense(_resource)?<(.+?)> :", text).groups()
        if "0x" in elements or kind:  # A resource begins with its alignment, of 4 bytes.
            return np.frombuffer(bytes.fromhex(blobs[elements][8:] if kind else elements[3:-1]), out.dtype)
        return np.full_like(out, elements)

    texts = run.stdout.split("func.func")[1:]
    return [None if "cnn.map" in text else read(text, out) for text, (_, out, _) in zip(texts, cases)]


def of_floats(type):
    points = np.array(POINTS, type)
    return np.repeat(points, points.size), np.tile(points, points.size)


def of_integers(type):
    info = np.iinfo(type)
    points = np.array([0, 1, -1, 2, 3, -3, 7, -8, 100, info.max, info.min, info.max - 1, info.min + 1], type)
    return np.repeat(points, points.size), np.tile(points, points.size)


def unsigned(array):
    return array.view(array.dtype.name.replace("int", "uint"))


COMPARISONS = {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}


def compare_floats(predicate, x, y):
    unordered = np.isnan(x) | np.isnan(y)
    if predicate in ("ord", "uno"):
        return unordered if predicate == "uno" else ~unordered
    compared = COMPARISONS[predicate[1:]](x, y)
    return compared | unordered if predicate[0] == "u" else compared & ~unordered


def compare_integers(predicate, x, y):
    return COMPARISONS[predicate[-2:]](*((unsigned(x), unsigned(y)) if predicate[0] == "u" else (x, y)))


def float_cases():
    """(row, arrays, body, expected), as all that follow."""
    binary = {"arith.addf": np.add, "arith.subf": np.subtract, "arith.mulf": np.multiply, "arith.divf": np.divide,
              "arith.maximumf": np.maximum, "arith.minimumf": np.minimum, "arith.maxnumf": np.fmax, "arith.minnumf": np.fmin,
              "math.copysign": np.copysign}
    unary = {"arith.negf": np.negative, "math.absf": np.abs, "math.sqrt": np.sqrt, "math.rsqrt": lambda x: 1 / np.sqrt(x),
             "math.floor": np.floor, "math.ceil": np.ceil, "math.trunc": np.trunc, "math.roundeven": np.rint}
    for type in FLOATS:
        x, y = of_floats(type)
        element = TYPES[x.dtype.name]
        for row, function in binary.items():
            yield row, [x, y], f"%r = {row} %x0, %x1 : {element}", function(x, y)
        for row, function in unary.items():
            yield row, [x], f"%r = {row} %x0 : {element}", function(x)
        for predicate in ["oeq", "ogt", "oge", "olt", "ole", "one", "ord", "ueq", "ugt", "uge", "ult", "ule", "une", "uno"]:
            yield ("arith.cmpf", [x, y], f"%b = arith.cmpf {predicate}, %x0, %x1 : {element}\n%r = arith.extui %b : i1 to i8",
                   compare_floats(predicate, x, y).astype(np.int8))
        yield ("arith.select", [x, y], f"%b = arith.cmpf olt, %x0, %x1 : {element}\n%r = arith.select %b, %x0, %x1 : {element}",
               np.where(x < y, x, y))


def integer_cases():
    signed = {"addi": np.add, "subi": np.subtract, "muli": np.multiply, "andi": np.bitwise_and, "ori": np.bitwise_or,
              "xori": np.bitwise_xor, "maxsi": np.maximum, "minsi": np.minimum}
    for type in INTEGERS:
        x, y = of_integers(type)
        element, bits = TYPES[x.dtype.name], x.itemsize * 8
        u, v = unsigned(x), unsigned(y)
        binary = lambda row, a, b, expected: (f"arith.{row}", [a, b], f"%r = arith.{row} %x0, %x1 : {element}", expected.view(type))
        for row, function in signed.items():
            yield binary(row, x, y, function(x, y))
        yield binary("maxui", x, y, np.maximum(u, v))
        yield binary("minui", x, y, np.minimum(u, v))
        divides = (y != 0) & ~((x == np.iinfo(type).min) & (y == -1))
        a, b = x[divides], y[divides]
        # numpy divides towards minus infinity.
        rest = np.fmod(a, b)
        yield binary("remsi", a, b, rest)
        yield binary("divsi", a, b, (a - rest) // b)
        yield binary("remui", x[y != 0], y[y != 0], u[y != 0] % v[y != 0])
        yield binary("divui", x[y != 0], y[y != 0], u[y != 0] // v[y != 0])
        amount = (v % bits).astype(type)
        yield binary("shli", x, amount, np.left_shift(x, amount))
        yield binary("shrsi", x, amount, np.right_shift(x, amount))
        yield binary("shrui", x, amount, np.right_shift(u, unsigned(amount)))
        yield "math.absi", [x], f"%r = math.absi %x0 : {element}", np.abs(x)
        for predicate in ["eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge"]:
            yield ("arith.cmpi", [x, y], f"%b = arith.cmpi {predicate}, %x0, %x1 : {element}\n%r = arith.extui %b : i1 to i8",
                   compare_integers(predicate, x, y).astype(np.int8))
        yield ("arith.extsi", [x, y], f"%b = arith.cmpi slt, %x0, %x1 : {element}\n%r = arith.extsi %b : i1 to i8", -(x < y).astype(np.int8))


def cast_cases():
    def cast(row, x, type, expected):
        out = np.asarray(expected).astype(type)
        return f"arith.{row}", [x], f"%r = arith.{row} %x0 : {TYPES[x.dtype.name]} to {TYPES[out.dtype.name]}", out

    yield cast("extf", of_floats(np.float32)[1], np.float64, of_floats(np.float32)[1])
    yield cast("truncf", of_floats(np.float64)[1], np.float32, of_floats(np.float64)[1])
    for type in FLOATS:
        for integer in INTEGERS:
            bound = min(2.0**(np.dtype(integer).itemsize * 8 - 1) - 1, 2.0**62)
            inside = np.array([0, -0.0, 1.5, -1.5, 2.5, 99.9, -100.2, bound / 2, -bound], type)
            yield cast("fptosi", inside, integer, inside)
            yield cast("fptoui", np.abs(inside), integer, np.abs(inside).astype(np.uint64).astype(integer))
            x = of_integers(integer)[1]
            yield cast("sitofp", x, type, x)
            yield cast("uitofp", x, type, unsigned(x))
    for narrow, wide in [(np.int8, np.int32), (np.int8, np.int64), (np.int32, np.int64)]:
        x, y = of_integers(narrow)[1], of_integers(wide)[1]
        yield cast("extsi", x, wide, x)
        yield cast("extui", x, wide, unsigned(x))
        yield cast("trunci", y, narrow, y)
    x = of_integers(np.int64)[1]
    yield "arith.index_cast", [x], "%i = arith.index_cast %x0 : i64 to index\n%r = arith.index_cast %i : index to i64", x


def narrow_cases():
    """On 16-bit floats a function of floats is what it is on f32, rounded: 1 where that holds."""
    x, y = of_floats(np.float32)
    for row, value in read_rows("INSTRUCTION|FUNCTION", r"REAL\((.*\bx\b.*)"):
        for element in () if row in ("arith.extf", "arith.truncf") else ("f16", "bf16"):
            count = 2 if re.search(r"\by\b", value) else 1
            lines = [f"%n{k} = arith.truncf %x{k} : f32 to {element}\n%w{k} = arith.extf %n{k} : {element} to f32" for k in range(count)]
            lines += [f"%{kind} = {row} {', '.join(f'%{kind}{k}' for k in range(count))} : {type}" for kind, type in (("n", element), ("w", "f32"))]
            lines += [f"%narrowed = arith.truncf %w : f32 to {element}", f"%same = arith.cmpf oeq, %n, %narrowed : {element}",
                      f"%p = arith.cmpf uno, %n, %n : {element}", f"%q = arith.cmpf uno, %narrowed, %narrowed : {element}",
                      "%both = arith.andi %p, %q : i1", "%is = arith.ori %same, %both : i1", "%r = arith.extui %is : i1 to i8"]
            yield row, [x, y][:count], "\n".join(lines), np.ones(x.size, np.int8)


def find_difference(row, found, expected):
    """The first place where they differ by more than NumPy leaves open, in words."""
    same = (found == expected) | ((found != found) & (expected != expected))
    if expected.dtype.kind == "f":
        if row == "math.rsqrt":  # Constants are rounded once.
            same |= np.abs(found - expected) <= np.spacing(expected)
        elif not re.search("max|min", row):  # Of which zero is the larger NumPy does not say.
            same &= (np.signbit(found) == np.signbit(expected)) | np.isnan(expected)
    place = int(np.argmin(same))
    return "" if same[place] else f"{found[place]} for {expected[place]} at {place}"


def main():
    np.seterr(all="ignore")
    cases = [*float_cases(), *integer_cases(), *cast_cases()]
    failures = [f"{row} is in no case" for row in {row for row, _ in read_rows("INSTRUCTION")} - {case[0] for case in cases}]
    cases += narrow_cases()
    program, outs = Program(), []
    for row, arrays, body, expected in cases:
        outs.append(np.zeros_like(expected))
        add_map(program, row, arrays, outs[-1], body)

    def check(number, reader, found):
        row, arrays, _, expected = cases[number]
        difference = "is not evaluated" if found is None else find_difference(row, found, expected)
        if difference:
            failures.append(f"{row} {arrays[0].dtype} {expected.dtype} {reader}: {difference}")

    for number, found in enumerate(evaluate([(arrays, out, body) for (_, arrays, body, _), out in zip(cases, outs)])):
        check(number, "constant", found)
    program.run(lambda number, level: check(number, level, outs[number]))
    print("\n".join(failures) or f"{len(cases)} cases agree")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
