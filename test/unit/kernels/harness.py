# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs kernel.step text on numpy arrays: cnnc-opt, MLIR's lowerings, clang, ctypes; every level this machine has."""
import ctypes
import os
import re
import subprocess
import tempfile

import numpy as np

CNNC_OPT = os.environ.get("CNNC_OPT", os.path.join(os.path.dirname(__file__), "../../../build/bin/cnnc-opt"))
LLVM = os.environ.get("LLVM_BIN", "/usr/lib/llvm-22/bin")
LOWER = ("builtin.module(llvm.func(convert-math-to-llvm),convert-vector-to-llvm,convert-scf-to-cf,convert-arith-to-llvm,"
         "convert-cf-to-llvm,convert-index-to-llvm,reconcile-unrealized-casts)")
TYPES = {"float32": "f32", "float64": "f64", "float16": "f16", "int64": "i64", "int32": "i32", "int8": "i8", "uint8": "i8",
         "bool": "i1"}


def levels_here():
    flags = open("/proc/cpuinfo").read().split("\n\n")[0]
    levels = ["x86-64-v2"]
    if " avx2" in flags and " fma" in flags:
        levels.append("x86-64-v3")
    if " avx512vl" in flags and " avx512bw" in flags:
        levels.append("x86-64-v4")
    return levels


def memref(array, strides=None):
    """The memref type of an array; strides in elements where it is a strided view of a larger buffer."""
    shape = "".join(f"{extent}x" for extent in array.shape)
    layout = f", strided<[{', '.join(map(str, strides))}]>" if strides else ""
    return f"memref<{shape}{TYPES[str(array.dtype)]}{layout}>"


def base(array):
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def address(array):
    return array.__array_interface__["data"][0]


class Program:
    """Steps that are compiled together. Operands are arrays (views of larger arrays keep their strides)."""
    passes = ["--convert-to-vector"]
    declares_memory = True  # else one of the passes does

    def __init__(self, levels=None, scratch_bytes=1 << 24):
        self.levels = levels or ["x86-64-v2", "x86-64-v3", "x86-64-v4"]
        self.steps, self.arguments, self.scratch_bytes = [], [], scratch_bytes
        self.prologue = []

    def operand(self, array, output=False):
        name = f"%v{len(self.arguments)}"
        strides = [s // array.itemsize for s in array.strides]
        dense = array.flags.c_contiguous
        self.arguments.append((name, memref(array, None if dense else strides), array, output))
        return name

    def type(self, name):
        return next(argument[1] for argument in self.arguments if argument[0] == name)

    def step(self, name, tasks, body):
        self.steps.append((name, tasks, body))

    def text(self):
        # Outputs follow the inputs.
        ordered = sorted(self.arguments, key=lambda argument: argument[3])
        declared = [f"{name}: {type}" + (" {cnnc.output}" if output else "") for name, type, _, output in ordered]
        if self.declares_memory:
            declared += ["%arena: memref<64xi8> {cnnc.arena}", f"%scratch: memref<{self.scratch_bytes}xi8> {{cnnc.scratch}}"]
        levels = ", ".join(f'"{level}"' for level in self.levels)
        lines = [f'module attributes {{cnnc.target = #target.cpu<"x86_64", levels = [{levels}]>}} {{',
                 f"func.func @main({', '.join(declared)}) {{"]
        lines += self.prologue
        for name, tasks, body in self.steps:
            lines += [f'kernel.step "{name}" algorithm("test") tasks({tasks}) macs(0) bytes(0) {{', body, "}"]
        return "\n".join(lines + ["return", "}", "}"])

    def compile(self, directory):
        path = lambda name: os.path.join(directory, name)
        open(path("in.mlir"), "w").write(self.text())
        run = lambda command: subprocess.run(command, check=True)
        run([CNNC_OPT, *self.passes, path("in.mlir"), "-o", path("vector.mlir")])
        # mlir-opt does not know the target dialect.
        text = re.sub(r", cnnc.target = #target.cpu<.*?>", "", open(path("vector.mlir")).read(), count=1)
        open(path("vector.mlir"), "w").write(text)
        run([f"{LLVM}/mlir-opt", f"--pass-pipeline={LOWER}", path("vector.mlir"), "-o", path("llvm.mlir")])
        run([f"{LLVM}/mlir-translate", "--mlir-to-llvmir", path("llvm.mlir"), "-o", path("model.ll")])
        text = open(path("model.ll")).read().replace("define internal void @step_", "define void @step_")
        if "x86-64-v4" not in levels_here():
            # Still the code for 16 lanes, on the instructions that are here.
            text = text.replace('"target-cpu"="x86-64-v4"', '"target-cpu"="x86-64-v3"')
        open(path("model.ll"), "w").write(text)
        run([f"{LLVM}/clang", "-O2", "-fno-vectorize", "-fno-slp-vectorize", "-mllvm", "-enable-misched=false", "-fPIC",
             "-Wno-override-module", "-shared", "-nostdlib", path("model.ll"), "-o", path("model.so")])
        return path("model.so")

    def run(self, check):
        """Calls every step at every level this machine has; then check(step index, level)."""
        keep = os.environ.get("KEEP")  # a folder for the intermediate files
        with tempfile.TemporaryDirectory() as directory:
            library = ctypes.CDLL(self.compile(keep or directory))
        ordered = sorted(self.arguments, key=lambda argument: argument[3])
        io = (ctypes.c_void_p * len(ordered))(*[address(argument[2]) for argument in ordered])
        scratch = np.full(self.scratch_bytes + 64, 0xFF, dtype=np.uint8)
        aligned = address(scratch) + -address(scratch) % 64
        for level in self.levels:
            if level != "x86-64-v4" and level not in levels_here():
                continue
            for number, (name, tasks, _) in enumerate(self.steps):
                function = library[f"step_{number}_{level.replace('-', '_')}"]
                for task in reversed(range(tasks)):
                    function(None, None, io, ctypes.c_void_p(aligned), ctypes.c_int64(task))
                check(number, level)
