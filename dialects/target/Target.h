// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The target dialect: one attribute on the module, and the tables of levels behind it.
#ifndef CNNC_DIALECTS_TARGET_TARGET_H
#define CNNC_DIALECTS_TARGET_TARGET_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace cnnc::target {

/// Which instructions add to each lane of 32 bits the products that it holds.
enum class Dots {
  None,
  Vnni, ///< x86: of four u8 with four s8, or of two pairs of s16
  Sdot  ///< Arm: of four pairs of s8
};

/// A LEVEL of Targets.def.
struct Level {
  llvm::StringRef name;
  llvm::StringRef family;
  llvm::StringRef triple;
  llvm::StringRef cpu;
  llvm::StringRef features; ///< beyond the cpu's, as LLVM writes them
  int64_t vectorBits;
  int64_t vectorRegisters;
  bool fusedMultiplyAdd;
  Dots dots;
  int64_t l1Bytes;
  int64_t l2Bytes;
  uint64_t needs; ///< of Features.def
  /// fp32 lanes of a native vector.
  int64_t lanes() const { return vectorBits / 32; }
};

/// A GPU of Targets.def.
struct GpuLevel {
  llvm::StringRef name;
  llvm::StringRef family;
  llvm::StringRef triple;
  llvm::StringRef cpu;
  int64_t ptxVersion; ///< times 10
  int64_t sharedBytes;
  int64_t registers;
};

/// The ways from the last phase that all machines share to code.
enum class Exit { cpu, gpu };

} // namespace cnnc::target

#include "dialects/target/TargetDialect.h.inc"
#include "dialects/target/TargetInterface.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/target/TargetAttrs.h.inc"

namespace cnnc::target {

/// All rows, in the tables' order.
llvm::ArrayRef<Level> getLevels();
llvm::ArrayRef<GpuLevel> getGpuLevels();
/// The row of that name, or null.
const Level *lookupLevel(llvm::StringRef name);
const GpuLevel *lookupGpuLevel(llvm::StringRef name);
/// Whether a machine of the first level runs the second.
bool hasNeeds(const Level &machine, const Level &level);
/// What LLVM calls the features that the level needs, a text for each.
llvm::SmallVector<llvm::StringRef> getNeededFeatures(const Level &level);
/// The one of `levels` that is as this one but for its dots, which it lacks; null where there is none.
const Level *findWithoutDots(llvm::ArrayRef<Level> levels, const Level &level);
/// The module's attribute `cnnc.target`; null when absent.
TargetAttr getTarget(mlir::ModuleOp module);
/// The same; diagnosed when absent.
TargetAttr requireTarget(mlir::ModuleOp module);
/// TargetAttr::getCpuLevels of the target of the module around `op`; none where there is none.
llvm::SmallVector<Level> getCpuLevels(mlir::Operation *op);
/// TargetAttr::getCpuLevels of the module's target; diagnosed where there are none.
llvm::SmallVector<Level> requireCpuLevels(mlir::ModuleOp module);
/// "nvptx64 (sm_80, sm_90a)"
std::string describe(TargetAttr target);

/// Name of the module attribute that holds the target.
inline constexpr llvm::StringLiteral kTargetAttr = "cnnc.target";

} // namespace cnnc::target

#endif
