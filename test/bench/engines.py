# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""cnnc and its peers behind one face: prepare(model, work, shape) makes a model's files once, an instance opens them with so many
threads, run(x) answers with the outputs in the graph's order. All at fp32."""
import ctypes
import importlib.metadata
import importlib.util
import pathlib
import subprocess
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]


class ContextOptions(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("threads", ctypes.c_uint32), ("pool", ctypes.c_void_p), ("memory", ctypes.c_void_p),
                ("memory_bytes", ctypes.c_uint64), ("profile", ctypes.c_uint32), ("reserved", ctypes.c_uint32)]


class StepProfile(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("algorithm", ctypes.c_char_p), ("macs", ctypes.c_int64), ("bytes", ctypes.c_int64),
                ("milliseconds", ctypes.c_double)]


class Tensor(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("shape", ctypes.POINTER(ctypes.c_int64)), ("symbols", ctypes.c_void_p),
                ("bytes", ctypes.c_uint64), ("rank", ctypes.c_uint32), ("type", ctypes.c_uint32)]


class Cnnc:
    name, package = "cnnc", None
    build = ROOT / "build"
    library = "model.so"

    @classmethod
    def prepare(cls, model, work, shape):
        start = time.perf_counter()
        (work / cls.library).parent.mkdir(exist_ok=True)
        subprocess.run([cls.build / "bin/cnnc", model, "-target=x86_64", "-o", work / cls.library], check=True)
        return time.perf_counter() - start

    def __init__(self, work, threads):
        self.lib = lib = ctypes.CDLL(str(self.find_libcnnc()))
        for function in ("cnnc_input", "cnnc_output"):
            getattr(lib, function).restype = ctypes.POINTER(Tensor)
        lib.cnnc_context_isa.restype = ctypes.c_char_p
        lib.cnnc_last_error.restype = ctypes.c_char_p
        self.handle, self.context = ctypes.c_void_p(), ctypes.c_void_p()
        self.check(lib.cnnc_open(str(work / self.library).encode(), ctypes.byref(self.handle)))
        options = ContextOptions(ctypes.sizeof(ContextOptions), threads)
        self.check(lib.cnnc_context_create(self.handle, ctypes.byref(options), ctypes.byref(self.context)))
        self.isa = lib.cnnc_context_isa(self.context).decode()
        self.outputs = []
        for i in range(lib.cnnc_output_count(self.handle)):
            tensor = lib.cnnc_output(self.handle, i).contents
            self.outputs.append(np.zeros([tensor.shape[d] for d in range(tensor.rank)], np.float32))

    @classmethod
    def find_libcnnc(cls):
        return cls.build / "lib/libcnnc.so"

    def count_macs(self):
        options = ContextOptions(ctypes.sizeof(ContextOptions), 1, profile=1)
        context, step, total = ctypes.c_void_p(), StepProfile(), 0
        self.check(self.lib.cnnc_context_create(self.handle, ctypes.byref(options), ctypes.byref(context)))
        for i in range(self.lib.cnnc_step_count(self.handle)):
            self.check(self.lib.cnnc_step_profile_get(context, i, ctypes.byref(step)))
            total += step.macs
        self.lib.cnnc_context_destroy(context)
        return total

    def check(self, status):
        if status:
            raise RuntimeError(self.lib.cnnc_last_error().decode())

    def run(self, x):
        inputs = (ctypes.c_void_p * 1)(x.ctypes.data)
        outputs = (ctypes.c_void_p * len(self.outputs))(*[y.ctypes.data for y in self.outputs])
        self.check(self.lib.cnnc_run(self.context, inputs, outputs))
        return self.outputs


class Base(Cnnc):
    """Another build of cnnc, older say: its folder, or its program alone, whose libraries the present libcnnc then opens."""
    name, library = "base", "base/model.so"
    build = None

    @classmethod
    def find_libcnnc(cls):
        own = cls.build / "lib/libcnnc.so"
        return own if own.exists() else Cnnc.build / "lib/libcnnc.so"


class GraphEngine:
    """Reads the graph itself."""

    @staticmethod
    def prepare(model, work, shape):
        pass


class OnnxRuntime(GraphEngine):
    name = package = "onnxruntime"

    def __init__(self, work, threads):
        import onnxruntime
        onnxruntime.set_default_logger_severity(3)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.session = onnxruntime.InferenceSession(str(work / "model.onnx"), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0]

    def run(self, x):
        return self.session.run(None, {self.input.name: x})


class OpenVino(GraphEngine):
    name = package = "openvino"

    def __init__(self, work, threads):
        import openvino
        settings = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        compiled = openvino.Core().compile_model(str(work / "model.onnx"), "CPU", settings)
        self.request = compiled.create_infer_request()
        self.count = len(compiled.outputs)

    def run(self, x):
        self.request.infer([x], share_inputs=True)
        return [self.request.get_output_tensor(i).data for i in range(self.count)]


class Ncnn:
    name = package = "ncnn"
    opened = []  # for as long as the process: the Python binding keeps results that a destroyed net complains of

    @staticmethod
    def prepare(model, work, shape):
        # pnnx imports all of PyTorch, of which its program needs nothing.
        program = pathlib.Path(importlib.util.find_spec("pnnx").submodule_search_locations[0]) / "pnnx"
        extents = ",".join(map(str, shape))
        subprocess.run([program, model.name, f"inputshape=[{extents}]", "fp16=0"], cwd=work, check=True, capture_output=True, timeout=300)
        # Without an input the graph was not understood.
        if "in0" not in (work / "model.ncnn.param").read_text():
            raise RuntimeError("pnnx did not convert the graph")

    def __init__(self, work, threads):
        import ncnn
        self.ncnn, self.net = ncnn, ncnn.Net()
        self.opened.append(self.net)
        self.net.opt.num_threads = threads
        for kind in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
            setattr(self.net.opt, f"use_{kind}", False)
        if self.net.load_param(str(work / "model.ncnn.param")) or self.net.load_model(str(work / "model.ncnn.bin")):
            raise RuntimeError("ncnn cannot load what pnnx made")

    def run(self, x):
        outputs, extractor = [], self.net.create_extractor()
        extractor.input("in0", self.ncnn.Mat(x[0]))
        for name in sorted(self.net.output_names(), key=lambda name: int(name[3:])):
            status, value = extractor.extract(name)
            if status:
                raise RuntimeError(f"ncnn cannot compute {name}")
            outputs.append(np.array(value)[None])
        return outputs


RIVALS = (OnnxRuntime, OpenVino)
PEERS = (*RIVALS, Ncnn)


def get_versions():
    """Of the peers that are installed."""
    found = {}
    for peer in PEERS:
        try:
            found[peer.package] = importlib.metadata.version(peer.package)
        except importlib.metadata.PackageNotFoundError:
            pass
    if not importlib.util.find_spec("pnnx"):
        found.pop("ncnn", None)
    return found
