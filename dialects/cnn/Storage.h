// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From logical to stored tensors: what the doors out of the cnn dialect agree on.
#ifndef CNNC_DIALECTS_CNN_STORAGE_H
#define CNNC_DIALECTS_CNN_STORAGE_H

#include "dialects/cnn/Cnn.h"

#include "mlir/Transforms/DialectConversion.h"

namespace cnnc::cnn {

/// The layout of a tensor: its encoding, or row major where there is none.
LayoutAttr getLayout(mlir::RankedTensorType type);

/// The type a tensor is stored as: physical shape, no encoding.
mlir::RankedTensorType getStoredType(mlir::RankedTensorType type);

/// Position among the stored dimensions of logical dimension `dim` (of its block number where blocked).
int64_t getStoredDim(LayoutAttr layout, int64_t dim);

/// Do the stored bytes follow one another as in row-major order? Extents of 1 may stand anywhere.
bool isStoredRowMajor(LayoutAttr layout, llvm::ArrayRef<int64_t> shape);

/// Are the lanes of some blocks past the extent?
bool hasPaddingLanes(LayoutAttr layout, llvm::ArrayRef<int64_t> shape);

/// Tensors become what they are stored as; every other type stays.
class StorageTypeConverter : public mlir::TypeConverter {
public:
  StorageTypeConverter();
};

} // namespace cnnc::cnn

#endif
