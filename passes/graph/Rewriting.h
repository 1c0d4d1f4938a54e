// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the rewrites of this room share: the driver's settings and work on regions of scalar ops.
#ifndef CNNC_PASSES_GRAPH_REWRITING_H
#define CNNC_PASSES_GRAPH_REWRITING_H

#include "dialects/cnn/Cnn.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/Rewrite/FrozenRewritePatternSet.h"

namespace cnnc::graph {

/// Applies the patterns until none matches. Upstream folding stays off: it would move the scalar constants of bodies
/// out of them.
void applyRewrites(mlir::Operation *root, const mlir::FrozenRewritePatternSet &patterns);

/// The patterns of EliminateIdentity, for passes whose rewrites leave identities behind.
void populateIdentityPatterns(mlir::RewritePatternSet &patterns);

/// Clones the ops of `body`, its arguments replaced, to the builder's place. Returns the clone of what it yields.
mlir::Value inlineBody(mlir::OpBuilder &builder, mlir::Block &body, mlir::ValueRange arguments);

/// Adds to `region` a block with one scalar argument for each of `inputs`; the builder then stands in it.
mlir::Block *createBody(mlir::OpBuilder &builder, mlir::Region &region, mlir::ValueRange inputs);

/// A cnn.map to `type` that yields what `emit` makes of one scalar for each of `inputs`.
cnn::MapOp createMap(mlir::OpBuilder &builder, mlir::Location location, mlir::Type type, mlir::ValueRange inputs,
                     llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::ValueRange)> emit);

/// Fills `region` with `consumer`'s body after the body of `producer`, which makes some of `consumerInputs`. Returns
/// the values that the arguments of the new body stand for.
llvm::SmallVector<mlir::Value> composeBodies(mlir::OpBuilder &builder, mlir::Location location, cnn::MapOp producer,
                                             mlir::ValueRange consumerInputs, mlir::Block &consumer,
                                             mlir::Region &region);

/// Whether ops of both blocks may stand in one body. A longer one has nothing left to gain, its arithmetic dwarfs the
/// load and the store that fusion saves, while the code generator's time grows faster than a function does.
bool mayShareBody(mlir::Block &producer, mlir::Block &consumer);

/// Both locations in one, the first one's name first.
mlir::Location joinLocations(mlir::Location first, mlir::Location second);

/// Whether every use of `value` is an operand of `user`.
bool isOnlyUsedBy(mlir::Value value, mlir::Operation *user);

/// The shape that inputs of one rank broadcast to.
llvm::SmallVector<int64_t> getBroadcastShape(mlir::ValueRange inputs);

/// The shape of a value that is a ranked tensor.
llvm::ArrayRef<int64_t> getShape(mlir::Value value);

} // namespace cnnc::graph

#endif
