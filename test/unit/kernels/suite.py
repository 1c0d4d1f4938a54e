# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cases of one op each, on %0, %1, ... (inputs, then outputs), compiled together and compared with what numpy says.

Every case runs whole and cut in tasks, which must give the same bits. Outputs start as NaN and lie between guards, so
what is not written and what is written outside show.
"""
import re
import sys

import numpy as np

from harness import TYPES, Program

GUARD = 64


def memref_type(array):
    return "memref<" + "".join(f"{extent}x" for extent in array.shape) + TYPES[array.dtype.name] + ">"


def guarded(array, start):
    """A copy of `array` (or of `start`) between guards, and the whole buffer."""
    # One guard on each side, aligned like the array itself.
    whole = np.full(array.nbytes + 2 * GUARD, 0xA5, np.uint8)
    view = whole[GUARD:GUARD + array.nbytes].view(array.dtype).reshape(array.shape)
    if start is None:
        whole[GUARD:GUARD + array.nbytes] = 0xFF
    else:
        view[...] = start
    return whole, view


class Suite:
    def __init__(self):
        self.program, self.cases = Program(), []

    def add(self, name, body, inputs, expected, tolerance=1e-6, tasks=(1, 3), start=None):
        """`start`: what the outputs hold before; else the op writes all of them."""
        names = [self.program.operand(np.ascontiguousarray(array)) for array in inputs]
        for count in tasks:
            outputs = [guarded(array, start[number] if start else None) for number, array in enumerate(expected)]
            operands = names + [self.program.operand(view, output=True) for _, view in outputs]
            text = re.sub(r"%(\d+)\b", lambda match: operands[int(match[1])], body)
            self.program.step(name, count, text)
            self.cases.append((name, count, outputs, expected, tolerance, start))

    def check(self, number, level):
        name, count, outputs, expected, tolerance, start = self.cases[number]
        results = []
        for position, ((whole, view), wanted) in enumerate(zip(outputs, expected)):
            where = f"{name}, {count} tasks, {level}, output {position}"
            if (whole[:GUARD] != 0xA5).any() or (whole[len(whole) - GUARD:] != 0xA5).any():
                self.fail(f"{where}: written outside")
            if wanted.dtype.kind == "f":
                with np.errstate(invalid="ignore"):
                    error = np.abs(np.where((view == wanted) | (np.isnan(view) & np.isnan(wanted)), 0, view - wanted)).max(initial=0)
                scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=1e-30)
                if not error <= tolerance * scale:
                    self.fail(f"{where}: error {error} of {scale}")
            elif not np.array_equal(view, wanted):
                self.fail(f"{where}: {np.sum(view != wanted)} differ")
            results.append(view.tobytes())
            # The next level starts afresh.
            if start is None:
                whole[GUARD:len(whole) - GUARD] = 0xFF
            else:
                view[...] = start[position]
        if self.results.setdefault((name, level), results) != results:
            self.fail(f"{name}, {level}: the result depends on the tasks")
        self.runs += 1

    def fail(self, text):
        self.failures.append(text)

    def run(self):
        self.failures, self.results, self.runs = [], {}, 0
        self.program.run(self.check)
        for failure in self.failures:
            print(failure)
        print(f"{self.runs} runs, {len(self.failures)} failures")
        sys.exit(bool(self.failures))
