// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Evaluates kernel.reshape, pad and relayout of constants: filters become panels, biases whole blocks.
//
//   %w = arith.constant dense_resource<w> : tensor<64x64x3x3xf32>
//   %p = kernel.relayout ins(%w : ...) outs(%e : tensor<...>) {...}
// =>
//   %p = arith.constant dense_resource<w_packed> : tensor<...>
#include "passes/kernel/Passes.h"

#include "passes/kernel/Relayout.h"

#include "dialects/cnn/Constants.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Threading.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;

namespace cnnc::to_kernel {
#define GEN_PASS_DEF_PACKCONSTANTS
#include "passes/kernel/Passes.h.inc"
} // namespace cnnc::to_kernel

/// A name for what is made from `source`: its own, marked once.
static std::string getName(Attribute source) {
  auto resource = dyn_cast<DenseResourceElementsAttr>(source);
  StringRef name = resource ? StringRef(resource.getRawHandle().getKey()) : "constant";
  size_t mark = name.find("_packed");
  return (name.take_front(mark) + "_packed").str();
}

/// The constant's own bytes where they are aligned, else a copy in `storage`.
static std::optional<ArrayRef<char>> getBytes(ElementsAttr source, std::vector<char> &storage) {
  std::optional<ArrayRef<char>> bytes = cnn::getBytes(source);
  if (bytes && reinterpret_cast<uintptr_t>(bytes->data()) % (source.getShapedType().getElementTypeBitWidth() / 8) == 0)
    return bytes;
  std::optional<std::vector<char>> copy = cnn::copyBytes(source);
  if (!copy)
    return std::nullopt;
  storage = std::move(*copy);
  return ArrayRef<char>(storage);
}

static Attribute evaluate(kernel::RelayoutOp op, ElementsAttr source) {
  auto type = cast<RankedTensorType>(op.getOut().getType());
  std::vector<char> storage;
  std::optional<ArrayRef<char>> bytes = getBytes(source, storage);
  if (!bytes)
    return {};
  int64_t width = type.getElementTypeBitWidth() / 8;
  Relayout relayout(op.getShape(), {llvm::to_vector(op.getAOrder()), static_cast<int64_t>(op.getABlock())},
                    {llvm::to_vector(op.getOutOrder()), static_cast<int64_t>(op.getOutBlock())});
  std::vector<char> packed(relayout.size() * width);
  // Enough rows to be worth a task.
  constexpr int64_t kRowsPerTask = 4096;
  int64_t tasks = llvm::divideCeilSigned(relayout.getRows(), kRowsPerTask);
  parallelFor(op.getContext(), 0, tasks, [&](size_t task) {
    int64_t begin = task * kRowsPerTask;
    relayout.copyRows(bytes->data(), packed.data(), width, begin, std::min(begin + kRowsPerTask, relayout.getRows()));
  });
  return cnn::getBytesAttr(type, std::move(packed), getName(source));
}

static Attribute evaluate(kernel::PadOp op, ElementsAttr source) {
  RankedTensorType type = op.getOutput().getType();
  std::vector<char> storage;
  std::optional<ArrayRef<char>> bytes = getBytes(source, storage);
  std::optional<std::vector<char>> padded =
      cnn::copyBytes(DenseElementsAttr::get(type, ArrayRef<Attribute>(op.getValue())));
  if (!bytes || !padded)
    return {};
  copyInto(op.getInput().getType().getShape(), op.getLow(), op.getHigh(), bytes->data(), padded->data(),
           type.getElementTypeBitWidth() / 8);
  return cnn::getBytesAttr(type, std::move(*padded), getName(source));
}

static Attribute evaluate(kernel::ReshapeOp op, ElementsAttr source) {
  return cnn::reshapeConstant(source, op.getOutput().getType().getShape());
}

namespace {

class PackConstantsPass : public cnnc::to_kernel::impl::PackConstantsBase<PackConstantsPass> {
  void runOnOperation() override {
    // Ops that say the same of one source share their result.
    DenseMap<std::pair<Attribute, Attribute>, Attribute> known;
    IRRewriter rewriter(&getContext());
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa<kernel::RelayoutOp, kernel::PadOp, kernel::ReshapeOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops)
      pack(rewriter, op, known);
    getOperation()->walk([&](Operation *op) {
      if (isa<arith::ConstantOp, tensor::EmptyOp>(op) && op->use_empty())
        rewriter.eraseOp(op);
    });
    cnn::releaseUnusedConstants(getOperation());
  }

  void pack(IRRewriter &rewriter, Operation *op, DenseMap<std::pair<Attribute, Attribute>, Attribute> &known) {
    ElementsAttr source;
    if (!matchPattern(op->getOperand(0), m_Constant(&source)))
      return;
    Builder builder(op->getContext());
    Attribute key = builder.getArrayAttr({builder.getStringAttr(op->getName().getStringRef()), op->getAttrDictionary(),
                                          TypeAttr::get(op->getResult(0).getType())});
    Attribute &result = known[{source, key}];
    if (!result) {
      result = TypeSwitch<Operation *, Attribute>(op).Case<kernel::RelayoutOp, kernel::PadOp, kernel::ReshapeOp>(
          [&](auto typed) { return evaluate(typed, source); });
      packed += result && !isa<kernel::ReshapeOp>(op);
    }
    if (!result)
      return;
    rewriter.setInsertionPoint(op);
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, cast<TypedAttr>(result));
  }
};

} // namespace
