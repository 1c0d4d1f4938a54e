# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Double is computed in double: operators against numpy, within 1e-13 where float would be wrong by 1e-7. usage: double.py FOLDER_OF_CNNC"""
import itertools
import math
import sys

import numpy as np

from models import DOUBLE, FLOAT, INT64, Tools, node

TOLERANCE = 1e-13  # sums of a hundred terms, each right to 1e-16
random = np.random.default_rng(0)
X, Z = random.standard_normal((2, 6, 9, 8)), random.random((1, 6, 1, 1)) + 0.5
FILTER, TURNED, BIAS = random.standard_normal((4, 3, 3, 3)), random.standard_normal((6, 2, 3, 3)), random.standard_normal(4)
P, Q = random.standard_normal((2, 1, 5, 7)), random.standard_normal((3, 7, 4))
SIX = random.random((4, 6)) + 0.5


def spread(x, low, high, fill=0.0):
    return np.pad(x, [(0, 0), (0, 0)] + list(zip(low, high)), constant_values=fill)


def windows(x, kernel, strides, dilations, extents):
    """x at every position of every window: N, C, output..., kernel..."""
    out = np.empty(x.shape[:2] + tuple(extents) + tuple(kernel))
    for at in itertools.product(*map(range, kernel)):
        index = tuple(slice(k * d, k * d + (e - 1) * s + 1, s) for k, d, s, e in zip(at, dilations, strides, extents))
        out[(..., *at)] = x[(slice(None), slice(None), *index)]
    return out


def extents_of(x, kernel, strides, dilations):
    return [(size - (k - 1) * d - 1) // s + 1 for size, k, s, d in zip(x.shape[2:], kernel, strides, dilations)]


def conv(x, w, b, groups, strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1)):
    x = spread(x, pads[:2], pads[2:])
    seen = windows(x, w.shape[2:], strides, dilations, extents_of(x, w.shape[2:], strides, dilations))
    seen = seen.reshape(x.shape[0], groups, -1, *seen.shape[2:])
    y = np.einsum("ngiyxkl,goikl->ngoyx", seen, w.reshape(groups, -1, *w.shape[1:]))
    return y.reshape(x.shape[0], -1, *y.shape[3:]) + b.reshape(1, -1, 1, 1)


def conv_transpose(x, w, b, groups, strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1), output_padding=(0, 0)):
    full = [(n - 1) * s + (k - 1) * d + 1 + o for n, s, k, d, o in zip(x.shape[2:], strides, w.shape[2:], dilations, output_padding)]
    y = np.zeros((x.shape[0], groups, w.shape[1], *full))
    products = np.einsum("ngiyx,giokl->ngoyxkl", x.reshape(x.shape[0], groups, -1, *x.shape[2:]), w.reshape(groups, -1, *w.shape[1:]))
    for k, l in itertools.product(*map(range, w.shape[2:])):
        y[..., k * dilations[0]::strides[0], l * dilations[1]::strides[1]][..., :x.shape[2], :x.shape[3]] += products[..., k, l]
    y = y.reshape(x.shape[0], -1, *full)
    return y[:, :, pads[0]:full[0] - pads[2], pads[1]:full[1] - pads[3]] + b.reshape(1, -1, 1, 1)


def pool(x, kernel, strides, pads, extents, combine, fill):
    needed = [(e - 1) * s + k for e, s, k in zip(extents, strides, kernel)]
    high = [max(0, n - size - low) for n, size, low in zip(needed, x.shape[2:], pads)]
    return combine(windows(spread(x, pads[:2], high, fill), kernel, strides, (1, 1), extents))


def erf(x):
    return np.vectorize(math.erf)(x)


FUNCTIONS = {"Exp": np.exp, "Log": lambda x: np.log(np.abs(x)), "Tanh": np.tanh, "Erf": erf, "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
             "Sin": np.sin, "Cos": np.cos, "Atan": np.arctan, "Sinh": np.sinh, "Cosh": np.cosh, "Asinh": np.arcsinh,
             "Softplus": lambda x: np.log1p(np.exp(x)), "Abs": np.abs, "Floor": np.floor,
             "Gelu": lambda x: x * (1 + erf(x / math.sqrt(2))) / 2, "Round": np.rint, "Reciprocal": lambda x: 1 / x}


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def get_cases():
    """(operator, inputs, attributes, expected)"""
    for given in ({}, {"pads": [1, 2, 0, 1], "strides": [2, 1]}, {"dilations": [2, 2], "pads": [2, 2, 2, 2]}):
        yield "Conv", ["x", "filter", "bias"], {"group": 2, **given}, conv(X, FILTER, BIAS, 2, **given)
    for given in ({}, {"strides": [2, 3], "pads": [1, 1, 1, 1]}, {"strides": [2, 2], "output_padding": [1, 1], "pads": [1, 0, 1, 2]},
                  {"dilations": [2, 1], "pads": [3, 0, 4, 3]}):
        yield "ConvTranspose", ["x", "turned", "bias"], {"group": 2, **given}, conv_transpose(X, TURNED, BIAS, 2, **given)
    window = {"kernel_shape": [3, 2], "strides": [2, 2], "pads": [1, 0, 1, 1]}
    largest = pool(X, (3, 2), (2, 2), (1, 0), (5, 4), lambda seen: seen.max((-1, -2)), -np.inf)
    yield "MaxPool", ["x"], window, largest
    yield "AveragePool", ["x"], {**window, "count_include_pad": 1}, pool(X, (3, 2), (2, 2), (1, 0), (5, 4), lambda seen: seen.mean((-1, -2)), 0)
    yield "AveragePool", ["x"], window, pool(X, (3, 2), (2, 2), (1, 0), (5, 4), lambda seen: np.nanmean(seen, (-1, -2)), np.nan)
    yield "MatMul", ["p", "q"], {}, P @ Q
    yield "Gemm", ["p0", "q0", "bias"], {"transB": 1, "beta": 0.5}, P[0, 0] @ Q[0] + BIAS / 2
    scale, shift, mean, variance = (row.reshape(1, -1, 1, 1) for row in SIX)
    yield "BatchNormalization", ["x", "s0", "s1", "s2", "s3"], {"epsilon": 0.5}, (X - mean) / np.sqrt(variance + 0.5) * scale + shift
    for name, function in FUNCTIONS.items():
        yield name, ["positive" if name == "Log" else "x"], {}, function(X)
    yield "Pow", ["positive", "z"], {}, np.abs(X)**Z
    yield "Mod", ["x", "z"], {"fmod": 1}, np.fmod(X, Z)
    yield "Div", ["x", "z"], {}, X / Z
    yield "Softmax", ["x"], {"axis": 1}, softmax(X)
    yield "ReduceMean", ["x", "axes"], {}, X.mean((1, 3), keepdims=True)
    yield "ReduceLogSumExp", ["x", "axes"], {}, np.log(np.exp(X).sum((1, 3), keepdims=True))
    nodes = (X.reshape(2, 6, 9, 1, 8, 1) + np.zeros((1, 1, 1, 2, 1, 3))).reshape(2, 6, 18, 24)
    yield "Resize", ["x", "", "scales"], {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}, nodes
    yield "Clip", ["x", "low", "high"], {}, np.clip(X, -0.1, 1 / 3)
    yield "Add", ["edges", "nothing"], {}, np.array([0.1, 1e300, -1e-300])


def main():
    given = {"x": X, "positive": np.abs(X), "p": P, "p0": P[0, 0], "edges": np.array([0.1, 1e300, -1e-300])}
    constants = {"z": Z, "filter": FILTER, "turned": TURNED, "bias": BIAS, "q": Q, "q0": Q[0].T, "low": np.array(-0.1), "high": np.array(1 / 3),
                 "nothing": np.array(0.0), **{f"s{i}": row for i, row in enumerate(SIX)}}
    constants = {name: (DOUBLE, value) for name, value in constants.items()}
    constants.update(axes=(INT64, np.array([1, 3])), scales=(FLOAT, np.array([1, 1, 2, 3])))
    cases = list(get_cases())
    nodes = [node(op, inputs, [f"y{number}"], **attributes) for number, (op, inputs, attributes, _) in enumerate(cases)]
    failures = 0
    values = {name: (DOUBLE, value) for name, value in given.items()}
    for way, outputs in Tools(sys.argv[1]).outputs(nodes, values, [f"y{number}" for number in range(len(cases))], constants):
        for number, (op, inputs, attributes, expected) in enumerate(cases):
            found = outputs[f"y{number}"]
            error = np.max(np.abs(found - expected) / (np.abs(expected) + 1)) if found.shape == expected.shape else np.inf
            if found.dtype != np.float64 or not error <= TOLERANCE:
                failures += 1
                print(f"{way}: {op} {attributes}: {found.dtype}{list(found.shape)} for {list(expected.shape)}, wrong by {error}")
    print(f"{len(cases)} cases, {failures} failures")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
