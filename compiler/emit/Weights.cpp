// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Weights.h"
#include "dialects/kernel/Kernel.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace cnnc::emit {
namespace {

Expected<WeightBlob> readBlob(mlir::ElementsAttr elements, uint64_t offset) {
  WeightBlob blob;
  blob.offset = offset;
  blob.size = elements.getNumElements() * divideCeil(elements.getElementType().getIntOrFloatBitWidth(), 8);
  if (auto resource = dyn_cast<mlir::DenseResourceElementsAttr>(elements)) {
    mlir::AsmResourceBlob *held = resource.getRawHandle().getBlob();
    if (!held)
      return createStringError("the data of the weights '" + resource.getRawHandle().getKey() + "' is missing");
    blob.bytes = held->getData();
  } else if (auto dense = dyn_cast<mlir::DenseIntOrFPElementsAttr>(elements)) {
    blob.bytes = dense.getRawData();
  }
  if (blob.size && (blob.bytes.empty() || blob.size % blob.bytes.size()))
    return createStringError("weights of " + Twine(blob.size) + " bytes hold " + Twine(blob.bytes.size()));
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
  auto models = module.getOps<kernel::ModelOp>();
  if (!hasSingleElement(models))
    return createStringError("the module has no kernel.model, or several");
  kernel::ModelOp model = *models.begin();
  WeightImage image;
  image.bytes = model.getWeightsBytes();
  for (auto [elements, offset] : zip_equal(model.getWeights(), model.getOffsets())) {
    Expected<WeightBlob> blob = readBlob(cast<mlir::ElementsAttr>(elements), offset);
    if (!blob)
      return blob.takeError();
    if (blob->size)
      image.blobs.push_back(*blob);
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
