#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Holds the house to its drawing: who includes whom, a test for each pass, and the bounds on files and functions."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Room -> the rooms, or single headers, that it may include, beside MLIR, LLVM and itself.
SEES = {
    "dialects/target": [],
    "dialects/cnn": [],
    "dialects/kernel": ["dialects/target"],
    "passes/graph": ["dialects/cnn"],
    "passes/layout": ["dialects/cnn", "dialects/target"],
    "passes/kernel": ["dialects/cnn", "dialects/kernel", "dialects/target", "passes/linalg"],
    "passes/linalg": ["dialects/cnn", "dialects/kernel"],
    "passes/buffer": ["dialects/kernel", "dialects/target", "passes/schedule/Forecast.h"],
    "passes/schedule": ["dialects/kernel", "dialects/target", "dialects/cnn/Winograd.h", "dialects/cnn/Functions.def"],
    "passes/vector": ["dialects/kernel", "dialects/target", "dialects/cnn/Functions.def"],
    "passes/gpu": ["dialects/kernel", "dialects/target", "dialects/cnn/Functions.def"],
    "passes/llvm": ["dialects/kernel", "dialects/target", "cnnc"],
    "compiler/import": ["dialects/cnn", "dialects/target/Types.h", "third_party"],
    "compiler/output": [],
    "compiler/pipeline": ["passes/graph", "passes/layout", "passes/kernel", "passes/linalg", "passes/buffer", "passes/schedule", "passes/vector", "passes/llvm",
                          "dialects/cnn", "dialects/kernel", "dialects/target", "compiler/output"],
    "compiler/emit": ["dialects/kernel", "dialects/target", "compiler/output"],
    "compiler/tune": ["dialects/cnn", "dialects/target", "passes/layout", "passes/schedule", "compiler/output", "cnnc"],
    "compiler/api": ["compiler/import", "compiler/output", "compiler/pipeline", "compiler/emit", "compiler/tune", "dialects/kernel", "dialects/target"],
    "compiler/driver": ["compiler/api", "compiler/output"],
    "runtime": ["cnnc", "dialects/target/Types.def"],
    "tools/runner": ["cnnc", "dialects/target/Types.def"],
    "tools/bench": ["compiler/api", "cnnc"],
    "tools/cmake": [],
    "tools/cnnc": ["compiler/driver"],
    "tools/cnnc-bench": ["tools/bench"],
    "tools/cnnc-opt": ["compiler/pipeline"],
    "tools/cnnc-run": ["tools/runner"],
}
# What a machine is in detail -> the rooms that may ask: its exit's. All others ask the interface TargetAttr.
MACHINES = {
    "CpuAttr": ("dialects/target", "passes/vector", "passes/llvm", "compiler/emit", "compiler/api", "compiler/tune"),
    "GpuAttr": ("dialects/target", "passes/gpu", "compiler/emit", "compiler/api"),
}
# The namespace of a room is its folder's name, but where MLIR, LLVM or a dialect has that name already.
NAMESPACES = {"passes/kernel": "to_kernel", "passes/linalg": "to_linalg", "passes/vector": "to_vector", "passes/gpu": "to_gpu", "passes/llvm": "to_llvm",
              "compiler/import": "importing"}
HOUSE = ("dialects", "passes", "compiler", "runtime", "tools")
FILE_LINES, FUNCTION_LINES, MAIN_LINES = 500, 80, 15


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in out.stdout.splitlines() if not line.startswith("third_party/") and (ROOT / line).exists()]


def room_of(name):
    """Of a path from the root: the first two folders, or the first of those that are one room."""
    folders = name.split("/")[:-1]
    return "/".join(folders[:1 if folders[:1] in (["runtime"], ["cnnc"], ["third_party"]) else 2])


def check_includes(errors):
    for path in tracked("*.c", "*.cpp", "*.h", "*.hpp", "*.def"):
        name = path.relative_to(ROOT).as_posix()
        room = room_of(name)
        if not name.startswith(tuple(f"{floor}/" for floor in HOUSE)):
            continue
        if room not in SEES:
            errors.append(f"{name}: the room {room} is not drawn")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include "((?:dialects|passes|compiler|runtime|tools|cnnc|third_party)/[^"]+)"', line)
            if match and not {room_of(match[1]), match[1]} & {*SEES[room], room}:
                errors.append(f"{name}:{number}: {room} may not include {match[1]}")


def check_namespaces(errors):
    for path in tracked("dialects/*.h", "passes/*.h", "compiler/*.h", "tools/*.h"):
        name = path.relative_to(ROOT).as_posix()
        space = NAMESPACES.get(room_of(name), name.split("/")[1])
        for found in re.findall(r"^namespace (cnnc\S*) \{", path.read_text(), re.M):
            if found != f"cnnc::{space}":
                errors.append(f"{name}: declares in {found}, not in its room's cnnc::{space}")


def check_machines(errors):
    for path in tracked("*.c", "*.cpp", "*.h", "*.hpp", "*.def", "*.td"):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(tuple(f"{floor}/" for floor in HOUSE)):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for machine, rooms in MACHINES.items():
                if re.search(rf"\b{machine}\b", line) and room_of(name) not in rooms:
                    errors.append(f"{name}:{number}: {room_of(name)} may not mention {machine}; TargetAttr is what it may ask")


def check_mirror(errors):
    for room in (ROOT / "passes").iterdir():
        record = room / "Passes.td"
        if not record.exists():
            continue
        for name in re.findall(r"^def (\w+?)(?:Pass)? *: *\w*Pass<", record.read_text(), re.M):
            source = room / f"{name}.cpp"
            kebab = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
            test = ROOT / "test" / "passes" / room.name / f"{kebab}.mlir"
            for file in (source, test):
                if not file.exists():
                    errors.append(f"{record.relative_to(ROOT)}: pass {name} has no {file.relative_to(ROOT)}")


# What a brace cannot stand for: comments, strings, characters and preprocessor lines. Their line ends stay.
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.S | re.M)
SCOPE = re.compile(r'^(?:template\s*<.*>\s*)?(?:inline\s+)?(?:namespace|extern|class|struct|union)\b')


def opens_function(head):
    """Whether a brace after `head`, the text since the last statement, opens a function's body."""
    outside = re.sub(r"\([^()]*\)", "()", re.sub(r"\([^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*\)", "()", head))
    return "()" in outside and ("operator" in outside or "=" not in outside)


def find_functions(text):
    """(first line, last line) of each function of a C or C++ file, members and those in namespaces too."""
    text = NO_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    found, open_braces, head = [], [], 0
    for match in re.finditer(r"[;{}]", text):
        at, inside = match.start(), any(kind != "scope" for kind, _ in open_braces)
        if match[0] == "{":
            before = text[head:at]
            start = head + len(before) - len(before.lstrip())
            if inside or before[-1:].isalnum():  # a statement's, or the initialiser of a member
                kind = "other"
            elif SCOPE.match(before.strip()) and not before.rstrip().endswith(")"):
                kind = "scope"
            else:
                kind = "function" if opens_function(before) else "other"
            open_braces.append((kind, start))
            head = at + 1 if kind == "scope" else head
        elif match[0] == "}" and open_braces:
            kind, start = open_braces.pop()
            if kind == "function":
                found.append((text.count("\n", 0, start) + 1, text.count("\n", 0, at) + 1))
            head = at + 1 if kind != "other" else head
        elif not inside:
            head = at + 1
    return found


def check_bounds(errors):
    for path in tracked("*.c", "*.cpp", "*.h", "*.hpp"):
        name, text = path.relative_to(ROOT), path.read_text()
        lines = text.count("\n")
        if lines > FILE_LINES:
            errors.append(f"{name}: {lines} lines, at most {FILE_LINES}")
        if path.name == "main.cpp" and lines > MAIN_LINES:
            errors.append(f"{name}: {lines} lines, at most {MAIN_LINES} for a main")
        for first, last in find_functions(text):
            if last - first + 1 > FUNCTION_LINES:
                errors.append(f"{name}:{first}: function of {last - first + 1} lines, at most {FUNCTION_LINES}")


def check_licence(errors):
    for path in tracked("*.c", "*.cpp", "*.h", "*.hpp", "*.td", "*.def", "*.py", "CMakeLists.txt", "*.cmake"):
        if "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception" not in "".join(path.read_text().splitlines(True)[:4]):
            errors.append(f"{path.relative_to(ROOT)}: no licence line")


def main():
    errors = []
    for check in (check_includes, check_machines, check_namespaces, check_mirror, check_bounds, check_licence):
        check(errors)
    print("\n".join(errors) or "the house stands as drawn")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
