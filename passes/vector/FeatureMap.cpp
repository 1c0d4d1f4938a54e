// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/FeatureMap.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

FailureOr<FeatureMap> cnnc::to_vector::getFeatureMap(Value memref, kernel::ChannelOrder order, Step &step) {
  FailureOr<Operand> operand = getOperand(memref, step);
  if (failed(operand))
    return failure();
  return FeatureMap{kernel::getStoredMap(memref, order), operand->pointer, operand->elementType};
}
