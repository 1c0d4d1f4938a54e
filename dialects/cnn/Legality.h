// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who may store what: the layouts in which an op reads its operands, given that of its result. The phase layout ranks
// what is legal here by its cost; its verifier and the doors refuse the rest.
#ifndef CNNC_DIALECTS_CNN_LEGALITY_H
#define CNNC_DIALECTS_CNN_LEGALITY_H

#include "dialects/cnn/Layouts.h"

namespace cnnc::cnn {

/// Neighbours in a pixel that are multiplied at once: 4 bytes, 2 integers of 16 bits, 1 float.
int64_t getStepElements(mlir::Type element);

/// What of a convolution, beside its algorithm, decides where its operands may keep their channels.
struct ConvChannels {
  int64_t inChannels = 1, outChannels = 1, group = 1;
  int64_t step = 1;           ///< getStepElements of the input
  bool constantFilter = true; ///< packed at compile time
};
ConvChannels getConvChannels(ConvOp op);
ConvChannels getConvChannels(ConvTransposeOp op);

/// Whether each group has as many outputs as inputs, so few that several groups share a block (depthwise: 1).
bool hasNarrowGroups(const ConvChannels &conv);

/// Whether every group begins at a block, on both sides.
bool hasWholeBlocks(const ConvChannels &conv);

/// Whether a window that keeps channels apart computes it, in and out of `channels`.
bool isWindow(const ConvChannels &conv, Channels channels);

/// The algorithm that it has or, without one that its shape and filter allow, direct; always phases of a transposed
/// one.
Algorithm getLegalAlgorithm(ConvOp op);
Algorithm getLegalAlgorithm(ConvTransposeOp op);

/// Where the input may keep its channels when the output keeps them as `output`; none if it cannot: then `reason` says
/// why.
llvm::SmallVector<Channels, 3> getConvInputs(const ConvChannels &conv, Algorithm algorithm, Channels output,
                                             llvm::StringRef *reason = nullptr);

/// Whether values of this type have a layout other than row major: kernels read f32 and the integers of quantised
/// tensors.
bool hasLayout(mlir::Type type);

/// Whether an operand or the result has no layout but row major: then neither has the rest of what moves or maps them.
bool touchesOtherTypes(mlir::Operation *op);

/// Whether kernels compute the convolution, product, pool or transpose on such elements. The definition computes the
/// others, on rows.
bool hasKernel(mlir::Operation *op);

/// The layout of each operand; null where any serves.
using OperandLayouts = llvm::SmallVector<LayoutAttr, 4>;

/// All that the operands may have together when the result is stored as `result` (null if its type has no layout, and
/// without a result). Empty if the op cannot store that: then `reason` says why.
llvm::SmallVector<OperandLayouts, 2> getLegalLayouts(mlir::Operation *op, LayoutAttr result,
                                                     llvm::StringRef *reason = nullptr);

/// Diagnoses that the op cannot store its result as `result` (null: as its type says), for this reason.
mlir::LogicalResult refuseResult(mlir::Operation *op, LayoutAttr result, llvm::StringRef reason);

/// Whether the op may have a choice for its operands; those of any other follow from its result.
bool choosesInput(mlir::Operation *op);

/// What a reduction visits: its inputs' common extents, and the layout that they share, with the block that some of
/// them may have.
llvm::SmallVector<int64_t> getReducedShape(ReduceOp op);
LayoutAttr getReducedLayout(ReduceOp op);

/// Whether the layouts of result and operands, as their types say, are legal together; otherwise diagnoses.
mlir::LogicalResult verifyLayouts(mlir::Operation *op);

/// The same of all ops of the dialect in `root`; diagnoses each.
mlir::LogicalResult verifyAllLayouts(mlir::Operation *root);

} // namespace cnnc::cnn

#endif
