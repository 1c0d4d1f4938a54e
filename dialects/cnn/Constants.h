// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading and making constants. Weights are `arith.constant` of `dense_resource`; small or uniform ones may be `dense`.
#ifndef CNNC_DIALECTS_CNN_CONSTANTS_H
#define CNNC_DIALECTS_CNN_CONSTANTS_H

#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <optional>
#include <vector>

namespace mlir {
class ModuleOp;
}

namespace cnnc::cnn {

/// The elements of an f32 constant in row-major order: a view of the attribute's own storage, or, for a splat, an
/// expansion that this object owns. It must outlive every ArrayRef taken from it.
class Floats {
public:
  explicit Floats(llvm::ArrayRef<float> view) : view(view) {}
  explicit Floats(std::vector<float> expansion) : owned(std::move(expansion)), view(owned) {}
  Floats(Floats &&other) = default;
  Floats &operator=(Floats &&other) = default;
  Floats(const Floats &) = delete;
  Floats &operator=(const Floats &) = delete;

  llvm::ArrayRef<float> get() const & { return view; }
  llvm::ArrayRef<float> get() && = delete;
  operator llvm::ArrayRef<float>() const & { return view; }
  operator llvm::ArrayRef<float>() && = delete;
  float operator[](size_t index) const { return view[index]; }
  size_t size() const { return view.size(); }
  const float *data() const { return view.data(); }
  const float *begin() const { return view.begin(); }
  const float *end() const { return view.end(); }
  std::vector<float> copy() const { return view.vec(); }

private:
  std::vector<float> owned;
  llvm::ArrayRef<float> view;
};

/// The floats of an f32 elements attribute (splat, dense or resource), or of the arith.constant that defines a value.
/// None if it is no such constant, or if a resource's bytes are missing or of the wrong number.
std::optional<Floats> getFloats(mlir::Attribute attribute);
std::optional<Floats> getFloats(mlir::Value value);

/// The numbers of a constant of f32 or f64.
std::optional<llvm::SmallVector<double>> getReals(mlir::Value value);

/// The one float that fills the constant, if it is uniform. Looks at every element.
std::optional<float> getSplat(mlir::Value value);

/// The integers (index or any width up to 64, signless ones as signed) of a constant.
std::optional<llvm::SmallVector<int64_t>> getIntegers(mlir::Attribute attribute);
std::optional<llvm::SmallVector<int64_t>> getIntegers(mlir::Value value);

/// The bytes of a constant of any element type of whole bytes, in row-major order; none for splats of `dense`.
std::optional<llvm::ArrayRef<char>> getBytes(mlir::Attribute attribute);

/// An f32 arith.constant that takes the elements over; their number must be the type's. Up to 16 elements or uniform
/// ones become `dense`, others a resource named after `nameHint` (made unique by a number, in order of creation).
mlir::Value createFloats(mlir::OpBuilder &builder, mlir::Location location, mlir::RankedTensorType type,
                         std::vector<float> &&elements, llvm::StringRef nameHint);

/// The same of integers of whole bytes, which wrap around to the type's width.
mlir::Value createIntegers(mlir::OpBuilder &builder, mlir::Location location, mlir::RankedTensorType type,
                           llvm::ArrayRef<int64_t> elements, llvm::StringRef nameHint);

/// The floats as an attribute.
mlir::ElementsAttr getFloatsAttr(mlir::RankedTensorType type, std::vector<float> &&elements, llvm::StringRef nameHint);

/// All elements of a constant of whole bytes, those of a splat too, in row-major order and aligned; none if bytes are
/// missing.
std::optional<std::vector<char>> copyBytes(mlir::ElementsAttr elements);

/// The constant of such bytes, `dense` or a resource as getFloatsAttr says.
mlir::ElementsAttr getBytesAttr(mlir::RankedTensorType type, std::vector<char> &&bytes, llvm::StringRef nameHint);

/// A tensor filled with one float.
mlir::Value createSplat(mlir::OpBuilder &builder, mlir::Location location, mlir::RankedTensorType type, float element);

/// The same constant under another shape of as many elements, over the same bytes.
mlir::ElementsAttr reshapeConstant(mlir::ElementsAttr elements, llvm::ArrayRef<int64_t> shape);

/// Frees the bytes of resources that no attribute in `module` refers to any more: after folding, the originals.
void releaseUnusedConstants(mlir::ModuleOp module);

} // namespace cnnc::cnn

#endif
