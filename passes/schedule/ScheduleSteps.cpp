// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.step "conv1" .. { kernel.contract ins(..) outs(..) {..} }
//   =>  kernel.step "conv1" tasks(4) .. { kernel.contract .. {.., schedule = [#kernel.contract_schedule<rows = 6,
//   vectors = 2,
//   ..>, ..]} }
#include "passes/schedule/Passes.h"

#include "dialects/kernel/ContractWalk.h"
#include "dialects/kernel/Schedule.h"
#include "dialects/kernel/Winograd.h"
#include "passes/schedule/ContractChoice.h"
#include "passes/schedule/Forecast.h"
#include "passes/schedule/PlanAttrs.h"
#include "passes/schedule/WinogradChoice.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"

namespace cnnc::schedule {
#define GEN_PASS_DEF_SCHEDULESTEPSPASS
#include "passes/schedule/Passes.h.inc"
} // namespace cnnc::schedule

using namespace mlir;
using namespace cnnc;
using namespace cnnc::schedule;
using kernel::ChannelOrder;
using kernel::ContractScheduleAttr;
using kernel::GenericScheduleAttr;
using kernel::WindowScheduleAttr;
using kernel::WinogradScheduleAttr;

using Levels = ArrayRef<target::Level>;

/// What `schedules` say for the level number `index` already.
template <typename Schedule> static auto getPinned(ArrayAttr schedules, size_t index) {
  auto attr = schedules && index < schedules.size() ? dyn_cast<Schedule>(schedules[index]) : Schedule();
  return attr ? readPlan(attr) : decltype(readPlan(attr))();
}

/// Its own schedule, else what the convolution that it was had pinned by the level's name.
static ContractPlan getPinned(kernel::ContractOp op, size_t index, const target::Level &level) {
  auto pins = op->getAttrOfType<DictionaryAttr>(kernel::kPinsAttr);
  auto attr = pins ? pins.getAs<ContractScheduleAttr>(level.name) : ContractScheduleAttr();
  return attr && !op.getSchedule() ? readPlan(attr) : getPinned<ContractScheduleAttr>(op.getScheduleAttr(), index);
}

static ContractFacts getFacts(kernel::ContractOp op, const kernel::ContractWalk &walk) {
  ContractFacts facts = {};
  facts.panels = walk.panels;
  facts.groups = walk.groups;
  facts.rows = walk.rowCount();
  facts.columns = walk.dims.back().extent;
  facts.segments = walk.segments;
  facts.run = walk.steps();
  facts.sumsChannels = llvm::all_of(op.getKernel(), [](int64_t extent) { return extent == 1; });
  facts.sumsFloats = isa<FloatType>(walk.arithmetic.accumulator);
  const kernel::PixelDim &columns = walk.dims.back();
  int64_t planes = walk.a.order == ChannelOrder::last      ? 1
                   : walk.a.order == ChannelOrder::blocked ? llvm::divideCeil(walk.groupIn, 16)
                                                           : walk.groupIn;
  facts.rowBytes = planes * (walk.dims.size() > 1 ? walk.dims[walk.dims.size() - 2].pitches[kernel::walkedA]
                                                  : columns.extent * columns.pitches[kernel::walkedA]);
  return facts;
}

static SmallVector<Attribute> plan(kernel::ContractOp op, Levels levels, int64_t tasks) {
  kernel::ContractWalk walk = kernel::getContractWalk(op);
  SmallVector<Attribute> plans;
  for (auto [index, choice] : llvm::enumerate(chooseContract(op, levels, tasks))) {
    ContractPlan pinned = getPinned(op, index, levels[index]);
    kernel::ContractWalk joined = walk;
    joined.joinRows(pinned.lines == kernel::kOpen ? choice.lines : pinned.lines);
    plans.push_back(writePlan(op.getContext(), planContract(getFacts(op, joined), choice, levels[index], pinned)));
  }
  return plans;
}

static SmallVector<Attribute> plan(kernel::WindowOp op, Levels levels, int64_t tasks) {
  ArrayRef<int64_t> out = cast<ShapedType>(op.getOut().getType()).getShape();
  WindowFacts facts = {};
  facts.isBlocked = op.getOrder() == ChannelOrder::blocked;
  facts.extents = out.slice(facts.isBlocked ? 2 : 1, op.getKernel().size());
  facts.kernel = op.getKernel();
  facts.images = out[0];
  facts.channels = op.getChannels();
  facts.width = op.getWidth();
  facts.multiplies = op.getKind() == kernel::WindowKind::mul_add;
  facts.sumsRows = bool(op.getRowSums());
  facts.tasks = tasks;
  SmallVector<Attribute> plans;
  for (auto [index, level] : llvm::enumerate(levels))
    plans.push_back(writePlan(op.getContext(),
                              planWindow(facts, level, getPinned<WindowScheduleAttr>(op.getScheduleAttr(), index))));
  return plans;
}

/// `scratchBytes` becomes what the plans need of it at least.
static SmallVector<Attribute> plan(kernel::WinogradOp op, Levels levels, int64_t tasks, int64_t &scratchBytes) {
  int64_t panels = cast<ShapedType>(op.getOut().getType()).getDimSize(1);
  SmallVector<Attribute> plans;
  for (auto [index, choice] : llvm::enumerate(chooseWinograd(op, levels, tasks))) {
    WinogradPlan pinned = getPinned<WinogradScheduleAttr>(op.getScheduleAttr(), index);
    WinogradPlan plan = planWinograd(panels, kernel::isRaw(op), choice, levels[index], pinned);
    scratchBytes = std::max(scratchBytes, getScratchBytes(op, plan));
    plans.push_back(writePlan(op.getContext(), plan));
  }
  return plans;
}

/// Copies have no alternative.
static FailureOr<SmallVector<Attribute>> plan(linalg::GenericOp op, Levels levels) {
  FailureOr<kernel::GenericWalk> walk = kernel::getGenericWalk(op);
  if (failed(walk))
    return failure();
  SmallVector<Attribute> plans;
  auto schedules = op->getAttrOfType<ArrayAttr>(kernel::kScheduleAttr);
  for (auto [index, level] : llvm::enumerate(levels))
    plans.push_back(
        writePlan(op.getContext(), planGeneric(op, *walk, level, getPinned<GenericScheduleAttr>(schedules, index))));
  return plans;
}

/// The loop over the tasks of a step that has one; its ops are whole.
static scf::ForallOp getLoop(kernel::StepOp step) {
  auto loops = step.getBody().getOps<scf::ForallOp>();
  return loops.empty() ? scf::ForallOp() : *loops.begin();
}

/// Parts that the first level's schedule pins.
static int64_t multiply(ArrayRef<int64_t> parts) {
  int64_t product = 1;
  for (int64_t part : parts)
    product *= part == kernel::kOpen ? 1 : part;
  return product;
}

static int64_t selectTasks(Operation *op, Levels levels) {
  int64_t pinned = 1;
  if (auto contract = dyn_cast<kernel::ContractOp>(op)) {
    ContractPlan plan = getPinned<ContractScheduleAttr>(contract.getScheduleAttr(), 0);
    pinned = multiply({plan.panelParts, plan.rowParts, plan.columnParts});
  } else if (auto winograd = dyn_cast<kernel::WinogradOp>(op)) {
    WinogradPlan plan = getPinned<WinogradScheduleAttr>(winograd.getScheduleAttr(), 0);
    pinned = multiply({plan.panelParts, plan.tileParts});
  }
  return pinned > 1 ? pinned : countTasks(op, levels);
}

static int64_t selectTasks(kernel::StepOp step, Levels levels) {
  if (scf::ForallOp loop = getLoop(step); loop && loop.getRank() == 1 && loop.isNormalized())
    return std::max<int64_t>(1, loop.getStaticUpperBound()[0]);
  int64_t tasks = 1;
  for (Operation &op : step.getBody().front())
    tasks = std::max(tasks, selectTasks(&op, levels));
  return tasks;
}

/// Of the memory of a thread.
static void growScratch(kernel::ModelOp model, int64_t bytes) {
  if (int64_t(model.getScratchBytes()) >= bytes || model.getBody().empty())
    return;
  model.setScratchBytes(bytes);
  BlockArgument scratch = model.getBody().getArgument(model.getMemoryArgument(kernel::ModelOp::Scratch));
  scratch.setType(MemRefType::get({bytes}, cast<MemRefType>(scratch.getType()).getElementType()));
}

namespace {

struct ScheduleSteps : cnnc::schedule::impl::ScheduleStepsPassBase<ScheduleSteps> {
  void runOnOperation() override {
    SmallVector<target::Level> levels = target::requireCpuLevels(getOperation());
    if (levels.empty())
      return signalPassFailure();
    int64_t scratchBytes = 0;
    WalkResult result =
        getOperation().walk([&](kernel::StepOp step) -> WalkResult { return schedule(step, levels, scratchBytes); });
    if (result.wasInterrupted())
      return signalPassFailure();
    for (auto model : getOperation().getOps<kernel::ModelOp>())
      growScratch(model, scratchBytes);
  }

  LogicalResult schedule(kernel::StepOp step, Levels levels, int64_t &scratchBytes) {
    if (!step.getTasks())
      step.setTasks(selectTasks(step, levels));
    WalkResult result = step.getBody().walk([&](Operation *op) -> WalkResult {
      int64_t tasks = op->getParentOp() == step ? *step.getTasks() : 1;
      auto set = [&](auto kernel, ArrayRef<Attribute> schedules) {
        kernel.setScheduleAttr(ArrayAttr::get(op->getContext(), schedules));
        op->removeAttr(kernel::kPinsAttr);
        ++scheduled;
      };
      if (auto generic = dyn_cast<linalg::GenericOp>(op); generic && !kernel::isCopy(generic)) {
        FailureOr<SmallVector<Attribute>> plans = plan(generic, levels);
        if (failed(plans))
          return failure();
        op->setAttr(kernel::kScheduleAttr, ArrayAttr::get(op->getContext(), *plans));
        ++scheduled;
      }
      llvm::TypeSwitch<Operation *>(op)
          .Case<kernel::ContractOp, kernel::WindowOp>([&](auto kernel) { set(kernel, plan(kernel, levels, tasks)); })
          .Case([&](kernel::WinogradOp winograd) { set(winograd, plan(winograd, levels, tasks, scratchBytes)); });
      return success();
    });
    return failure(result.wasInterrupted());
  }
};

} // namespace
