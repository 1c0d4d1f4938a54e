#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Flips random bytes of real models and compiles what is left: nothing may crash, hang or eat the machine.

usage: byte_flips.py --cnnc PATH [--count N] [--seed S] MODEL.onnx ...

Each damaged model must end within 10 s of processor time (the machine may be busy with other things) and 2 GB, with exit code 0
(the damage was in a weight, say) or 1 and a diagnostic; and leave no half-written output behind.
"""
import argparse
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile

SECONDS, BYTES = 10, 2 << 30
# Of the wall clock, for what waits without an end.
PATIENCE = 120


def limit():
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))


def damage(data, rng):
    data = bytearray(data)
    kind = rng.random()
    if kind < 0.1:
        return bytes(data[:rng.randrange(len(data))])
    for _ in range(rng.choice((1, 1, 2, 8))):
        # Half of the flips go to the start and the end, where most of the structure lies; weights fill the middle.
        place = rng.randrange(len(data)) if rng.random() < 0.5 else rng.choice((rng.randrange(min(4096, len(data))), -1 - rng.randrange(min(4096, len(data)))))
        data[place] ^= 1 << rng.randrange(8)
    return bytes(data)


def attempt(cnnc, data, folder):
    """What went wrong, or None."""
    model, output = folder / "model.onnx", folder / "model.so"
    model.write_bytes(data)
    try:
        done = subprocess.run([cnnc, model, "-j1", "-o", output], capture_output=True, timeout=PATIENCE, preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return f"waits for more than {PATIENCE} s"
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"more than {SECONDS} s of processor time"
    leftovers = sorted(p.name for p in folder.iterdir() if p.name not in ("model.onnx", "model.so", "model.h"))
    if leftovers:
        return f"left {leftovers} behind"
    if done.returncode == 0:
        output.unlink()
        (folder / "model.h").unlink()
        return None
    if done.returncode != 1:
        return f"exit code {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}"
    if b"error: " not in done.stderr:
        return "no diagnostic"
    return "half-written output" if output.exists() else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--cnnc", required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the models that fail")
    args = parser.parse_args()
    originals = [path.read_bytes() for path in args.models]
    failures = 0
    for number in range(args.count):
        rng = random.Random(f"{args.seed} {number}")
        index = rng.randrange(len(originals))
        data = damage(originals[index], rng)
        with tempfile.TemporaryDirectory() as folder:
            problem = attempt(args.cnnc, data, pathlib.Path(folder))
        if problem:
            failures += 1
            print(f"flip {number} of {args.models[index].name}: {problem}", flush=True)
            if args.keep:
                args.keep.mkdir(parents=True, exist_ok=True)
                (args.keep / f"flip_{number}.onnx").write_bytes(data)
    print(f"{args.count - failures} of {args.count} damaged models end well")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
