// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// linalg.generic on stored tensors: iteration spaces, indexing maps, lanes.
#ifndef CNNC_PASSES_LINALG_GENERIC_H
#define CNNC_PASSES_LINALG_GENERIC_H

#include "dialects/cnn/Cnn.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/PatternMatch.h"

namespace cnnc::to_linalg {

/// The points of a generic: the stored dimensions of a tensor of this logical shape and layout.
struct Space {
  llvm::SmallVector<int64_t> shape;
  cnn::LayoutAttr layout;

  explicit Space(mlir::RankedTensorType type);
  Space(llvm::ArrayRef<int64_t> shape, cnn::LayoutAttr layout) : shape(shape), layout(layout) {}
  /// Stored dimensions, lanes included.
  unsigned getDims() const { return layout.getOrder().size() + layout.isBlocked(); }
};

/// Where a point of `space` finds its element in the stored form of logical `type`, whose extents are the space's or 1.
/// The layouts are legal together, so that this is a projection.
mlir::AffineMap getIndexingMap(const Space &space, mlir::RankedTensorType type);

/// The tensor.empty that a logical type is stored in.
mlir::Value createDestination(mlir::OpBuilder &builder, mlir::Location location, mlir::RankedTensorType logical);

/// In a body: `value` where the point's index of the blocked dimension is below the extent, zero past it. The value
/// itself where no lane is past the extent.
mlir::Value maskLanes(mlir::OpBuilder &builder, mlir::Location location, mlir::Value value, const Space &space);

/// Builds a parallel generic over the stored result of type `logical` without inputs; the body makes its element.
mlir::linalg::GenericOp createIndexed(mlir::RewriterBase &rewriter, mlir::Location location,
                                      mlir::RankedTensorType logical, llvm::StringRef algorithm,
                                      llvm::function_ref<mlir::Value(mlir::OpBuilder &)> body);

/// In a body over `space`: the index of logical dimension `dim`, kept below its extent in padding lanes.
mlir::Value getLogicalIndex(mlir::OpBuilder &builder, mlir::Location location, const Space &space, int64_t dim);

/// The index of a logical dimension of a tensor that is read: computed, or (null) the one of dimension `same` of the
/// space. The latter keeps blocks as blocks.
struct Index {
  mlir::Value value;
  int64_t same = -1;
};

/// In a body over `space`: the element of `stored` (logical type `logical`) at `indices`, one per logical dimension.
mlir::Value extractStored(mlir::OpBuilder &builder, mlir::Location location, const Space &space, mlir::Value stored,
                          mlir::RankedTensorType logical, llvm::ArrayRef<Index> indices);

/// In a body: entry `index` of a constant table of 32-bit integers, as an index.
mlir::Value lookUpIndex(mlir::OpBuilder &builder, mlir::Location location, mlir::Value table, mlir::Value index);

/// Attributes for the profile.
void describeGeneric(mlir::Operation *op, llvm::StringRef algorithm);

} // namespace cnnc::to_linalg

#endif
