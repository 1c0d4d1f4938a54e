// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The target dialect: one attribute on the module, and the table of levels behind it.
#ifndef CNNC_DIALECTS_TARGET_TARGET_H
#define CNNC_DIALECTS_TARGET_TARGET_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include "dialects/target/TargetDialect.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/target/TargetAttrs.h.inc"

namespace cnnc::target {

/// One row of Targets.def.
struct Level {
  llvm::StringRef name;
  llvm::StringRef family;
  llvm::StringRef triple;
  llvm::StringRef cpu;
  int64_t vectorBits;
  int64_t vectorRegisters;
  bool fusedMultiplyAdd;
  int64_t l1Bytes;
  int64_t l2Bytes;
  int64_t abiIsa; ///< enum cnnc_isa
  /// fp32 lanes of a native vector.
  int64_t lanes() const { return vectorBits / 32; }
};

/// All rows, in the table's order.
llvm::ArrayRef<Level> getLevels();
/// The row of that name, or null.
const Level *lookupLevel(llvm::StringRef name);
/// The module's attribute `cnnc.target`; null when absent.
CpuAttr getTarget(mlir::ModuleOp module);
/// The same; diagnosed when absent.
CpuAttr requireTarget(mlir::ModuleOp module);
/// The rows of a target's levels, ascending.
llvm::SmallVector<Level> getLevels(CpuAttr target);

/// Levels that one library holds, as in abi.h.
inline constexpr size_t kMostLevels = 4;
/// Name of the module attribute that holds the target.
inline constexpr llvm::StringLiteral kTargetAttr = "cnnc.target";

} // namespace cnnc::target

#endif
