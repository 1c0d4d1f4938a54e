# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators on tensors without elements, against numpy. usage: empty.py FOLDER_OF_CNNC"""
import sys

import numpy as np

from models import DOUBLE, FLOAT, INT32, INT64, Tools, node

F = np.float32
X = np.arange(6, dtype=F).reshape(2, 3)
MAP = np.arange(48, dtype=F).reshape(1, 3, 4, 4)
INPUTS = {
    "x": (FLOAT, X), "none": (FLOAT, np.zeros((0, 3), F)), "hollow": (FLOAT, np.zeros((2, 0, 4), F)), "whole": (INT32, np.zeros((2, 0), np.int32)),
    "wide": (DOUBLE, np.zeros((2, 0))), "map": (FLOAT, MAP), "nomaps": (FLOAT, np.zeros((0, 3, 4, 4), F)),
    "nochannels": (FLOAT, np.zeros((1, 0, 4, 4), F)), "flat": (FLOAT, np.zeros((1, 3, 0, 4), F)), "left": (FLOAT, np.zeros((2, 0), F)),
    "right": (FLOAT, np.zeros((0, 5), F)), "vector": (FLOAT, np.zeros(0, F)), "filter": (FLOAT, np.ones((2, 3, 3, 3), F)),
    "nofilter": (FLOAT, np.zeros((2, 0, 3, 3), F)), "bias": (FLOAT, np.array([1, 2], F)), "ones": (FLOAT, np.ones(3, F)),
}
# Constants that shapes and parts are read from.
CONSTANTS = {"axis1": [1], "all": [0, 1, 2], "zero": [0], "zero1": [0, 0], "one": [1], "four": [4], "to03": [0, 3], "to204": [2, 0, 4], "to30": [3, 0],
             "expand": [5, 0, 3], "parts": [3, 0], "pads": [1, 0, 1, 0], "tiles": [2, 0], "nothing": [], "ends": [0], "unsqueeze": [0], "axes0": [0]}
INF, NAN = np.inf, np.nan


def full(shape, value, dtype=F):
    return np.full(shape, value, dtype)


def empty(*shape, dtype=F):
    return np.zeros(shape, dtype)


# (operator, inputs, attributes, expected outputs)
CASES = [
    ("Relu", ["none"], {}, [empty(0, 3)]),
    ("Add", ["none", "ones"], {}, [empty(0, 3)]),
    ("Mul", ["none", "none"], {}, [empty(0, 3)]),
    ("Cast", ["none"], {"to": INT64}, [empty(0, 3, dtype=np.int64)]),
    ("Softmax", ["hollow"], {"axis": 1}, [empty(2, 0, 4)]),
    ("Transpose", ["hollow"], {"perm": [2, 1, 0]}, [empty(4, 0, 2)]),
    ("Identity", ["none"], {}, [empty(0, 3)]),
    ("Concat", ["x", "none"], {"axis": 0}, [X]),
    ("Concat", ["none", "x", "none", "x"], {"axis": 0}, [np.concatenate([X, X])]),
    ("Concat", ["none", "none"], {"axis": 0}, [empty(0, 3)]),
    ("Concat", ["vector", "x"], {"axis": 0}, [X]),
    ("Concat", ["x", "vector"], {"axis": 1}, [X]),
    ("Reshape", ["none", "to204"], {"allowzero": 1}, [empty(2, 0, 4)]),
    ("Reshape", ["none", "to03"], {}, [empty(0, 3)]),
    ("Reshape", ["hollow", "to30"], {"allowzero": 1}, [empty(3, 0)]),
    ("Flatten", ["hollow"], {"axis": 1}, [empty(2, 0)]),
    ("Unsqueeze", ["none", "unsqueeze"], {}, [empty(1, 0, 3)]),
    ("Expand", ["ones", "expand"], {}, [empty(5, 0, 3)]),
    ("Tile", ["x", "tiles"], {}, [empty(4, 0)]),
    ("Slice", ["x", "one", "ends", "one"], {}, [empty(2, 0)]),
    ("Split", ["x", "parts"], {"axis": 1}, [X, empty(2, 0)]),
    ("Gather", ["x", "nothing"], {"axis": 0}, [empty(0, 3)]),
    ("Gather", ["none", "one"], {"axis": 1}, [empty(0, 1)]),
    ("Pad", ["none", "pads"], {}, [full((2, 3), 0)]),
    ("Where", ["mask", "none", "ones"], {}, [empty(0, 3)]),
    ("Shape", ["hollow"], {}, [np.array([2, 0, 4], np.int64)]),
    ("Size", ["hollow"], {}, [np.array(0, np.int64)]),
    ("NonZero", ["zero1"], {}, [empty(1, 0, dtype=np.int64)]),
    ("ConstantOfShape", ["to03"], {}, [empty(0, 3)]),
    ("ReduceSum", ["hollow", "axis1"], {}, [full((2, 1, 4), 0)]),
    ("ReduceSum", ["hollow", "all"], {"keepdims": 0}, [full((), 0)]),
    ("ReduceSum", ["hollow", "axes0"], {}, [empty(1, 0, 4)]),
    ("ReduceProd", ["hollow", "axis1"], {}, [full((2, 1, 4), 1)]),
    ("ReduceMax", ["hollow", "axis1"], {}, [full((2, 1, 4), -INF)]),
    ("ReduceMin", ["hollow", "axis1"], {}, [full((2, 1, 4), INF)]),
    ("ReduceMean", ["hollow", "axis1"], {}, [full((2, 1, 4), NAN)]),
    ("ReduceL1", ["hollow", "axis1"], {}, [full((2, 1, 4), 0)]),
    ("ReduceL2", ["hollow", "axis1"], {}, [full((2, 1, 4), 0)]),
    ("ReduceSumSquare", ["hollow", "axis1"], {}, [full((2, 1, 4), 0)]),
    ("ReduceLogSum", ["hollow", "axis1"], {}, [full((2, 1, 4), -INF)]),
    ("ReduceLogSumExp", ["hollow", "axis1"], {}, [full((2, 1, 4), -INF)]),
    ("ReduceMax", ["whole", "axis1"], {}, [full((2, 1), -2**31, np.int32)]),
    ("ReduceMin", ["whole", "axis1"], {}, [full((2, 1), 2**31 - 1, np.int32)]),
    ("ReduceProd", ["whole", "axis1"], {}, [full((2, 1), 1, np.int32)]),
    ("ReduceMax", ["wide", "axis1"], {}, [full((2, 1), -INF, np.float64)]),
    ("GlobalAveragePool", ["flat"], {}, [full((1, 3, 1, 1), NAN)]),
    ("GlobalMaxPool", ["flat"], {}, [full((1, 3, 1, 1), -INF)]),
    ("MatMul", ["left", "right"], {}, [full((2, 5), 0)]),
    ("MatMul", ["none", "cube"], {}, [empty(0, 4)]),
    ("Gemm", ["left", "right", "one5"], {}, [full((2, 5), 1)]),
    ("Conv", ["nomaps", "filter"], {}, [empty(0, 2, 2, 2)]),
    ("Conv", ["nochannels", "nofilter", "bias"], {}, [np.tile(np.array([1, 2], F).reshape(1, 2, 1, 1), (1, 1, 2, 2))]),
    ("Conv", ["nochannels", "nofilter"], {"pads": [1, 1, 1, 1]}, [full((1, 2, 4, 4), 0)]),
    ("MaxPool", ["nomaps"], {"kernel_shape": [2, 2]}, [empty(0, 3, 3, 3)]),
    ("AveragePool", ["nochannels"], {"kernel_shape": [2, 2]}, [empty(1, 0, 3, 3)]),
    ("InstanceNormalization", ["nomaps", "ones", "ones"], {}, [empty(0, 3, 4, 4)]),
    ("LayerNormalization", ["none", "ones"], {"axis": -1}, [empty(0, 3)]),
    ("LRN", ["nochannels"], {"size": 3}, [empty(1, 0, 4, 4)]),
]


def main():
    given = dict(INPUTS)
    given["cube"] = (FLOAT, np.ones((3, 4), F))
    given["one5"] = (FLOAT, np.ones((1, 5), F))
    given["mask"] = (9, np.zeros((0, 3), np.bool_))
    constants = {name: (INT64, np.array(value, np.int64)) for name, value in CONSTANTS.items()}
    nodes, names, wanted = [], [], []
    for number, (op, inputs, attributes, expected) in enumerate(CASES):
        outputs = [f"y{number}_{i}" for i in range(len(expected))]
        nodes.append(node(op, inputs, outputs, **attributes))
        names += outputs
        wanted += [(f"{op} of {', '.join(inputs)}", one) for one in expected]
    # What has elements again reaches a kernel: nothing beside a map is the map.
    nodes += [node("Concat", ["map", "nochannels"], ["beside"], axis=1), node("Conv", ["beside", "filter"], ["convolved"])]
    windows = np.lib.stride_tricks.sliding_window_view(MAP[0], (3, 3), (1, 2)).sum((0, 3, 4))
    names.append("convolved")
    wanted.append(("Conv of Concat", np.stack([windows, windows])[None].astype(F)))
    failures = 0
    for way, outputs in Tools(sys.argv[1]).outputs(nodes, given, names, constants=constants):
        for name, (case, expected) in zip(names, wanted):
            found = outputs[name]
            if found.shape != expected.shape or found.dtype != expected.dtype or not np.array_equal(found, expected, equal_nan=expected.dtype.kind == "f"):
                failures += 1
                print(f"{way}: {case}: requires {expected.dtype}{list(expected.shape)} {expected.ravel()[:4]}, but found {found.dtype}{list(found.shape)} {found.ravel()[:4]}")
    print(f"{len(wanted)} cases, {failures} failures")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
