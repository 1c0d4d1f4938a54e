// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table of --explain.
#ifndef CNNC_COMPILER_PIPELINE_EXPLANATION_H
#define CNNC_COMPILER_PIPELINE_EXPLANATION_H

#include "passes/layout/Explain.h"

#include "llvm/ADT/StringMap.h"

namespace cnnc::pipeline {

/// Gathers what the phases chose while the module passes through them.
class Explanation {
public:
  /// After the layout phase.
  void readChoices(mlir::ModuleOp module);
  /// After the schedule phase.
  void readTiles(mlir::ModuleOp module);
  void print(llvm::raw_ostream &os) const;

private:
  std::vector<layout::Choice> choices;
  llvm::StringMap<std::string> tiles; ///< by node: rows x vectors, per level
  std::vector<std::string> levels;    ///< those of Choice::cycles
  std::vector<double> peaks;          ///< their fp32 multiply-adds a cycle
};

} // namespace cnnc::pipeline

#endif
