#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Imports models up to a phase and says which fail.

    import_all.py --cnnc build/bin/cnnc [--phase import] [--shape NAME=...] MODEL_OR_FOLDER...

A folder stands for every .onnx file below it. Exit status 1 if any model fails.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile


def find_models(paths):
    for path in map(pathlib.Path, paths):
        yield from sorted(path.rglob("*.onnx")) if path.is_dir() else [path]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--cnnc", default="build/bin/cnnc")
    parser.add_argument("--phase", default="import")
    parser.add_argument("--shape", action="append", default=[])
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--quiet", action="store_true", help="print failures only")
    arguments = parser.parse_args()
    failures = total = 0
    with tempfile.TemporaryDirectory() as folder:
        for model in find_models(arguments.models):
            output = str(pathlib.Path(folder) / "model.mlir")
            flags = [flag for shape in arguments.shape for flag in ("--shape", shape)]
            command = [arguments.cnnc, str(model), f"--stop-after={arguments.phase}", "-o", output, *flags]
            total += 1
            try:
                result = subprocess.run(command, capture_output=True, text=True, timeout=arguments.timeout)
                status, text = result.returncode, result.stderr
            except subprocess.TimeoutExpired:
                status, text = "timeout", ""
            if status != 0:
                failures += 1
                print(f"FAIL {model} ({status})\n{text}", flush=True)
            elif not arguments.quiet:
                print(f"ok   {model}", flush=True)
    print(f"{total - failures} of {total} models pass")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
