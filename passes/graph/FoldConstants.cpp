// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.transpose %constant [1, 0]  ;  %2 = cnn.map(%1) { mulf 2.0 }
// becomes
//   %2 = arith.constant
#include "dialects/cnn/Constants.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"
#include "passes/graph/ScalarProgram.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cstring>

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc {
#define GEN_PASS_DEF_FOLDCONSTANTSPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// Results up to this many elements are folded even where that makes more bytes.
constexpr int64_t kSmall = 1 << 16;

/// The bytes of a constant, expanded where it is uniform.
struct Bytes {
  std::vector<char> owned;
  ArrayRef<char> view;
};

std::optional<Bytes> getAllBytes(Value value) {
  Attribute attribute;
  if (!matchPattern(value, m_Constant(&attribute)))
    return std::nullopt;
  if (std::optional<ArrayRef<char>> bytes = getBytes(attribute))
    return Bytes{{}, *bytes};
  auto dense = dyn_cast<DenseElementsAttr>(attribute);
  if (!dense || !dense.isSplat() || dense.getElementType().isInteger(1))
    return std::nullopt;
  Bytes bytes;
  for (int64_t i = 0; i < dense.getNumElements(); ++i)
    llvm::append_range(bytes.owned, dense.getRawData());
  bytes.view = bytes.owned;
  return bytes;
}

SmallVector<int64_t> getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t dim = static_cast<int64_t>(shape.size()) - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * shape[dim + 1];
  return strides;
}

/// Where to start in some bytes and how to step, in elements.
struct Walk {
  int64_t offset;
  SmallVector<int64_t> strides;
};

void copyElements(ArrayRef<int64_t> shape, const char *from, const Walk &source, char *to, const Walk &target,
                  int64_t width, size_t dim = 0) {
  from += source.offset * width;
  to += target.offset * width;
  if (dim == shape.size()) {
    std::memcpy(to, from, width);
    return;
  }
  for (int64_t i = 0; i < shape[dim]; ++i)
    copyElements(shape, from + i * source.strides[dim] * width, {0, source.strides},
                 to + i * target.strides[dim] * width, {0, target.strides}, width, dim + 1);
}

/// The result of an op under evaluation: row major, zero at first.
struct Result {
  RankedTensorType type;
  int64_t width;
  std::vector<char> bytes;

  explicit Result(Type resultType)
      : type(cast<RankedTensorType>(resultType)), width(llvm::divideCeil(type.getElementTypeBitWidth(), 8)),
        bytes(type.getNumElements() * width) {}
  Walk getWalk() const { return {0, getRowMajorStrides(type.getShape())}; }
  ElementsAttr finish() {
    if (!type.getElementType().isF32())
      return DenseElementsAttr::getFromRawBuffer(type, bytes);
    std::vector<float> floats(type.getNumElements());
    std::memcpy(floats.data(), bytes.data(), bytes.size());
    return getFloatsAttr(type, std::move(floats), "folded");
  }
};

ElementsAttr evaluate(TransposeOp op) {
  std::optional<Bytes> input = getAllBytes(op.getInput());
  if (!input)
    return nullptr;
  Result result(op.getOutput().getType());
  SmallVector<int64_t> strides = getRowMajorStrides(getShape(op.getInput()));
  Walk source = {0, llvm::map_to_vector(op.getPermutation(), [&](int64_t dim) { return strides[dim]; })};
  copyElements(result.type.getShape(), input->view.data(), source, result.bytes.data(), result.getWalk(), result.width);
  return result.finish();
}

ElementsAttr evaluate(ReshapeOp op) {
  Attribute attribute;
  matchPattern(op.getInput(), m_Constant(&attribute));
  auto elements = dyn_cast_or_null<ElementsAttr>(attribute);
  return elements ? reshapeConstant(elements, getShape(op.getOutput())) : nullptr;
}

ElementsAttr evaluate(SliceOp op) {
  std::optional<Bytes> input = getAllBytes(op.getInput());
  if (!input)
    return nullptr;
  Result result(op.getOutput().getType());
  Walk source = {0, getRowMajorStrides(getShape(op.getInput()))};
  for (auto [dim, stride] : llvm::enumerate(source.strides)) {
    source.offset += op.getStarts()[dim] * stride;
    stride *= op.getSteps()[dim];
  }
  copyElements(result.type.getShape(), input->view.data(), source, result.bytes.data(), result.getWalk(), result.width);
  return result.finish();
}

ElementsAttr evaluate(ConcatOp op) {
  Result result(op.getOutput().getType());
  Walk target = result.getWalk();
  for (Value operand : op.getInputs()) {
    std::optional<Bytes> input = getAllBytes(operand);
    if (!input)
      return nullptr;
    ArrayRef<int64_t> shape = getShape(operand);
    copyElements(shape, input->view.data(), {0, getRowMajorStrides(shape)}, result.bytes.data(), target, result.width);
    target.offset += shape[op.getAxis()] * target.strides[op.getAxis()];
  }
  return result.finish();
}

ElementsAttr evaluate(PadOp op) {
  std::optional<Bytes> input = getAllBytes(op.getInput());
  auto value = dyn_cast<FloatAttr>(op.getValue());
  if (!input || !value || !value.getType().isF32() || op.getMode() != PadMode::constant)
    return nullptr;
  Result result(op.getOutput().getType());
  float fill = value.getValueAsDouble();
  for (size_t i = 0; i < result.bytes.size(); i += sizeof(float))
    std::memcpy(&result.bytes[i], &fill, sizeof(float));
  Walk target = result.getWalk();
  for (auto [low, stride] : llvm::zip_equal(op.getLow(), target.strides))
    target.offset += low * stride;
  ArrayRef<int64_t> shape = getShape(op.getInput());
  copyElements(shape, input->view.data(), {0, getRowMajorStrides(shape)}, result.bytes.data(), target, result.width);
  return result.finish();
}

/// A constant operand of a map, as numbers, and how the result's indices step through it.
struct Operand {
  std::optional<Floats> floats;
  std::optional<SmallVector<int64_t>> integers;
  SmallVector<int64_t> strides;

  explicit Operand(Value value) : floats(getFloats(value)), strides(getRowMajorStrides(getShape(value))) {
    if (!floats)
      integers = getIntegers(value);
    for (auto [extent, stride] : llvm::zip_equal(getShape(value), strides))
      stride = extent == 1 ? 0 : stride;
  }
  bool isKnown() const { return floats || integers; }
  double get(int64_t offset) const { return floats ? double((*floats)[offset]) : double((*integers)[offset]); }
};

ElementsAttr evaluate(MapOp op) {
  auto type = cast<RankedTensorType>(op.getOutput().getType());
  bool isFloat = type.getElementType().isF32();
  if (!isFloat && !type.getElementType().isInteger(64))
    return nullptr;
  std::optional<ScalarProgram> program = ScalarProgram::compile(op.getBody().front());
  SmallVector<Operand> operands;
  for (Value input : op.getInputs())
    operands.emplace_back(input);
  if (!program || !llvm::all_of(operands, [](const Operand &operand) { return operand.isKnown(); }))
    return nullptr;
  std::vector<float> floats(isFloat ? type.getNumElements() : 0);
  std::vector<int64_t> integers(isFloat ? 0 : type.getNumElements());
  std::vector<double> arguments(operands.size()), registers;
  SmallVector<int64_t> strides = getRowMajorStrides(type.getShape());
  for (int64_t index = 0; index < type.getNumElements(); ++index) {
    for (auto [argument, operand] : llvm::zip_equal(arguments, operands)) {
      int64_t offset = 0, rest = index;
      for (auto [stride, operandStride] : llvm::zip_equal(strides, operand.strides)) {
        offset += rest / stride * operandStride;
        rest %= stride;
      }
      argument = operand.get(offset);
    }
    double value = program->run(arguments, registers);
    if (isFloat)
      floats[index] = value;
    else
      integers[index] = value;
  }
  return isFloat ? getFloatsAttr(type, std::move(floats), "folded")
                 : DenseElementsAttr::get(type, ArrayRef<int64_t>(integers));
}

/// op on constants  =>  constant
template <typename OpTy> struct Evaluate : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getOutput().getType());
    int64_t largest = kSmall;
    for (Value operand : op->getOperands()) {
      if (!matchPattern(operand, m_Constant()))
        return rewriter.notifyMatchFailure(op, "an operand is no constant");
      largest = std::max(largest, cast<RankedTensorType>(operand.getType()).getNumElements());
    }
    if (type.getNumElements() > largest && !isa<ConcatOp>(op))
      return rewriter.notifyMatchFailure(op, "the result would be a large constant made from small ones");
    ElementsAttr elements = evaluate(op);
    if (!elements)
      return rewriter.notifyMatchFailure(op, "no evaluation for this element type or body");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, elements.getShapedType(), cast<TypedAttr>(elements));
    return success();
  }
};

class FoldConstantsPass : public impl::FoldConstantsPassBase<FoldConstantsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<Evaluate<TransposeOp>, Evaluate<ReshapeOp>, Evaluate<SliceOp>, Evaluate<ConcatOp>, Evaluate<PadOp>,
                 Evaluate<MapOp>>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc
