# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small ONNX models for the tables of this folder: written, compiled and run at every level that this machine has, computed and folded."""
import os
import pathlib
import platform
import shutil
import struct
import subprocess
import sys
import tempfile

import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "onnx"))
from wire import BYTES, FIXED32, VARINT, encode  # noqa: E402

FLOAT, UINT8, INT8, UINT16, INT16, INT32, INT64, BOOL, FLOAT16, DOUBLE, UINT32, UINT64, BFLOAT16 = 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 16
NAMES = {FLOAT: "float", UINT8: "uint8", INT8: "int8", UINT16: "uint16", INT16: "int16", INT32: "int32", INT64: "int64", BOOL: "bool",
         FLOAT16: "float16", DOUBLE: "double", UINT32: "uint32", UINT64: "uint64", BFLOAT16: "bfloat16"}
# bfloat16 travels as its bits.
DTYPES = {FLOAT: np.float32, UINT8: np.uint8, INT8: np.int8, UINT16: np.uint16, INT16: np.int16, INT32: np.int32, INT64: np.int64,
          BOOL: np.bool_, FLOAT16: np.float16, DOUBLE: np.float64, UINT32: np.uint32, UINT64: np.uint64, BFLOAT16: np.uint16}
LEVELS = ("x86-64-v2", "x86-64-v3", "x86-64-v3-vnni", "x86-64-v4", "x86-64-v4-vnni")


def text(value):
    return value.encode()


def attribute(name, value):
    if isinstance(value, float):
        return encode([(1, BYTES, text(name)), (2, FIXED32, struct.pack("<f", value)), (20, VARINT, 1)])
    if isinstance(value, int):
        return encode([(1, BYTES, text(name)), (3, VARINT, value), (20, VARINT, 2)])
    if isinstance(value, str):
        return encode([(1, BYTES, text(name)), (4, BYTES, text(value)), (20, VARINT, 3)])
    return encode([(1, BYTES, text(name))] + [(8, VARINT, entry) for entry in value] + [(20, VARINT, 7)])


def node(op, inputs, outputs, **attributes):
    fields = [(1, BYTES, text(name)) for name in inputs] + [(2, BYTES, text(name)) for name in outputs] + [(4, BYTES, text(op))]
    return encode(fields + [(5, BYTES, attribute(name, value)) for name, value in attributes.items()])


def tensor(name, kind, array):
    fields = [(1, VARINT, extent) for extent in array.shape] + [(2, VARINT, kind), (8, BYTES, text(name))]
    return encode(fields + [(9, BYTES, np.ascontiguousarray(array, DTYPES[kind]).tobytes())])


def value_info(name, kind, shape=None):
    fields = [(1, VARINT, kind)]
    if shape is not None:
        fields.append((2, BYTES, encode([(1, BYTES, encode([(1, VARINT, extent)])) for extent in shape])))
    return encode([(1, BYTES, text(name)), (2, BYTES, encode([(1, BYTES, encode(fields))]))])


def model(nodes, inputs, initializers, outputs, opset=20):
    """`inputs` and `initializers`: name -> (type, array); `outputs`: names."""
    graph = [(1, BYTES, one) for one in nodes] + [(2, BYTES, b"g")]
    graph += [(5, BYTES, tensor(name, *value)) for name, value in initializers.items()]
    graph += [(11, BYTES, value_info(name, kind, array.shape)) for name, (kind, array) in inputs.items()]
    graph += [(12, BYTES, value_info(name, FLOAT)) for name in outputs]
    return encode([(1, VARINT, 8), (7, BYTES, encode(graph)), (8, BYTES, encode([(1, BYTES, b""), (2, VARINT, opset)]))])


def levels_here():
    if platform.machine() != "x86_64":
        return [None]
    flags = open("/proc/cpuinfo").read().split("\n\n")[0].split()
    needs = {"x86-64-v2": {"sse4_2"}, "x86-64-v3": {"avx2", "fma", "f16c"}, "x86-64-v4": {"avx512vl", "avx512bw", "avx512dq"}}
    needs["x86-64-v3-vnni"], needs["x86-64-v4-vnni"] = needs["x86-64-v3"] | {"avx_vnni"}, needs["x86-64-v4"] | {"avx512_vnni"}
    return [level for level in LEVELS if needs[level] <= set(flags)]


class Tools:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def run(self, *command, **environment):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env={**os.environ, **environment})
        if done.returncode and "the model has no such level" in done.stderr:
            return False  # Models without products of integers have no levels with dots.
        if done.returncode:
            sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
        return True

    def launch(self, target):
        """The command that runs libraries for `target`; None where it is another machine's and there is no emulator."""
        if target is None:
            return [self.folder / "cnnc-run"]
        runner = self.folder.parent / target / "bin" / "cnnc-run"
        emulator = shutil.which(f"qemu-{target}")
        return [emulator, "-L", f"/usr/{target}-linux-gnu", runner] if emulator and runner.exists() else None

    def outputs(self, nodes, values, names, constants={}, opset=20):
        """(how it was computed, name -> array) for each way: at each level from inputs, on an emulated Arm, and folded from initializers."""
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            ways = [("computed", values, {}, None, levels_here()), ("folded", {}, values, None, [None]), ("computed on", values, {}, "aarch64", [None])]
            for way, inputs, initializers, target, levels in ways:
                launch = self.launch(target)
                if not launch:
                    continue
                (work / "m.onnx").write_bytes(model(nodes, inputs, {**initializers, **constants}, names, opset))
                self.run(self.folder / "cnnc", work / "m.onnx", "-o", work / "m.so", *([f"-target={target}"] if target else []))
                given = []
                for name, (kind, array) in inputs.items():
                    (work / f"{name}.pb").write_bytes(tensor(name, kind, array))
                    given += ["--input", f"{name}={work / name}.pb"]
                for level in levels:
                    saved = work / f"{way}-{level}"
                    if not self.run(*launch, work / "m.so", *given, "--save", saved, **({"CNNC_ISA": level} if level else {})):
                        continue
                    arrays = [np.load(saved / f"output_{i}.npy") for i in range(len(names))]
                    yield f"{way} {level or target or ''}".strip(), dict(zip(names, arrays))
