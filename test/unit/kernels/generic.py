# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""linalg.generic: elementwise functions, reductions, indexing."""
import numpy as np

from suite import Suite, memref_type

suite = Suite()
random = np.random.default_rng(0)


def data(*shape):
    return random.standard_normal(shape).astype(np.float32)


def generic(maps, kinds, inputs, outputs, body, attributes=""):
    """Text of a linalg.generic on %0, %1, ...; `kinds` is a string of p and r."""
    dims = ", ".join(f"d{i}" for i in range(len(kinds)))
    affine = ", ".join(f"affine_map<({dims}) -> ({m})>" for m in maps)
    iterators = ", ".join('"parallel"' if kind == "p" else '"reduction"' for kind in kinds)
    number = len(inputs)
    ins = ", ".join(f"%{i}" for i in range(number))
    outs = ", ".join(f"%{number + i}" for i in range(len(outputs)))
    source = f"ins({ins} : {', '.join(memref_type(a) for a in inputs)})" if inputs else ""
    return f"""linalg.generic {{indexing_maps = [{affine}], iterator_types = [{iterators}]}} {source}
      outs({outs} : {', '.join(memref_type(a) for a in outputs)}) {attributes} {{
{body}
}}"""


ADD = """^bb0(%a: f32, %b: f32, %o: f32):
  %s = arith.addf %a, %b : f32
  linalg.yield %s : f32"""

for shape in [(1,), (3,), (7, 5), (2, 3, 11, 13), (1, 2, 9, 9, 16), (4, 1000)]:
    a, b = data(*shape), data(*shape)
    dims = ", ".join(f"d{i}" for i in range(len(shape)))
    suite.add(f"add {shape}", generic([dims] * 3, "p" * len(shape), [a, b], [a], ADD), [a, b], [a + b], 0)

a, b = data(2, 3, 7, 5, 16), data(2, 3, 1, 1, 16)
suite.add("blocked channel scale", generic(["d0,d1,d2,d3,d4", "d0,d1,0,0,d4", "d0,d1,d2,d3,d4"], "ppppp", [a, b], [a], ADD),
      [a, b], [a + b], 0)
a, b = data(2, 7, 5, 19), data(19)
suite.add("channels-last bias", generic(["d0,d1,d2,d3", "d3", "d0,d1,d2,d3"], "pppp", [a, b], [a], ADD), [a, b], [a + b], 0)
a, b = data(2, 3, 7, 5), data(2, 3, 1, 1)
suite.add("row-major channel bias", generic(["d0,d1,d2,d3", "d0,d1,0,0", "d0,d1,d2,d3"], "pppp", [a, b], [a], ADD), [a, b],
      [a + b], 0)
a, b = data(13, 21), data(21, 13)
suite.add("transposed operand", generic(["d0,d1", "d1,d0", "d0,d1"], "pp", [a, b], [a], ADD), [a, b], [a + b.T], 0)
a = data(5, 3)
b = data(3)
suite.add("short rows", generic(["d0,d1", "d1", "d0,d1"], "pp", [a, b], [a], ADD), [a, b], [a + b], 0)

a = data(3, 50)
suite.add("strided operand", generic(["d0,d1*2+1", "d0,d1*2", "d0,d1"], "pp", [a, a], [a[:, :25]], ADD), [a, a],
      [a[:, 1::2] + a[:, ::2]], 0)

a = (data(1000) * 100).astype(np.int64)
b = np.where(np.abs(data(1000) * 9).astype(np.int64) == 0, 3, np.abs(data(1000) * 9).astype(np.int64) + 1)
for count in (1000, 13):
    suite.add(f"i64 division {count}", generic(["d0"] * 3, "p", [a[:count], b[:count]], [a[:count]], """^bb0(%a: i64, %b: i64, %o: i64):
  %s = arith.divsi %a, %b : i64
  linalg.yield %s : i64"""), [a[:count], b[:count]], [(np.sign(a) * (np.abs(a) // b))[:count]])

a, b = data(37), data(37)
suite.add("compare to bool", generic(["d0"] * 3, "p", [a, b], [a > b], """^bb0(%a: f32, %b: f32, %o: i1):
  %s = arith.cmpf ogt, %a, %b : f32
  linalg.yield %s : i1"""), [a, b], [a > b])
c = a > 0
suite.add("select", generic(["d0"] * 4, "p", [c, a, b], [a], """^bb0(%c: i1, %a: f32, %b: f32, %o: f32):
  %s = arith.select %c, %a, %b : f32
  linalg.yield %s : f32"""), [c, a, b], [np.where(c, a, b)])

# Reductions. The output starts from a constant.
SUM = """^bb0(%a: f32, %o: f32):
  %s = arith.addf %o, %a : f32
  linalg.yield %s : f32"""
INIT = "attrs = {init = [0.0 : f32]}"
a = data(2, 3, 7, 9, 16)
suite.add("blocked spatial sum", generic(["d0,d1,d2,d3,d4", "d0,d1,0,0,d4"], "pprrp", [a], [a[:, :, :1, :1]], SUM, INIT), [a],
      [a.sum((2, 3), keepdims=True)])
# Long sums go by short runs; 4e-7: as many values in a row, all near 1, would be wrong by 1e-5 (1e-6 of the shorter one).
for height, width in ((61, 53), (3, 67), (17, 1)):
    a = 1 + data(1, 2, height, width, 16) / 100
    suite.add(f"blocked spatial sum of {height}x{width} near 1",
              generic(["d0,d1,d2,d3,d4", "d0,d1,0,0,d4"], "pprrp", [a], [a[:, :, :1, :1]], SUM, INIT), [a],
              [a.sum((2, 3), keepdims=True, dtype=np.float64).astype(np.float32)], tolerance=4e-7)
for channels in (3, 19, 64, 100):
    a = data(2, 5, 7, channels)
    suite.add(f"channels-last spatial sum {channels}",
          generic(["d0,d1,d2,d3", "d0,0,0,d3"], "prrp", [a], [a[:, :1, :1]], SUM, INIT), [a],
          [a.sum((1, 2), keepdims=True)])
for length in (5, 8, 33, 1000):
    a = data(6, length)
    suite.add(f"row sum {length}", generic(["d0,d1", "d0"], "pr", [a], [a[:, 0].copy()], SUM, INIT), [a], [a.sum(1)])
a = data(1, 3, 5, 7, 16)
suite.add("blocked channel sum", generic(["d0,d1,d2,d3,d4", "d0,d2,d3"], "prppr", [a], [a[:, 0, :, :, 0].copy()], SUM, INIT),
      [a], [a.sum((1, 4))])
a = data(11, 13)
suite.add("sum of everything", generic(["d0,d1", ""], "rr", [a], [np.zeros((), np.float32)], SUM, INIT), [a],
      [np.array(a.sum())])
a = data(4, 37)
start = data(4)
suite.add("maximum with a start", generic(["d0,d1", "d0"], "pr", [a], [start], """^bb0(%a: f32, %o: f32):
  %s = arith.maximumf %o, %a : f32
  linalg.yield %s : f32"""), [a], [np.maximum(a.max(1), start)], start=[start])
a = data(6, 29, 10)
suite.add("argmax", generic(["d0,d1,d2", "d0,d2", "d0,d2"], "prp", [a], [a[:, 0], a[:, 0].astype(np.int64)], """^bb0(%a: f32, %m: f32, %p: i64):
  %i = linalg.index 1 : index
  %n = arith.index_cast %i : index to i64
  %c = arith.cmpf ogt, %a, %m : f32
  %v = arith.select %c, %a, %m : f32
  %q = arith.select %c, %n, %p : i64
  linalg.yield %v, %q : f32, i64""", "attrs = {init = [0xFF800000 : f32, 0 : i64]}"), [a], [a.max(1), a.argmax(1)])

# Indexing.
a = data(2, 1, 3, 4, 16)
mask = np.arange(16) < 10
suite.add("masked lanes", generic(["d0,d1,d2,d3,d4"] * 2, "ppppp", [a], [a], """^bb0(%a: f32, %o: f32):
  %b = linalg.index 1 : index
  %l = linalg.index 4 : index
  %c16 = arith.constant 16 : index
  %c10 = arith.constant 10 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %m = arith.muli %b, %c16 : index
  %c = arith.addi %m, %l : index
  %k = arith.cmpi slt, %c, %c10 : index
  %x = arith.addf %a, %one : f32
  %s = arith.select %k, %x, %zero : f32
  linalg.yield %s : f32"""), [a], [np.where(mask, a + 1, 0).astype(np.float32)], 0)

table = random.integers(0, 9, 21).astype(np.int64)
for layout, shape in {"channels last": (1, 9, 9, 18), "row-major": (1, 5, 9, 9)}.items():
    a = data(*shape)
    last = layout == "channels last"
    expected = a[:, table][:, :, table] if last else a[:, :, table][:, :, :, table]
    h, w = (1, 2) if last else (2, 3)
    index = "%n, %y, %x, %c" if last else "%n, %c, %y, %x"
    body = generic(["d0,d1,d2,d3"], "pppp", [], [expected], f"""^bb0(%o: f32):
  %n = linalg.index 0 : index
  %h = linalg.index {h} : index
  %w = linalg.index {w} : index
  %c = linalg.index {3 if last else 1} : index
  %ty = memref.load %1[%h] : memref<21xi64>
  %tx = memref.load %1[%w] : memref<21xi64>
  %y = arith.index_cast %ty : i64 to index
  %x = arith.index_cast %tx : i64 to index
  %v = memref.load %0[{index}] : {memref_type(a)}
  linalg.yield %v : f32""").replace("outs(%0", "outs(%2")
    suite.add(f"table look-up, {layout}", body, [a, table], [expected], 0)

suite.run()
