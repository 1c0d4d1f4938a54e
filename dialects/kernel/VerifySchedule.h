// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Refusals of schedules that an op, or a level of the module's target, cannot follow. What is open is not looked at.
#ifndef CNNC_DIALECTS_KERNEL_VERIFYSCHEDULE_H
#define CNNC_DIALECTS_KERNEL_VERIFYSCHEDULE_H

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace cnnc::kernel {

/// Of ops that are valid but for their schedules.
mlir::LogicalResult verifySchedule(ContractOp op);
mlir::LogicalResult verifySchedule(WindowOp op);
mlir::LogicalResult verifySchedule(WinogradOp op);
mlir::LogicalResult verifySchedule(mlir::linalg::GenericOp op);

} // namespace cnnc::kernel

#endif
