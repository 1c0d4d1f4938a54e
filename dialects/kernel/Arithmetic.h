// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The products of contractions, from the table Arithmetic.def.
#ifndef CNNC_DIALECTS_KERNEL_ARITHMETIC_H
#define CNNC_DIALECTS_KERNEL_ARITHMETIC_H

#include "dialects/kernel/Kernel.h"
#include "dialects/target/Target.h"

namespace cnnc::kernel {

enum class Product {
#define ARITHMETIC(name, a, filter, accumulator, group) name,
#include "dialects/kernel/Arithmetic.def"
};

/// One row of Arithmetic.def.
struct Arithmetic {
  Product product;
  llvm::StringLiteral name;
  int64_t group; ///< elements that a step of the reduction takes
  mlir::Type accumulator;
};

/// Of a step of the reduction, in `a` and in each lane of the filter.
inline constexpr int64_t kStepBytes = 4;

/// The row of these elements; none where nothing multiplies them.
std::optional<Arithmetic> findArithmetic(mlir::Type a, mlir::Type filter);
/// Of a verified op.
Arithmetic getArithmetic(ContractOp op);

/// Whether one instruction of a level with these dots multiplies and adds a step.
bool isDotOf(Product product, target::Dots dots);
/// Whether anything in or below `op` is summed by those instructions.
bool usesDots(mlir::Operation *op, target::Dots dots);

/// The extents of a contraction's packed filter, of one image where each has its own.
struct PackedFilter {
  int64_t panels, segments;
  int64_t steps; ///< of a segment
};
PackedFilter getPackedFilter(ContractOp op);

/// The fusions of steps know no other elements yet.
bool isOfFloats(ContractOp op);

} // namespace cnnc::kernel

#endif
