// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the passes on quantised tensors share: constant scales and zero points, and the scalar arithmetic of both ops.
#ifndef CNNC_PASSES_GRAPH_QUANTIZATION_H
#define CNNC_PASSES_GRAPH_QUANTIZATION_H

#include "dialects/cnn/Cnn.h"

#include <optional>
#include <vector>

namespace cnnc::graph {

/// How integers stand for floats: `scale * (integer - zeroPoint)`.
struct Quantization {
  std::vector<float> scale;             ///< one, or one for each entry of dimension `dim`; finite, more than 0
  llvm::SmallVector<int64_t> zeroPoint; ///< as many
  int64_t dim = -1;
  unsigned bits = 8;
  bool isUnsigned = false;

  bool isUniform() const { return scale.size() == 1; }
  int64_t getLowest() const { return isUnsigned ? 0 : -(int64_t(1) << (bits - 1)); }
  int64_t getHighest() const { return getLowest() + (int64_t(1) << bits) - 1; }
  /// The integer that stands for `real`, as cnn.quantize computes it. Only where isUniform().
  int64_t quantize(float real) const;
  bool operator==(const Quantization &other) const;
  bool operator!=(const Quantization &other) const { return !(*this == other); }
};

/// Of an op whose scale and zero point are constants and differ along one dimension at most.
std::optional<Quantization> getQuantization(cnn::QuantizeOp op);
std::optional<Quantization> getQuantization(cnn::DequantizeOp op);

/// What `value` stands for, if it is made by a cnn.dequantize that has one.
std::optional<Quantization> getDequantized(mlir::Value value);

/// The ops on `input`, whose rank says how many extents of 1 the parameters have. Only where isUniform().
cnn::QuantizeOp createQuantize(mlir::OpBuilder &builder, mlir::Location location, mlir::Value input,
                               const Quantization &quantization);
cnn::DequantizeOp createDequantize(mlir::OpBuilder &builder, mlir::Location location, mlir::Value input,
                                   const Quantization &quantization);

/// In a body: a constant of f32.
mlir::Value createReal(mlir::OpBuilder &builder, mlir::Location location, float real);

/// In a body: f32 `real`, rounded and kept within the bounds, as integers of that width.
mlir::Value emitSaturation(mlir::OpBuilder &builder, mlir::Location location, mlir::Value real, float lowest,
                           float highest, unsigned bits);

/// In a body: the same of `real` + `zeroPoint`, where |real| is known to be less than 2^30: integers saturate in fewer
/// instructions, and sums of four pixels at once.
mlir::Value emitNarrowing(mlir::OpBuilder &builder, mlir::Location location, mlir::Value real, int64_t zeroPoint,
                          int64_t lowest, int64_t highest, unsigned bits);

} // namespace cnnc::graph

#endif
