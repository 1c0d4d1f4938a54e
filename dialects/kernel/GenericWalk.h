// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a linalg.generic of a step lies in memory: its loops, joined where every operand walks neighbours as one. The
// same for those who check a schedule, choose one or write its code.
#ifndef CNNC_DIALECTS_KERNEL_GENERICWALK_H
#define CNNC_DIALECTS_KERNEL_GENERICWALK_H

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace cnnc::kernel {

/// One loop of a nest.
struct Loop {
  int64_t extent;
  /// Bytes between neighbours, per operand.
  llvm::SmallVector<int64_t> pitches;
  /// The dimension of the op, where a body asks for its index; such a loop is never collapsed.
  int64_t dimension = -1;
  /// All dimensions of the op that it walks.
  llvm::SmallVector<int64_t, 2> dims = {};
};

/// Drops loops of one trip and joins neighbours that walk every operand like one loop. Outermost first.
void collapse(llvm::SmallVectorImpl<Loop> &loops);

struct GenericWalk {
  llvm::SmallVector<Loop> parallel, reduction; ///< collapsed, those of long strides outermost
  bool reduces;
  /// Constant terms of the maps, in bytes, per operand.
  llvm::SmallVector<int64_t> byteOffsets;
  /// Per output: the op that joins an element with what was accumulated; null where the body is no such thing.
  llvm::SmallVector<mlir::Operation *> combiners;

  /// Elements may be accumulated in any order.
  bool mayReorder() const { return reduces && !llvm::is_contained(combiners, nullptr); }
};

/// Of an op on memrefs of static strides. Diagnosed where maps are not linear or extents not static.
mlir::FailureOr<GenericWalk> getGenericWalk(mlir::linalg::GenericOp op);

/// True for a body that hands its only input on.
bool isCopy(mlir::linalg::GenericOp op);

/// The discardable attribute of a linalg.generic that holds a #kernel.generic_schedule for each level.
inline constexpr llvm::StringLiteral kScheduleAttr = "kernel.schedule";

} // namespace cnnc::kernel

#endif
