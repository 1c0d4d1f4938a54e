// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What will be chosen for an op by itself, from its shapes, its strides and the target alone, never from the number of
// threads: asked by passes/buffer, whose fusions and places should leave the schedule room for it.
#ifndef CNNC_PASSES_SCHEDULE_FORECAST_H
#define CNNC_PASSES_SCHEDULE_FORECAST_H

#include "dialects/kernel/Kernel.h"
#include "dialects/target/Target.h"

namespace cnnc::schedule {

/// Bytes of a stored value.
int64_t getBytes(mlir::Value value);

/// The tasks of an op on memrefs. `levels` are the target's.
int64_t countTasks(mlir::Operation *op, llvm::ArrayRef<target::Level> levels);

/// Whether the reduction is worth cutting in blocks, whose partial sums rest in the result, for a level: such a result
/// takes no place of an operand. Tensors count as dense. False without levels.
bool cutsReduction(kernel::ContractOp op, llvm::ArrayRef<target::Level> levels);

} // namespace cnnc::schedule

#endif
