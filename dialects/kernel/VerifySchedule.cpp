// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/VerifySchedule.h"

#include "dialects/kernel/Address.h"
#include "dialects/kernel/ContractWalk.h"
#include "dialects/kernel/GenericWalk.h"
#include "dialects/kernel/Schedule.h"
#include "dialects/kernel/Winograd.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::kernel;

/// Far more than threads share, and more code than the instruction cache holds.
static constexpr int64_t kMostTasks = 4096, kMostJoinedPixels = 256, kMostReductionBlocks = 32, kMostUnrolled = 64;
static constexpr int64_t kMost = int64_t(1) << 40;

namespace {

/// An entry of a schedule, and what it may be.
struct Entry {
  StringLiteral name;
  int64_t value, least, most;
};

} // namespace

static LogicalResult verifyEntries(Operation *op, ArrayRef<Entry> entries) {
  for (const Entry &entry : entries)
    if (entry.value != kOpen && (entry.value < entry.least || entry.value > entry.most))
      return op->emitOpError("requires ") << entry.name << " from " << entry.least << " to " << entry.most
                                          << " in its schedule, but found " << entry.value;
  return success();
}

/// One schedule for each level of the module's target, and operands that have a place. Calls `verify` with each of
/// them.
template <typename Schedule>
static LogicalResult verifyEach(Operation *op, ArrayAttr schedules,
                                function_ref<LogicalResult(Schedule, const target::Level &)> verify) {
  if (!schedules)
    return success();
  for (Value operand : op->getOperands()) {
    SmallVector<int64_t> strides;
    int64_t offset;
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type || failed(type.getStridesAndOffset(strides, offset)) || llvm::any_of(strides, ShapedType::isDynamic))
      return op->emitOpError("requires operands in memory, of known strides, where it has a schedule, but found ")
             << operand.getType();
  }
  SmallVector<target::Level> levels = target::getCpuLevels(op);
  if (schedules.size() != levels.size())
    return op->emitOpError("requires a schedule for each of the target's ")
           << levels.size() << " levels, but found " << schedules.size();
  for (auto [schedule, level] : llvm::zip_equal(schedules.getAsRange<Schedule>(), levels))
    if (failed(verify(schedule, level)))
      return failure();
  return success();
}

/// The accumulators of rows x vectors leave registers, and the vectors are whole panels or an equal part of one.
static LogicalResult verifyTile(Operation *op, int64_t rows, int64_t vectors, const target::Level &level) {
  int64_t most = getMostAccumulators(level), lanes = vectors * level.lanes();
  if (failed(verifyEntries(op, {{"rows", rows, 1, most}, {"vectors", vectors, 1, most}})))
    return failure();
  if (vectors != kOpen && lanes % 16 && 16 % lanes)
    return op->emitOpError("requires vectors of whole panels of 16 channels, or an equal part of one, but found ")
           << vectors << " of " << level.lanes() << " lanes at the level " << level.name;
  if (rows != kOpen && vectors != kOpen && rows * vectors > most)
    return op->emitOpError("requires a register tile of at most ")
           << most << " vectors at the level " << level.name << ", but found " << rows << " x " << vectors;
  return success();
}

/// Partial sums rest in `out`.
static LogicalResult verifyReductionBlocks(ContractOp op, int64_t blocks, const ContractWalk &walk) {
  if (blocks <= 1)
    return success();
  if (Type element = getElementTypeOrSelf(op.getOut().getType()); element != walk.arithmetic.accumulator)
    return op.emitOpError("requires out of ") << walk.arithmetic.accumulator << ", where the partial sums of " << blocks
                                              << " reduction_blocks rest, but found " << op.getOut().getType();
  for (Value extra : op.getExtras())
    if (overlap(extra, op.getOut()).value_or(false)) // Without a place it is no step's yet.
      return op.emitOpError("requires extras apart from out, where the partial sums of ")
             << blocks << " reduction_blocks rest";
  return success();
}

static LogicalResult verifyContract(ContractOp op, ContractScheduleAttr schedule, const target::Level &level) {
  if (failed(verifyTile(op, schedule.getRows(), schedule.getVectors(), level)))
    return failure();
  ContractWalk walk = getContractWalk(op);
  bool isFloat = isa<FloatType>(walk.arithmetic.accumulator);
  int64_t lines = schedule.getLines(), rowParts = schedule.getRowParts(), columnParts = schedule.getColumnParts();
  if (failed(verifyEntries(
          op, {{"lines", lines, 1, kMostJoinedPixels},
               {"panel_parts", schedule.getPanelParts(), 1, kMostTasks},
               {"row_parts", rowParts, 1, kMostTasks},
               {"column_parts", columnParts, 1, kMostTasks},
               {"reduction_blocks", schedule.getReductionBlocks(), 1, std::min(kMostReductionBlocks, walk.segments)},
               {"row_block", schedule.getRowBlock(), 1, kMost},
               {"column_block", schedule.getColumnBlock(), 1, kMost},
               {"fetch_passes", schedule.getFetchPasses(), 0, kMostUnrolled},
               {"sum_block", schedule.getSumBlock(), 0, isFloat ? walk.segments : 0},
               {"unroll", schedule.getUnroll(), 1, kMostUnrolled}})))
    return failure();
  if (rowParts > 1 && columnParts > 1)
    return op.emitOpError("requires tasks that share rows or columns, but found ")
           << rowParts << " row_parts and " << columnParts << " column_parts";
  if (lines > 1 && (!walk.canJoin(lines) || lines * walk.dims.back().extent > kMostJoinedPixels))
    return op.emitOpError("cannot cut ") << lines << " rows of " << walk.dims.back().extent << " pixels as one";
  return verifyReductionBlocks(op, schedule.getReductionBlocks(), walk);
}

LogicalResult cnnc::kernel::verifySchedule(ContractOp op) {
  return verifyEach<ContractScheduleAttr>(
      op, op.getScheduleAttr(),
      [&](ContractScheduleAttr schedule, const target::Level &level) { return verifyContract(op, schedule, level); });
}

static LogicalResult verifyWindow(WindowOp op, WindowScheduleAttr schedule, const target::Level &level) {
  int64_t rank = op.getKernel().size(), channels = op.getChannels(), ofCall = schedule.getChannels();
  bool blocked = op.getOrder() == ChannelOrder::blocked;
  if (failed(verifyEntries(
          op, {{"along", schedule.getAlong(), op.getRowSums() ? rank - 1 : 0, std::max<int64_t>(0, rank - 1)},
               {"tile", schedule.getTile(), 1, level.vectorRegisters - 2},
               {"channels", ofCall, blocked ? 16 : 1, blocked ? 16 : channels},
               {"rows", schedule.getRows(), 1, kMost}})))
    return failure();
  if (!blocked && ofCall != kOpen && ofCall != channels && ofCall % 16)
    return op.emitOpError("requires calls of all ")
           << channels << " channels or of a multiple of 16 in its schedule, but found " << ofCall;
  int64_t taps = op.getWidth();
  for (auto [dim, extent] : llvm::enumerate(op.getKernel()))
    if (schedule.getUnroll() == UnrolledTaps::all ||
        (schedule.getUnroll() == UnrolledTaps::row && int64_t(dim) == schedule.getAlong()))
      taps = llvm::SaturatingMultiply<uint64_t>(taps, extent) > kMost ? kMost : taps * extent;
  if (taps > kMostUnrolled)
    return op.emitOpError("requires at most ") << kMostUnrolled << " unrolled taps in its schedule, but found " << taps;
  return success();
}

LogicalResult cnnc::kernel::verifySchedule(WindowOp op) {
  return verifyEach<WindowScheduleAttr>(
      op, op.getScheduleAttr(),
      [&](WindowScheduleAttr schedule, const target::Level &level) { return verifyWindow(op, schedule, level); });
}

static LogicalResult verifyWinograd(WinogradOp op, WinogradScheduleAttr schedule, const target::Level &level) {
  ArrayRef<int64_t> out = cast<ShapedType>(op.getOut().getType()).getShape();
  int64_t planes = op.getPads().size() == 6 ? out[2] : 1;
  if (failed(verifyTile(op, schedule.getRows(), schedule.getVectors(), level)) ||
      failed(verifyEntries(op, {{"narrow_rows", schedule.getNarrowRows(), 1, getMostAccumulators(level)},
                                {"tile_block", schedule.getTileBlock(), 1, kMostTasks},
                                {"depth_block", schedule.getDepthBlock(), 1, planes},
                                {"chunk", schedule.getChunk(), 1, kWinogradPanels},
                                {"blocks", schedule.getBlocks(), 1, kRawPanels * kRawBlocks},
                                {"panel_parts", schedule.getPanelParts(), 1, kMostTasks},
                                {"tile_parts", schedule.getTileParts(), 1, kMostTasks}})))
    return failure();
  if (isRaw(op) && schedule.getChunk() * schedule.getBlocks() > kRawPanels * kRawBlocks)
    return op.emitOpError("requires at most ")
           << kRawPanels * kRawBlocks << " transformed filters at a time, but found a chunk of " << schedule.getChunk()
           << " by " << schedule.getBlocks() << " blocks";
  // The tile of a chunk of one panel less.
  if (llvm::is_contained(
          {schedule.getNarrowRows(), schedule.getVectors(), schedule.getChunk(), schedule.getPanelParts()}, kOpen))
    return success();
  Balanced chunks = cutChunks(out[1], schedule.getChunk(), schedule.getPanelParts());
  return verifyTile(op, schedule.getNarrowRows(),
                    cutPanels(chunks.size, schedule.getVectors(), 1, level.lanes()).vectors, level);
}

LogicalResult cnnc::kernel::verifySchedule(WinogradOp op) {
  return verifyEach<WinogradScheduleAttr>(
      op, op.getScheduleAttr(),
      [&](WinogradScheduleAttr schedule, const target::Level &level) { return verifyWinograd(op, schedule, level); });
}

static LogicalResult verifyGeneric(linalg::GenericOp op, const GenericWalk &walk, GenericScheduleAttr schedule) {
  constexpr int64_t kMostVectors = 8;
  int64_t along = schedule.getAlong(), dims = std::max<unsigned>(1, op.getNumLoops());
  if (failed(verifyEntries(op, {{"along", along, 0, dims - 1}, {"vectors", schedule.getVectors(), 1, kMostVectors}})))
    return failure();
  bool isReduced = llvm::any_of(walk.reduction, [&](const Loop &loop) { return llvm::is_contained(loop.dims, along); });
  if (isReduced && !walk.mayReorder())
    return op.emitOpError("cannot accumulate in lanes along dimension ") << along << ": the order counts";
  return success();
}

LogicalResult cnnc::kernel::verifySchedule(linalg::GenericOp op) {
  auto schedules = op->getAttrOfType<ArrayAttr>(kScheduleAttr);
  if (!schedules || !llvm::all_of(schedules, llvm::IsaPred<GenericScheduleAttr>))
    return op.emitOpError("requires a list of #kernel.generic_schedule as ") << kScheduleAttr;
  std::optional<GenericWalk> walk;
  return verifyEach<GenericScheduleAttr>(op, schedules, [&](GenericScheduleAttr schedule, const target::Level &) {
    if (walk)
      return verifyGeneric(op, *walk, schedule);
    FailureOr<GenericWalk> found = getGenericWalk(op);
    if (failed(found))
      return failure();
    walk = *found;
    return verifyGeneric(op, *walk, schedule);
  });
}

LogicalResult KernelDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (attribute.getName() != kScheduleAttr || !generic)
    return op->emitOpError("has no attribute ") << attribute.getName();
  return verifySchedule(generic);
}

/// Tasks that `op` is cut in by each of its schedules, where they say so.
static SmallVector<int64_t> getParts(Operation *op) {
  SmallVector<int64_t> tasks;
  auto schedules = op->getAttrOfType<ArrayAttr>("schedule");
  auto add = [&](ArrayRef<int64_t> parts) {
    if (!llvm::is_contained(parts, kOpen))
      tasks.push_back(llvm::product_of(parts));
  };
  for (Attribute schedule : schedules ? schedules.getValue() : ArrayRef<Attribute>()) {
    if (auto contract = dyn_cast<ContractScheduleAttr>(schedule))
      add({contract.getPanelParts(), contract.getRowParts(), contract.getColumnParts()});
    if (auto winograd = dyn_cast<WinogradScheduleAttr>(schedule))
      add({winograd.getPanelParts(), winograd.getTileParts()});
  }
  return tasks;
}

/// Each part of an op is computed by one task of its step; in a loop over the tasks ops are whole.
LogicalResult StepOp::verifyRegions() {
  std::optional<int64_t> chosen = getTasks();
  WalkResult result = getBody().walk([&](Operation *op) -> WalkResult {
    if (op->getParentOp() == getOperation() && !chosen)
      return WalkResult::advance();
    int64_t tasks = op->getParentOp() == getOperation() ? *chosen : 1;
    for (int64_t parts : getParts(op))
      if (parts != tasks)
        return op->emitOpError("requires ") << tasks << " parts, one for each task, but its schedule has " << parts;
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}
