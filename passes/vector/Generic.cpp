// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// linalg.generic on static memrefs: elementwise functions, reductions, resampling and indexing, in one way.
//   linalg.generic {maps, parallel, reduction} ins(%a) outs(%b) { body }
//     =>  for part of the parallel loops: for tile: [accumulators; for reduction loops:] body on vectors; store
// A reduction starts from its attribute `init` (one number per output), or from what the output holds.
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/vector/Copy.h"
#include "passes/vector/Epilogue.h"
#include "passes/vector/Fill.h"
#include "passes/vector/GenericPlan.h"
#include "passes/vector/LaneBody.h"

#include <cmath>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

/// Additions in a row, per accumulator, of `count`: as many as there are runs, but enough to be worth a loop.
static int64_t getRun(int64_t count) { return std::max<int64_t>(16, std::llround(std::sqrt(double(count)))); }

namespace {

class GenericEmitter {
public:
  GenericEmitter(linalg::GenericOp op, Step &step) : op(op), step(step), emitter(step.emitter) {}
  LogicalResult emit();

private:
  /// Which part of a tile is computed: `copy` elements along the inner reduction loop.
  struct Part {
    Point point;
    int64_t copy = 0;
    int64_t lanes;
  };
  LogicalResult findOperands();
  void findInits();
  int64_t getBytes(unsigned operand, const Part &part) const;
  LaneValue loadOperand(unsigned operand, const Position &position, const Part &part);
  SmallVector<Value> emitBody(const Position &position, const Part &part, ValueRange accumulators);
  void storeResults(const Position &position, const Part &part, ValueRange results);
  void emitElementwiseTile(const Position &position, ArrayRef<Point> points);
  void emitReductionTile(const Position &position, ArrayRef<Point> points);
  Value getStart(const Position &position, const Part &part, unsigned output);
  SmallVector<Value> createAccumulators(const Position &position, ArrayRef<Point> points);
  SmallVector<Value> reduce(const Position &position, ArrayRef<Point> points, ValueRange accumulators, size_t depth);
  SmallVector<Value> reduceInner(const Position &position, ArrayRef<Point> points, ValueRange accumulators);
  SmallVector<Value> reduceRun(const Position &position, ArrayRef<Point> points, ValueRange accumulators,
                               int64_t extent);
  bool sumsApart() const;
  SmallVector<Value> accumulate(const Position &position, ArrayRef<Point> points, ValueRange accumulators,
                                int64_t extent);
  Value combine(unsigned output, Value a, Value b);
  Value combineLanes(unsigned output, Value vector);

  size_t outputs() const { return plan.combiners.size(); }
  int64_t lanesPerCopy() const { return plan.lanesReduce ? emitter.lanes() : 1; }

  linalg::GenericOp op;
  Step &step;
  VectorEmitter &emitter;
  GenericPlan plan;
  SmallVector<Operand> operands;
  DenseMap<Value, Operand> captured;
  /// Per output: the constant that a reduction starts from, or null.
  SmallVector<TypedAttr> inits;
  LogicalResult result = success();
};

LogicalResult GenericEmitter::findOperands() {
  for (Value value : op->getOperands()) {
    FailureOr<Operand> operand = getOperand(value, step);
    if (failed(operand))
      return failure();
    operands.push_back(*operand);
  }
  WalkResult walk = op.getBody()->walk([&](memref::LoadOp load) {
    if (captured.contains(load.getMemRef()))
      return WalkResult::advance();
    FailureOr<Operand> operand = getOperand(load.getMemRef(), step);
    if (failed(operand))
      return WalkResult::interrupt();
    captured.try_emplace(load.getMemRef(), *operand);
    return WalkResult::advance();
  });
  return failure(walk.wasInterrupted());
}

void GenericEmitter::findInits() {
  auto given = op->getAttrOfType<ArrayAttr>("init");
  for (size_t number = 0; number != outputs(); ++number)
    inits.push_back(given ? dyn_cast<TypedAttr>(given[number]) : TypedAttr());
}

int64_t GenericEmitter::getBytes(unsigned operand, const Part &part) const {
  return part.point.lane * plan.stream.vector.pitches[operand] + part.point.row * plan.stream.row.pitches[operand] +
         part.copy * plan.inner.pitches[operand];
}

LaneValue GenericEmitter::loadOperand(unsigned operand, const Position &position, const Part &part) {
  int64_t pitch = (plan.lanesReduce ? plan.inner : plan.stream.vector).pitches[operand];
  return loadLanes(emitter, position.pointers[operand], getBytes(operand, part), pitch, part.lanes,
                   operands[operand].elementType);
}

/// One evaluation of the body; the results are vectors. `accumulators` replace the outputs, where given.
SmallVector<Value> GenericEmitter::emitBody(const Position &position, const Part &part, ValueRange accumulators) {
  SmallVector<LaneValue> arguments;
  for (BlockArgument argument : op.getBody()->getArguments()) {
    unsigned number = argument.getArgNumber();
    bool isOutput = number >= op.getNumDpsInputs();
    if (argument.use_empty())
      arguments.push_back({});
    else if (isOutput && !accumulators.empty())
      arguments.push_back({accumulators[number - op.getNumDpsInputs()]});
    else
      arguments.push_back(loadOperand(number, position, part));
  }
  auto getIndex = [&](int64_t dimension) {
    Value base = position.indices.lookup(dimension);
    int64_t offset = 0;
    for (auto [loop, distance] : {std::pair(&plan.stream.vector, part.point.lane),
                                  std::pair(&plan.stream.row, part.point.row), std::pair(&plan.inner, part.copy)})
      offset += loop->dimension == dimension ? distance : 0;
    const Loop &lane = plan.lanesReduce ? plan.inner : plan.stream.vector;
    return LaneValue{base ? emitter.add(base, offset) : emitter.constant(offset), lane.dimension == dimension ? 1 : 0};
  };
  LaneScope scope = {step, captured, getIndex, part.lanes};
  FailureOr<SmallVector<LaneValue>> values = emitLaneBody(*op.getBody(), arguments, scope);
  SmallVector<Value> vectors;
  if (failed(values)) {
    result = failure();
    return vectors;
  }
  for (LaneValue value : *values)
    vectors.push_back(getVector(emitter, value));
  return vectors;
}

void GenericEmitter::storeResults(const Position &position, const Part &part, ValueRange results) {
  for (auto [number, vector] : llvm::enumerate(results)) {
    unsigned operand = op.getNumDpsInputs() + number;
    storeLanes(emitter, vector, position.pointers[operand], getBytes(operand, part),
               plan.stream.vector.pitches[operand], part.point.lanes);
  }
}

/// All loads of a tile come before its stores: the compiler behind us may not exchange them.
void GenericEmitter::emitElementwiseTile(const Position &position, ArrayRef<Point> points) {
  SmallVector<SmallVector<Value>> results;
  for (const Point &point : points)
    results.push_back(emitBody(position, {point, 0, point.lanes}, {}));
  for (auto [point, vectors] : llvm::zip_equal(points, results))
    storeResults(position, {point, 0, point.lanes}, vectors);
}

Value GenericEmitter::combine(unsigned output, Value a, Value b) {
  FailureOr<Value> combined = emitScalarOp(plan.combiners[output], {a, b}, emitter);
  if (succeeded(combined))
    return *combined;
  result = failure();
  return a;
}

/// All lanes joined, in lane 0: halves are folded until one lane is left.
Value GenericEmitter::combineLanes(unsigned output, Value vector) {
  for (int64_t half = emitter.lanes() / 2; half != 0; half /= 2) {
    SmallVector<int64_t> indices;
    for (int64_t lane = 0; lane != emitter.lanes(); ++lane)
      indices.push_back((lane + half) % emitter.lanes());
    Value folded = vector::ShuffleOp::create(emitter.builder, emitter.loc, vector, vector, indices);
    vector = combine(output, vector, folded);
  }
  return vector;
}

/// What output `output` holds before the reduction.
Value GenericEmitter::getStart(const Position &position, const Part &part, unsigned output) {
  if (!inits[output]) {
    unsigned operand = op.getNumDpsInputs() + output;
    LaneValue loaded = loadLanes(emitter, position.pointers[operand], getBytes(operand, part),
                                 plan.stream.vector.pitches[operand], part.point.lanes, operands[operand].elementType);
    return getVector(emitter, loaded);
  }
  return getVector(emitter, {arith::ConstantOp::create(emitter.builder, emitter.loc, inits[output])});
}

/// In the order point, copy, output. Where the body is no combiner, the outputs' own values.
SmallVector<Value> GenericEmitter::createAccumulators(const Position &position, ArrayRef<Point> points) {
  SmallVector<Value> accumulators;
  for (const Point &point : points) {
    for (int64_t copy = 0; copy != plan.copies; ++copy) {
      for (auto [output, combiner] : llvm::enumerate(plan.combiners)) {
        if (!combiner) {
          accumulators.push_back(getStart(position, {point, 0, point.lanes}, output));
          continue;
        }
        TypedAttr neutral = *arith::getNeutralElement(combiner);
        Value scalar = arith::ConstantOp::create(emitter.builder, emitter.loc, neutral);
        accumulators.push_back(getVector(emitter, {scalar}));
      }
    }
  }
  return accumulators;
}

/// Adds the next `extent` elements of the inner loop, at most one iteration's.
SmallVector<Value> GenericEmitter::accumulate(const Position &position, ArrayRef<Point> points, ValueRange accumulators,
                                              int64_t extent) {
  SmallVector<Value> updated(accumulators);
  for (auto [number, point] : llvm::enumerate(points)) {
    for (int64_t copy = 0; copy * lanesPerCopy() < extent; ++copy) {
      size_t first = (number * plan.copies + copy) * outputs();
      int64_t start = copy * lanesPerCopy();
      int64_t lanes = plan.lanesReduce ? std::min(emitter.lanes(), extent - start) : point.lanes;
      SmallVector<Value> results = emitBody(position, {point, start, lanes}, accumulators.slice(first, outputs()));
      for (auto [output, value] : llvm::enumerate(results)) {
        Value &accumulator = updated[first + output];
        accumulator = plan.lanesReduce ? selectLanes(emitter, value, accumulator, lanes) : value;
      }
    }
  }
  return updated;
}

/// `extent` elements of the inner loop, one after the other.
SmallVector<Value> GenericEmitter::reduceRun(const Position &position, ArrayRef<Point> points, ValueRange accumulators,
                                             int64_t extent) {
  int64_t unit = plan.copies * lanesPerCopy();
  int64_t whole = extent / unit * unit;
  SmallVector<Value> values = emitter.loop(
      emitter.constant(0), emitter.constant(whole), unit, accumulators, [&](Value index, ValueRange carried) {
        return accumulate(advance(emitter, position, plan.inner, index), points, carried, unit);
      });
  if (whole == extent)
    return values;
  return accumulate(advance(emitter, position, plan.inner, emitter.constant(whole)), points, values, extent - whole);
}

/// Whether runs are summed by themselves before they join the whole. An addition is wrong by up to half a unit of the
/// sum so far: n in a row are up to n times that, runs of r only r + n / r times.
bool GenericEmitter::sumsApart() const {
  int64_t outer = 1;
  for (const Loop &loop : plan.reduction)
    outer *= loop.extent;
  int64_t inARow = plan.inner.extent * outer / (plan.copies * lanesPerCopy());
  return inARow > getRun(0) &&
         llvm::all_of(plan.combiners, [](Operation *op) { return isa_and_present<arith::AddFOp>(op); });
}

SmallVector<Value> GenericEmitter::reduceInner(const Position &position, ArrayRef<Point> points,
                                               ValueRange accumulators) {
  if (!sumsApart())
    return reduceRun(position, points, accumulators, plan.inner.extent);
  auto addRun = [&](const Position &start, ValueRange sums, int64_t extent) {
    SmallVector<Value> run = reduceRun(start, points, createAccumulators(start, points), extent);
    for (auto [number, sum] : llvm::enumerate(sums))
      run[number] = combine(number % outputs(), sum, run[number]);
    return run;
  };
  int64_t unit = plan.copies * lanesPerCopy();
  int64_t run = getRun(plan.inner.extent / unit) * unit;
  int64_t runs = plan.inner.extent / run, rest = plan.inner.extent % run;
  SmallVector<Value> sums =
      emitter.loop(emitter.constant(0), emitter.constant(runs), 1, accumulators, [&](Value index, ValueRange carried) {
        return addRun(advance(emitter, position, plan.inner, emitter.multiply(index, run)), carried, run);
      });
  if (rest == 0)
    return sums;
  return addRun(advance(emitter, position, plan.inner, emitter.constant(runs * run)), sums, rest);
}

SmallVector<Value> GenericEmitter::reduce(const Position &position, ArrayRef<Point> points, ValueRange accumulators,
                                          size_t depth) {
  if (depth == plan.reduction.size())
    return reduceInner(position, points, accumulators);
  const Loop &loop = plan.reduction[depth];
  return emitter.loop(emitter.constant(0), emitter.constant(loop.extent), 1, accumulators,
                      [&](Value index, ValueRange carried) {
                        return reduce(advance(emitter, position, loop, index), points, carried, depth + 1);
                      });
}

void GenericEmitter::emitReductionTile(const Position &position, ArrayRef<Point> points) {
  SmallVector<Value> values = reduce(position, points, createAccumulators(position, points), 0);
  for (auto [number, point] : llvm::enumerate(points)) {
    Part part = {point, 0, point.lanes};
    SmallVector<Value> results;
    for (auto [output, combiner] : llvm::enumerate(plan.combiners)) {
      SmallVector<Value> copies;
      for (int64_t copy = 0; copy != plan.copies; ++copy)
        copies.push_back(values[(number * plan.copies + copy) * outputs() + output]);
      for (; copies.size() > 1; copies.resize(llvm::divideCeil(copies.size(), 2)))
        for (size_t index = 0; index != copies.size() / 2; ++index)
          copies[index] = combine(output, copies[index], copies[copies.size() - 1 - index]);
      Value value = plan.lanesReduce ? combineLanes(output, copies[0]) : copies[0];
      bool startsNeutral = combiner && inits[output] == *arith::getNeutralElement(combiner);
      if (combiner && !startsNeutral)
        value = combine(output, getStart(position, part, output), value);
      results.push_back(value);
    }
    storeResults(position, part, results);
  }
}

LogicalResult GenericEmitter::emit() {
  if (failed(findOperands()))
    return failure();
  FailureOr<kernel::GenericWalk> walk = kernel::getGenericWalk(op);
  auto schedule =
      getSchedule<kernel::GenericScheduleAttr>(op, op->getAttrOfType<ArrayAttr>(kernel::kScheduleAttr), step);
  if (failed(walk) || failed(schedule))
    return failure();
  plan = createGenericPlan(*walk, *schedule, emitter.lanes());
  findInits();
  Position position;
  for (auto [operand, bytes] : llvm::zip_equal(operands, walk->byteOffsets))
    position.pointers.push_back(emitter.offset(operand.pointer, bytes));
  emitStream(step, plan.stream, position, [&](const Position &corner, ArrayRef<Point> points) {
    if (failed(result))
      return;
    if (plan.reduces)
      emitReductionTile(corner, points);
    else
      emitElementwiseTile(corner, points);
  });
  return result;
}

} // namespace

LogicalResult cnnc::to_vector::emitGeneric(linalg::GenericOp op, Step &step) {
  if (kernel::isCopy(op)) {
    FailureOr<Operand> source = getOperand(op.getDpsInputs()[0], step), target = getOperand(op.getDpsInits()[0], step);
    if (failed(source) || failed(target))
      return failure();
    SmallVector<CopyLoop> loops;
    for (int64_t extent : op.getStaticLoopRanges())
      loops.push_back({extent, 0, 0});
    for (auto [dim, expr] : llvm::enumerate(op.getIndexingMapsArray()[0].getResults()))
      loops[cast<AffineDimExpr>(expr).getPosition()].sourcePitch = source->pitch(dim);
    for (auto [dim, expr] : llvm::enumerate(op.getIndexingMapsArray()[1].getResults()))
      loops[cast<AffineDimExpr>(expr).getPosition()].targetPitch = target->pitch(dim);
    emitCopy(step, loops, source->pointer, target->pointer, source->elementType);
    return success();
  }
  return GenericEmitter(op, step).emit();
}
