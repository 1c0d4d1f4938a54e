// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A region of scalar arith and math ops, made ready to be computed for many elements.
#ifndef CNNC_DIALECTS_CNN_SCALARPROGRAM_H
#define CNNC_DIALECTS_CNN_SCALARPROGRAM_H

#include "mlir/IR/Block.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>

namespace cnnc::cnn {

/// A scalar of f16, bf16, f32, f64 or an integer type. Integers are sign-extended from their width; i1 is 0 or 1.
union Scalar {
  double real;
  int64_t integer;
};

/// `value` rounded to the nearest number of `type`, ties to even.
double roundTo(mlir::FloatType type, double value);

/// The result of an op that is a row of Functions.def; null for another, where an operand is no constant (null), and
/// where the result is undefined.
mlir::TypedAttr evaluateScalar(mlir::Operation &op, llvm::ArrayRef<mlir::Attribute> operands);

class ScalarProgram {
public:
  /// None if the block holds an op that is not known here. The block ends with cnn.yield.
  static std::optional<ScalarProgram> compile(mlir::Block &block);

  /// The yielded scalar for one scalar per block argument. None where the result is undefined (division by zero).
  std::optional<Scalar> run(llvm::ArrayRef<Scalar> arguments);

  struct Step;
  using Function = bool (*)(const Step &step, const Scalar *operands, Scalar &result);
  struct Step {
    Function apply;
    llvm::SmallVector<unsigned, 3> operands;
    unsigned operandWidth, width;
    int64_t predicate;
    /// The result's, where it is a float.
    mlir::FloatType precision;
  };

private:
  llvm::SmallVector<Step> steps;
  llvm::SmallVector<Scalar> slots;
  unsigned argumentCount = 0, yielded = 0;
};

} // namespace cnnc::cnn

#endif
