// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Weights.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace cnnc::emit {
namespace {

Expected<WeightBlob> readBlob(mlir::Attribute attribute) {
  WeightBlob blob;
  auto pair = dyn_cast<mlir::ArrayAttr>(attribute);
  if (!pair || pair.size() != 2)
    return createStringError("cnnc.weights: an entry is no pair of elements and offset");
  auto elements = dyn_cast<mlir::ElementsAttr>(pair[0]);
  auto offset = dyn_cast<mlir::IntegerAttr>(pair[1]);
  if (!elements || !offset || !elements.getElementType().isIntOrFloat())
    return createStringError("cnnc.weights: an entry is no pair of elements and offset");
  blob.offset = offset.getValue().getZExtValue();
  blob.size = elements.getNumElements() * divideCeil(elements.getElementType().getIntOrFloatBitWidth(), 8);
  if (auto resource = dyn_cast<mlir::DenseResourceElementsAttr>(pair[0])) {
    mlir::AsmResourceBlob *held = resource.getRawHandle().getBlob();
    if (!held)
      return createStringError("cnnc.weights: the data of '" + resource.getRawHandle().getKey() + "' is missing");
    blob.bytes = held->getData();
  } else if (auto dense = dyn_cast<mlir::DenseIntOrFPElementsAttr>(pair[0])) {
    blob.bytes = dense.getRawData();
  }
  if (blob.size && (blob.bytes.empty() || blob.size % blob.bytes.size()))
    return createStringError("cnnc.weights: an entry of " + Twine(blob.size) + " bytes holds " +
                             Twine(blob.bytes.size()));
  return blob;
}

/// Fills `size` bytes at `position` with copies of a short pattern.
Error writeRepeated(output::OutputFile &output, ArrayRef<char> pattern, uint64_t size, uint64_t position) {
  constexpr uint64_t chunkBytes = 65536;
  SmallVector<char, 0> chunk;
  while (chunk.size() < std::min(size, chunkBytes))
    chunk.append(pattern.begin(), pattern.end());
  for (uint64_t done = 0; done < size;) {
    uint64_t count = std::min<uint64_t>(chunk.size(), size - done);
    if (Error error = output.write(ArrayRef(chunk).take_front(count), position + done))
      return error;
    done += count;
  }
  return Error::success();
}

} // namespace

Expected<WeightImage> collectWeights(mlir::ModuleOp module) {
  WeightImage image;
  if (auto bytes = module->getAttrOfType<mlir::IntegerAttr>("cnnc.weights_bytes"))
    image.bytes = bytes.getValue().getZExtValue();
  auto entries = module->getAttrOfType<mlir::ArrayAttr>("cnnc.weights");
  if (!entries)
    return image;
  for (mlir::Attribute entry : entries) {
    Expected<WeightBlob> blob = readBlob(entry);
    if (!blob)
      return blob.takeError();
    if (blob->size)
      image.blobs.push_back(*blob);
  }
  llvm::sort(image.blobs, [](const WeightBlob &a, const WeightBlob &b) { return a.offset < b.offset; });
  uint64_t end = 0;
  for (const WeightBlob &blob : image.blobs) {
    if (blob.offset < end || blob.offset > image.bytes || blob.size > image.bytes - blob.offset)
      return createStringError("cnnc.weights: the entry at " + Twine(blob.offset) + " of " + Twine(blob.size) +
                               " bytes overlaps another or ends behind the image of " + Twine(image.bytes));
    end = blob.offset + blob.size;
  }
  return image;
}

Error writeWeights(output::OutputFile &output, uint64_t position, const WeightImage &image) {
  if (Error error = output.resize(position + image.bytes))
    return error;
  for (const WeightBlob &blob : image.blobs) {
    bool whole = blob.bytes.size() == blob.size;
    if (Error error = whole ? output.write(blob.bytes, position + blob.offset)
                            : writeRepeated(output, blob.bytes, blob.size, position + blob.offset))
      return error;
  }
  return Error::success();
}

} // namespace cnnc::emit
