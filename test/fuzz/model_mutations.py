#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Changes the structure of models, field by field, and compiles what comes out: nothing may crash, hang or eat the machine.

usage: model_mutations.py (--cnnc PATH | --each PATH) [--count N] [--seed S] [--keep DIR] [--originals] [MODEL.onnx ...]

The models are those named and ONNX's node tests. A mutation reads the messages by ONNX's schema and gives a number or a name another
value (a hostile one, or that of a field of the same kind), drops, doubles, moves or replaces nodes, attributes, tensors and what else
repeats, takes parts from another model, or flips bytes. With --cnnc each is compiled; with --each the program import-each imports them,
many in one process, which under sanitizers is a hundred times faster. With --originals all models go there unchanged first.
"""
import argparse
import os
import pathlib
import random
import struct
import subprocess
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "onnx"))
import byte_flips  # noqa: E402
import wire  # noqa: E402

# Message -> its fields that are messages. All other fields of wire type 2 are text, data or packed numbers.
SCHEMA = {
    "Model": {7: "Graph", 8: "Opset", 25: "Function"}, "Graph": {1: "Node", 5: "Tensor", 11: "Value", 12: "Value", 13: "Value"},
    "Node": {5: "Attribute"}, "Attribute": {5: "Tensor", 6: "Graph", 10: "Tensor", 11: "Graph"}, "Value": {2: "Type"},
    "Type": {1: "TensorType"}, "TensorType": {2: "Shape"}, "Shape": {1: "Dim"}, "Function": {7: "Node", 9: "Opset", 11: "Attribute"},
    "Opset": {}, "Tensor": {}, "Dim": {},
}
INTEGERS = (0, 1, -1, 2, 3, 5, 17, 64, 255, 65536, 2**31 - 1, -2**31, 2**32, 2**40, 2**62, 2**63 - 1, -2**63)
FLOATS = (0.0, -0.0, 1.0, -1.0, float("nan"), float("inf"), -float("inf"), 1e38, 1e-45)
TEXTS = (b"", b"x", b"Relu", b"Conv", b"Reshape", b"If", b"SAME_UPPER", b"\x1b[31m\n", b"\xff\xfe", b"a" * 5000, b"..", b"com.microsoft")
BATCH = 200


def parse(data, kind):
    """A list of [number, wire type, value, message]: the value of a field that is a message is such a list."""
    tree = []
    for number, wire_type, value in wire.decode(data):
        inner = SCHEMA[kind].get(number) if wire_type == wire.BYTES else None
        tree.append([number, wire_type, parse(value, inner) if inner else value, inner])
    return tree


def serialise(tree):
    return wire.encode([(number, wire_type, serialise(value) if inner else value) for number, wire_type, value, inner in tree])


def walk(tree, kind="Model"):
    """(list that holds the field, index, message of that list) of every field."""
    for index, (_, _, value, inner) in enumerate(tree):
        yield tree, index, kind
        if inner:
            yield from walk(value, inner)


def change_value(rng, field, kind, places):
    number, wire_type, value, inner = field
    same = [tree[i][2] for tree, i, other in places if other == kind and tree[i][:2] == [number, wire_type]]
    if inner or rng.random() < 0.3:
        return rng.choice(same)
    if wire_type == wire.VARINT:
        return rng.choice((*INTEGERS, value + 1, value - 1, 2 * value)) & (1 << 64) - 1
    if wire_type == wire.FIXED32:
        return struct.pack("<f", rng.choice(FLOATS))
    if len(value) > 8 and kind == "Tensor":  # data: cut, or of other numbers
        return value[:rng.randrange(len(value))] if rng.random() < 0.5 else struct.pack("<q", rng.choice(INTEGERS)) * (len(value) // 8)
    return rng.choice(TEXTS)


def mutate_once(rng, tree, other):
    """Each kind of message is as likely as the others: a tensor's bytes do not crowd the few attributes out."""
    places = list(walk(tree))
    kinds = sorted({kind for _, _, kind in places})
    chosen = rng.choice(kinds)
    holder, index, kind = rng.choice([place for place in places if place[2] == chosen])
    action = rng.random()
    if action < 0.5:
        holder[index][2] = change_value(rng, holder[index], kind, places)
    elif action < 0.62:
        del holder[index]
    elif action < 0.74:
        holder.insert(rng.randrange(len(holder) + 1), list(holder[index]))
    elif action < 0.84:
        at = rng.randrange(len(holder))
        holder[index], holder[at] = holder[at], holder[index]
    else:
        parts = [list(tree[i]) for tree, i, theirs in walk(other) if theirs == kind]
        if parts:
            holder.insert(index, rng.choice(parts))


def mutate(rng, data, other):
    if rng.random() < 0.15:
        return byte_flips.damage(data, rng)
    tree = parse(data, "Model")
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        if tree:
            # Parsed again: what was doubled becomes two.
            tree = parse(serialise(tree), "Model")
            mutate_once(rng, tree, parse(other, "Model"))
    return serialise(tree)


def read_models(paths):
    models = {path.name: path.read_bytes() for path in paths}
    with tarfile.open(HERE.parent / "onnx/nodes.tar.xz") as archive:
        for entry in archive:
            if entry.name.endswith("/model.onnx"):
                models[entry.name.split("/")[0]] = archive.extractfile(entry).read()
    return models


def import_batch(program, batch):
    """(name, what went wrong) of each of the (name, path) that import-each does not end well for."""
    while batch:
        lines = "".join(f"{path}\n" for _, path in batch)
        environment = {"ASAN_OPTIONS": "detect_leaks=0", **os.environ}
        environment["ASAN_OPTIONS"] += f":hard_rss_limit_mb={byte_flips.BYTES >> 20}:allocator_may_return_null=1"
        done = subprocess.run([program], input=lines, capture_output=True, text=True, errors="replace", env=environment)
        said = [line for line in done.stdout.split("\n") if line.startswith(tuple(str(path) for _, path in batch))]
        for (name, path), line in zip(batch, said):
            if not line.startswith((f"{path}: imported", f"{path}: refused: ")) or line.endswith("refused: "):
                yield name, line
        if done.returncode == 0 and len(said) == len(batch):
            return
        if len(said) == len(batch):
            yield batch[-1][0], f"exit code {done.returncode} at the end: {done.stderr[-2000:]}"
            return
        yield batch[len(said)][0], f"exit code {done.returncode}: {done.stderr[:3000]}"
        batch = batch[len(said) + 1:]


def compile_batch(program, batch):
    for name, path in batch:
        with tempfile.TemporaryDirectory() as folder:
            problem = byte_flips.attempt(program, path.read_bytes(), pathlib.Path(folder))
        if problem:
            yield name, problem


def draw(args, models):
    """(name, bytes) of each model to try."""
    names = sorted(models)
    if args.originals:
        yield from models.items()
    for number in range(args.count):
        rng = random.Random(f"{args.seed} {number}")
        # Half of the mutations are of the networks that were named.
        name = rng.choice([path.name for path in args.models] if args.models and rng.random() < 0.5 else names)
        yield f"mutation {number} of {name}", mutate(rng, models[name], models[rng.choice(names)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=pathlib.Path)
    program = parser.add_mutually_exclusive_group(required=True)
    program.add_argument("--cnnc")
    program.add_argument("--each")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--originals", action="store_true")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the models that fail")
    args = parser.parse_args()
    todo, failures = list(draw(args, read_models(args.models))), 0
    for start in range(0, len(todo), BATCH):
        with tempfile.TemporaryDirectory() as folder:
            batch = []
            for number, (name, data) in enumerate(todo[start:start + BATCH]):
                batch.append((name, pathlib.Path(folder) / f"{number}.onnx"))
                batch[-1][1].write_bytes(data)
            for name, problem in import_batch(args.each, batch) if args.each else compile_batch(args.cnnc, batch):
                failures += 1
                print(f"{name}: {problem}", flush=True)
                if args.keep:
                    args.keep.mkdir(parents=True, exist_ok=True)
                    (args.keep / f"{name.replace(' ', '_')}.onnx").write_bytes(dict(todo)[name])
    print(f"{len(todo) - failures} of {len(todo)} models end well")
    return failures > 0 or not todo


if __name__ == "__main__":
    sys.exit(main())
