// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/ContractKernel.h"

#include "passes/vector/Epilogue.h"
#include "passes/vector/Narrowing.h"
#include "passes/vector/Product.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

namespace {

/// One kernel while it is emitted. A vector of the tile lies in panel v / part, part v % part of it.
struct Emission {
  const ContractKernel &kernel;
  VectorEmitter &emitter;
  Value a, filter, out, segments, segmentPitchOrTable, filterPanelPitch, outPanelPitch, bias, ahead;
  /// Known here, but not to LLVM; null where it may know.
  Value runPitch, elementPitch, vectorPitch;
  SmallVector<Value> extras, extraPanelPitches;
  std::optional<Narrowing> narrowing; ///< the sums stop before it

  Emission(const ContractKernel &kernel, VectorEmitter &emitter) : kernel(kernel), emitter(emitter) {}

  int64_t partsOfPanel() const { return kPanelLanes / emitter.lanes(); }
  int64_t panels() const { return llvm::divideCeil(kernel.vectors, partsOfPanel()); }
  int64_t partOffset(int64_t vector, int64_t bytes) const { return vector % partsOfPanel() * emitter.lanes() * bytes; }
  Value zero() const { return emitter.zero(kernel.arithmetic.accumulator); }
  int64_t outOffset(int64_t row) const {
    return row * kernel.outPixelPitch + kernel.skipBefore(row, kernel.outRowSkip);
  }
  /// Channels that vector `vector` holds.
  int64_t lanesOf(int64_t vector) const;
  SmallVector<Value> panelPointers(Value base, Value pitch);
  SmallVector<Value> start();
  void accumulate(Value segment, Value rows, int64_t begin, int64_t end, SmallVector<Value> &sums);
  SmallVector<Value> reduceSegments(Value begin, Value end, ArrayRef<Value> state);
  SmallVector<Value> reduce();
  LogicalResult finish(SmallVector<Value> &sums);
  void store(ArrayRef<Value> sums);
  void storePacked(ArrayRef<Value> sums, int64_t firstRow, int64_t panel, Value pointer);
};

int64_t Emission::lanesOf(int64_t vector) const {
  if (vector / partsOfPanel() + 1 < panels())
    return emitter.lanes();
  int64_t before = vector % partsOfPanel() * emitter.lanes();
  return std::clamp<int64_t>(kernel.lastLanes - before, 0, emitter.lanes());
}

SmallVector<Value> Emission::panelPointers(Value base, Value pitch) {
  SmallVector<Value> pointers = {base};
  while (int64_t(pointers.size()) < panels())
    pointers.push_back(emitter.offset(base, emitter.multiply(pitch, pointers.size())));
  return pointers;
}

SmallVector<Value> Emission::start() {
  SmallVector<Value> sums;
  if (kernel.continues) {
    SmallVector<Value> pointers = panelPointers(out, outPanelPitch);
    for (int64_t row = 0; row < kernel.rows; ++row)
      for (int64_t vector = 0; vector < kernel.vectors; ++vector)
        sums.push_back(emitter.loadTail(
            pointers[vector / partsOfPanel()], kernel.masksStores ? lanesOf(vector) : emitter.lanes(),
            outOffset(row) + partOffset(vector, getElementBytes(kernel.outElement)), kernel.arithmetic.accumulator));
    return sums;
  }
  SmallVector<Value> initial;
  for (int64_t vector = 0; vector < kernel.vectors; ++vector)
    initial.push_back(
        kernel.hasBias ? emitter.load(bias, vector * emitter.lanes() * getElementBytes(kernel.arithmetic.accumulator),
                                      kernel.arithmetic.accumulator)
                       : zero());
  for (int64_t row = 0; row < kernel.rows; ++row)
    sums.append(initial);
  return sums;
}

/// Adds the products of elements begin..end of the segment whose filter rows start at `rows`.
void Emission::accumulate(Value segment, Value rows, int64_t begin, int64_t end, SmallVector<Value> &sums) {
  // A pitch that LLVM does not know leads from element to element; else these are constants of the addresses.
  Value source = runPitch ? emitter.offset(segment, begin * kernel.runPitch) : segment;
  if (elementPitch)
    rows = emitter.offset(rows, begin * kPanelLanes * kernel::kStepBytes);
  SmallVector<Value> pointers = panelPointers(rows, filterPanelPitch);
  for (int64_t element = begin; element < end; ++element) {
    if (element > begin && runPitch)
      source = emitter.offset(source, runPitch);
    if (element > begin && elementPitch) {
      rows = emitter.offset(rows, elementPitch);
      pointers = panelPointers(rows, filterPanelPitch);
    }
    int64_t sourceShift = runPitch ? 0 : element * kernel.runPitch;
    int64_t filterShift = elementPitch ? 0 : element * kPanelLanes * kernel::kStepBytes;
    auto loadPixel = [&](int64_t row) {
      int64_t pixel = row * kernel.pixelPitch + kernel.skipBefore(row, kernel.rowSkip);
      return loadStep(emitter, kernel.arithmetic, source, pixel + sourceShift);
    };
    auto loadWeights = [&](int64_t vector) {
      Value panel = pointers[vector / partsOfPanel()];
      if (vectorPitch)
        return loadFilter(emitter, kernel.arithmetic,
                          emitter.offset(panel, emitter.multiply(vectorPitch, vector % partsOfPanel())), 0);
      return loadFilter(emitter, kernel.arithmetic, panel, filterShift + partOffset(vector, kernel::kStepBytes));
    };
    auto add = [&](int64_t row, int64_t vector, Value weights, Value pixel) {
      Value &sum = sums[row * kernel.vectors + vector];
      sum = multiplyAdd(emitter, kernel.arithmetic, weights, pixel, sum);
    };
    // The shorter side of the tile stays in registers, the longer passes through one.
    SmallVector<Value> kept;
    if (kernel.vectors <= kernel.rows) {
      for (int64_t vector = 0; vector < kernel.vectors; ++vector)
        kept.push_back(loadWeights(vector));
      for (int64_t row = 0; row < kernel.rows; ++row) {
        Value pixel = loadPixel(row);
        for (int64_t vector = 0; vector < kernel.vectors; ++vector)
          add(row, vector, kept[vector], pixel);
      }
      continue;
    }
    for (int64_t row = 0; row < kernel.rows; ++row)
      kept.push_back(loadPixel(row));
    for (int64_t vector = 0; vector < kernel.vectors; ++vector) {
      Value weights = loadWeights(vector);
      for (int64_t row = 0; row < kernel.rows; ++row)
        add(row, vector, weights, kept[row]);
    }
  }
}

/// Walks segments begin..end: `state` holds the sums, the filter's row and, without a table, the segment.
SmallVector<Value> Emission::reduceSegments(Value begin, Value end, ArrayRef<Value> state) {
  // Longer runs become a loop, so that the code stays in the instruction cache.
  int64_t chunk = kernel.unroll, chunks = kernel.run > chunk ? kernel.run / chunk : 0;
  size_t count = kernel.rows * kernel.vectors;
  return emitter.loop(begin, end, 1, state, [&](Value number, ValueRange values) {
    for (int64_t line = 0; line < kernel.linesAhead; ++line)
      emitter.prefetch(emitter.offset(ahead, emitter.multiply(number, kernel.linesAhead * kLineBytes)),
                       line * kLineBytes);
    SmallVector<Value> inner(values.take_front(count));
    Value rows = values[count], segment;
    if (kernel.hasTable) {
      Value entry = emitter.offset(segmentPitchOrTable, emitter.multiply(number, 8));
      segment = emitter.offset(a, emitter.loadScalar(entry, 0, emitter.builder.getI64Type()));
    } else {
      segment = values.back();
    }
    if (chunks)
      inner =
          emitter.loop(emitter.constant(0), emitter.constant(chunks), 1, inner, [&](Value part, ValueRange partial) {
            SmallVector<Value> updated(partial);
            accumulate(emitter.offset(segment, emitter.multiply(part, chunk * kernel.runPitch)),
                       emitter.offset(rows, emitter.multiply(part, chunk * kPanelLanes * kernel::kStepBytes)), 0, chunk,
                       updated);
            return updated;
          });
    accumulate(segment, rows, chunks * chunk, kernel.run, inner);
    inner.push_back(emitter.offset(rows, kernel.run * kPanelLanes * kernel::kStepBytes));
    if (!kernel.hasTable)
      inner.push_back(emitter.offset(segment, segmentPitchOrTable));
    return inner;
  });
}

SmallVector<Value> Emission::reduce() {
  size_t count = kernel.rows * kernel.vectors;
  // What the sum of floats starts from is added last: a large bias would cost each product its last bits.
  bool addsLast = isa<FloatType>(kernel.arithmetic.accumulator) && (kernel.continues || kernel.hasBias);
  SmallVector<Value> state = addsLast ? SmallVector<Value>(count, zero()) : start();
  state.push_back(filter);
  if (!kernel.hasTable)
    state.push_back(a);
  Value begin = emitter.constant(0), end = kernel.hasOneSegment ? emitter.constant(1) : segments;
  SmallVector<Value> results;
  if (!kernel.sumBlock) {
    results = reduceSegments(begin, end, state);
  } else {
    // A sum of block sums: its rounding error grows with the length of a block, not of the whole reduction.
    int64_t block = kernel.sumBlock;
    results = emitter.loop(begin, end, block, state, [&](Value number, ValueRange values) {
      SmallVector<Value> inner(values);
      std::fill_n(inner.begin(), count, zero());
      inner = reduceSegments(number, emitter.minimum(emitter.add(number, block), end), inner);
      for (size_t i = 0; i < count; ++i)
        inner[i] = addSums(emitter, values[i], inner[i]);
      return inner;
    });
  }
  results.truncate(count);
  if (!addsLast)
    return results;
  for (auto [sum, initial] : llvm::zip_equal(results, start()))
    sum = addSums(emitter, sum, initial);
  return results;
}

LogicalResult Emission::finish(SmallVector<Value> &sums) {
  SmallVector<SmallVector<Value>> pointers;
  for (auto [extra, pitch] : llvm::zip_equal(extras, extraPanelPitches))
    pointers.push_back(panelPointers(extra, pitch));
  for (int64_t row = 0; row < kernel.rows; ++row)
    for (int64_t vector = 0; vector < kernel.vectors; ++vector) {
      Value &sum = sums[row * kernel.vectors + vector];
      SmallVector<Value> arguments = {sum};
      for (auto [number, access] : llvm::enumerate(kernel.extras)) {
        int64_t bytes = row * access.pixelPitch + kernel.skipBefore(row, access.rowSkip);
        arguments.push_back(access.perChannel
                                ? emitter.loadTail(pointers[number][vector / partsOfPanel()],
                                                   kernel.masksStores ? lanesOf(vector) : emitter.lanes(),
                                                   bytes + partOffset(vector, getElementBytes(access.element)),
                                                   access.element)
                                : emitter.loadBroadcast(pointers[number][0], bytes, access.element));
      }
      FailureOr<SmallVector<Value>> yielded =
          emitRegion(*kernel.epilogue, arguments, emitter, narrowing ? narrowing->whole : Value());
      if (failed(yielded))
        return failure();
      sum = kernel.masksStores || narrowing ? yielded->front() : emitter.mask(yielded->front(), lanesOf(vector));
    }
  return success();
}

/// Zero in the lanes of each panel past `count`.
static Value maskPanels(VectorEmitter &emitter, Value bytes, int64_t count) {
  auto type = cast<VectorType>(bytes.getType());
  SmallVector<int8_t> kept(type.getNumElements());
  for (auto [lane, byte] : llvm::enumerate(kept))
    byte = int64_t(lane) % kPanelLanes < count ? -1 : 0;
  Value mask = arith::ConstantOp::create(emitter.builder, emitter.loc, DenseElementsAttr::get(type, ArrayRef(kept)));
  return arith::AndIOp::create(emitter.builder, emitter.loc, bytes, mask);
}

/// Writes the bytes of as many pixels as their vectors fill one, 16 of each.
void Emission::storePacked(ArrayRef<Value> sums, int64_t firstRow, int64_t panel, Value pointer) {
  int64_t parts = partsOfPanel(), pixels = kPackedVectors / parts, rows = std::min(pixels, kernel.rows - firstRow);
  SmallVector<Value> wholes;
  for (int64_t pixel = 0; pixel < pixels; ++pixel) // What there is none of is not stored.
    for (int64_t part = 0; part < parts; ++part)
      wholes.push_back(sums[(firstRow + std::min(pixel, rows - 1)) * kernel.vectors + panel * parts + part]);
  Value bytes = packBytes(emitter, *narrowing, wholes);
  if (panel + 1 == panels() && kernel.lastLanes < kPanelLanes)
    bytes = maskPanels(emitter, bytes, kernel.lastLanes);
  bool isDense = rows == pixels;
  for (int64_t pixel = 1; pixel < rows; ++pixel)
    isDense &= outOffset(firstRow + pixel) == outOffset(firstRow) + pixel * kPanelLanes;
  if (isDense)
    return emitter.store(bytes, pointer, outOffset(firstRow));
  for (int64_t pixel = 0; pixel < rows; ++pixel) {
    auto lanes = llvm::to_vector(llvm::seq<int64_t>(pixel * kPanelLanes, (pixel + 1) * kPanelLanes));
    Value own = vector::ShuffleOp::create(emitter.builder, emitter.loc, bytes, bytes, lanes);
    emitter.store(own, pointer, outOffset(firstRow + pixel));
  }
}

void Emission::store(ArrayRef<Value> sums) {
  SmallVector<Value> pointers = panelPointers(out, outPanelPitch);
  int64_t parts = partsOfPanel(), packedPanels = 0;
  if (narrowing && kernel.vectors % parts == 0)
    packedPanels = panels() - (kernel.masksStores && kernel.lastLanes < kPanelLanes);
  for (int64_t panel = 0; panel < packedPanels; ++panel)
    for (int64_t row = 0; row < kernel.rows; row += kPackedVectors / parts)
      storePacked(sums, row, panel, pointers[panel]);
  for (int64_t row = 0; row < kernel.rows; ++row)
    for (int64_t vector = packedPanels * parts; vector < kernel.vectors; ++vector) {
      Value sum = sums[row * kernel.vectors + vector];
      if (narrowing)
        sum = narrow(emitter, *narrowing, sum);
      if (narrowing && !kernel.masksStores)
        sum = emitter.mask(sum, lanesOf(vector));
      emitter.storeTail(sum, pointers[vector / parts], kernel.masksStores ? lanesOf(vector) : emitter.lanes(),
                        outOffset(row) + partOffset(vector, getElementBytes(kernel.outElement)));
    }
}

bool hasEpilogue(const ContractKernel &kernel) {
  return kernel.finishes && kernel.epilogue && !kernel.epilogue->empty();
}

std::string getKey(const ContractKernel &kernel) {
  // Names all fields: with one more this does not compile until the key has it too.
  const auto &[arithmetic, outElement, rows, vectors, pixelPitch, run, runPitch, outPixelPitch, pixelsOfRow, rowLength,
               rowSkip, outRowSkip, lastLanes, masksStores, sumBlock, unroll, hasTable, hasOneSegment, hasBias,
               continues, finishes, linesAhead, epilogue, extras] = kernel;
  std::string key =
      joinFields(rows, vectors, pixelPitch, run, runPitch, outPixelPitch, pixelsOfRow, rowLength, rowSkip, outRowSkip,
                 lastLanes, masksStores, sumBlock, unroll, hasTable, hasOneSegment, hasBias, continues, linesAhead);
  llvm::raw_string_ostream stream(key);
  stream << arithmetic.name << outElement;
  if (!finishes || !epilogue || epilogue->empty())
    return key;
  for (const auto &[extraPitch, extraSkip, perChannel, element] : extras)
    stream << "extra" << joinFields(extraPitch, extraSkip, perChannel) << element;
  return key + getRegionKey(*epilogue);
}

LogicalResult emitBody(const ContractKernel &kernel, VectorEmitter &emitter, ValueRange arguments) {
  Emission emission(kernel, emitter);
  Value *leading[] = {&emission.a,
                      &emission.filter,
                      &emission.out,
                      &emission.segments,
                      &emission.segmentPitchOrTable,
                      &emission.filterPanelPitch,
                      &emission.outPanelPitch};
  for (auto [member, argument] : llvm::zip_first(leading, arguments))
    *member = argument;
  ValueRange rest = arguments.drop_front(7);
  // Were it known that pixels share elements, LLVM would keep them in registers that the sums need.
  if (kernel.overlaps())
    emission.runPitch = emitter.opaque(emitter.constant(kernel.runPitch));
  // LLVM moves up to four loads of one base together; where these leave no register, it must not see that base.
  int64_t registers = kernel.rows * kernel.vectors + 4 * emission.panels() + 1;
  if (registers > emitter.level.vectorRegisters && kernel.vectors > 1 && kernel.rows > 1) {
    emission.elementPitch = emitter.opaque(emitter.constant(kPanelLanes * kernel::kStepBytes));
    if (kernel.vectors > kernel.rows)
      emission.vectorPitch = emitter.opaque(emitter.constant(emitter.lanes() * kernel::kStepBytes));
  }
  if (kernel.hasBias) {
    emission.bias = rest.front();
    rest = rest.drop_front();
  }
  if (kernel.linesAhead) {
    emission.ahead = rest.front();
    rest = rest.drop_front();
  }
  for (; !rest.empty(); rest = rest.drop_front(2)) {
    emission.extras.push_back(rest[0]);
    emission.extraPanelPitches.push_back(rest[1]);
  }
  SmallVector<Value> sums = emission.reduce();
  if (hasEpilogue(kernel))
    emission.narrowing = findNarrowing(*kernel.epilogue, emitter.level);
  if (hasEpilogue(kernel) && failed(emission.finish(sums)))
    return failure();
  emission.store(sums);
  return success();
}

} // namespace

LogicalResult cnnc::to_vector::callContractKernel(const ContractKernel &kernel, const ContractArguments &arguments,
                                                  Step &step) {
  bool epilogue = hasEpilogue(kernel);
  // An extra may be the very memory of `out`, so neither is exclusive then.
  KernelArgument written =
      epilogue && !kernel.extras.empty() ? KernelArgument::pointer : KernelArgument::exclusivePointer;
  SmallVector<KernelArgument> kinds = {KernelArgument::exclusivePointer,
                                       KernelArgument::exclusivePointer,
                                       written,
                                       KernelArgument::integer,
                                       kernel.hasTable ? KernelArgument::exclusivePointer : KernelArgument::integer,
                                       KernelArgument::integer,
                                       KernelArgument::integer};
  SmallVector<Value> values = {arguments.a,
                               arguments.filter,
                               arguments.out,
                               arguments.segments,
                               arguments.segmentPitchOrTable,
                               arguments.filterPanelPitch,
                               arguments.outPanelPitch};
  if (kernel.hasBias) {
    kinds.push_back(KernelArgument::exclusivePointer);
    values.push_back(arguments.bias);
  }
  if (kernel.linesAhead) {
    kinds.push_back(KernelArgument::pointer);
    values.push_back(arguments.ahead);
  }
  if (epilogue)
    for (auto [extra, pitch] : llvm::zip_equal(arguments.extras, arguments.extraPanelPitches)) {
      kinds.append({KernelArgument::pointer, KernelArgument::integer});
      values.append({extra, pitch});
    }
  std::string name = "contract_" + std::to_string(kernel.rows) + "x" + std::to_string(kernel.vectors);
  LogicalResult result = success();
  step.kernels.call(step.emitter, name, getKey(kernel), kinds, values,
                    [&](VectorEmitter &emitter, ValueRange inner) { result = emitBody(kernel, emitter, inner); });
  return result;
}
