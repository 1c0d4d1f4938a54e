// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Changes of storage, as ops: what every family of the door uses. On constants PackConstants evaluates them.
#ifndef CNNC_PASSES_KERNEL_STORING_H
#define CNNC_PASSES_KERNEL_STORING_H

#include "dialects/cnn/Cnn.h"
#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"

#include <optional>

namespace cnnc::to_kernel {

/// A stored tensor of `shape`, to be written.
mlir::Value createEmpty(mlir::OpBuilder &builder, mlir::Location location, mlir::RankedTensorType type);

/// The same stored elements under another shape; the value itself where it has that shape.
mlir::Value createReshape(mlir::OpBuilder &builder, mlir::Location location, mlir::Value stored,
                          llvm::ArrayRef<int64_t> shape);

/// The tensor of logical `shape` stored as `from`, stored as `to`: a reshape where the bytes agree.
mlir::Value createRelayout(mlir::OpBuilder &builder, mlir::Location location, mlir::Value stored,
                           llvm::ArrayRef<int64_t> shape, cnn::LayoutAttr from, cnn::LayoutAttr to);

/// A border of `value`, zero if null, around a stored tensor; the tensor itself where there is none.
mlir::Value createPad(mlir::OpBuilder &builder, mlir::Location location, mlir::Value stored,
                      llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high, mlir::TypedAttr value = {});

/// Where the channels of a feature map of rank N, C, spatial... are, in a layout that is legal for convolutions and
/// pools.
kernel::ChannelOrder getChannelOrder(cnn::LayoutAttr layout);

/// Position of the first spatial dimension in a stored feature map.
int64_t getFirstSpatialDim(kernel::ChannelOrder order);

/// An operand of an epilogue, of logical type `logical`, stored as the result's `layout` wants it: the same rank,
/// extents equal or 1.
mlir::Value createExtra(mlir::OpBuilder &builder, mlir::Location location, mlir::Value stored,
                        mlir::RankedTensorType logical, cnn::LayoutAttr layout);

/// createExtra for each of `logical`, the extra operands of an op with this logical result.
llvm::SmallVector<mlir::Value> createExtras(mlir::OpBuilder &builder, mlir::Location location,
                                            mlir::OperandRange logical, mlir::ValueRange stored,
                                            mlir::RankedTensorType result);

/// A border around the spatial dimensions. A negative `high` asks for less than there is, which costs nothing.
mlir::Value createSpatialPad(mlir::OpBuilder &builder, mlir::Location location, mlir::Value stored,
                             kernel::ChannelOrder order, llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
                             mlir::TypedAttr value = {});

/// How far windows reach past the end of the input, per spatial dimension; negative where they do not reach it.
llvm::SmallVector<int64_t> getHighPads(llvm::ArrayRef<int64_t> input, llvm::ArrayRef<int64_t> output,
                                       llvm::ArrayRef<int64_t> kernel, llvm::ArrayRef<int64_t> strides,
                                       llvm::ArrayRef<int64_t> dilations, llvm::ArrayRef<int64_t> low);

/// The algorithm as profiles call it.
llvm::StringRef getAlgorithmName(std::optional<cnn::Algorithm> algorithm);

/// Copies an epilogue from a cnn op into a kernel op.
void copyEpilogue(mlir::RewriterBase &rewriter, mlir::Region &from, mlir::Region &to);

/// Discardable attributes for the profile.
void describe(mlir::Operation *op, llvm::StringRef algorithm, int64_t multiplyAdds);

} // namespace cnnc::to_kernel

#endif
