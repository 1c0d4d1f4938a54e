# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Protobuf's wire format, as far as ONNX's messages need it: a message is a list of (field number, wire type, value), where the value
of a varint is an int and of everything else bytes. What decode reads, encode writes again byte for byte, if its varints were minimal."""
import struct

import numpy as np

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
# Of TensorProto.
DIMS, DATA_TYPE, FLOAT_DATA, INT32_DATA, INT64_DATA, RAW_DATA, DOUBLE_DATA, UINT64_DATA = 1, 2, 4, 5, 7, 9, 10, 11
BFLOAT16 = 16
DTYPES = {1: "<f4", 2: "u1", 3: "i1", 4: "<u2", 5: "<i2", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2", 11: "<f8", 12: "<u4", 13: "<u8", BFLOAT16: "<u2"}


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value & (1 << 64) - 1, at
        if shift > 63:
            raise ValueError("varint of more than ten bytes")


def write_varint(value):
    value &= (1 << 64) - 1  # a negative int64 has ten bytes
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def decode(data):
    """ValueError or IndexError where `data` is no message."""
    fields, at = [], 0
    while at < len(data):
        key, at = read_varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = read_varint(data, at)
        else:
            size = {FIXED64: 8, FIXED32: 4}.get(kind)
            if kind == BYTES:
                size, at = read_varint(data, at)
            if size is None or number == 0 or at + size > len(data):
                raise ValueError("not a message")
            value, at = bytes(data[at:at + size]), at + size
        fields.append((number, kind, value))
    return fields


def encode(fields):
    out = bytearray()
    for number, kind, value in fields:
        out += write_varint(number << 3 | kind)
        if kind == VARINT:
            out += write_varint(value)
        else:
            out += (write_varint(len(value)) if kind == BYTES else b"") + value
    return bytes(out)


def read_numbers(fields, number, packed):
    """A repeated scalar, packed or not; `packed` reads the bytes of a packed one."""
    out = []
    for found, kind, value in fields:
        if found == number:
            out += packed(value) if kind == BYTES else [value if kind == VARINT else packed(value)[0]]
    return out


def read_varints(data):
    out, at = [], 0
    while at < len(data):
        value, at = read_varint(data, at)
        out.append(value)
    return out


def get_fixed(code, size):
    return lambda data: list(struct.unpack(f"<{len(data) // size}{code}", data))


def read_tensor(data):
    """A TensorProto as (ONNX's number of its type, array); bfloat16 as its bits. KeyError where numpy has no such type."""
    fields = decode(data)
    kind = next((value for number, _, value in fields if number == DATA_TYPE), 0)
    shape, dtype = read_numbers(fields, DIMS, read_varints), np.dtype(DTYPES[kind])
    raw = [value for number, _, value in fields if number == RAW_DATA]
    if raw:
        return kind, np.frombuffer(raw[-1], dtype).reshape(shape)
    if dtype == np.float32:
        values = read_numbers(fields, FLOAT_DATA, get_fixed("f", 4))
    elif dtype == np.float64:
        values = read_numbers(fields, DOUBLE_DATA, get_fixed("d", 8))
    elif kind == 7:
        values = read_numbers(fields, INT64_DATA, read_varints)
    elif kind in (12, 13):
        values = read_numbers(fields, UINT64_DATA, read_varints)
    else:  # small integers, and the bits of halves
        values = read_numbers(fields, INT32_DATA, read_varints)
    if dtype.kind != "f" or dtype == np.float16:
        bits = np.array(values, np.uint64)
        return kind, (bits.astype(np.uint16).view(dtype) if dtype == np.float16 else bits.astype(dtype)).reshape(shape)
    return kind, np.array(values, dtype).reshape(shape)
