#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles a model under every name, and tensors under every name; a C program that includes all headers calls each.

usage: names.py --cnnc PATH --cc PATH --folder FOLDER
"""
import argparse
import pathlib
import re
import subprocess
import sys

STEMS = ["step", "step_1", "step-10000", "kernel", "kernel_x", "kernel_table_0", "cnnc", "cnnc_rt", "cnnc_model", "CNNC_abi", "main", "int", "class",
         "3d-net", ".", "网络", "a b", "a\nb", "printf", "memcpy", "malloc", "exit", "environ", "_start", "errno", "linux", "I", "x" * 230, "model.tar"]
TENSORS = ["arena", "scratch", "input", "count", "COUNT", "errno", "stdin", "stdout", "EOF", "NULL", "assert", "INT8_MAX", "I", "true", "bool", "complex",
           "unix", "linux", "a b", "a_b", "a.b", "A_B", "x", "X", "x_2", "x_BYTES", "int", "class", "and", "xor_eq", "nullptr", "uint8_t", "float", "_x", "__x",
           "0", "0.5", "", "网络", "a*/ int b; /*", "a??/", "a\nint b;", "a\x1b[31m", "\u202e", "st_mtime", "si_pid", "SYS_open", "PRId64", "M_PI", "SIGINT", "LONG_MAX",
           "printf", "none", "data", "prob", "h_errno", "signals_inputs", "environ", "offsetof", "alloca", "major", "i386", "near", "this", "asm", "typeof"]
HEADERS = """assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic stdbool stddef stdint
stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype aio alloca arpa/inet dirent dlfcn elf endian err execinfo fcntl fnmatch ftw getopt
glob grp ifaddrs langinfo link malloc net/if netdb netinet/in netinet/tcp poll pthread pwd regex sched search semaphore spawn strings sys/epoll sys/ioctl
sys/ipc sys/mman sys/msg sys/param sys/resource sys/select sys/sem sys/shm sys/socket sys/stat sys/statvfs sys/syscall sys/sysmacros sys/time sys/times
sys/types sys/uio sys/un sys/utsname sys/wait syslog termios ucontext unistd utime utmpx wordexp""".split()
# Of C alone: these mean something else in C++, or nothing.
C_ONLY = {"complex", "stdatomic", "tgmath", "threads", "stdnoreturn", "iso646", "stdalign", "stdbool"}


def includes(names):
    return "#ifndef _GNU_SOURCE\n#define _GNU_SOURCE\n#endif\n" + "".join(f"#include <{name}.h>\n" for name in names)


def quote(text):
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else "".join(f"\\{b:02X}" for b in c.encode()) for c in text) + '"'


def write_model(path, tensors):
    arguments = ", ".join(f"%x{i}: tensor<2xf32> {{cnnc.name = {quote(name)}}}" for i, name in enumerate(tensors))
    results = ", ".join(f"tensor<2xf32> {{cnnc.name = {quote(name)}}}" for name in tensors)
    path.write_text('module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {\n'
                    f"  func.func @main({arguments}) -> ({results}) {{\n"
                    f"    return {', '.join(f'%x{i}' for i in range(len(tensors)))} : {', '.join(['tensor<2xf32>'] * len(tensors))}\n  }}\n}}\n")


def fields(header, role):
    body = re.search(r"typedef struct \w+_%s \{\n(.*?)\n\} " % role, header, re.S)[1]
    return re.findall(r"\*(\w+); /\*", body)


def program(header, stem):
    """Sets each field by its name, and looks whether each output is its input."""
    inputs, outputs = fields(header, "inputs"), fields(header, "outputs")
    lines = [f"static float from[{len(inputs)}][2], to[{len(outputs)}][2];", "int main(void) {", f"  {stem}_inputs in;", f"  {stem}_outputs out;"]
    for i, (a, b) in enumerate(zip(inputs, outputs)):
        macro = f"{stem.upper()}_INPUT_{a.upper()}_BYTES + {stem.upper()}_OUTPUT_{b.upper()}_ELEMENTS"
        lines.append(f"  in.{a} = from[{i}]; from[{i}][0] = {i}; from[{i}][1] = 2; out.{b} = to[{i}]; if ({macro} != 10) return 3;")
    lines.append(f"  if ({stem}_run(&in, &out)) return 1;")
    lines.append(f"  return memcmp(from, to, sizeof from) ? 2 : 0;\n}}")
    return "\n".join(lines) + "\n"


def check(args, source, output, folder, hostile):
    """`hostile`: with all standard headers."""
    def run(*command):
        done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, errors="replace")
        if done.returncode:
            sys.exit(f"{output!r}: {command[0]} ends with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    library = folder / (output + ".so")
    run(args.cnnc, source, "-O0", "-o", library)
    header_path = library.with_suffix(".h")
    header = header_path.read_text()
    stem = re.search(r"int (\w+)_run\(", header)[1]
    header_path.rename(folder / "it.h")
    flags = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
    (folder / "it.c").write_text(includes(HEADERS if hostile else ["string"]) + '#include "it.h"\n' + program(header, stem))
    run(args.cc, "-std=c11", *flags, "it.c", f"./{library.name}", "-Wl,-rpath,.", "-o", "it")
    run("./it")
    (folder / "it.cpp").write_text(includes([h for h in HEADERS if h not in C_ONLY] if hostile else []) + '#include "it.h"\nint main() { return 0; }\n')
    run(args.cc, "-x", "c++", "-std=c++17", *flags, "-fsyntax-only", "it.cpp")
    library.unlink()
    return stem


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cnnc", required=True)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    one, all_names, many = (args.folder / f"{name}.mlir" for name in ("one", "all", "many"))
    write_model(one, ["x"])
    write_model(all_names, TENSORS)
    write_model(many, ["x"] * 100 + [f"t{i}" for i in range(100)])
    for stem in STEMS:
        print(f"{stem!r}: {check(args, one, stem, args.folder, hostile=False)}")
    for model in (all_names, many):
        print(f"{model.name}: {check(args, model, 'net', args.folder, hostile=True)}")


if __name__ == "__main__":
    main()
