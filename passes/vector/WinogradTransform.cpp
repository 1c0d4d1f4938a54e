// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/WinogradTransform.h"

#include "passes/vector/Epilogue.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;
using kernel::Matrix;
using kernel::WinogradPlane;

namespace {

constexpr int64_t kBlockBytes = 64; // 16 channels of a pixel

bool isNear(double a, double b) { return std::abs(a - b) < 1e-9; }

/// sum of coefficients[i] * values[i].
Value emitSum(VectorEmitter &emitter, ArrayRef<double> coefficients, ArrayRef<Value> values) {
  OpBuilder &builder = emitter.builder;
  // Starting from a coefficient of one saves a multiplication; from one that needs a multiplication, a negation.
  auto find = [&](function_ref<bool(double)> matches) {
    return llvm::find_if(coefficients, matches) - coefficients.begin();
  };
  int64_t count = coefficients.size();
  int64_t first = find([](double c) { return isNear(c, 1); });
  if (first == count)
    first = find([](double c) { return !isNear(c, 0) && !isNear(c, -1); });
  if (first == count)
    first = find([](double c) { return !isNear(c, 0); });
  if (first == count)
    return emitter.zero();
  Value sum = values[first];
  if (!isNear(coefficients[first], 1))
    sum = arith::MulFOp::create(builder, emitter.loc, sum, emitter.splat(coefficients[first]));
  for (int64_t i = 0; i < count; ++i) {
    double c = coefficients[i];
    if (i == first || isNear(c, 0))
      continue;
    if (isNear(c, 1))
      sum = arith::AddFOp::create(builder, emitter.loc, sum, values[i]);
    else if (isNear(c, -1))
      sum = arith::SubFOp::create(builder, emitter.loc, sum, values[i]);
    else
      sum = emitter.fma(values[i], emitter.splat(c), sum);
  }
  return sum;
}

ArrayRef<double> getRow(const Matrix &matrix, int64_t row) {
  return ArrayRef(matrix.values).slice(row * matrix.columns, matrix.columns);
}

/// Row q is row p with one factor on some columns and another on the rest. Returns the membership of the first group.
std::optional<SmallVector<bool>> findSharing(ArrayRef<double> p, ArrayRef<double> q) {
  SmallVector<double> ratios;
  SmallVector<bool> isFirst(p.size(), false);
  int64_t terms = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    if (isNear(p[i], 0) != isNear(q[i], 0))
      return std::nullopt;
    if (isNear(p[i], 0))
      continue;
    ++terms;
    double ratio = q[i] / p[i];
    auto known = llvm::find_if(ratios, [&](double other) { return isNear(other, ratio); });
    if (known == ratios.end() && ratios.size() == 2)
      return std::nullopt;
    if (known == ratios.end())
      ratios.push_back(ratio);
    isFirst[i] = isNear(ratios[0], ratio);
  }
  if (ratios.size() != 2 || terms < 3)
    return std::nullopt;
  return isFirst;
}

void emitSharedRows(VectorEmitter &emitter, ArrayRef<double> p, ArrayRef<double> q, ArrayRef<bool> isFirst,
                    ArrayRef<Value> inputs, Value &rowP, Value &rowQ) {
  SmallVector<Value> groups;
  SmallVector<double> factorsP, factorsQ;
  for (bool group : {true, false}) {
    SmallVector<double> coefficients(p.size(), 0);
    double scale = 0, scaleQ = 0;
    for (size_t i = 0; i < p.size(); ++i) {
      if (isNear(p[i], 0) || isFirst[i] != group)
        continue;
      // The last is the highest power, whose coefficient is often one.
      scale = p[i];
      scaleQ = q[i];
    }
    for (size_t i = 0; i < p.size(); ++i)
      if (!isNear(p[i], 0) && isFirst[i] == group)
        coefficients[i] = p[i] / scale;
    groups.push_back(emitSum(emitter, coefficients, inputs));
    factorsP.push_back(scale);
    factorsQ.push_back(scaleQ);
  }
  rowP = emitSum(emitter, factorsP, groups);
  rowQ = emitSum(emitter, factorsQ, groups);
}

} // namespace

SmallVector<Value> cnnc::to_vector::emitMatrixProduct(VectorEmitter &emitter, const Matrix &matrix,
                                                      ArrayRef<Value> inputs) {
  SmallVector<Value> results(matrix.rows);
  for (int64_t row = 0; row < matrix.rows; ++row) {
    for (int64_t other = row + 1; other < matrix.rows && !results[row]; ++other) {
      if (results[other])
        continue;
      if (auto isFirst = findSharing(getRow(matrix, row), getRow(matrix, other)))
        emitSharedRows(emitter, getRow(matrix, row), getRow(matrix, other), *isFirst, inputs, results[row],
                       results[other]);
    }
    if (!results[row])
      results[row] = emitSum(emitter, getRow(matrix, row), inputs);
  }
  return results;
}

/// vertical * values * horizontal^T, for values that `load` gives column by column; result row by row.
static SmallVector<Value> emitTwoDimensional(VectorEmitter &emitter, const Matrix &vertical, const Matrix &horizontal,
                                             function_ref<Value(int64_t row, int64_t column)> load) {
  SmallVector<SmallVector<Value>> columns;
  for (int64_t column = 0; column < horizontal.columns; ++column) {
    SmallVector<Value> inputs;
    for (int64_t row = 0; row < vertical.columns; ++row)
      inputs.push_back(load(row, column));
    columns.push_back(emitMatrixProduct(emitter, vertical, inputs));
  }
  SmallVector<Value> results;
  for (int64_t row = 0; row < vertical.rows; ++row) {
    SmallVector<Value> inputs;
    for (SmallVector<Value> &column : columns)
      inputs.push_back(column[row]);
    llvm::append_range(results, emitMatrixProduct(emitter, horizontal, inputs));
  }
  return results;
}

/// Emits `body` for each native vector of 16 lanes, with its byte offset.
static void forLanes(VectorEmitter &emitter, VectorEmitter::Body body) {
  emitter.loop(0, kBlockBytes, emitter.lanes() * 4, body);
}

static void emitInputTransform(VectorEmitter &emitter, const WinogradPlane &plane, Value patch, Value rowPitch,
                               int64_t columnPitch, Value out, Value planePitch) {
  forLanes(emitter, [&](Value lanes) {
    Value source = emitter.offset(patch, lanes), target = emitter.offset(out, lanes);
    SmallVector<Value> rows = {source};
    while (int64_t(rows.size()) < plane.vertical.size())
      rows.push_back(emitter.offset(rows.back(), rowPitch));
    auto load = [&](int64_t row, int64_t column) { return emitter.load(rows[row], column * columnPitch); };
    for (Value result : emitTwoDimensional(emitter, plane.vertical.input, plane.horizontal.input, load)) {
      emitter.store(result, target);
      target = emitter.offset(target, planePitch);
    }
  });
}

static Value createBuffer(VectorEmitter &emitter, int64_t bytes) {
  return LLVM::AllocaOp::create(emitter.builder, emitter.loc, emitter.pointerType(), emitter.builder.getI8Type(),
                                emitter.constant(bytes), /*alignment=*/64);
}

/// Copies the part of the patch that exists into a zeroed buffer.
static Value emitBorderedPatch(VectorEmitter &emitter, const WinogradPlane &plane, Value height, Value width,
                               Value source, Value row, Value column, Value rowPitch, int64_t columnPitch) {
  int64_t patchRows = plane.vertical.size(), patchColumns = plane.horizontal.size();
  Value patch = createBuffer(emitter, plane.positions() * kBlockBytes);
  emitter.loop(0, plane.positions() * kBlockBytes, emitter.lanes() * 4,
               [&](Value bytes) { emitter.store(emitter.zero(), emitter.offset(patch, bytes)); });
  Value zero = emitter.constant(0);
  auto range = [&](Value start, Value extent, int64_t size) {
    Value rest = emitter.minimum(emitter.subtract(extent, start), emitter.constant(size));
    return std::make_pair(emitter.maximum(emitter.subtract(zero, start), zero), rest);
  };
  std::pair<Value, Value> rows = range(row, height, patchRows), columns = range(column, width, patchColumns);
  emitter.loop(rows.first, rows.second, 1, [&](Value y) {
    Value line = emitter.offset(source, emitter.multiply(emitter.add(row, y), rowPitch));
    emitter.loop(columns.first, columns.second, 1, [&](Value x) {
      Value from = emitter.offset(line, emitter.multiply(emitter.add(column, x), columnPitch));
      Value to =
          emitter.offset(patch, emitter.multiply(emitter.add(emitter.multiply(y, patchColumns), x), kBlockBytes));
      for (int64_t bytes = 0; bytes < kBlockBytes; bytes += emitter.lanes() * 4)
        emitter.store(emitter.load(from, bytes), to, bytes);
    });
  });
  return patch;
}

/// "2x2_3x3": of a tile's outputs and of the taps.
static std::string getSizeName(const WinogradPlane &plane) {
  return llvm::formatv("{0}x{1}_{2}x{3}", plane.vertical.m, plane.horizontal.m, plane.vertical.r, plane.horizontal.r);
}

void cnnc::to_vector::callWinogradInput(const WinogradPlane &plane, bool inside, int64_t height, int64_t width,
                                        const WinogradInput &arguments, Step &step) {
  constexpr KernelArgument pointer = KernelArgument::exclusivePointer, integer = KernelArgument::integer;
  std::string name = "winograd_input_" + getSizeName(plane), key = std::to_string(arguments.columnPitch);
  VectorEmitter &emitter = step.emitter;
  if (inside) {
    Value first = emitter.add(emitter.multiply(arguments.row, arguments.rowPitch),
                              emitter.multiply(arguments.column, arguments.columnPitch));
    Value values[] = {emitter.offset(arguments.source, first), arguments.rowPitch, arguments.out, arguments.planePitch};
    step.kernels.call(emitter, name, key, {pointer, integer, pointer, integer}, values,
                      [&](VectorEmitter &body, ValueRange inner) {
                        emitInputTransform(body, plane, inner[0], inner[1], arguments.columnPitch, inner[2], inner[3]);
                      });
    return;
  }
  Value values[] = {arguments.source, arguments.row,        arguments.column,         arguments.rowPitch,
                    arguments.out,    arguments.planePitch, emitter.constant(height), emitter.constant(width)};
  step.kernels.call(emitter, name + "_border", key,
                    {pointer, integer, integer, integer, pointer, integer, integer, integer}, values,
                    [&](VectorEmitter &body, ValueRange inner) {
                      Value patch = emitBorderedPatch(body, plane, inner[6], inner[7], inner[0], inner[1], inner[2],
                                                      inner[3], arguments.columnPitch);
                      emitInputTransform(body, plane, patch, body.constant(plane.horizontal.size() * kBlockBytes),
                                         kBlockBytes, inner[4], inner[5]);
                    });
}

void cnnc::to_vector::callWinogradFilter(const WinogradPlane &plane, Value source, Value out, Value planePitch,
                                         Step &step) {
  constexpr KernelArgument pointer = KernelArgument::exclusivePointer;
  int64_t columns = plane.horizontal.r, taps = plane.vertical.r * columns;
  Value values[] = {source, out, planePitch};
  auto emitBody = [&](VectorEmitter &emitter, ValueRange inner) {
    emitter.loop(0, kBlockBytes / 4, 1, [&](Value row) {
      Value rowSource = emitter.offset(inner[0], emitter.multiply(row, taps * kBlockBytes));
      Value rowTarget = emitter.offset(inner[1], emitter.multiply(row, kBlockBytes));
      forLanes(emitter, [&](Value lanes) {
        Value first = emitter.offset(rowSource, lanes), target = emitter.offset(rowTarget, lanes);
        auto load = [&](int64_t y, int64_t x) { return emitter.load(first, (y * columns + x) * kBlockBytes); };
        for (Value result : emitTwoDimensional(emitter, plane.vertical.filter, plane.horizontal.filter, load)) {
          emitter.store(result, target);
          target = emitter.offset(target, inner[2]);
        }
      });
    });
  };
  step.kernels.call(step.emitter, "winograd_filter_" + getSizeName(plane), "",
                    {pointer, pointer, KernelArgument::integer}, values, emitBody);
}

namespace {

/// The inverse transform while it is emitted: values of the callee.
struct OutputEmission {
  const WinogradPlane &plane;
  const WinogradOutput &shape;
  VectorEmitter &emitter;
  Value products, planePitch, out, rowPitch, bias, rows, columns, buffer;
  SmallVector<Value> extras, extraRowPitches;
  LogicalResult result = success();

  bool isClipped() const { return bool(rows); }
  /// The epilogue on one pixel, whose extras lie where `locate` says; `lanes` is the byte offset of the vector.
  Value finish(Value sum, Value lanes, function_ref<Value(size_t extra)> locate);
  void emitPart(Value lanes);
  void emit();
};

Value OutputEmission::finish(Value sum, Value lanes, function_ref<Value(size_t extra)> locate) {
  if (!shape.epilogue)
    return sum;
  SmallVector<Value> arguments = {sum};
  for (auto [number, extra] : llvm::enumerate(shape.extras))
    arguments.push_back(extra.perChannel ? emitter.load(emitter.offset(locate(number), lanes))
                                         : emitter.loadBroadcast(locate(number)));
  FailureOr<SmallVector<Value>> yielded = emitRegion(*shape.epilogue, arguments, emitter);
  if (failed(yielded)) {
    result = failure();
    return sum;
  }
  if (shape.lastLanes == 16)
    return yielded->front();
  std::optional<int64_t> bytes = getConstant(lanes);
  int64_t count = shape.lastLanes - bytes.value_or(0) / 4;
  return emitter.mask(yielded->front(), std::clamp<int64_t>(count, 0, emitter.lanes()));
}

void OutputEmission::emitPart(Value lanes) {
  int64_t tileRows = plane.vertical.m, tileColumns = plane.horizontal.m;
  SmallVector<Value> planes = {emitter.offset(products, lanes)};
  while (int64_t(planes.size()) < plane.vertical.size())
    planes.push_back(emitter.offset(planes.back(), emitter.multiply(planePitch, plane.horizontal.size())));
  // Column after column: one pointer per row walks along.
  auto load = [&](int64_t row, int64_t) {
    Value position = planes[row];
    planes[row] = emitter.offset(position, planePitch);
    return emitter.load(position);
  };
  SmallVector<Value> sums = emitTwoDimensional(emitter, plane.vertical.output, plane.horizontal.output, load);
  if (bias) {
    Value vector = emitter.load(emitter.offset(bias, lanes));
    for (Value &sum : sums)
      sum = arith::AddFOp::create(emitter.builder, emitter.loc, sum, vector);
  }
  if (!isClipped()) {
    for (int64_t row = 0; row < tileRows; ++row) {
      Value line = emitter.offset(out, emitter.multiply(rowPitch, row));
      for (int64_t column = 0; column < tileColumns; ++column) {
        auto locate = [&](size_t number) {
          Value extraLine = emitter.offset(extras[number], emitter.multiply(extraRowPitches[number], row));
          return emitter.offset(extraLine, column * shape.extras[number].columnPitch);
        };
        Value value = finish(sums[row * tileColumns + column], lanes, locate);
        emitter.store(value, emitter.offset(line, lanes), column * shape.columnPitch);
      }
    }
    return;
  }
  // At an edge the sums rest in a buffer, and loops store those that exist.
  int64_t bytes = emitter.lanes() * 4;
  for (auto [number, sum] : llvm::enumerate(sums))
    emitter.store(sum, buffer, number * bytes);
  emitter.loop(emitter.constant(0), rows, 1, [&](Value row) {
    Value line = emitter.offset(emitter.offset(out, emitter.multiply(rowPitch, row)), lanes);
    emitter.loop(emitter.constant(0), columns, 1, [&](Value column) {
      auto locate = [&](size_t number) {
        Value extraLine = emitter.offset(extras[number], emitter.multiply(extraRowPitches[number], row));
        return emitter.offset(extraLine, emitter.multiply(column, shape.extras[number].columnPitch));
      };
      Value place = emitter.add(emitter.multiply(row, tileColumns), column);
      Value value = finish(emitter.load(emitter.offset(buffer, emitter.multiply(place, bytes))), lanes, locate);
      emitter.store(value, emitter.offset(line, emitter.multiply(column, shape.columnPitch)));
    });
  });
}

void OutputEmission::emit() {
  if (isClipped())
    buffer = createBuffer(emitter, plane.vertical.m * plane.horizontal.m * emitter.lanes() * 4);
  // A mask depends on which lanes these are, so they must be constants then.
  bool masks = shape.epilogue && shape.lastLanes != 16;
  if (!masks)
    return forLanes(emitter, [&](Value lanes) { emitPart(lanes); });
  for (int64_t bytes = 0; bytes < kBlockBytes; bytes += emitter.lanes() * 4)
    emitPart(emitter.constant(bytes));
}

std::string getKey(const WinogradOutput &output) {
  // Names all fields, of which values are arguments of the call: with one more this does not compile.
  const auto &[columnPitch, lastLanes, epilogue, extras, products, planePitch, out, rowPitch, bias, rows, columns] =
      output;
  std::string key = joinFields(columnPitch, lastLanes, bool(bias), bool(rows));
  for (const auto &[extraPitch, perChannel, pointer, extraRowPitch] : extras)
    key += "extra" + joinFields(extraPitch, perChannel);
  return epilogue ? key + getRegionKey(*epilogue) : key;
}

} // namespace

LogicalResult cnnc::to_vector::callWinogradOutput(const WinogradPlane &plane, const WinogradOutput &output,
                                                  Step &step) {
  SmallVector<KernelArgument> kinds;
  SmallVector<Value> values;
  auto add = [&](KernelArgument kind, Value value) {
    if (!value)
      return;
    kinds.push_back(kind);
    values.push_back(value);
  };
  KernelArgument written = output.extras.empty() ? KernelArgument::exclusivePointer : KernelArgument::pointer;
  add(KernelArgument::exclusivePointer, output.products);
  add(KernelArgument::integer, output.planePitch);
  add(written, output.out);
  add(KernelArgument::integer, output.rowPitch);
  add(KernelArgument::exclusivePointer, output.bias);
  add(KernelArgument::integer, output.rows);
  add(KernelArgument::integer, output.columns);
  for (const WinogradExtra &extra : output.extras) {
    add(KernelArgument::pointer, extra.pointer);
    add(KernelArgument::integer, extra.rowPitch);
  }
  LogicalResult result = success();
  auto emitBody = [&](VectorEmitter &body, ValueRange inner) {
    OutputEmission emission = {plane, output, body, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, success()};
    auto take = [&](bool present) {
      Value value = present ? inner.front() : Value();
      inner = inner.drop_front(present);
      return value;
    };
    for (Value *value : {&emission.products, &emission.planePitch, &emission.out, &emission.rowPitch})
      *value = take(true);
    emission.bias = take(bool(output.bias));
    emission.rows = take(bool(output.rows));
    emission.columns = take(bool(output.columns));
    for (size_t number = 0; number < output.extras.size(); ++number) {
      emission.extras.push_back(take(true));
      emission.extraRowPitches.push_back(take(true));
    }
    emission.emit();
    result = emission.result;
  };
  step.kernels.call(step.emitter, "winograd_output_" + getSizeName(plane), getKey(output), kinds, values, emitBody);
  return result;
}
