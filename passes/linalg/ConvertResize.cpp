// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.resize  =>  linalg.generic that reads its input through tables of indices and weights.
#include "passes/linalg/Patterns.h"

#include "passes/linalg/Generic.h"
#include "passes/linalg/ResizeTables.h"

#include "dialects/cnn/Constants.h"
#include "dialects/cnn/Storage.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_linalg;

namespace {

/// A resized dimension, and its tables as constants.
struct ResizedDim {
  int64_t dim;
  ResizeTable table;
  SmallVector<Value> indices, weights; ///< per tap; no weights for a single one of 1
  Value outside;                       ///< 1 where the rule extrapolates; null where it nowhere does
};

} // namespace

static std::optional<ResizeRule> getRule(cnn::ResizeOp op) {
  std::optional<Coordinates> coordinates = parseCoordinates(op.getCoordinateTransformationMode().str());
  std::optional<Rounding> rounding = parseRounding(op.getNearestMode().str());
  if (!coordinates || !rounding)
    return std::nullopt;
  auto interpolation = op.getMode() == cnn::ResizeMode::nearest  ? Interpolation::nearest
                       : op.getMode() == cnn::ResizeMode::linear ? Interpolation::linear
                                                                 : Interpolation::cubic;
  return ResizeRule{interpolation,          *coordinates,     *rounding, op.getCubicCoeffA().convertToDouble(),
                    op.getExcludeOutside(), op.getAntialias()};
}

static ResizeDim getDim(cnn::ResizeOp op, int64_t dim) {
  ResizeDim result{op.getInput().getType().getDimSize(dim), op.getOutput().getType().getDimSize(dim),
                   op.getScales()[dim]};
  if (std::optional<ArrayRef<double>> roi = op.getRoi()) {
    result.begin = (*roi)[dim];
    result.end = (*roi)[roi->size() / 2 + dim];
  }
  return result;
}

/// Is every output its own input? Then the dimension needs no table.
static bool isIdentity(const ResizeTable &table, int64_t input) {
  if (table.taps() != 1 || static_cast<int64_t>(table.indices[0].size()) != input ||
      llvm::is_contained(table.outside, true))
    return false;
  for (int64_t i = 0; i < input; ++i)
    if (table.indices[0][i] != i || static_cast<float>(table.weights[0][i]) != 1)
      return false;
  return true;
}

/// Weights in the type of the elements that they weigh.
static Value createWeights(OpBuilder &builder, cnn::ResizeOp op, ArrayRef<double> weights) {
  auto extent = static_cast<int64_t>(weights.size());
  if (auto wide = dyn_cast<Float64Type>(op.getInput().getType().getElementType()))
    return arith::ConstantOp::create(builder, op.getLoc(),
                                     DenseElementsAttr::get(RankedTensorType::get(extent, wide), weights));
  auto type = RankedTensorType::get(extent, builder.getF32Type());
  std::vector<float> floats(weights.begin(), weights.end());
  return cnn::createFloats(builder, op.getLoc(), type, std::move(floats), "resize_weights");
}

static ResizedDim createTables(OpBuilder &builder, cnn::ResizeOp op, int64_t dim, ResizeTable table) {
  ResizedDim resized{dim, std::move(table), {}, {}, {}};
  Location location = op.getLoc();
  int64_t extent = op.getOutput().getType().getDimSize(dim);
  auto integers = RankedTensorType::get(extent, builder.getI32Type());
  auto isOne = [](double weight) { return static_cast<float>(weight) == 1; };
  bool plain = resized.table.taps() == 1 && llvm::all_of(resized.table.weights[0], isOne);
  for (int64_t tap = 0; tap < resized.table.taps(); ++tap) {
    auto indices = DenseElementsAttr::get(integers, ArrayRef(resized.table.indices[tap]));
    resized.indices.push_back(arith::ConstantOp::create(builder, location, indices));
    if (!plain)
      resized.weights.push_back(createWeights(builder, op, resized.table.weights[tap]));
  }
  if (llvm::is_contained(resized.table.outside, true)) {
    SmallVector<int32_t> outside(resized.table.outside.begin(), resized.table.outside.end());
    resized.outside = arith::ConstantOp::create(builder, location, DenseElementsAttr::get(integers, ArrayRef(outside)));
  }
  return resized;
}

namespace {

/// Writes the body of a resize along some dimensions at once.
class Body {
public:
  Body(OpBuilder &builder, Location location, const Space &space, Value stored, RankedTensorType logical,
       ArrayRef<ResizedDim> dims)
      : builder(builder), location(location), space(space), stored(stored), logical(logical), dims(dims),
        indices(logical.getRank()) {
    for (int64_t dim = 0; dim < logical.getRank(); ++dim)
      indices[dim].same = dim;
  }

  /// Interpolates along dims[level], of what the deeper levels interpolate.
  Value interpolate(size_t level = 0) {
    if (level == dims.size())
      return extractStored(builder, location, space, stored, logical, indices);
    const ResizedDim &resized = dims[level];
    Value position = getLogicalIndex(builder, location, space, resized.dim), sum;
    for (auto [tap, table] : llvm::enumerate(resized.indices)) {
      indices[resized.dim] = {lookUpIndex(builder, location, table, position), -1};
      Value term = interpolate(level + 1);
      if (!resized.weights.empty()) {
        Value weight = tensor::ExtractOp::create(builder, location, resized.weights[tap], position);
        term = arith::MulFOp::create(builder, location, term, weight);
      }
      sum = sum ? arith::AddFOp::create(builder, location, sum, term) : term;
    }
    return sum;
  }

  static TypedAttr getScalar(Type type, double value) {
    return isa<FloatType>(type) ? TypedAttr(FloatAttr::get(type, value))
                                : TypedAttr(IntegerAttr::get(type, static_cast<int64_t>(value)));
  }

  /// `value`, or `extrapolation` where a dimension lies outside the input.
  Value extrapolate(Value value, double extrapolation) {
    for (const ResizedDim &resized : dims) {
      if (!resized.outside)
        continue;
      Value position = getLogicalIndex(builder, location, space, resized.dim);
      Value flag = tensor::ExtractOp::create(builder, location, resized.outside, position);
      Value zero = arith::ConstantIntOp::create(builder, location, 0, 32);
      Value outside = arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ne, flag, zero);
      Value constant = arith::ConstantOp::create(builder, location, getScalar(value.getType(), extrapolation));
      value = arith::SelectOp::create(builder, location, outside, constant, value);
    }
    return value;
  }

private:
  OpBuilder &builder;
  Location location;
  const Space &space;
  Value stored;
  RankedTensorType logical;
  ArrayRef<ResizedDim> dims;
  SmallVector<Index> indices;
};

/// cnn.resize  =>  linalg.generic; one for each dimension where many taps would make the body long
struct ConvertResize : OpConversionPattern<cnn::ResizeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::ResizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    std::optional<ResizeRule> rule = getRule(op);
    if (!rule)
      return rewriter.notifyMatchFailure(op, "unknown coordinate or rounding mode");
    SmallVector<ResizedDim> dims;
    int64_t taps = 1;
    for (int64_t dim = 0; dim < op.getInput().getType().getRank(); ++dim) {
      ResizeTable table = getResizeTable(getDim(op, dim), *rule);
      if (isIdentity(table, op.getInput().getType().getDimSize(dim)))
        continue;
      dims.push_back(createTables(rewriter, op, dim, std::move(table)));
      taps *= dims.back().table.taps();
    }
    constexpr int64_t kTapsOfOneBody = 4;
    size_t step = taps <= kTapsOfOneBody ? std::max<size_t>(dims.size(), 1) : 1;
    Value stored = adaptor.getInput();
    RankedTensorType type = op.getInput().getType(), output = op.getOutput().getType();
    for (size_t first = 0; first < std::max<size_t>(dims.size(), 1); first += step) {
      ArrayRef<ResizedDim> together = ArrayRef(dims).slice(first, std::min(step, dims.size() - first));
      SmallVector<int64_t> shape(type.getShape());
      for (const ResizedDim &resized : together)
        shape[resized.dim] = output.getDimSize(resized.dim);
      auto next = RankedTensorType::get(shape, type.getElementType(), output.getEncoding());
      stored = createStep(rewriter, op, stored, type, next, together);
      type = next;
    }
    rewriter.replaceOp(op, stored);
    return success();
  }

private:
  static Value createStep(ConversionPatternRewriter &rewriter, cnn::ResizeOp op, Value stored, RankedTensorType from,
                          RankedTensorType to, ArrayRef<ResizedDim> dims) {
    Location location = op.getLoc();
    Space space(to);
    double extrapolation = op.getExtrapolationValue().convertToDouble();
    bool extrapolates = llvm::any_of(dims, [](const ResizedDim &dim) { return bool(dim.outside); });
    // A blocked dimension that is resized repeats its last element in the lanes past the extent.
    bool blockResized = llvm::any_of(dims, [&](const ResizedDim &dim) { return dim.dim == space.layout.getBlock(); });
    return createIndexed(rewriter, location, to, "resize",
                         [&](OpBuilder &builder) {
                           Body body(builder, location, space, stored, from, dims);
                           Value value = body.extrapolate(body.interpolate(), extrapolation);
                           bool mask = blockResized || (extrapolates && extrapolation != 0);
                           return mask ? maskLanes(builder, location, value, space) : value;
                         })
        .getResult(0);
  }
};

} // namespace

void cnnc::to_linalg::populateResizePatterns(TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertResize>(converter, patterns.getContext());
}
