// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.conv, conv_transpose, matmul and pool of other elements than f32, which no kernel has  =>  linalg.generic as the
// definition says: slow, and exact in the elements' own type.
//   %y = cnn.conv %x, %w  =>  %p = cnn.pad %x ; %y = linalg.generic ins(%p, %w) { mulf, addf }
#include "passes/linalg/Patterns.h"

#include "passes/linalg/Generic.h"

#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

#include <limits>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_linalg;
using utils::IteratorType;

static ArrayRef<int64_t> getShape(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

static Value reshape(OpBuilder &builder, Location location, Value value, ArrayRef<int64_t> shape) {
  if (getShape(value) == shape)
    return value;
  auto type = RankedTensorType::get(shape, getElementTypeOrSelf(value.getType()));
  return kernel::ReshapeOp::create(builder, location, type, value);
}

static Value pad(OpBuilder &builder, Location location, Value value, ArrayRef<int64_t> low, ArrayRef<int64_t> high,
                 TypedAttr border) {
  auto isNone = [](int64_t width) { return width == 0; };
  if (llvm::all_of(low, isNone) && llvm::all_of(high, isNone))
    return value;
  SmallVector<int64_t> shape(getShape(value));
  for (size_t dim = 0; dim < shape.size(); ++dim)
    shape[dim] += low[dim] + high[dim];
  auto type = RankedTensorType::get(shape, getElementTypeOrSelf(value.getType()));
  return cnn::PadOp::create(builder, location, type, value, low, high, cnn::PadMode::constant, border);
}

/// `value` with its spatial dimensions moved by `low` (cut where it is negative) and brought to `extents`.
static Value fitSpatial(OpBuilder &builder, Location location, Value value, ArrayRef<int64_t> low,
                        ArrayRef<int64_t> extents, TypedAttr border) {
  SmallVector<int64_t> shape(getShape(value)), starts(shape.size(), 0), before(shape.size(), 0), after(shape.size(), 0),
      steps(shape.size(), 1);
  for (size_t i = 0; i < extents.size(); ++i) {
    size_t dim = shape.size() - extents.size() + i;
    before[dim] = std::max<int64_t>(low[i], 0);
    starts[dim] = std::max<int64_t>(-low[i], 0);
    int64_t available = shape[dim] - starts[dim], room = extents[i] - before[dim];
    shape[dim] = std::min(available, room);
    after[dim] = room - shape[dim];
  }
  if (ArrayRef(shape) != getShape(value)) {
    auto type = RankedTensorType::get(shape, getElementTypeOrSelf(value.getType()));
    value = cnn::SliceOp::create(builder, location, type, value, starts, steps);
  }
  return pad(builder, location, value, before, after, border);
}

using Body = llvm::function_ref<Value(OpBuilder &, Location, ValueRange)>;

/// A reduction of `inputs` that starts from `start`; the maps are the inputs', then the result's.
static Value reduce(OpBuilder &builder, Location location, ArrayRef<Value> inputs, RankedTensorType type,
                    TypedAttr start, ArrayRef<AffineMap> maps, ArrayRef<IteratorType> iterators, StringRef algorithm,
                    Body body) {
  Value empty = tensor::EmptyOp::create(builder, location, type.getShape(), type.getElementType());
  Value constant = arith::ConstantOp::create(builder, location, start);
  Value filled = linalg::FillOp::create(builder, location, constant, empty).getResult(0);
  auto generic = linalg::GenericOp::create(builder, location, TypeRange(type), inputs, filled, maps, iterators,
                                           [&](OpBuilder &inner, Location location, ValueRange arguments) {
                                             linalg::YieldOp::create(inner, location, body(inner, location, arguments));
                                           });
  describeGeneric(generic, algorithm);
  return generic.getResult(0);
}

static Value multiplyAdd(OpBuilder &builder, Location location, ValueRange x) {
  if (isa<FloatType>(x[2].getType()))
    return arith::AddFOp::create(builder, location, x[2], arith::MulFOp::create(builder, location, x[0], x[1]));
  return arith::AddIOp::create(builder, location, x[2], arith::MulIOp::create(builder, location, x[0], x[1]));
}

/// What follows the accumulators: bias and epilogue, as a cnn.map.
static Value finish(OpBuilder &builder, cnn::EpilogueOp op, Value result, Value bias, ValueRange extras) {
  Region &epilogue = op.getEpilogue();
  if (!bias && epilogue.empty())
    return result;
  Location location = op.getLoc();
  SmallVector<Value> inputs = {result};
  if (bias) {
    SmallVector<int64_t> shape(getShape(result).size(), 1);
    shape[1] = getShape(bias)[0];
    inputs.push_back(reshape(builder, location, bias, shape));
  }
  llvm::append_range(inputs, extras);
  auto map = cnn::MapOp::create(builder, location, op->getResult(0).getType(), inputs);
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> types = llvm::map_to_vector(inputs, [](Value input) { return getElementTypeOrSelf(input); });
  Block *block = builder.createBlock(&map.getBody(), {}, types, SmallVector<Location>(types.size(), location));
  SmallVector<Value> arguments(block->getArguments());
  if (bias) {
    Value sum = isa<FloatType>(types[0])
                    ? arith::AddFOp::create(builder, location, arguments[0], arguments[1]).getResult()
                    : arith::AddIOp::create(builder, location, arguments[0], arguments[1]).getResult();
    arguments.erase(arguments.begin() + 1);
    arguments[0] = sum;
  }
  Value value = arguments[0];
  if (!epilogue.empty()) {
    IRMapping mapping;
    mapping.map(epilogue.front().getArguments(), arguments);
    for (Operation &inner : epilogue.front().without_terminator())
      builder.clone(inner, mapping);
    value = mapping.lookupOrDefault(epilogue.front().getTerminator()->getOperand(0));
  }
  cnn::YieldOp::create(builder, location, value);
  return map;
}

static LogicalResult finishAndReplace(ConversionPatternRewriter &rewriter, cnn::EpilogueOp op, Value result, Value bias,
                                      ValueRange extras) {
  rewriter.replaceOp(op, finish(rewriter, op, result, bias, extras));
  return success();
}

namespace {

/// A convolution of `input` (N, G, IC/G, spatial, padded already) by `filter`, whose dimensions are G, then OC/G and
/// IC/G in this order or (`inputFirst`) the other, then the kernel.
struct Convolution {
  Value input, filter;
  bool inputFirst = false;
  ArrayRef<int64_t> strides, dilations;
};

} // namespace

/// The dimensions of the iteration space are n, g, o, output position, i, kernel position.
static Value convolve(OpBuilder &builder, Location location, const Convolution &convolution, RankedTensorType output) {
  MLIRContext *context = builder.getContext();
  unsigned spatial = convolution.strides.size(), dims = 2 * spatial + 4;
  auto dim = [&](unsigned number) { return getAffineDimExpr(number, context); };
  AffineExpr n = dim(0), g = dim(1), o = dim(2), i = dim(3 + spatial);
  SmallVector<AffineExpr> read = {n, g, i}, taps = {g, o, i}, written = {n, g, o};
  if (convolution.inputFirst)
    std::swap(taps[1], taps[2]);
  for (unsigned s = 0; s < spatial; ++s) {
    AffineExpr position = dim(3 + s), tap = dim(4 + spatial + s);
    read.push_back(position * convolution.strides[s] + tap * convolution.dilations[s]);
    taps.push_back(tap);
    written.push_back(position);
  }
  SmallVector<AffineMap> maps;
  for (ArrayRef<AffineExpr> results : {ArrayRef(read), ArrayRef(taps), ArrayRef(written)})
    maps.push_back(AffineMap::get(dims, 0, results, context));
  SmallVector<IteratorType> iterators(dims, IteratorType::parallel);
  std::fill(iterators.begin() + 3 + spatial, iterators.end(), IteratorType::reduction);
  int64_t groups = getShape(convolution.filter)[0];
  SmallVector<int64_t> shape = {output.getDimSize(0), groups, output.getDimSize(1) / groups};
  llvm::append_range(shape, output.getShape().drop_front(2));
  Type element = output.getElementType();
  Value sums = reduce(builder, location, {convolution.input, convolution.filter}, RankedTensorType::get(shape, element),
                      builder.getZeroAttr(element), maps, iterators, "reference", multiplyAdd);
  return reshape(builder, location, sums, output.getShape());
}

/// Splits dimension `dim` in `groups` parts.
static Value splitGroups(OpBuilder &builder, Location location, Value value, size_t dim, int64_t groups) {
  SmallVector<int64_t> shape(getShape(value));
  shape[dim] /= groups;
  shape.insert(shape.begin() + dim, groups);
  return reshape(builder, location, value, shape);
}

/// How much of the input the windows of a dimension span.
static SmallVector<int64_t> getSpans(ArrayRef<int64_t> output, ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                                     ArrayRef<int64_t> dilations) {
  SmallVector<int64_t> spans;
  for (auto [extent, taps, stride, dilation] : llvm::zip_equal(output, kernel, strides, dilations))
    spans.push_back((extent - 1) * stride + (taps - 1) * dilation + 1);
  return spans;
}

/// The type of the accumulators: the input's elements in the result's shape.
static RankedTensorType getSumType(Operation *op) {
  return RankedTensorType::get(getShape(op->getResult(0)), getElementTypeOrSelf(op->getOperand(0).getType()));
}

namespace {

/// cnn.conv  =>  linalg.generic
struct ConvertConv : OpConversionPattern<cnn::ConvOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::ConvOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Location location = op.getLoc();
    RankedTensorType sums = getSumType(op);
    int64_t group = op.getGroup();
    ArrayRef<int64_t> kernel = getShape(op.getFilter()).drop_front(2);
    SmallVector<int64_t> spans = getSpans(sums.getShape().drop_front(2), kernel, op.getStrides(), op.getDilations());
    Value padded = fitSpatial(rewriter, location, adaptor.getInput(), op.getPads().take_front(kernel.size()), spans,
                              rewriter.getZeroAttr(sums.getElementType()));
    Convolution convolution;
    convolution.input = splitGroups(rewriter, location, padded, 1, group);
    convolution.filter = splitGroups(rewriter, location, adaptor.getFilter(), 0, group);
    convolution.strides = op.getStrides();
    convolution.dilations = op.getDilations();
    Value result = convolve(rewriter, location, convolution, sums);
    return finishAndReplace(rewriter, op, result, adaptor.getBias(), adaptor.getExtras());
  }
};

/// cnn.conv_transpose  =>  linalg.generic over the input with zeros between its elements, and the filter backwards
struct ConvertConvTranspose : OpConversionPattern<cnn::ConvTransposeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::ConvTransposeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location location = op.getLoc();
    RankedTensorType sums = getSumType(op);
    int64_t group = op.getGroup();
    ArrayRef<int64_t> kernel = getShape(op.getFilter()).drop_front(2);
    TypedAttr zero = rewriter.getZeroAttr(sums.getElementType());
    SmallVector<int64_t> ones(kernel.size(), 1), low;
    for (size_t i = 0; i < kernel.size(); ++i)
      low.push_back((kernel[i] - 1) * op.getDilations()[i] - op.getPads()[i]);
    SmallVector<int64_t> spans = getSpans(sums.getShape().drop_front(2), kernel, ones, op.getDilations());
    Value spread = spreadOut(rewriter, location, adaptor.getInput(), op.getStrides(), zero);
    Value padded = fitSpatial(rewriter, location, spread, low, spans, zero);
    Convolution convolution;
    convolution.input = splitGroups(rewriter, location, padded, 1, group);
    convolution.filter = splitGroups(rewriter, location, turn(rewriter, location, adaptor.getFilter()), 0, group);
    convolution.inputFirst = true;
    convolution.strides = ones;
    convolution.dilations = op.getDilations();
    Value result = convolve(rewriter, location, convolution, sums);
    return finishAndReplace(rewriter, op, result, adaptor.getBias(), adaptor.getExtras());
  }

private:
  /// `strides` - 1 zeros behind each element.
  static Value spreadOut(OpBuilder &builder, Location location, Value value, ArrayRef<int64_t> strides,
                         TypedAttr zero) {
    SmallVector<int64_t> shape(getShape(value).take_front(2)), spread = shape;
    SmallVector<int64_t> none(2 + 2 * strides.size(), 0), high = none;
    for (auto [i, stride] : llvm::enumerate(strides)) {
      int64_t extent = getShape(value)[2 + i];
      shape.append({extent, 1});
      spread.push_back(extent * stride);
      high[3 + 2 * i] = stride - 1;
    }
    Value apart = pad(builder, location, reshape(builder, location, value, shape), none, high, zero);
    return reshape(builder, location, apart, spread);
  }

  /// The kernel's dimensions backwards.
  static Value turn(OpBuilder &builder, Location location, Value filter) {
    SmallVector<int64_t> starts(getShape(filter)), steps(starts.size(), -1);
    for (int64_t &start : starts)
      --start;
    std::fill_n(starts.begin(), 2, 0);
    std::fill_n(steps.begin(), 2, 1);
    return cnn::SliceOp::create(builder, location, filter.getType(), filter, starts, steps);
  }
};

/// cnn.matmul  =>  linalg.generic
struct ConvertMatMul : OpConversionPattern<cnn::MatMulOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::MatMulOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType sums = getSumType(op);
    MLIRContext *context = getContext();
    unsigned rank = sums.getRank(), batch = rank - 2;
    auto dim = [&](unsigned number) { return getAffineDimExpr(number, context); };
    AffineExpr row = dim(batch), column = dim(batch + 1), depth = dim(rank);
    auto getMap = [&](Value value, AffineExpr first, AffineExpr second) {
      SmallVector<AffineExpr> results;
      for (unsigned i = 0; i < batch; ++i)
        results.push_back(getShape(value)[i] == 1 ? getAffineConstantExpr(0, context) : dim(i));
      results.append({first, second});
      return AffineMap::get(rank + 1, 0, results, context);
    };
    SmallVector<AffineExpr> written = llvm::map_to_vector(llvm::seq(rank), dim);
    SmallVector<AffineMap> maps = {getMap(adaptor.getLhs(), row, depth), getMap(adaptor.getRhs(), depth, column),
                                   AffineMap::get(rank + 1, 0, written, context)};
    SmallVector<IteratorType> iterators(rank, IteratorType::parallel);
    iterators.push_back(IteratorType::reduction);
    Value result = reduce(rewriter, op.getLoc(), {adaptor.getLhs(), adaptor.getRhs()}, sums,
                          rewriter.getZeroAttr(sums.getElementType()), maps, iterators, "reference", multiplyAdd);
    return finishAndReplace(rewriter, op, result, Value(), adaptor.getExtras());
  }
};

/// cnn.pool of floats  =>  linalg.generic, and a division by the elements that an average counts
struct ConvertPool : OpConversionPattern<cnn::PoolOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::PoolOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = getSumType(op);
    if (!isa<FloatType>(type.getElementType()))
      return rewriter.notifyMatchFailure(op, "pools other elements than floats");
    bool isMax = op.getKind() == cnn::PoolKind::max;
    double infinity = std::numeric_limits<double>::infinity();
    TypedAttr start = rewriter.getFloatAttr(type.getElementType(), isMax ? -infinity : 0);
    SmallVector<int64_t> spans =
        getSpans(type.getShape().drop_front(2), op.getKernel(), op.getStrides(), op.getDilations());
    Value padded = fitSpatial(rewriter, op.getLoc(), adaptor.getInput(), op.getPads().take_front(op.getKernel().size()),
                              spans, start);
    Value result = combineWindows(rewriter, op, padded, type, start);
    if (!isMax)
      result = divide(rewriter, op, result);
    return finishAndReplace(rewriter, op, result, Value(), adaptor.getExtras());
  }

private:
  static Value combineWindows(OpBuilder &builder, cnn::PoolOp op, Value padded, RankedTensorType type,
                              TypedAttr start) {
    MLIRContext *context = builder.getContext();
    unsigned spatial = op.getKernel().size(), dims = 2 * spatial + 2;
    auto dim = [&](unsigned number) { return getAffineDimExpr(number, context); };
    SmallVector<AffineExpr> read = {dim(0), dim(1)}, taps, written = read;
    for (unsigned s = 0; s < spatial; ++s) {
      AffineExpr position = dim(2 + s), tap = dim(2 + spatial + s);
      read.push_back(position * op.getStrides()[s] + tap * op.getDilations()[s]);
      taps.push_back(tap);
      written.push_back(position);
    }
    SmallVector<AffineMap> maps;
    for (ArrayRef<AffineExpr> results : {ArrayRef(read), ArrayRef(taps), ArrayRef(written)})
      maps.push_back(AffineMap::get(dims, 0, results, context));
    SmallVector<IteratorType> iterators(dims, IteratorType::parallel);
    std::fill(iterators.begin() + 2 + spatial, iterators.end(), IteratorType::reduction);
    // Nobody reads its elements: its shape is the window's.
    auto shape = RankedTensorType::get(op.getKernel(), type.getElementType());
    Value window = arith::ConstantOp::create(builder, op.getLoc(), builder.getZeroAttr(shape));
    bool isMax = op.getKind() == cnn::PoolKind::max;
    return reduce(builder, op.getLoc(), {padded, window}, type, start, maps, iterators, "reference",
                  [&](OpBuilder &inner, Location location, ValueRange x) -> Value {
                    if (isMax)
                      return arith::MaximumFOp::create(inner, location, x[2], x[0]);
                    return arith::AddFOp::create(inner, location, x[2], x[0]);
                  });
  }

  /// How many elements of its window an average counts, for each output along spatial dimension `dim`.
  static SmallVector<double> countElements(cnn::PoolOp op, size_t dim) {
    int64_t low = op.getPads()[dim], high = op.getPads()[op.getKernel().size() + dim];
    int64_t begin = op.getCountIncludePad() ? -low : 0;
    int64_t end = getShape(op.getInput())[2 + dim] + (op.getCountIncludePad() ? high : 0);
    SmallVector<double> counts;
    for (int64_t out = 0; out < getShape(op.getOutput())[2 + dim]; ++out) {
      int64_t count = 0;
      for (int64_t k = 0; k < op.getKernel()[dim]; ++k) {
        int64_t in = out * op.getStrides()[dim] + k * op.getDilations()[dim] - low;
        count += in >= begin && in < end;
      }
      counts.push_back(std::max<int64_t>(count, 1));
    }
    return counts;
  }

  static Value divide(OpBuilder &builder, cnn::PoolOp op, Value sums) {
    Location location = op.getLoc();
    auto type = cast<RankedTensorType>(sums.getType());
    auto element = cast<FloatType>(type.getElementType());
    SmallVector<Value> inputs = {sums};
    for (size_t dim = 0; dim < op.getKernel().size(); ++dim) {
      SmallVector<int64_t> shape(type.getRank(), 1);
      shape[2 + dim] = type.getDimSize(2 + dim);
      SmallVector<Attribute> counts;
      for (double count : countElements(op, dim))
        counts.push_back(builder.getFloatAttr(element, count));
      auto constant = DenseElementsAttr::get(RankedTensorType::get(shape, element), counts);
      inputs.push_back(arith::ConstantOp::create(builder, location, constant));
    }
    auto map = cnn::MapOp::create(builder, location, type, inputs);
    OpBuilder::InsertionGuard guard(builder);
    Block *block = builder.createBlock(&map.getBody(), {}, SmallVector<Type>(inputs.size(), element),
                                       SmallVector<Location>(inputs.size(), location));
    Value count = block->getArgument(1);
    for (BlockArgument factor : block->getArguments().drop_front(2))
      count = arith::MulFOp::create(builder, location, count, factor);
    Value average = arith::DivFOp::create(builder, location, block->getArgument(0), count);
    cnn::YieldOp::create(builder, location, average);
    return map;
  }
};

} // namespace

void cnnc::to_linalg::populateProductPatterns(TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertConv, ConvertConvTranspose, ConvertMatMul, ConvertPool>(converter, patterns.getContext());
}
