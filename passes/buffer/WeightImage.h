// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constants as globals of one image: equal ones once, each at a multiple of 64 bytes.
#ifndef CNNC_PASSES_BUFFER_WEIGHTIMAGE_H
#define CNNC_PASSES_BUFFER_WEIGHTIMAGE_H

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"

namespace cnnc::buffer {

class WeightImage {
public:
  explicit WeightImage(mlir::ModuleOp module) : module(module) {}
  /// The global that holds `elements`; its type may have another shape. Fails, with a diagnostic, where a resource is
  /// missing its bytes.
  mlir::FailureOr<mlir::memref::GlobalOp> getGlobal(mlir::Location loc, mlir::ElementsAttr elements);
  int64_t getBytes() const { return bytes; }

private:
  mlir::ModuleOp module;
  int64_t bytes = 0;
  unsigned count = 0;
  llvm::DenseMap<uint64_t, llvm::SmallVector<mlir::memref::GlobalOp, 1>> globals; ///< by the hash of the content
};

} // namespace cnnc::buffer

#endif
