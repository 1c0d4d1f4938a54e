// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/Model.h"

#include "compiler/import/Report.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>

#include <climits>

using namespace llvm;
using namespace cnnc;
using namespace cnnc::importing;

static bool parse(google::protobuf::io::ZeroCopyInputStream &stream, int64_t bytes, Model &model, std::string &reason) {
  if (bytes == 0) {
    reason = "the file is empty";
    return false;
  }
  if (bytes > INT_MAX) {
    reason = "the file has " + std::to_string(bytes) +
             " bytes, but protobuf ends at 2147483647: keep the weights in external data";
    return false;
  }
  // Protobuf would print its own complaints; ours say the same in the words of the product.
  google::protobuf::LogSilencer silence;
  google::protobuf::io::CodedInputStream coded(&stream);
  coded.SetTotalBytesLimit(INT_MAX);
  // With a limit, a string's claimed length is checked before memory is taken for it.
  auto limit = coded.PushLimit(bytes);
  if (!model.proto.ParseFromCodedStream(&coded) || !coded.ConsumedEntireMessage()) {
    reason = "the file is no ONNX model, or it is truncated: protobuf cannot parse it";
    return false;
  }
  coded.PopLimit(limit);
  if (!model.proto.has_graph()) {
    reason = "the model has no graph";
    return false;
  }
  return true;
}

std::shared_ptr<Model> cnnc::importing::parseModel(StringRef path, std::string &reason) {
  Expected<sys::fs::file_t> file = sys::fs::openNativeFileForRead(path);
  if (!file) {
    reason = "cannot open the file: " + toString(file.takeError());
    return nullptr;
  }
  sys::fs::file_status status;
  std::error_code error = sys::fs::status(*file, status);
  if (error || status.type() != sys::fs::file_type::regular_file) {
    sys::fs::closeFile(*file);
    reason = error ? "cannot read the file: " + error.message() : "is no regular file";
    return nullptr;
  }
  auto model = std::make_shared<Model>();
  model->folder = sys::path::parent_path(path).str();
  if (model->folder.empty())
    model->folder = ".";
  SmallString<256> real;
  if (!sys::fs::real_path(model->folder, real))
    model->realFolders.push_back(real.str().str());
  if (!sys::fs::real_path(path, real))
    model->realFolders.push_back(sys::path::parent_path(real).str());
  bool parsed = false;
  {
    google::protobuf::io::FileInputStream stream(*file, 1 << 20);
    parsed = parse(stream, status.getSize(), *model, reason);
  }
  sys::fs::closeFile(*file);
  return parsed ? model : nullptr;
}

std::shared_ptr<Model> cnnc::importing::parseModel(MemoryBufferRef bytes, std::string &reason) {
  auto model = std::make_shared<Model>();
  // Of what is too much for protobuf, nothing is read.
  int64_t read = bytes.getBufferSize() > INT_MAX ? 0 : bytes.getBufferSize();
  google::protobuf::io::ArrayInputStream stream(bytes.getBufferStart(), read);
  return parse(stream, bytes.getBufferSize(), *model, reason) ? model : nullptr;
}

/// The location as a path, if it is one to look at.
static std::optional<std::string> resolve(StringRef folder, StringRef location, std::string &reason) {
  bool leaves = is_contained(make_range(sys::path::begin(location), sys::path::end(location)), "..");
  if (folder.empty())
    reason = "needs a model that is read from a file";
  else if (location.empty() || location.contains('\0') || sys::path::is_absolute(location) || leaves)
    reason = "must be named by a relative path inside the model's folder";
  if (!reason.empty())
    return std::nullopt;
  SmallString<256> joined(folder);
  sys::path::append(joined, location);
  return joined.str().str();
}

static bool liesIn(StringRef path, StringRef folder) {
  return folder == "/" || (path.consume_front(folder) && path.starts_with("/"));
}

/// What was opened is what is checked, so that nobody changes a link in between.
static std::optional<sys::fs::file_t> open(const Model &model, StringRef path, uint64_t &size, std::string &reason) {
  sys::fs::file_status status;
  SmallString<256> real;
  // To open a pipe would wait for its other end.
  if (std::error_code error = sys::fs::status(path, status))
    reason = "cannot be opened: " + error.message();
  else if (status.type() != sys::fs::file_type::regular_file)
    reason = "is no regular file, or is empty";
  if (!reason.empty())
    return std::nullopt;
  Expected<sys::fs::file_t> file = sys::fs::openNativeFileForRead(path, sys::fs::OF_None, &real);
  if (!file) {
    reason = "cannot be opened: " + toString(file.takeError());
    return std::nullopt;
  }
  if (sys::fs::status(*file, status) || status.type() != sys::fs::file_type::regular_file || !status.getSize())
    reason = "is no regular file, or is empty";
  else if (none_of(model.realFolders, [&](const std::string &folder) { return liesIn(real, folder); }))
    reason = "leads out of the model's folder by a symbolic link";
  size = status.getSize();
  if (reason.empty())
    return *file;
  sys::fs::closeFile(*file);
  return std::nullopt;
}

static sys::fs::mapped_file_region *map(Model &model, const std::string &path, std::string &reason) {
  auto &region = model.files[path];
  if (region)
    return region.get();
  uint64_t size = 0;
  std::optional<sys::fs::file_t> file = open(model, path, size, reason);
  if (!file)
    return nullptr;
  std::error_code error;
  region = std::make_unique<sys::fs::mapped_file_region>(*file, sys::fs::mapped_file_region::readonly, size, 0, error);
  sys::fs::closeFile(*file);
  if (!error)
    return region.get();
  reason = "cannot be mapped: " + error.message();
  region.reset();
  return nullptr;
}

std::optional<ArrayRef<char>> cnnc::importing::mapExternalData(Model &model, const onnx::TensorProto &tensor,
                                                               uint64_t expected, std::string &reason) {
  std::string location;
  uint64_t offset = 0, length = expected;
  for (const onnx::StringStringEntryProto &entry : tensor.external_data()) {
    if (entry.key() == "location")
      location = entry.value();
    uint64_t *number = entry.key() == "offset" ? &offset : entry.key() == "length" ? &length : nullptr;
    if (number && !to_integer(StringRef(entry.value()), *number, 10)) {
      reason = "external data has the " + entry.key() + " " + quote(entry.value()) + ", which is no number";
      return std::nullopt;
    }
  }
  if (length != expected) {
    reason = "requires " + std::to_string(expected) + " bytes of external data, but found " + std::to_string(length);
    return std::nullopt;
  }
  std::optional<std::string> path = resolve(model.folder, location, reason);
  sys::fs::mapped_file_region *region = path ? map(model, *path, reason) : nullptr;
  if (!region) {
    reason = "external data " + quote(location) + " " + reason;
    return std::nullopt;
  }
  if (offset > region->size() || expected > region->size() - offset) {
    reason = "external data " + quote(location) + " has " + std::to_string(region->size()) + " bytes, but " +
             std::to_string(expected) + " from " + std::to_string(offset) + " are asked for";
    return std::nullopt;
  }
  return ArrayRef<char>(region->const_data() + offset, expected);
}
