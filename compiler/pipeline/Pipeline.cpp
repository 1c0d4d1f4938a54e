// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/pipeline/Pipeline.h"

#include "dialects/cnn/Cnn.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/target/Target.h"
#include "passes/buffer/Passes.h"
#include "passes/graph/Passes.h"
#include "passes/kernel/Passes.h"
#include "passes/layout/Passes.h"
#include "passes/linalg/Passes.h"
#include "passes/llvm/Passes.h"
#include "passes/schedule/Passes.h"
#include "passes/vector/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::pipeline;

namespace {

/// Builds a phase; most are the same for all targets.
struct Builder {
  void (*same)(OpPassManager &) = nullptr;
  void (*forTarget)(OpPassManager &, target::TargetAttr) = nullptr;
  constexpr Builder(std::nullptr_t) {}
  constexpr Builder(void (*same)(OpPassManager &)) : same(same) {}
  constexpr Builder(void (*forTarget)(OpPassManager &, target::TargetAttr)) : forTarget(forTarget) {}

  explicit operator bool() const { return same || forTarget; }
  void operator()(OpPassManager &manager, target::TargetAttr target) const {
    return same ? same(manager) : forTarget(manager, target);
  }
};

struct Phase {
  StringRef name;
  std::optional<target::Exit> exit;
  Builder build;
  StringRef allowed;
};

constexpr std::optional<target::Exit> any = std::nullopt, cpu = target::Exit::cpu;
constexpr Phase phases[] = {
#define PHASE(name, exit, builder, allowed) {name, exit, builder, allowed},
#include "compiler/pipeline/Phases.def"
};

/// Of a dialect or, where single ops are named, one of them.
bool isOneOf(Operation *op, ArrayRef<StringRef> allowed) {
  return llvm::is_contained(allowed, op->getName().getDialectNamespace()) ||
         llvm::is_contained(allowed, op->getName().getStringRef());
}

/// A door closes: after a phase the module is valid, and only what its row allows is left.
class VerifyPhasePass : public PassWrapper<VerifyPhasePass, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(VerifyPhasePass)
  explicit VerifyPhasePass(const Phase &phase) : phase(phase) {}
  StringRef getName() const override { return "VerifyPhase"; }

private:
  void runOnOperation() override {
    SmallVector<StringRef> allowed;
    phase.allowed.split(allowed, ' ');
    WalkResult result = getOperation()->walk([&](Operation *op) -> WalkResult {
      if (isOneOf(op, allowed))
        return WalkResult::advance();
      return op->emitError() << "internal error: operation of dialect '" << op->getName().getDialectNamespace()
                             << "' left after phase " << phase.name;
    });
    if (result.wasInterrupted() || failed(verify(getOperation())))
      signalPassFailure();
  }

  const Phase &phase;
};

} // namespace

ArrayRef<StringRef> cnnc::pipeline::getPhaseNames() {
  static const auto names = llvm::map_to_vector(phases, [](const Phase &phase) { return phase.name; });
  return names;
}

bool cnnc::pipeline::mayFollow(Operation *op, StringRef phase) {
  SmallVector<StringRef> allowed;
  llvm::find_if(phases, [&](const Phase &row) { return row.name == phase; })->allowed.split(allowed, ' ');
  return isOneOf(op, allowed);
}

StringRef cnnc::pipeline::getLastPhase(target::TargetAttr target) {
  StringRef last;
  for (const Phase &phase : phases) {
    if (phase.exit && *phase.exit != target.getExit())
      break;
    last = phase.name;
  }
  return last;
}

StringRef cnnc::pipeline::buildPipeline(OpPassManager &manager, target::TargetAttr target, StringRef from,
                                        StringRef to) {
  bool active = from.empty();
  StringRef last = getLastPhase(target);
  for (const Phase &phase : phases) {
    if (active && phase.build) {
      phase.build(manager, target);
      manager.addPass(std::make_unique<VerifyPhasePass>(phase));
    }
    active |= phase.name == from;
    if (phase.name == to || phase.name == last)
      return phase.name;
  }
  llvm_unreachable("the last phase is one of them");
}

void cnnc::pipeline::registerDialects(DialectRegistry &registry) {
  registry
      .insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, LLVM::LLVMDialect, linalg::LinalgDialect,
              math::MathDialect, memref::MemRefDialect, scf::SCFDialect, tensor::TensorDialect, ub::UBDialect,
              vector::VectorDialect, cnn::CnnDialect, kernel::KernelDialect, target::TargetDialect>();
}

void cnnc::pipeline::registerPasses() {
  graph::registerGraphPasses();
  layout::registerLayoutPasses();
  to_kernel::registerKernelPasses();
  to_linalg::registerLinalgPasses();
  buffer::registerBufferPasses();
  schedule::registerSchedulePasses();
  to_vector::registerVectorPasses();
  to_llvm::registerLlvmPasses();
}
