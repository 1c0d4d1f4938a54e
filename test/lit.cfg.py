# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import os
import sys
import lit.formats

config.name = "cnnc"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".mlir", ".test"]
config.excludes = ["unit", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.build_dir, "test")
tools = [os.path.join(config.build_dir, "bin"), "/usr/lib/llvm-22/bin"]
config.environment["PATH"] = os.pathsep.join(tools + [os.environ["PATH"]])
config.substitutions.append(("%bin", os.path.join(config.build_dir, "bin")))
config.substitutions.append(("%python", sys.executable))
config.substitutions.append(("%schema", os.path.join(os.path.dirname(os.path.dirname(__file__)), "third_party", "onnx")))
# The levels that this machine runs. cnnc-run fails where CNNC_ISA names another; what is skipped is said.
flags = open("/proc/cpuinfo").read().split() if os.path.exists("/proc/cpuinfo") else []
NEEDS = {"x86-64-v2": ["sse4_2"], "x86-64-v3": ["avx2", "fma", "bmi2"], "x86-64-v4": ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]}
levels = [level for level, needs in NEEDS.items() if all(need in flags for need in needs)]
for level in NEEDS:
    if level not in levels:
        # lit's own notes are left out where it is asked to be quiet.
        print(f"tests of {level} are skipped: this machine does not have it (AVX-512 runs emulated in e2e/emulated-v4.test)", file=sys.stderr)
config.substitutions.append(("%levels", " ".join(levels)))
for variable in ("HOME", "CNNC_ISA", "CNNC_NUM_THREADS", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if variable in os.environ:
        config.environment[variable] = os.environ[variable]
config.substitutions.append(("%build", config.build_dir))


def machine_levels():
    """The levels of x86-64 that this machine runs: cnnc-run refuses the others."""
    with open("/proc/cpuinfo") as cpuinfo:
        flags = set(cpuinfo.read().split())
    levels = {"x86-64-v2": {"sse4_2"}, "x86-64-v3": {"avx2", "fma", "f16c"}, "x86-64-v4": {"avx512f", "avx512bw", "avx512dq", "avx512vl"}}
    return [level for level, needs in levels.items() if needs <= flags]


config.substitutions.append(("%levels", " ".join(machine_levels())))
