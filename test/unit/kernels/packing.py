# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Logical arrays (N, C, spatial...) in stored form, and a naive convolution."""
import itertools

import numpy as np


def store(x, order):
    x = np.asarray(x, np.float32)
    if order == "first":
        return np.ascontiguousarray(x)
    if order == "last":
        return np.ascontiguousarray(np.moveaxis(x, 1, -1))
    channels = x.shape[1]
    if channels == 1 and order == "blocked-broadcast":
        return np.ascontiguousarray(x[..., None])
    blocks = -(-channels // 16)
    padded = np.zeros((x.shape[0], blocks * 16) + x.shape[2:], np.float32)
    padded[:, :channels] = x
    split = padded.reshape((x.shape[0], blocks, 16) + x.shape[2:])
    return np.ascontiguousarray(np.moveaxis(split, 2, -1))


def apart(stored):
    """A view of the same elements in a larger buffer, with gaps along each dimension but the last."""
    whole = np.full([3 * extent + 1 for extent in stored.shape[:-1]] + [stored.shape[-1] + 16], np.nan, np.float32)
    view = whole[tuple(slice(1, None, 3) for _ in stored.shape[:-1]) + (slice(0, stored.shape[-1]),)]
    view[...] = stored
    return view


def panels(weights, group, order, run, whole_rows=False):
    """[O, I/g, K...] to panels x segments x run x 16."""
    out, group_in = weights.shape[:2]
    kernel = weights.shape[2:]
    group_out = out // group
    count = -(-group_out // 16)
    padded_in = -(-group_in // 16) * 16 if order == "blocked" else group_in
    w = np.zeros((group, count * 16, padded_in) + kernel, np.float32)
    w[:, :group_out, :group_in] = weights.reshape((group, group_out, group_in) + kernel)
    w = w.reshape((group * count, 16, padded_in) + kernel)
    if order == "first" and kernel:
        segments = w  # channel, positions, last dimension as the run
    else:
        segments = np.moveaxis(w, 2, -1)  # positions, channels
    flat = segments.reshape((group * count, 16, -1, run))
    return np.ascontiguousarray(np.moveaxis(flat, 1, -1))


def convolve(x, weights, strides, dilations, group):
    """Valid convolution in double."""
    out, group_in = weights.shape[:2]
    kernel = weights.shape[2:]
    extents = [(x.shape[2 + d] - (kernel[d] - 1) * dilations[d] - 1) // strides[d] + 1 for d in range(len(kernel))]
    result = np.zeros((x.shape[0], out) + tuple(extents))
    for position in itertools.product(*map(range, kernel)):
        window = tuple(slice(k * d, k * d + (e - 1) * s + 1, s)
                       for k, d, e, s in zip(position, dilations, extents, strides))
        for g in range(group):
            part = x[(slice(None), slice(g * group_in, (g + 1) * group_in)) + window].astype(np.float64)
            w = weights[(slice(g * out // group, (g + 1) * out // group), slice(None)) + position].astype(np.float64)
            result[:, g * out // group:(g + 1) * out // group] += np.einsum("nc...,oc->no...", part, w)
    return result
