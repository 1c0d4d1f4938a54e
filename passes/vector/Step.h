// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the emitters of the kernel families share beside VectorEmitter: the step function that they fill, the cache of
// micro-kernels, and one emitter per op of a step.
#ifndef CNNC_PASSES_VECTOR_STEP_H
#define CNNC_PASSES_VECTOR_STEP_H

#include "dialects/kernel/Address.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/target/Role.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/vector/VectorEmitter.h"
#include "llvm/ADT/StringMap.h"

namespace cnnc::to_vector {

using kernel::Address;
using kernel::getElementBytes;

enum class KernelArgument {
  pointer,          ///< may alias other arguments
  exclusivePointer, ///< `noalias`: what it reaches is written through no other argument
  integer           ///< i64
};

/// The micro-kernels and tables of a module. All steps of one class share one function.
class KernelCache {
public:
  KernelCache(mlir::ModuleOp module, target::CpuAttr target) : module(module), target(target) {}

  using EmitBody = llvm::function_ref<void(VectorEmitter &, mlir::ValueRange arguments)>;
  /// Calls `kernel_<name>_<number>_<level>`, which is emitted at the first use of `key`. `key` states all that the body
  /// depends on; the level is added here.
  void call(VectorEmitter &emitter, llvm::StringRef name, llvm::StringRef key, llvm::ArrayRef<KernelArgument> kinds,
            mlir::ValueRange arguments, EmitBody emitBody);
  /// Pointer to a constant array of i64.
  mlir::Value getTable(VectorEmitter &emitter, llvm::ArrayRef<int64_t> values);
  /// An empty function void(arguments) for the level, with a body block; its symbol is `name` + "_" + level.
  mlir::LLVM::LLVMFuncOp createFunction(mlir::Location loc, llvm::StringRef name, llvm::StringRef role,
                                        const target::Level &level, llvm::ArrayRef<KernelArgument> kinds);

private:
  mlir::ModuleOp module;
  target::CpuAttr target;
  llvm::StringMap<mlir::LLVM::LLVMFuncOp> functions;
  llvm::StringMap<mlir::LLVM::GlobalOp> tables;
  llvm::StringMap<unsigned> numbers;
};

/// The level's name as part of a symbol: x86_64_v3.
std::string getSymbolSuffix(const target::Level &level);

/// Numbers as a part of a kernel's key.
template <typename... Fields> std::string joinFields(Fields... fields) {
  return (std::string() + ... + (" " + std::to_string(int64_t(fields))));
}

/// The function of one step for one level, while ops are emitted into it.
struct Step {
  VectorEmitter &emitter;
  KernelCache &kernels;
  unsigned levelIndex; ///< of the target's levels: which schedule counts
  int64_t tasks;
  mlir::Value arena, weights, io, scratch, task;
  int64_t inputCount; ///< pointers in `io` before those of the outputs
  int64_t scratchBytes;
  llvm::DenseMap<mlir::Value, mlir::Value> indices{}; ///< i64 values of the loops' counters and what is made of them
};

/// The entry of `schedules` for the step's level. Diagnosed where there is none, or where a part of it is open.
template <typename Schedule>
mlir::FailureOr<Schedule> getSchedule(mlir::Operation *op, mlir::ArrayAttr schedules, const Step &step) {
  auto schedule = schedules && step.levelIndex < schedules.size() ? llvm::dyn_cast<Schedule>(schedules[step.levelIndex])
                                                                  : Schedule();
  if (schedule && schedule.isWhole())
    return schedule;
  return op->emitOpError("requires a whole schedule for each level: the phase schedule writes it");
}

/// A memref operand: where it lies, and a pointer to its first element.
struct Operand : Address {
  mlir::Value pointer;

  int64_t rank() const { return shape.size(); }
  /// Distance in bytes between neighbours of dimension `dim`.
  int64_t pitch(int64_t dim) const { return strides[dim] * getElementBytes(elementType); }
};
/// Diagnosed where the place is not static.
mlir::FailureOr<Operand> getOperand(mlir::Value memref, Step &step);
/// The start of the part moves with the step's loops.
bool isMoving(mlir::memref::SubViewOp part);
/// Its distance from the source's start does not count for `byteOffset`.
mlir::FailureOr<Operand> getMovingPart(mlir::memref::SubViewOp part, Step &step);

// One per op. Each emits part `step.task` of `step.tasks` of the op at the emitter's insertion point. A refusal is
// diagnosed.
mlir::LogicalResult emitContract(kernel::ContractOp op, Step &step);
mlir::LogicalResult emitWinograd(kernel::WinogradOp op, Step &step);
mlir::LogicalResult emitWindow(kernel::WindowOp op, Step &step);
mlir::LogicalResult emitRelayout(kernel::RelayoutOp op, Step &step);
mlir::LogicalResult emitBorder(kernel::BorderOp op, Step &step);
mlir::LogicalResult emitGeneric(mlir::linalg::GenericOp op, Step &step);
mlir::LogicalResult emitFill(mlir::linalg::FillOp op, Step &step);
/// The ops in a loop over tasks are whole ones.
mlir::LogicalResult emitForall(mlir::scf::ForallOp op, Step &step);
mlir::LogicalResult emitFor(mlir::scf::ForOp op, Step &step);
/// Integer arithmetic on the loops' counters.
mlir::LogicalResult emitIndex(mlir::Operation *op, Step &step);
/// Any op of a step.
mlir::LogicalResult emitOp(mlir::Operation &op, Step &step);

} // namespace cnnc::to_vector

#endif
