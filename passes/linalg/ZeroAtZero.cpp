// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/linalg/ZeroAtZero.h"

#include "dialects/cnn/ScalarProgram.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;

bool cnnc::to_linalg::isZeroAtZero(Region &region, ArrayRef<bool> isZero) {
  Block &block = region.front();
  Builder builder(region.getContext());
  DenseMap<Value, Attribute> known;
  for (auto [argument, zero] : llvm::zip_equal(block.getArguments(), isZero))
    if (zero)
      known[argument] = builder.getZeroAttr(argument.getType());
  auto lookUp = [&](Value value) -> Attribute {
    Attribute constant = known.lookup(value);
    if (!constant)
      matchPattern(value, m_Constant(&constant));
    return constant;
  };
  for (Operation &op : block.without_terminator()) {
    auto operands = llvm::map_to_vector(op.getOperands(), lookUp);
    if (Attribute value = cnn::evaluateScalar(op, operands)) {
      known[op.getResult(0)] = value;
      continue;
    }
    // Some ops are known by one of their operands. fold() may rewrite an op in place; the copy takes that.
    Operation *copy = op.clone();
    SmallVector<OpFoldResult> results;
    if (succeeded(copy->fold(operands, results)))
      for (auto [result, folded] : llvm::zip(op.getResults(), results))
        known[result] = isa<Attribute>(folded) ? cast<Attribute>(folded) : lookUp(cast<Value>(folded));
    copy->destroy();
  }
  Attribute result = lookUp(block.getTerminator()->getOperand(0));
  return result && (matchPattern(result, m_AnyZeroFloat()) || matchPattern(result, m_Zero()));
}
