// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.contract ins(..) outs(%inside) loc("conv1") ; kernel.border %b
//   =>  kernel.step "conv1" algorithm("direct") macs(..) bytes(..) { kernel.contract .. ; kernel.border .. }
#include "passes/buffer/Passes.h"
#include "passes/buffer/Place.h"
#include "passes/buffer/Views.h"
#include "passes/schedule/Forecast.h"

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/TypeSwitch.h"

namespace cnnc::buffer {
#define GEN_PASS_DEF_OUTLINESTEPSPASS
#include "passes/buffer/Passes.h.inc"
} // namespace cnnc::buffer

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;

/// Copies of one step: beside so many a barrier is little, and to compile them takes the square of their number. Twice
/// what is seen in real networks.
static constexpr size_t kGroupedCopies = 8;

/// Every memref that `op` or its body touches.
static SetVector<Value> getMemrefs(Operation *op) {
  SetVector<Value> memrefs;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (isa<MemRefType>(operand.getType()))
        memrefs.insert(operand);
  });
  return memrefs;
}

static SmallVector<Value> getWritten(Operation *op) {
  if (auto border = dyn_cast<kernel::BorderOp>(op))
    return {border.getOut()};
  return SmallVector<Value>(cast<DestinationStyleOpInterface>(op).getDpsInits());
}

/// The box of a view in its root; none where the view has other dimensions.
static std::optional<Box> getBox(Value memref) {
  auto type = cast<MemRefType>(memref.getType()), rootType = cast<MemRefType>(getRoot(memref).getType());
  Box box;
  int64_t offset;
  if (type.getRank() != rootType.getRank() || failed(type.getStridesAndOffset(box.steps, offset)))
    return std::nullopt;
  box.sizes.assign(type.getShape().begin(), type.getShape().end());
  for (auto [dim, stride] : llvm::enumerate(getDenseStrides(rootType.getShape()))) {
    // The stride of a single element says nothing.
    if (box.sizes[dim] == 1)
      box.steps[dim] = stride;
    if (stride == 0 || box.steps[dim] % stride != 0)
      return std::nullopt;
    box.steps[dim] /= stride;
    box.offsets.push_back(offset / stride);
    offset %= stride;
    if (box.offsets[dim] + (box.sizes[dim] - 1) * box.steps[dim] >= rootType.getDimSize(dim))
      return std::nullopt;
  }
  return box;
}

static bool mayOverlap(Value a, Value b) {
  if (getRoot(a) != getRoot(b))
    return false;
  std::optional<Box> boxA = getBox(a), boxB = getBox(b);
  return !boxA || !boxB || !areDisjoint(*boxA, *boxB);
}

/// Neither op touches what the other writes.
static bool areIndependent(Operation *a, Operation *b) {
  for (auto [writer, other] : {std::pair(a, b), std::pair(b, a)})
    for (Value written : getWritten(writer))
      if (llvm::any_of(getMemrefs(other), [&](Value memref) { return mayOverlap(written, memref); }))
        return false;
  return true;
}

/// Operands and results, once each.
static int64_t getBytes(Operation *op) {
  int64_t bytes = 0;
  for (Value memref : getMemrefs(op)) {
    auto type = cast<MemRefType>(memref.getType());
    bytes += type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  }
  return bytes;
}

static StringRef getAlgorithm(Operation *op) {
  if (auto algorithm = op->getAttrOfType<StringAttr>("algorithm"))
    return algorithm.getValue();
  return isa<linalg::LinalgOp>(op) ? "generic" : op->getName().stripDialect();
}

/// The ONNX node's name: the first one, where ops were merged.
static StringRef getNodeName(Location loc) {
  auto name = loc->findInstanceOf<NameLoc>();
  return name ? name.getName().getValue() : StringRef();
}

/// Copies, of which any number of tasks can be made, or the phases of a transposed convolution.
static bool areOfOneKind(Operation *a, Operation *b, ArrayRef<target::Level> levels) {
  if (getAlgorithm(a) != getAlgorithm(b) || a->getName() != b->getName())
    return false;
  bool arePhases = isa<kernel::ContractOp, kernel::WindowOp>(a) && a->getLoc() == b->getLoc() &&
                   (levels.empty() || schedule::countTasks(a, levels) == schedule::countTasks(b, levels));
  return arePhases || getAlgorithm(a) == "copy";
}

namespace {

/// Ops that one step will hold.
struct Group {
  SmallVector<Operation *> ops;
  SmallPtrSet<Value, 8> roots;

  void add(Operation *op) {
    ops.push_back(op);
    for (Value memref : getMemrefs(op))
      roots.insert(getRoot(memref));
  }
};

struct OutlineSteps : cnnc::buffer::impl::OutlineStepsPassBase<OutlineSteps> {
  using OutlineStepsPassBase::OutlineStepsPassBase;

  void runOnOperation() override {
    SmallVector<target::Level> levels = target::getCpuLevels(getOperation());
    SmallVector<Group> groups;
    for (Operation &op : getOperation().getBody().front()) {
      if (isa<memref::MemRefDialect, arith::ArithDialect, func::FuncDialect>(op.getDialect()))
        continue;
      findGroup(&op, groups, levels).add(&op);
    }
    for (Group &group : groups)
      createStep(group);
  }

  /// The group that `op` may join, or a new one.
  static Group &findGroup(Operation *op, SmallVectorImpl<Group> &groups, ArrayRef<target::Level> levels) {
    if (auto border = dyn_cast<kernel::BorderOp>(op)) {
      // Whoever touched the buffer last keeps inside of the border.
      Value root = getRoot(border.getOut());
      for (Group &group : llvm::reverse(groups))
        if (group.roots.contains(root))
          return group;
    }
    bool isFull = !groups.empty() && getAlgorithm(op) == "copy" && groups.back().ops.size() >= kGroupedCopies;
    bool joins = !groups.empty() && !isFull && llvm::all_of(groups.back().ops, [&](Operation *other) {
      return areOfOneKind(op, other, levels) && areIndependent(op, other);
    });
    return joins ? groups.back() : groups.emplace_back();
  }

  void createStep(const Group &group) {
    Operation *first = group.ops.front();
    OpBuilder builder(first);
    int64_t macs = 0, bytes = 0;
    for (Operation *op : group.ops) {
      bool isSide = isa<kernel::BorderOp>(op) && group.ops.size() > 1;
      if (auto count = op->getAttrOfType<IntegerAttr>("macs"))
        macs += count.getInt();
      bytes += isSide ? 0 : getBytes(op);
    }
    StringRef name = getNodeName(first->getLoc());
    auto step = kernel::StepOp::create(builder, first->getLoc(), name.empty() ? getAlgorithm(first) : name,
                                       getAlgorithm(first), macs, bytes);
    Block &body = step.getBody().emplaceBlock();
    for (Operation *op : group.ops)
      op->moveBefore(&body, body.end());
  }
};

} // namespace
