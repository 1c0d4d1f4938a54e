// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The pipeline, built from the rows of Phases.def.
#ifndef CNNC_COMPILER_PIPELINE_PIPELINE_H
#define CNNC_COMPILER_PIPELINE_PIPELINE_H

#include "dialects/target/Target.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringRef.h"

namespace cnnc::pipeline {

/// Names of the phases, in order.
llvm::ArrayRef<llvm::StringRef> getPhaseNames();

/// Whether the op may be left after a phase.
bool mayFollow(mlir::Operation *op, llvm::StringRef phase);

/// The last phase that a module for the target can go through: that before the first one of another exit.
llvm::StringRef getLastPhase(target::TargetAttr target);

/// Adds to `manager` the phases after `from` (empty: after import) up to and including `to` (empty: all), each followed
/// by the check that only what its row allows is left. Both must be names of phases. Returns the last phase, which
/// is getLastPhase(target) where `to` lies behind it.
llvm::StringRef buildPipeline(mlir::OpPassManager &manager, target::TargetAttr target, llvm::StringRef from,
                              llvm::StringRef to);

/// Every dialect that any phase reads or makes.
void registerDialects(mlir::DialectRegistry &registry);

/// Every pass of every room, by name, for cnnc-opt.
void registerPasses();

} // namespace cnnc::pipeline

#endif
