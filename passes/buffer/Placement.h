// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decides where each tensor of @main lies, before anything is rewritten.
#ifndef CNNC_PASSES_BUFFER_PLACEMENT_H
#define CNNC_PASSES_BUFFER_PLACEMENT_H

#include "passes/buffer/Place.h"

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/DenseMap.h"

namespace cnnc::buffer {

/// A dense row-major block of memory.
struct Storage {
  enum Kind { Arena, Input, Output, Constant };

  Kind kind;
  mlir::RankedTensorType type;
  unsigned index = 0;        ///< of the input or output
  mlir::Value constant = {}; ///< for constants
};

/// The places of all tensors. A tensor whose reader wants it inside a larger one (the inside of a border, a part of a
/// concatenation, a phase of a transposed convolution, a graph output) lies there from the start, where its producer
/// can write so; where it cannot, or where two readers want it in different places, the reader's op becomes a copy.
class Placement {
public:
  explicit Placement(mlir::func::FuncOp function);

  llvm::ArrayRef<Storage> getStorages() const { return storages; }
  /// The place of any tensor that is read or written.
  const Place &getPlace(mlir::Value tensor) const { return places.find(tensor)->second; }
  bool hasPlace(mlir::Value tensor) const { return places.contains(tensor); }
  /// Where input `number` of a pad, concatenation or insertion belongs, in the place of the op's result.
  Place getTarget(mlir::Operation *op, unsigned number) const;
  /// The dense place of graph output `number`.
  Place getOutputPlace(unsigned number) const;

private:
  Place createStorage(Storage storage);
  std::optional<Place> getCandidate(mlir::OpOperand &use) const;
  std::optional<Place> chooseCandidate(mlir::OpResult tensor) const;
  bool canHold(mlir::Value tensor, const Place &place) const;
  void promiseSource(mlir::Value tensor, const Place &place);
  void placeBackward(mlir::OpResult tensor);
  void placeForward(mlir::Value tensor);
  void reuseOperands();
  bool reuseOperand(mlir::OpOperand &operand, mlir::OpResult result);

  struct Range {
    int64_t first = INT64_MAX, last = -1;
  };
  void findRanges();

  mlir::func::FuncOp function;
  /// Of each concatenation: where its inputs begin along its axis.
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<int64_t>> starts;
  llvm::SmallVector<Storage> storages;
  llvm::SmallVector<unsigned> outputs; ///< storage of each graph output
  llvm::DenseMap<mlir::Value, Place> places;
  llvm::DenseMap<mlir::Value, Place> forced; ///< what a reshape promised of its source
  llvm::DenseMap<mlir::Operation *, int64_t> positions;
  llvm::SmallVector<Range> ranges; ///< of positions, per storage
};

/// A tensor without content: tensor.empty, or a slice of one.
bool isUndefined(mlir::Value tensor);
/// A reduction that starts from a constant needs no fill: it carries the constant in its attribute `init`.
/// Returns that constant, or null.
mlir::TypedAttr getAbsorbedInit(mlir::OpOperand &init);
/// The op depends on what its destination `init` holds.
bool readsInit(mlir::OpOperand &init);

} // namespace cnnc::buffer

#endif
