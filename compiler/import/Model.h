// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A parsed model and the memory that its constants refer to.
#ifndef CNNC_COMPILER_IMPORT_MODEL_H
#define CNNC_COMPILER_IMPORT_MODEL_H

#include "onnx.pb.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cnnc::importing {

struct Model {
  onnx::ModelProto proto;
  /// The folders, by their real paths, in which external data may lie: the one in which the model was named, and the
  /// one in which its file really is, where that is a link (as in the cache of Hugging Face). Its locations are
  /// relative to the first. None if the model comes from no file.
  std::string folder;
  std::vector<std::string> realFolders;
  /// Files of external data by their path.
  std::map<std::string, std::unique_ptr<llvm::sys::fs::mapped_file_region>> files;
};

/// Reads a model; null, with the reason, if the bytes are none. One from memory has no folder.
std::shared_ptr<Model> parseModel(llvm::StringRef path, std::string &reason);
std::shared_ptr<Model> parseModel(llvm::MemoryBufferRef bytes, std::string &reason);

/// The bytes of a tensor whose data_location is EXTERNAL: `expected` of them, from a regular file that really lies in
/// a folder of the model's. None, with the reason, if there are no such bytes.
std::optional<llvm::ArrayRef<char>> mapExternalData(Model &model, const onnx::TensorProto &tensor, uint64_t expected,
                                                    std::string &reason);

} // namespace cnnc::importing

#endif
