// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Evaluates a body of scalar ops on numbers.
#ifndef CNNC_PASSES_GRAPH_SCALARPROGRAM_H
#define CNNC_PASSES_GRAPH_SCALARPROGRAM_H

#include "mlir/IR/Block.h"

#include <optional>
#include <vector>

namespace cnnc {

/// A body of `arith` and `math` ops as a list of functions of at most three numbers. Everything is computed in double;
/// integers are exact up to 2^53.
class ScalarProgram {
public:
  /// None if an op has no function here.
  static std::optional<ScalarProgram> compile(mlir::Block &body);

  /// What the body yields for these arguments. `registers` is scratch space that the caller keeps between calls.
  double run(llvm::ArrayRef<double> arguments, std::vector<double> &registers) const;

private:
  using Function = double (*)(double, double, double);
  struct Instruction {
    Function function;
    unsigned operands[3];
  };

  std::vector<double> initial; ///< Arguments, constants and results, in the order of their definition.
  std::vector<Instruction> instructions;
  std::vector<unsigned> results; ///< The register that each instruction writes.
  unsigned yielded = 0;
};

} // namespace cnnc

#endif
