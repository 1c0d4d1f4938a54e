// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The image of the packed weights: from the module's blobs straight into the output file, never through LLVM.
#ifndef CNNC_COMPILER_EMIT_WEIGHTS_H
#define CNNC_COMPILER_EMIT_WEIGHTS_H

#include "compiler/output/OutputFile.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace llvm {
class Module;
} // namespace llvm

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace cnnc::emit {

/// `bytes` over and over (a splat holds its element once) until `size` is reached.
struct WeightBlob {
  llvm::ArrayRef<char> bytes;
  uint64_t size = 0;
  uint64_t offset = 0;
};

/// Blobs in the order of their offsets, disjoint; what lies between them is zero. The bytes belong to the MLIR context.
struct WeightImage {
  llvm::SmallVector<WeightBlob> blobs;
  uint64_t bytes = 0;
};

/// What the module's kernel.model says of its weights.
llvm::Expected<WeightImage> collectWeights(mlir::ModuleOp module);

/// Writes the image at `position` and makes the file end behind it.
llvm::Error writeWeights(output::OutputFile &output, uint64_t position, const WeightImage &image);

/// Where generated code finds the weights: the i64 @cnnc_weights_delta, whose address plus value is theirs.
///
/// InNote: a note of its own, whose program header becomes the weights' segment once the library is linked; for this no
/// byte of the weights passes through the linker, and any size works. InSection: the distance to a section which holds
/// the weights in an object, and which the user's linker places.
enum class WeightsAnchor { InNote, InSection };
void defineWeightsAnchor(llvm::Module &module, WeightsAnchor anchor);

/// Appends the image to a linked library as a read-only segment, in the place of the anchor's note.
llvm::Error appendWeightsSegment(output::OutputFile &library, const WeightImage &image);

/// Makes the object in `file[start..]`, which is the file's last part, hold the image behind its end. Only its headers
/// change here, in memory; the caller writes the image at the position that is returned, from the file's begin.
llvm::Expected<uint64_t> reserveWeightsSection(llvm::MutableArrayRef<char> file, uint64_t start,
                                               const WeightImage &image);

} // namespace cnnc::emit

#endif // CNNC_COMPILER_EMIT_WEIGHTS_H
