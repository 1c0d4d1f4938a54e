// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.step { kernel.contract ins(%x) outs(%e) } ; kernel.step { kernel.window ins(%e) outs(%d) }
//   =>  kernel.step { scf.forall (%task) { %slice = memref.alloca ; contract into %slice ; window from %slice } }
#include "passes/buffer/ExpansionSlices.h"
#include "passes/buffer/Passes.h"
#include "passes/buffer/Place.h"
#include "passes/buffer/Views.h"

#include "dialects/kernel/Arithmetic.h"
#include "dialects/target/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace cnnc::buffer {
#define GEN_PASS_DEF_FUSEEXPANSIONPASS
#include "passes/buffer/Passes.h.inc"
} // namespace cnnc::buffer

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;
using kernel::ChannelOrder;

namespace {
/// Stored dimensions of a blocked map.
enum BlockedDim { blockDim = 1, rowDim = 2, columnDim = 3 };
} // namespace

/// Whether only these two steps touch the memory of `memref`.
static bool isPrivate(Value memref, kernel::StepOp first, kernel::StepOp second) {
  return llvm::all_of(memref.getUsers(), [&](Operation *user) {
    if (isa<ViewLikeOpInterface>(user))
      return isPrivate(user->getResult(0), first, second);
    auto step = user->getParentOfType<kernel::StepOp>();
    return step == first || step == second;
  });
}

/// The only op of a step but borders.
template <typename Op> static Op getOnly(kernel::StepOp step) {
  Op found;
  for (Operation &op : step.getBody().front()) {
    if (isa<kernel::BorderOp>(op))
      continue;
    if (found || !isa<Op>(op))
      return nullptr;
    found = cast<Op>(op);
  }
  return found;
}

/// A pointwise convolution that writes whole channel blocks of one image, each from its own panel.
static bool expandsBlocks(kernel::ContractOp op) {
  auto isOne = [](int64_t value) { return value == 1; };
  return op && kernel::isOfFloats(op) && llvm::all_of(op.getKernel(), isOne) && llvm::all_of(op.getStrides(), isOne) &&
         op.getKernel().size() == 2 && op.getGroup() == 1 && !op.getBatchedFilter() && op.getExtras().empty() &&
         op.getAOrder() != ChannelOrder::first && op.getOutOrder() == ChannelOrder::blocked &&
         getExtents(op.getOut())[0] == 1 && op.getOutChannels() % 16 == 0;
}

namespace {

struct Expansion {
  kernel::StepOp expandStep, windowStep;
  kernel::ContractOp expand;
  kernel::WindowOp window;
  kernel::BorderOp border;           ///< of the expanded map; null where it has none
  int64_t low[2] = {}, high[2] = {}; ///< its rows and columns

  bool match();
  bool matchBorder();
  ExpandedMap getMap();
};

/// The contraction fills the inside of the border, or all of the map.
bool Expansion::matchBorder() {
  Block &body = expandStep.getBody().front();
  for (auto op : body.getOps<kernel::BorderOp>())
    border = op;
  if (body.getOperations().size() != (border ? 2 : 1))
    return false;
  ArrayRef<int64_t> inside = getExtents(expand.getOut()), whole = getExtents(window.getA());
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(cast<MemRefType>(expand.getOut().getType()).getStridesAndOffset(strides, offset)))
    return false;
  SmallVector<int64_t> none(5, 0), before(none), after(none), dense = getDenseStrides(whole);
  for (int64_t dim : {rowDim, columnDim}) {
    before[dim] = low[dim - rowDim] = offset / dense[dim];
    after[dim] = high[dim - rowDim] = whole[dim] - inside[dim] - before[dim];
    offset %= dense[dim];
  }
  if (!border)
    return inside == whole;
  return border.getOut() == window.getA() && offset == 0 && border.getLow() == ArrayRef(before) &&
         border.getHigh() == ArrayRef(after);
}

bool Expansion::match() {
  window = getOnly<kernel::WindowOp>(windowStep);
  expand = getOnly<kernel::ContractOp>(expandStep);
  return window && expandsBlocks(expand) && window.getKind() == kernel::WindowKind::mul_add && window.getWidth() == 1 &&
         window.getOrder() == ChannelOrder::blocked && window.getKernel().size() == 2 && window.getExtras().empty() &&
         window.getA().getDefiningOp<memref::AllocOp>() && getRoot(expand.getOut()) == window.getA() &&
         isPrivate(window.getA(), expandStep, windowStep) && getRoot(window.getOut()) != getRoot(expand.getA()) &&
         matchBorder();
}

ExpandedMap Expansion::getMap() {
  ArrayRef<int64_t> whole = getExtents(window.getA());
  return {whole[blockDim], whole[columnDim] * 64, getExtents(window.getOut())[rowDim], window.getStrides()[0],
          (window.getKernel()[0] - 1) * window.getDilations()[0] + 1};
}

/// Writes the step of an expansion.
class SliceBuilder {
public:
  SliceBuilder(Expansion &expansion, int64_t parts)
      : expansion(expansion), map(expansion.getMap()), parts(parts), partRows(map.rows / parts),
        builder(expansion.windowStep), loc(expansion.windowStep.getLoc()) {}
  void build();

private:
  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }
  Value add(Value a, Value b) { return builder.createOrFold<arith::AddIOp>(loc, a, b); }
  Value scale(Value a, int64_t b) { return builder.createOrFold<arith::MulIOp>(loc, a, constant(b)); }
  Value clamp(Value a, int64_t most) {
    Value raised = arith::MaxSIOp::create(builder, loc, a, constant(0));
    return arith::MinSIOp::create(builder, loc, raised, constant(most));
  }
  Value take(Value memref, int64_t dim, OpFoldResult first, int64_t count) {
    return takePart(builder, loc, memref, dim, first, count);
  }
  void loop(Value begin, Value end, function_ref<void(Value)> body);
  Value createSlice();
  void expandRow(Value slice, Value sliceRow, Value row, Value block);
  void expandRows(Value slice, Value part, Value block);
  void applyWindow(Value slice, Value part, Value block);
  /// `op` for one block of channels, of these operands.
  template <typename Op> Op cloneOp(Op op, Value a, Value out, Value block);

  Expansion &expansion;
  ExpandedMap map;
  int64_t parts, partRows;
  OpBuilder builder;
  Location loc;
};

void SliceBuilder::loop(Value begin, Value end, function_ref<void(Value)> body) {
  auto op = scf::ForOp::create(builder, loc, begin, end, constant(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(op.getBody());
  body(op.getInductionVar());
}

template <typename Op> Op SliceBuilder::cloneOp(Op op, Value a, Value out, Value block) {
  Value filter = take(op.getFilter(), 0, block, 1), bias;
  if (op.getBias())
    bias = take(op.getBias(), 0, scale(block, 16), 16);
  auto clone = cast<Op>(builder.clone(*op));
  for (StringRef name : {"macs", "algorithm"})
    clone->removeAttr(name);
  clone.getAMutable().assign(a);
  clone.getFilterMutable().assign(filter);
  if (bias)
    clone.getBiasMutable().assign(bias);
  clone.getOutMutable().assign(out);
  clone->setAttr(isa<kernel::WindowOp>(clone) ? "channels" : "out_channels", builder.getI64IntegerAttr(16));
  return clone;
}

/// Memory of a task: its part of the bordered rows of one block. The border's columns are written once.
Value SliceBuilder::createSlice() {
  SmallVector<int64_t> shape(getExtents(expansion.window.getA()));
  shape[blockDim] = 1;
  shape[rowDim] = map.readRows(partRows);
  Value slice = memref::AllocaOp::create(builder, loc, MemRefType::get(shape, builder.getF32Type()),
                                         builder.getI64IntegerAttr(64));
  SmallVector<int64_t> low(5, 0), high(5, 0);
  low[columnDim] = expansion.low[1];
  high[columnDim] = expansion.high[1];
  if (expansion.border && low[columnDim] + high[columnDim])
    kernel::BorderOp::create(builder, loc, slice, low, high, expansion.border.getValueAttr());
  return slice;
}

void SliceBuilder::expandRow(Value slice, Value sliceRow, Value row, Value block) {
  kernel::ContractOp op = expansion.expand;
  int64_t sourceRowDim = op.getAOrder() == ChannelOrder::last ? rowDim - 1 : rowDim;
  Value target = take(slice, rowDim, sliceRow, 1);
  Value inside = take(target, columnDim, builder.getIndexAttr(expansion.low[1]), getExtents(op.getOut())[columnDim]);
  cloneOp(op, take(op.getA(), sourceRowDim, row, 1), inside, block);
}

/// Computes the rows that lie in the image, and sets the others to the border's value.
void SliceBuilder::expandRows(Value slice, Value part, Value block) {
  int64_t low = expansion.low[0], height = getExtents(expansion.expand.getOut())[rowDim],
          count = map.readRows(partRows);
  Value first = scale(part, partRows * map.stride), before = scale(first, -1);
  Value begin = clamp(add(before, constant(low)), count), end = clamp(add(before, constant(low + height)), count);
  auto fill = [&](Value sliceRow) {
    Value value = arith::ConstantOp::create(builder, loc, cast<TypedAttr>(expansion.border.getValueAttr()));
    linalg::FillOp::create(builder, loc, value, take(slice, rowDim, sliceRow, 1));
  };
  if (expansion.low[0])
    loop(constant(0), begin, fill);
  loop(begin, end,
       [&](Value sliceRow) { expandRow(slice, sliceRow, add(add(first, constant(-low)), sliceRow), block); });
  if (expansion.high[0])
    loop(end, constant(count), fill);
}

void SliceBuilder::applyWindow(Value slice, Value part, Value block) {
  kernel::WindowOp op = expansion.window;
  auto takePart = [&](Value map) {
    return take(take(map, rowDim, scale(part, partRows), partRows), blockDim, block, 1);
  };
  Value out = takePart(op.getOut()), sums = op.getRowSums() ? takePart(op.getRowSums()) : Value();
  kernel::WindowOp clone = cloneOp(op, slice, out, block);
  if (sums)
    clone.getRowSumsMutable().assign(sums);
}

void SliceBuilder::build() {
  kernel::StepOp expandStep = expansion.expandStep, windowStep = expansion.windowStep;
  int64_t tasks = parts * map.blocks;
  int64_t saved = getBytes(expansion.expand.getOut()) + getBytes(expansion.window.getA());
  auto step = kernel::StepOp::create(builder, loc, expandStep.getName(), "expand+depthwise",
                                     expandStep.getMacs() + windowStep.getMacs(),
                                     expandStep.getBytes() + windowStep.getBytes() - saved);
  Block &body = step.getBody().emplaceBlock();
  builder.setInsertionPointToStart(&body);
  OpFoldResult extent = builder.getIndexAttr(tasks);
  auto forall = scf::ForallOp::create(builder, loc, extent, ValueRange(), std::nullopt);
  builder.setInsertionPointToStart(forall.getBody());
  // Tasks that follow one another read the same rows of the input.
  Value task = forall.getInductionVar(0), blocks = constant(map.blocks);
  Value part = arith::DivSIOp::create(builder, loc, task, blocks);
  Value block = arith::RemSIOp::create(builder, loc, task, blocks);
  Value slice = createSlice();
  expandRows(slice, part, block);
  applyWindow(slice, part, block);
  for (auto border : llvm::make_early_inc_range(windowStep.getBody().front().getOps<kernel::BorderOp>()))
    border->moveBefore(&body, body.end());
  windowStep.erase();
  expandStep.erase();
}

struct FuseExpansion : cnnc::buffer::impl::FuseExpansionPassBase<FuseExpansion> {
  using FuseExpansionPassBase::FuseExpansionPassBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    SmallVector<target::Level> levels = target::requireCpuLevels(function->getParentOfType<ModuleOp>());
    if (levels.empty())
      return signalPassFailure();
    int64_t l2Bytes = getMiddleL2Bytes(levels), largest = 0;
    for (const target::Level &level : levels)
      largest = std::max(largest, level.l2Bytes);
    fuseNeighbours(function, [&](kernel::StepOp expand, kernel::StepOp window) {
      Expansion expansion = {expand, window, nullptr, nullptr, nullptr};
      int64_t parts = expansion.match() ? selectRowParts(expansion.getMap(), l2Bytes, largest) : 0;
      if (parts == 0)
        return false;
      SliceBuilder(expansion, parts).build();
      ++fused;
      return true;
    });
  }
};

} // namespace
