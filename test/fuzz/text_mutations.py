#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Damages the text of every phase and compiles what is left: nothing may crash, hang or eat the machine.

usage: text_mutations.py --cnnc PATH [--count N] [--seed S] [--keep FOLDER] MODEL.onnx|TEXT.mlir ...

Each model is written out after every phase; a damaged text must end within 10 s of processor time and 2 GB with exit code 0
(the damage did not matter) or 1 and a diagnostic; and leave no half-written output behind.
"""
import argparse
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

SECONDS, BYTES, PATIENCE = 10, 2 << 30, 120
PHASES = ["import", "graph", "layout", "kernel", "buffer", "vector", "llvm"]
NUMBERS = ["0", "-1", "1", "2", "3", "7", "16", "63", "64", "65", "4096", "65536", "2147483648", "4294967296", "1099511627776",
           "9223372036854775807", "-9223372036854775808", "18446744073709551616", "99999999999999999999999999"]
TYPES = ["f32", "f16", "bf16", "f64", "i1", "i8", "i16", "i32", "i64", "i7", "i129", "index", "none", "ui8", "si32", "!llvm.ptr",
         "complex<f32>", "tuple<>", "tensor<4xf32>", "tensor<*xf32>", "tensor<?x4xf32>", "memref<4xf32>", "vector<4xf32>", "vector<[4]xf32>"]
TEXTS = ['""', '"\\00"', '"\\1B[31m"', '"a\\0Ab"', '"x"', '"' + "y" * 3000 + '"']
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[@%#^!]?[A-Za-z_][\w.$-]*|-?\d+(?:\.\d+(?:e[+-]?\d+)?)?|\s+|.', re.S)


def limit():
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def change_lines(lines, rng):
    place, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(5)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        lines.insert(other, lines[place])
    elif kind == 2:
        lines[place], lines[other] = lines[other], lines[place]
    elif kind == 3:
        del lines[place:place + rng.randrange(1, 20)]
    else:
        del lines[place:]


def replace_token(token, tokens, rng):
    if rng.random() < 0.15:
        return ""
    if token[0] == '"':
        return rng.choice(TEXTS + [t for t in tokens if t[0] == '"'])
    if re.fullmatch(r"-?\d+.*", token):
        return rng.choice(NUMBERS + [token + ".5"])
    if token in TYPES or re.fullmatch(r"[if]\d+", token):
        return rng.choice(TYPES)
    if token[0].isalpha() or token[0] in "@%#^!":
        # One of its kind, from elsewhere in the text.
        return rng.choice([t for t in tokens if t[:1] == token[:1]] + [t for t in tokens if not t.isspace()])
    return rng.choice("()[]{}<>=,:x-")


def change_tokens(line, tokens, rng):
    parts = TOKEN.findall(line)
    solid = [i for i, part in enumerate(parts) if not part.isspace()]
    if not solid:
        return line
    kind, place = rng.random(), rng.choice(solid)
    # Extents stick together: 1x16x4xf32.
    if kind < 0.25 and re.search(r"\d", line):
        number = rng.choice(list(re.finditer(r"\d+", line)))
        return line[:number.start()] + rng.choice(NUMBERS) + line[number.end():]
    if kind < 0.4:
        entries = list(re.finditer(r"[\w.]+ = (?:[^,{}\[\]<>]|<[^<>]*>|\[[^\[\]]*\])+,? ?", line))
        if entries:
            entry = rng.choice(entries)
            other = rng.choice(entries)
            return line[:entry.start()] + (other[0].rstrip(", ") + ", " if rng.random() < 0.3 else "") + line[entry.end():]
    parts[place] = replace_token(parts[place], tokens, rng)
    return "".join(parts)


def damage(text, rng):
    lines = text.splitlines(True)
    tokens = TOKEN.findall("".join(rng.sample(lines, min(len(lines), 30))))
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        if not lines:
            break
        if rng.random() < 0.2:
            change_lines(lines, rng)
            continue
        # The module's attributes are one line of many: they deserve more than its share.
        heads = [i for i, line in enumerate(lines) if "module attributes" in line or "func.func" in line]
        place = rng.choice(heads) if heads and rng.random() < 0.35 else rng.randrange(len(lines))
        lines[place] = change_tokens(lines[place], tokens, rng)
    if rng.random() < 0.05:
        return "".join(lines).replace('cnnc.phase = "', 'cnnc.phase = "' + rng.choice(PHASES) + '", cnnc.was = "')
    return "".join(lines)


def attempt(cnnc, text, weights, folder, level):
    """What went wrong, or None."""
    model, output = folder / "text.mlir", folder / "text.so"
    model.write_text(text, errors="surrogateescape")
    if weights.exists():
        shutil.copy(weights, folder / "text.weights")
    try:
        done = subprocess.run([cnnc, model, "-j1", level, "-o", output], capture_output=True, timeout=PATIENCE, preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return f"waits for more than {PATIENCE} s"
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"more than {SECONDS} s of processor time"
    leftovers = sorted(p.name for p in folder.iterdir() if p.name not in ("text.mlir", "text.weights", "text.so", "text.h"))
    if leftovers:
        return f"left {leftovers} behind (exit code {done.returncode})"
    if done.returncode == 0:
        return None
    if done.returncode != 1:
        return f"exit code {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}"
    if b"error: " not in done.stderr:
        return "no diagnostic"
    if b"internal error" in done.stderr:
        return f"internal error: {done.stderr.decode(errors='replace')[-300:]}"
    return "half-written output" if output.exists() else None


def write_phases(cnnc, models, folder):
    texts = []
    for model in models:
        for phase in PHASES:
            path = folder / f"{model.stem}.{phase}.mlir"
            flags = [] if model.suffix == ".mlir" else ["-mcpu=x86-64-v3"]
            subprocess.run([cnnc, model, *flags, f"--stop-after={phase}", "-o", path], check=True, capture_output=True)
            texts.append((path.read_text(), path.with_suffix(".weights"), path.name))
    return texts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--cnnc", required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first damage, to repeat one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the texts that fail")
    args = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as phases:
        texts = write_phases(args.cnnc, args.models, pathlib.Path(phases))
        for number in range(args.first, args.first + args.count):
            rng = random.Random(f"{args.seed} {number}")
            text, weights, name = texts[number % len(texts)]
            damaged = damage(text, rng)
            with tempfile.TemporaryDirectory() as folder:
                problem = attempt(args.cnnc, damaged, weights, pathlib.Path(folder), rng.choice(("-O0", "-O1")))
            if problem:
                failures += 1
                print(f"damage {number} of {name}: {problem}", flush=True)
                if args.keep:
                    args.keep.mkdir(parents=True, exist_ok=True)
                    (args.keep / f"{number}.{name}").write_text(damaged, errors="surrogateescape")
                    if weights.exists():
                        shutil.copy(weights, (args.keep / f"{number}.{name}").with_suffix(".weights"))
    print(f"{args.count - failures} of {args.count} damaged texts end well")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
