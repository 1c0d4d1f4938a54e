// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel dialect: the families of hot kernels, and the steps they form.
#ifndef CNNC_DIALECTS_KERNEL_KERNEL_H
#define CNNC_DIALECTS_KERNEL_KERNEL_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/kernel/KernelDialect.h.inc"
#include "dialects/kernel/KernelEnums.h.inc"
#include "mlir/IR/BuiltinOps.h"

namespace cnnc::kernel {
/// An entry of a schedule that is not chosen yet.
inline constexpr int64_t kOpen = -1;
} // namespace cnnc::kernel

#define GET_ATTRDEF_CLASSES
#include "dialects/kernel/KernelAttrs.h.inc"
#define GET_OP_CLASSES
#include "dialects/kernel/KernelOps.h.inc"

namespace cnnc::kernel {

/// The model of a module that has passed the buffer phase; diagnosed where there is not exactly one.
ModelOp requireModel(mlir::ModuleOp module);

} // namespace cnnc::kernel

#endif
