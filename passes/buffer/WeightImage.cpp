// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/WeightImage.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;

/// The stored elements; one element stands for all of a splat.
static ArrayRef<char> getContent(ElementsAttr elements) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob ? blob->getData() : ArrayRef<char>();
  }
  auto dense = dyn_cast<DenseIntOrFPElementsAttr>(elements);
  return dense ? dense.getRawData() : ArrayRef<char>();
}

static bool haveEqualContent(ElementsAttr a, ElementsAttr b) {
  return a.getElementType() == b.getElementType() && a.getNumElements() == b.getNumElements() &&
         getContent(a) == getContent(b);
}

/// An i1 takes a byte in memory, whatever the attribute packs.
static ElementsAttr unpackBooleans(ElementsAttr elements) {
  auto dense = dyn_cast<DenseIntElementsAttr>(elements);
  if (!dense || !dense.getElementType().isInteger(1))
    return elements;
  SmallVector<char> content(dense.getValues<bool>());
  auto type = cast<RankedTensorType>(dense.getType());
  return DenseResourceElementsAttr::get(
      type, "booleans", HeapAsmResourceBlob::allocateAndCopyWithAlign(content, /*align=*/64, /*dataIsMutable=*/false));
}

FailureOr<memref::GlobalOp> WeightImage::getGlobal(Location loc, ElementsAttr elements) {
  if (!elements.getElementType().isIntOrFloat())
    return emitError(loc) << "constant of " << elements.getElementType() << " has no size in memory";
  elements = unpackBooleans(elements);
  ArrayRef<char> content = getContent(elements);
  int64_t elementBytes = llvm::divideCeil(elements.getElementType().getIntOrFloatBitWidth(), 8);
  int64_t size = elements.getNumElements() * elementBytes;
  if (size != 0 && (content.empty() || (int64_t(content.size()) != size && int64_t(content.size()) != elementBytes)))
    return emitError(loc) << "constant of " << size << " bytes holds " << content.size();
  auto &equals =
      globals[llvm::xxh3_64bits(ArrayRef(reinterpret_cast<const uint8_t *>(content.data()), content.size()))];
  for (memref::GlobalOp global : equals)
    if (haveEqualContent(cast<ElementsAttr>(*global.getInitialValue()), elements))
      return global;
  OpBuilder builder(module.getBody(), std::next(module.getBody()->begin(), count));
  auto type = MemRefType::get(elements.getShapedType().getShape(), elements.getElementType());
  auto global = memref::GlobalOp::create(builder, loc, "w_" + std::to_string(count), builder.getStringAttr("private"),
                                         type, elements, /*constant=*/true, builder.getI64IntegerAttr(64));
  global->setAttr("cnnc.offset", builder.getI64IntegerAttr(bytes));
  bytes = llvm::alignTo(bytes + size, 64);
  ++count;
  equals.push_back(global);
  return global;
}
