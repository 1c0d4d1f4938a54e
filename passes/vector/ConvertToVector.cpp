// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.step "conv1" ... { kernel.contract ins(%a, %f : memref..) outs(%c : memref..) {..} }
//   =>  llvm.func internal @step_0_x86_64_v3(%arena, %weights, %io, %scratch, %task) { .. llvm.call @kernel_contract_..
//   }
#include "dialects/kernel/Arithmetic.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/vector/Passes.h"
#include "passes/vector/Step.h"
#include "llvm/ADT/TypeSwitch.h"

namespace cnnc::to_vector {
#define GEN_PASS_DEF_CONVERTTOVECTORPASS
#include "passes/vector/Passes.h.inc"
} // namespace cnnc::to_vector

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

LogicalResult cnnc::to_vector::emitOp(Operation &op, Step &step) {
  bool isIndex = op.getNumResults() == 1 && op.getResult(0).getType().isIndex();
  if (isIndex && isa<arith::ArithDialect>(op.getDialect()) && !isa<arith::ConstantOp>(op))
    return emitIndex(&op, step);
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case<kernel::ContractOp>([&](auto contract) { return emitContract(contract, step); })
      .Case<kernel::WinogradOp>([&](auto winograd) { return emitWinograd(winograd, step); })
      .Case<kernel::WindowOp>([&](auto window) { return emitWindow(window, step); })
      .Case<kernel::RelayoutOp>([&](auto relayout) { return emitRelayout(relayout, step); })
      .Case<kernel::BorderOp>([&](auto border) { return emitBorder(border, step); })
      .Case<linalg::GenericOp>([&](auto generic) { return emitGeneric(generic, step); })
      .Case<linalg::FillOp>([&](auto fill) { return emitFill(fill, step); })
      .Case<scf::ForallOp>([&](auto loop) { return emitForall(loop, step); })
      .Case<scf::ForOp>([&](auto loop) { return emitFor(loop, step); })
      .Case<memref::ViewOp, memref::SubViewOp, memref::ReinterpretCastOp, arith::ConstantOp>(
          [](auto) { return success(); })
      .Default([](Operation *other) { return other->emitOpError("has no emitter in a step"); });
}

/// Whether the ops of a step are written alike for two levels.
static bool areWrittenAlike(kernel::StepOp step, size_t level, size_t other) {
  auto result = step.walk([&](Operation *op) {
    for (StringRef name : {StringRef("schedule"), StringRef("kernel.schedule")})
      if (auto schedules = op->getAttrOfType<ArrayAttr>(name);
          schedules && std::max(level, other) < schedules.size() && schedules[level] != schedules[other])
        return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return !result.wasInterrupted();
}

namespace {

struct Conversion {
  kernel::ModelOp model;
  target::CpuAttr target;
  KernelCache kernels;
  int64_t count = 0; ///< of the steps so far

  Conversion(kernel::ModelOp model, target::CpuAttr target)
      : model(model), target(target), kernels(cast<ModuleOp>(model->getParentOp()), target) {}

  FailureOr<StringAttr> convertStep(kernel::StepOp op, const target::Level &level, unsigned levelIndex);
  FailureOr<ArrayAttr> convertStep(kernel::StepOp op, ArrayRef<target::Level> levels);
  LogicalResult convertSteps();
};

FailureOr<StringAttr> Conversion::convertStep(kernel::StepOp op, const target::Level &level, unsigned levelIndex) {
  LLVM::LLVMFuncOp function = kernels.createFunction(
      op.getLoc(), "step_" + std::to_string(count), target::kStepRole, level,
      {KernelArgument::exclusivePointer, KernelArgument::exclusivePointer, KernelArgument::exclusivePointer,
       KernelArgument::exclusivePointer, KernelArgument::integer});
  OpBuilder body = OpBuilder::atBlockBegin(&function.getBody().front());
  VectorEmitter emitter(body, op.getLoc(), level);
  Step step = {emitter,
               kernels,
               levelIndex,
               int64_t(*op.getTasks()),
               function.getArgument(0),
               function.getArgument(1),
               function.getArgument(2),
               function.getArgument(3),
               function.getArgument(4),
               int64_t(model.getInputs().size()),
               int64_t(model.getScratchBytes())};
  for (Operation &inner : op.getBody().front()) {
    emitter.loc = inner.getLoc();
    if (failed(emitOp(inner, step)))
      return failure();
  }
  LLVM::ReturnOp::create(body, op.getLoc(), ValueRange());
  return function.getSymNameAttr();
}

/// A function for each level; where two would be the same, the one that both have.
FailureOr<ArrayAttr> Conversion::convertStep(kernel::StepOp op, ArrayRef<target::Level> levels) {
  SmallVector<Attribute> functions;
  for (auto [index, level] : llvm::enumerate(levels)) {
    const target::Level *plain = target::findWithoutDots(levels, level);
    size_t plainIndex = plain ? plain - levels.begin() : index;
    if (plain && !kernel::usesDots(op, level.dots) && areWrittenAlike(op, index, plainIndex)) {
      functions.push_back(functions[plainIndex]);
      continue;
    }
    FailureOr<StringAttr> name = convertStep(op, level, index);
    if (failed(name))
      return failure();
    functions.push_back(FlatSymbolRefAttr::get(*name));
  }
  ++count;
  return ArrayAttr::get(op.getContext(), functions);
}

/// Leaves a body of steps alone, and without arguments.
LogicalResult Conversion::convertSteps() {
  SmallVector<target::Level> levels = target.getCpuLevels();
  for (kernel::StepOp op : model.getBody().getOps<kernel::StepOp>()) {
    if (!op.getTasks())
      return op.emitOpError("requires a number of tasks: the phase schedule chooses it");
    FailureOr<ArrayAttr> functions = convertStep(op, levels);
    if (failed(functions))
      return failure();
    op.setFunctionsAttr(*functions);
    op.getBody().dropAllReferences();
    op.getBody().getBlocks().clear();
  }
  if (model.getBody().empty())
    return success();
  Block &block = model.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (!isa<kernel::StepOp>(op))
      op.erase();
  block.eraseArguments([](BlockArgument) { return true; });
  return success();
}

struct ConvertToVector : cnnc::to_vector::impl::ConvertToVectorPassBase<ConvertToVector> {
  void runOnOperation() override {
    auto target = dyn_cast_if_present<target::CpuAttr>(target::getTarget(getOperation()));
    if (!target)
      getOperation().emitError() << "requires a #target.cpu as the attribute " << target::kTargetAttr;
    kernel::ModelOp model = kernel::requireModel(getOperation());
    if (!target || !model || failed(Conversion(model, target).convertSteps()))
      signalPassFailure();
  }
};

} // namespace

FailureOr<Operand> cnnc::to_vector::getOperand(Value memref, Step &step) {
  if (auto part = memref.getDefiningOp<memref::SubViewOp>(); part && isMoving(part))
    return getMovingPart(part, step);
  FailureOr<Address> address = kernel::resolveAddress(memref);
  if (failed(address))
    return emitError(memref.getLoc(), "the place of an operand is not known at compile time");
  Operand operand = {*address, Value()};
  VectorEmitter &emitter = step.emitter;
  auto external = [&](int64_t number) { return emitter.loadScalar(step.io, 8 * number, emitter.pointerType()); };
  switch (operand.root) {
  case Address::Arena:
    operand.pointer = step.arena;
    break;
  case Address::Weights:
    operand.pointer = step.weights;
    break;
  case Address::Scratch:
    operand.pointer = step.scratch;
    break;
  case Address::Input:
    operand.pointer = external(operand.index);
    break;
  case Address::Output:
    operand.pointer = external(step.inputCount + operand.index);
    break;
  }
  operand.pointer = emitter.offset(operand.pointer, operand.byteOffset);
  return operand;
}
