# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One library of all levels: each that the machine has can be had by its name, the last one is taken without, and all give the same bits.

usage: levels.py FOLDER   (cnnc, cnnc-run and the aarch64 one of CNNC_RUN_AARCH64 are on the path)

The model is a product of bytes, which is where levels differ in more than width.
"""
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

FOLDER = pathlib.Path(sys.argv[1])
PIXELS, CHANNELS, OUT_CHANNELS = 37, 24, 40
LEVELS = {"x86_64": {"x86-64-v2": set(), "x86-64-v3": {"avx2", "fma"}, "x86-64-v3-vnni": {"avx2", "fma", "avx_vnni"},
                     "x86-64-v4": {"avx512f", "avx512bw", "avx512vl"}, "x86-64-v4-vnni": {"avx512f", "avx512bw", "avx512vl", "avx512_vnni"}},
          "aarch64": {"neon": set(), "neon-dotprod": {"asimddp"}}}


def compile_model(family, filter):
    panels = -(-OUT_CHANNELS // 16)
    packed = np.zeros((panels * 16, CHANNELS), np.int8)
    packed[:OUT_CHANNELS] = filter
    packed = packed.reshape(panels, 16, CHANNELS // 4, 4).transpose(0, 2, 1, 3).reshape(panels, 1, CHANNELS // 4, 16, 4)
    a, out = f"tensor<1x1x{PIXELS}x{CHANNELS}xi8>", f"tensor<1x1x{PIXELS}x{OUT_CHANNELS}xi32>"
    panel = f"tensor<{'x'.join(map(str, packed.shape))}xi8>"
    levels = ", ".join(f'"{level}"' for level in LEVELS[family])
    source = FOLDER / f"{family}.mlir"
    source.write_text(f"""module attributes {{cnnc.phase = "kernel", cnnc.target = #target.cpu<"{family}", levels = [{levels}]>}} {{
  func.func @main(%a: {a} {{cnnc.name = "a", cnnc.unsigned}}) -> ({out} {{cnnc.name = "sums"}}) {{
    %w = arith.constant dense<"0x{np.ascontiguousarray(packed).tobytes().hex()}"> : {panel}
    %e = tensor.empty() : {out}
    %r = kernel.contract ins(%a, %w : {a}, {panel}) outs(%e : {out}) {{a_order = #kernel<channel_order last>,
      out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      group = 1 : i64, in_channels = {CHANNELS} : i64, out_channels = {OUT_CHANNELS} : i64}} -> {out}
    return %r : {out}
  }}
}}
""")
    subprocess.run(["cnnc", source, "-o", FOLDER / f"{family}.so"], check=True)
    return FOLDER / f"{family}.so"


def run(command, library, level=None):
    """The level that ran, or None where it was refused, and the sums."""
    environment = {**os.environ, "CNNC_ISA": level or ""}
    done = subprocess.run([*command, library, "--input", f"a={FOLDER / 'a.npy'}", "--save", FOLDER, "--benchmark=0.001"], env=environment, capture_output=True, text=True)
    if level and done.returncode == 2 and f"CNNC_ISA={level} is ignored: this processor lacks it" in done.stderr:
        return None, None
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])["isa"], np.load(FOLDER / "output_0.npy")


def check(family, command, has, expected):
    library = compile_model(family, filter)
    here = [level for level, needs in LEVELS[family].items() if needs <= has]
    for level in LEVELS[family]:
        ran, sums = run(command, library, level)
        assert ran == (level if level in here else None), f"asked for {level}, but ran {ran}"
        assert ran is None or np.array_equal(sums, expected), level
    ran, sums = run(command, library)
    assert ran == here[-1] and np.array_equal(sums, expected), f"{ran} ran, but {here[-1]} is the last of {here}"
    print(f"{family}: {', '.join(here)}")


random = np.random.default_rng(5)
image = random.integers(0, 256, (1, 1, PIXELS, CHANNELS)).astype(np.uint8)
filter = random.integers(-128, 128, (OUT_CHANNELS, CHANNELS)).astype(np.int8)
image.flat[::5], filter.flat[::3] = 255, -128
np.save(FOLDER / "a.npy", image)
expected = image.astype(np.int32) @ filter.astype(np.int32).T
flags = set(open("/proc/cpuinfo").read().split())
check("x86_64", ["cnnc-run"], flags, expected)
for cpu, has in (("max", {"asimddp"}), ("cortex-a53", set())):
    check("aarch64", ["qemu-aarch64", "-cpu", cpu, "-L", "/usr/aarch64-linux-gnu", os.environ["CNNC_RUN_AARCH64"]], has, expected)
