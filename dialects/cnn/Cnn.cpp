// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Cnn.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc::cnn;

#include "dialects/cnn/CnnDialect.cpp.inc"
#include "dialects/cnn/CnnEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/cnn/CnnAttrs.cpp.inc"
#include "dialects/cnn/CnnInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/cnn/CnnOps.cpp.inc"

void CnnDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/cnn/CnnAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/cnn/CnnOps.cpp.inc"
      >();
}

LayoutAttr LayoutAttr::getRowMajor(MLIRContext *context, int64_t rank) {
  return get(context, llvm::to_vector(llvm::seq<int64_t>(0, rank)), -1);
}

LayoutAttr LayoutAttr::getBlocked(MLIRContext *context, int64_t rank, int64_t dim) {
  return get(context, llvm::to_vector(llvm::seq<int64_t>(0, rank)), dim);
}

LayoutAttr LayoutAttr::getChannelsLast(MLIRContext *context, int64_t rank) {
  SmallVector<int64_t> order = {0};
  llvm::append_range(order, llvm::seq<int64_t>(2, rank));
  order.push_back(1);
  return get(context, order, -1);
}

bool LayoutAttr::isRowMajor() const { return !isBlocked() && llvm::is_sorted(getOrder()); }

SmallVector<int64_t> LayoutAttr::getPhysicalShape(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> physical;
  for (int64_t dim : getOrder())
    physical.push_back(dim == getBlock() ? llvm::divideCeil(shape[dim], kBlock) : shape[dim]);
  if (isBlocked())
    physical.push_back(kBlock);
  return physical;
}

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError, ArrayRef<int64_t> order, int64_t block) {
  int64_t rank = order.size();
  SmallVector<bool> seen(rank, false);
  for (int64_t dim : order) {
    if (dim < 0 || dim >= rank || seen[dim])
      return emitError() << "requires a permutation of the dimensions, but found " << order;
    seen[dim] = true;
  }
  if (block < -1 || block >= rank)
    return emitError() << "requires a block dimension below the rank " << rank << ", but found " << block;
  return success();
}

Type cnnc::cnn::getAccumulatorType(Operation *op) {
  Type element = getElementTypeOrSelf(op->getOperand(0).getType());
  bool isNarrow = element.isInteger(8) || element.isInteger(16);
  return isNarrow && isa<ConvOp>(op) ? IntegerType::get(op->getContext(), 32) : element;
}
