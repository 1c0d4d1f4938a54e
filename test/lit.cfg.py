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
for variable in ("HOME", "CNNC_ISA", "CNNC_NUM_THREADS"):
    if variable in os.environ:
        config.environment[variable] = os.environ[variable]
config.substitutions.append(("%build", config.build_dir))
