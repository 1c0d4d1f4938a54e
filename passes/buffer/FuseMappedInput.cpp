// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.step { linalg.generic ins(%x) outs(%m) } ; kernel.step { kernel.contract ins(%m) outs(%c) }
//   =>  kernel.step { scf.forall (%task) { %part = memref.alloca ; linalg.generic outs(%part) ; contract ins(%part) } }
#include "passes/buffer/Passes.h"
#include "passes/buffer/PixelParts.h"
#include "passes/buffer/Views.h"
#include "passes/schedule/Forecast.h"

#include "dialects/kernel/Arithmetic.h"
#include "dialects/target/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace cnnc::buffer {
#define GEN_PASS_DEF_FUSEMAPPEDINPUTPASS
#include "passes/buffer/Passes.h.inc"
} // namespace cnnc::buffer

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;
using kernel::ChannelOrder;

/// The only op of a step.
template <typename Op> static Op getOnly(kernel::StepOp step) {
  Block &body = step.getBody().front();
  return llvm::hasSingleElement(body) ? dyn_cast<Op>(body.front()) : Op();
}

/// Nothing behind `last` touches the memory of `memref`.
static bool endsWith(Value memref, kernel::StepOp last) {
  return llvm::all_of(memref.getUsers(), [&](Operation *user) {
    if (isa<ViewLikeOpInterface>(user))
      return endsWith(user->getResult(0), last);
    auto step = user->getParentOfType<kernel::StepOp>();
    return step && !last->isBeforeInBlock(step);
  });
}

/// Each pixel of the result comes from that pixel of one image alone.
static bool isPointwise(kernel::ContractOp op) {
  auto isOne = [](int64_t value) { return value == 1; };
  auto isStored = [&](Value extra) { return getExtents(extra) == getExtents(op.getOut()); };
  return kernel::isOfFloats(op) && llvm::all_of(op.getKernel(), isOne) && llvm::all_of(op.getStrides(), isOne) &&
         op.getKernel().size() == 2 && !op.getBatchedFilter() && op.getAOrder() != ChannelOrder::first &&
         op.getOutOrder() != ChannelOrder::first && getExtents(op.getOut())[0] == 1 &&
         llvm::all_of(op.getExtras(), isStored);
}

/// Elementwise, of operands that have each dimension or repeat along it.
static bool isMap(linalg::GenericOp op) {
  return op.getNumDpsInits() == 1 && op.getNumReductionLoops() == 0 &&
         !op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)) && op.getBody()->getOps<linalg::IndexOp>().empty() &&
         op.getIndexingMapsArray().back().isIdentity() &&
         llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) { return map.isProjectedPermutation(true); });
}

namespace {

/// An operand that moves with the pixels, and where its rows are.
struct MovingOperand {
  OpOperand *operand;
  int64_t rowDim;  ///< -1 where it repeats along them
  bool hasColumns; ///< behind the rows
};

struct MappedInput {
  kernel::StepOp mapStep, contractStep;
  linalg::GenericOp map;
  kernel::ContractOp contract;
  SmallVector<MovingOperand> operands;

  bool match();
  bool isFlat();
  void fuse(int64_t parts);
  int64_t getRowDim() { return contract.getAOrder() == ChannelOrder::last ? 1 : 2; }
  void findOperands();
  MappedPixels getPixels(ArrayRef<target::Level> levels);
};

void MappedInput::findOperands() {
  int64_t row = getRowDim();
  for (OpOperand *input : map.getDpsInputOperands()) {
    AffineMap access = map.getMatchingIndexingMap(input);
    auto find = [&](int64_t dim) { return access.getResultPosition(getAffineDimExpr(dim, map.getContext())); };
    std::optional<unsigned> rowDim = find(row), columnDim = find(row + 1);
    if (rowDim || columnDim)
      operands.push_back({input, rowDim ? int64_t(*rowDim) : -1, rowDim && columnDim && *columnDim == *rowDim + 1});
  }
  int64_t outRow = contract.getOutOrder() == ChannelOrder::last ? 1 : 2;
  operands.push_back({&contract.getOutMutable(), outRow, true});
  for (OpOperand &extra : contract.getExtrasMutable())
    operands.push_back({&extra, outRow, true});
}

bool MappedInput::match() {
  map = getOnly<linalg::GenericOp>(mapStep);
  contract = getOnly<kernel::ContractOp>(contractStep);
  if (!map || !contract || !isMap(map) || !isPointwise(contract))
    return false;
  Value mapped = map.getDpsInits()[0], root = getRoot(mapped);
  auto reads = [](ValueRange values, Value memory) {
    return llvm::any_of(values, [&](Value value) { return getRoot(value) == memory; });
  };
  // What a task stores, no other may read.
  if (contract.getA() != mapped || !root.getDefiningOp<memref::AllocOp>() || !endsWith(root, contractStep) ||
      reads(contract.getExtras(), root) || reads(map.getDpsInputs(), getRoot(contract.getOut())))
    return false;
  findOperands();
  // A part of a wide result writes more than the map's memory saves: ConvNeXt-T's fourfold ones lose half a percent.
  return contract.getOutChannels() <= 2 * contract.getInChannels();
}

/// The rows of all operands follow one another.
bool MappedInput::isFlat() {
  return llvm::all_of(operands, [](const MovingOperand &moving) {
    auto type = cast<MemRefType>(moving.operand->get().getType());
    SmallVector<int64_t> strides = type.getStridesAndOffset().first;
    return moving.hasColumns &&
           strides[moving.rowDim] == strides[moving.rowDim + 1] * type.getDimSize(moving.rowDim + 1);
  });
}

MappedPixels MappedInput::getPixels(ArrayRef<target::Level> levels) {
  ArrayRef<int64_t> shape = getExtents(contract.getA());
  int64_t rows = shape[getRowDim()], columns = shape[getRowDim() + 1];
  int64_t pixelBytes = getBytes(contract.getA()) / (rows * columns), tasks = schedule::countTasks(contract, levels);
  return isFlat() ? MappedPixels{rows * columns, 1, pixelBytes, tasks} : MappedPixels{rows, columns, pixelBytes, tasks};
}

/// `memref` with each pixel as a row.
static Value flatten(OpBuilder &builder, Location loc, Value memref, int64_t rowDim) {
  auto type = cast<MemRefType>(memref.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  SmallVector<int64_t> shape(type.getShape());
  shape[rowDim] *= shape[rowDim + 1];
  shape[rowDim + 1] = 1;
  strides[rowDim] = strides[rowDim + 1];
  auto layout = StridedLayoutAttr::get(type.getContext(), offset, strides);
  return memref::ReinterpretCastOp::create(builder, loc, MemRefType::get(shape, type.getElementType(), layout), memref,
                                           offset, shape, strides);
}

void MappedInput::fuse(int64_t parts) {
  OpBuilder builder(contractStep);
  Location loc = contractStep.getLoc();
  bool flat = isFlat();
  int64_t row = getRowDim();
  SmallVector<int64_t> shape(getExtents(contract.getA()));
  if (flat) {
    shape[row] *= shape[row + 1];
    shape[row + 1] = 1;
  }
  shape[row] /= parts;
  SmallVector<Value> views;
  for (const MovingOperand &moving : operands) {
    Value memref = moving.operand->get();
    views.push_back(flat ? flatten(builder, loc, memref, moving.rowDim) : memref);
  }
  std::string algorithm = ("map+" + contractStep.getAlgorithm()).str();
  bool inPlace = llvm::is_contained(map.getDpsInputs(), contract.getA());
  int64_t saved = (inPlace ? 1 : 2) * getBytes(contract.getA());
  auto step = kernel::StepOp::create(builder, loc, contractStep.getName(), algorithm,
                                     mapStep.getMacs() + contractStep.getMacs(),
                                     mapStep.getBytes() + contractStep.getBytes() - saved);
  builder.setInsertionPointToStart(&step.getBody().emplaceBlock());
  OpFoldResult extent = builder.getIndexAttr(parts);
  auto forall = scf::ForallOp::create(builder, loc, extent, ValueRange(), std::nullopt);
  builder.setInsertionPointToStart(forall.getBody());
  Value first = arith::MulIOp::create(builder, loc, forall.getInductionVar(0),
                                      arith::ConstantIndexOp::create(builder, loc, shape[row]));
  Value part = memref::AllocaOp::create(builder, loc, MemRefType::get(shape, builder.getF32Type()),
                                        builder.getI64IntegerAttr(64));
  for (auto [moving, view] : llvm::zip_equal(operands, views))
    if (moving.rowDim >= 0)
      moving.operand->set(takePart(builder, loc, view, moving.rowDim, first, shape[row]));
  map.getDpsInitOperand(0)->set(part);
  contract.getAMutable().assign(part);
  for (Operation *op : {map.getOperation(), contract.getOperation()}) {
    for (StringRef name : {"macs", "algorithm"})
      op->removeAttr(name);
    op->moveBefore(forall.getBody()->getTerminator());
  }
  mapStep.erase();
  contractStep.erase();
}

struct FuseMappedInput : cnnc::buffer::impl::FuseMappedInputPassBase<FuseMappedInput> {
  using FuseMappedInputPassBase::FuseMappedInputPassBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    SmallVector<target::Level> levels = target::requireCpuLevels(function->getParentOfType<ModuleOp>());
    if (levels.empty())
      return signalPassFailure();
    int64_t l2Bytes = getMiddleL2Bytes(levels);
    fuseNeighbours(function, [&](kernel::StepOp map, kernel::StepOp contract) {
      MappedInput input = {map, contract, nullptr, nullptr, {}};
      int64_t parts = input.match() ? selectPixelParts(input.getPixels(levels), l2Bytes) : 0;
      if (parts == 0)
        return false;
      input.fuse(parts);
      ++fused;
      return true;
    });
  }
};

} // namespace
