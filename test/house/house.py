#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Holds the house to its drawing: who includes whom, a test for each pass, and the bounds on files and functions."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Room -> the rooms whose headers it may include, beside MLIR, LLVM and itself.
SEES = {
    "dialects/target": [],
    "dialects/cnn": [],
    "dialects/kernel": ["dialects/target"],
    "passes/graph": ["dialects/cnn"],
    "passes/layout": ["dialects/cnn", "dialects/target"],
    "passes/kernel": ["dialects", "passes/linalg"],
    "passes/linalg": ["dialects/cnn", "dialects/kernel"],
    "passes/buffer": ["dialects/kernel", "dialects/target"],
    "passes/vector": ["dialects/kernel", "dialects/target"],
    "passes/gpu": ["dialects/kernel", "dialects/target"],
    "passes/llvm": ["dialects/target", "cnnc"],
    "compiler/import": ["dialects/cnn", "third_party"],
    "compiler/output": [],
    "compiler/pipeline": ["passes", "dialects", "compiler/output"],
    "compiler/emit": ["dialects/target", "compiler/output"],
    "compiler/tune": ["dialects", "passes/layout", "compiler/output", "compiler/pipeline", "compiler/emit", "cnnc"],
    "compiler/driver": ["compiler", "dialects"],
    "runtime": ["cnnc"],
    "tools/runner": ["cnnc"],
    "tools": ["compiler", "dialects", "passes", "cnnc", "tools"],
}
FILE_LINES, FUNCTION_LINES, MAIN_LINES = 500, 80, 15


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in out.stdout.splitlines() if not line.startswith("third_party/") and (ROOT / line).exists()]


def room_of(path):
    name = path.relative_to(ROOT).as_posix()
    rooms = [room for room in SEES if name.startswith(room + "/")]
    return max(rooms, key=len, default=None)


def check_includes(errors):
    for path in tracked("*.c", "*.cpp", "*.h", "*.hpp", "*.def"):
        room = room_of(path)
        if not room:
            continue
        allowed = SEES[room] + [room]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'#include "((?:dialects|passes|compiler|runtime|tools|cnnc|third_party)/[^"]+)"', line)
            if match and not any(match[1].startswith(seen + "/") for seen in allowed):
                errors.append(f"{path.relative_to(ROOT)}:{number}: {room} may not include {match[1]}")


def check_mirror(errors):
    for room in (ROOT / "passes").iterdir():
        record = room / "Passes.td"
        if not record.exists():
            continue
        for name in re.findall(r'^def (\w+?)(?:Pass)? : Pass<', record.read_text(), re.M):
            source = room / f"{name}.cpp"
            kebab = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
            test = ROOT / "test" / "passes" / room.name / f"{kebab}.mlir"
            for file in (source, test):
                if not file.exists():
                    errors.append(f"{record.relative_to(ROOT)}: pass {name} has no {file.relative_to(ROOT)}")


def check_bounds(errors):
    for path in tracked("*.c", "*.cpp", "*.h", "*.hpp"):
        name = path.relative_to(ROOT)
        lines = path.read_text().splitlines()
        if len(lines) > FILE_LINES:
            errors.append(f"{name}: {len(lines)} lines, at most {FILE_LINES}")
        if path.name == "main.cpp" and len(lines) > MAIN_LINES:
            errors.append(f"{name}: {len(lines)} lines, at most {MAIN_LINES} for a main")
        start = None
        for number, line in enumerate(lines, 1):
            if re.match(r"^[\w:~<].*\)?.*\{$", line) and not re.match(r"^(namespace|extern|class|struct|enum|union|typedef|static const|constexpr|const)\b.*\{$", line):
                start = number
            elif line.startswith("}") and start:
                if number - start + 1 > FUNCTION_LINES:
                    errors.append(f"{name}:{start}: function of {number - start + 1} lines, at most {FUNCTION_LINES}")
                start = None


def check_licence(errors):
    for path in tracked("*.c", "*.cpp", "*.h", "*.hpp", "*.td", "*.def", "*.py", "CMakeLists.txt", "*.cmake"):
        if "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception" not in "".join(path.read_text().splitlines(True)[:4]):
            errors.append(f"{path.relative_to(ROOT)}: no licence line")


def main():
    errors = []
    for check in (check_includes, check_mirror, check_bounds, check_licence):
        check(errors)
    print("\n".join(errors) or "the house stands as drawn")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
