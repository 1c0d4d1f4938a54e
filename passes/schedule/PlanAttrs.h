// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plans as the attributes that hold them.
#ifndef CNNC_PASSES_SCHEDULE_PLANATTRS_H
#define CNNC_PASSES_SCHEDULE_PLANATTRS_H

#include "passes/schedule/ContractPlan.h"
#include "passes/schedule/GenericPlan.h"
#include "passes/schedule/WindowPlan.h"
#include "passes/schedule/WinogradPlan.h"

namespace cnnc::schedule {

ContractPlan readPlan(kernel::ContractScheduleAttr attr);
WindowPlan readPlan(kernel::WindowScheduleAttr attr);
WinogradPlan readPlan(kernel::WinogradScheduleAttr attr);
GenericPlan readPlan(kernel::GenericScheduleAttr attr);

mlir::Attribute writePlan(mlir::MLIRContext *context, const ContractPlan &plan);
mlir::Attribute writePlan(mlir::MLIRContext *context, const WindowPlan &plan);
mlir::Attribute writePlan(mlir::MLIRContext *context, const WinogradPlan &plan);
mlir::Attribute writePlan(mlir::MLIRContext *context, const GenericPlan &plan);

} // namespace cnnc::schedule

#endif
