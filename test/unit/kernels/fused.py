# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Steps that are written as two and joined by a pass of the buffer phase: what their oracle tests share."""
import os
import re
import sys

import numpy as np

from harness import Program


class FusedProgram(Program):
    """`fusion` joins the two steps into one named `algorithm`, and says of how many tasks."""
    declares_memory = False

    def __init__(self, fusion, algorithm, level):
        super().__init__([level])
        self.algorithm, self.level = algorithm, level
        self.passes = [f"--pass-pipeline=builtin.module(func.func({fusion},plan-arena),outline-model,schedule-steps,convert-to-vector)"]

    def compile(self, directory):
        library = super().compile(directory)
        text = open(os.path.join(directory, "vector.mlir")).read()
        tasks = [int(count) for count in re.findall(rf'algorithm\("{re.escape(self.algorithm)}"\) tasks\((\d+)\)', text)]
        assert len(tasks) == len(self.steps), f"{len(tasks)} of {len(self.steps)} were fused"
        self.steps = [(name, count, body) for (name, _, body), count in zip(self.steps, tasks)]
        return library

    def count_failures(self, cases):
        """Runs the steps; a case is a name and its (output, expected)."""
        failures = 0

        def check(number, level):
            nonlocal failures
            name, results = cases[number]
            for out, expected in results:
                # Sums of at most 112 products of unit variance.
                error = np.abs(out - expected).max() / np.abs(expected).max()
                if not error < 3e-6:
                    failures += 1
                    print(f"{name}, {level}, {self.steps[number][1]} tasks: error {error}")
                out[...] = np.nan

        self.run(check)
        print(f"{len(cases)} cases for {self.level}")
        return failures


def exit_with(failures):
    print(f"{failures} failures")
    sys.exit(bool(failures))
