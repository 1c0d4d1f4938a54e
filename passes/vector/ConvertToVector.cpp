// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.step "conv1" ... { kernel.contract ins(%a, %f : memref..) outs(%c : memref..) {..} }
//   =>  llvm.func internal @step_0_x86_64_v3(%arena, %weights, %io, %scratch, %task) { .. llvm.call @kernel_contract_..
//   }
#include "dialects/kernel/Arithmetic.h"
#include "dialects/target/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
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
      .Case<memref::ViewOp, memref::SubViewOp, memref::ReinterpretCastOp, memref::GetGlobalOp, arith::ConstantOp>(
          [](auto) { return success(); })
      .Default([](Operation *other) { return other->emitOpError("has no emitter in a step"); });
}

/// Whether the ops of a step are written alike for two levels.
static bool areWrittenAlike(kernel::StepOp step, size_t level, size_t other) {
  auto result = step.walk([&](Operation *op) {
    auto tiles = op->getAttrOfType<ArrayAttr>("tiles");
    auto blocks = op->getAttrOfType<DenseI64ArrayAttr>("k_block");
    auto isAlike = [&](auto each) {
      bool has = level < each.size(), otherHas = other < each.size();
      return has && otherHas ? each[level] == each[other] : has == otherHas;
    };
    bool areAlike =
        (!tiles || isAlike(tiles.getValue())) && (!blocks || blocks.size() == 1 || isAlike(blocks.asArrayRef()));
    return areAlike ? WalkResult::advance() : WalkResult::interrupt();
  });
  return !result.wasInterrupted();
}

namespace {

struct Conversion {
  ModuleOp module;
  func::FuncOp main;
  target::CpuAttr target;
  KernelCache kernels;
  OpBuilder builder;
  SmallVector<Attribute> steps;
  int64_t inputCount;

  Conversion(ModuleOp module, func::FuncOp main, target::CpuAttr target)
      : module(module), main(main), target(target), kernels(module, target), builder(module.getContext()),
        inputCount(llvm::count_if(llvm::seq(main.getNumArguments()), [&](unsigned i) { return isInput(i); })) {}

  bool isInput(unsigned argument) {
    return !main.getArgAttr(argument, "cnnc.arena") && !main.getArgAttr(argument, "cnnc.scratch") &&
           !main.getArgAttr(argument, "cnnc.output");
  }
  FailureOr<StringAttr> convertStep(kernel::StepOp op, const target::Level &level, unsigned levelIndex);
  LogicalResult convertSteps();
  /// Null, with an error, where no tensor of an interface may have the type.
  DictionaryAttr describeTensor(unsigned argument);
  LogicalResult describeInterface();
  void describeWeights();
};

FailureOr<StringAttr> Conversion::convertStep(kernel::StepOp op, const target::Level &level, unsigned levelIndex) {
  LLVM::LLVMFuncOp function = kernels.createFunction(
      op.getLoc(), "step_" + std::to_string(steps.size()), target::kStepRole, level,
      {KernelArgument::exclusivePointer, KernelArgument::exclusivePointer, KernelArgument::exclusivePointer,
       KernelArgument::exclusivePointer, KernelArgument::integer});
  OpBuilder body = OpBuilder::atBlockBegin(&function.getBody().front());
  VectorEmitter emitter(body, op.getLoc(), level);
  Step step = {emitter,
               kernels,
               levelIndex,
               int64_t(op.getTasks()),
               function.getArgument(0),
               function.getArgument(1),
               function.getArgument(2),
               function.getArgument(3),
               function.getArgument(4),
               inputCount};
  for (Operation &inner : op.getBody().front()) {
    emitter.loc = inner.getLoc();
    if (failed(emitOp(inner, step)))
      return failure();
  }
  LLVM::ReturnOp::create(body, op.getLoc(), ValueRange());
  return function.getSymNameAttr();
}

LogicalResult Conversion::convertSteps() {
  SmallVector<target::Level> levels = target.getCpuLevels();
  for (kernel::StepOp op : main.getOps<kernel::StepOp>()) {
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
    steps.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("name", op.getNameAttr()), builder.getNamedAttr("algorithm", op.getAlgorithmAttr()),
         builder.getNamedAttr("tasks", op.getTasksAttr()), builder.getNamedAttr("macs", op.getMacsAttr()),
         builder.getNamedAttr("bytes", op.getBytesAttr()),
         builder.getNamedAttr("functions", builder.getArrayAttr(functions))}));
  }
  module->setAttr("cnnc.steps", builder.getArrayAttr(steps));
  return success();
}

DictionaryAttr Conversion::describeTensor(unsigned argument) {
  auto type = cast<MemRefType>(main.getArgument(argument).getType());
  bool isUnsigned = bool(main.getArgAttr(argument, "cnnc.unsigned"));
  SmallVector<Attribute> symbols(type.getRank(), builder.getStringAttr(""));
  Attribute name = main.getArgAttr(argument, "cnnc.name"), given = main.getArgAttr(argument, "cnnc.symbols");
  const target::ElementType *element = target::findElementType(type.getElementType(), isUnsigned);
  if (!element) {
    emitError(main.getArgument(argument).getLoc(), "an input or output cannot have elements of type ")
        << type.getElementType();
    return {};
  }
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("name", name ? name : builder.getStringAttr("argument" + std::to_string(argument))),
       builder.getNamedAttr("shape", builder.getDenseI64ArrayAttr(type.getShape())),
       builder.getNamedAttr("type", builder.getI64IntegerAttr(element->onnx)),
       builder.getNamedAttr("symbols", given ? given : builder.getArrayAttr(symbols))});
}

LogicalResult Conversion::describeInterface() {
  SmallVector<Attribute> inputs, outputs;
  for (unsigned argument : llvm::seq(main.getNumArguments())) {
    int64_t bytes = cast<MemRefType>(main.getArgument(argument).getType()).getNumElements();
    if (main.getArgAttr(argument, "cnnc.arena"))
      module->setAttr("cnnc.arena_bytes", builder.getI64IntegerAttr(bytes));
    else if (main.getArgAttr(argument, "cnnc.scratch"))
      module->setAttr("cnnc.scratch_bytes", builder.getI64IntegerAttr(bytes));
    else if (DictionaryAttr tensor = describeTensor(argument))
      (isInput(argument) ? inputs : outputs).push_back(tensor);
    else
      return failure();
  }
  module->setAttr("cnnc.inputs", builder.getArrayAttr(inputs));
  module->setAttr("cnnc.outputs", builder.getArrayAttr(outputs));
  return success();
}

void Conversion::describeWeights() {
  SmallVector<Attribute> weights;
  for (memref::GlobalOp global : llvm::make_early_inc_range(module.getOps<memref::GlobalOp>())) {
    Attribute offset = global->getAttr("cnnc.offset");
    if (offset && global.getInitialValue())
      weights.push_back(builder.getArrayAttr({*global.getInitialValue(), offset}));
    global.erase();
  }
  module->setAttr("cnnc.weights", builder.getArrayAttr(weights));
}

struct ConvertToVector : cnnc::to_vector::impl::ConvertToVectorPassBase<ConvertToVector> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    auto target = dyn_cast_if_present<target::CpuAttr>(target::getTarget(getOperation()));
    if (!main || !target) {
      getOperation().emitError() << "requires a function @main and the attribute " << target::kTargetAttr
                                 << ", a #target.cpu";
      return signalPassFailure();
    }
    Conversion conversion(getOperation(), main, target);
    if (failed(conversion.convertSteps()) || failed(conversion.describeInterface()))
      return signalPassFailure();
    main.erase();
    conversion.describeWeights();
  }
};

} // namespace

FailureOr<Operand> cnnc::to_vector::getOperand(Value memref, Step &step) {
  if (auto part = memref.getDefiningOp<memref::SubViewOp>(); part && isMoving(part))
    return getMovingPart(part, step);
  FailureOr<Address> address = resolveAddress(memref);
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
