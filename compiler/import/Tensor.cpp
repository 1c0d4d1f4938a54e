// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/Tensor.h"

#include "compiler/import/Report.h"

#include "compiler/import/ElementType.h"
#include "dialects/cnn/Constants.h"
#include "dialects/cnn/Shapes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/APFloat.h"

#include <cstring>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

/// Up to here a constant is worth reading in text, and its bytes are copied.
static constexpr int64_t kSmall = 16;

namespace {

/// Bytes in ONNX's element type: views of the message or the mapped file, or a copy for types that the message spreads
/// over wider fields.
struct Bytes {
  ArrayRef<char> view;
  std::vector<char> owned;
  std::string *source = nullptr;
};

} // namespace

template <typename To, typename Field>
static std::optional<Bytes> narrow(const Field &field, int64_t count, std::string &reason) {
  if (field.size() != count) {
    reason = "requires " + std::to_string(count) + " elements, but found " + std::to_string(field.size());
    return std::nullopt;
  }
  Bytes bytes;
  if constexpr (std::is_same_v<To, typename Field::value_type>) {
    bytes.view = ArrayRef<char>(reinterpret_cast<const char *>(field.data()), count * sizeof(To));
    return bytes;
  }
  bytes.owned.resize(count * sizeof(To));
  for (int64_t i = 0; i < count; ++i) {
    To element = static_cast<To>(field[i]);
    std::memcpy(bytes.owned.data() + i * sizeof(To), &element, sizeof(To));
  }
  bytes.view = bytes.owned;
  return bytes;
}

static std::optional<Bytes> readTyped(const onnx::TensorProto &tensor, int64_t count, std::string &reason) {
  switch (tensor.data_type()) {
  case onnx::TensorProto::FLOAT:
    return narrow<float>(tensor.float_data(), count, reason);
  case onnx::TensorProto::DOUBLE:
    return narrow<double>(tensor.double_data(), count, reason);
  case onnx::TensorProto::INT64:
    return narrow<int64_t>(tensor.int64_data(), count, reason);
  case onnx::TensorProto::UINT64:
    return narrow<uint64_t>(tensor.uint64_data(), count, reason);
  case onnx::TensorProto::UINT32:
    return narrow<uint32_t>(tensor.uint64_data(), count, reason);
  case onnx::TensorProto::INT32:
    return narrow<int32_t>(tensor.int32_data(), count, reason);
  case onnx::TensorProto::INT16:
  case onnx::TensorProto::UINT16:
  case onnx::TensorProto::FLOAT16:
  case onnx::TensorProto::BFLOAT16:
    return narrow<uint16_t>(tensor.int32_data(), count, reason);
  default:
    return narrow<uint8_t>(tensor.int32_data(), count, reason);
  }
}

static std::optional<Bytes> readBytes(Model &model, onnx::TensorProto &tensor, int64_t count, std::string &reason) {
  uint64_t expected = count * ElementType{tensor.data_type()}.getBytes();
  Bytes bytes;
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    if (expected == 0)
      return bytes;
    std::optional<ArrayRef<char>> view = mapExternalData(model, tensor, expected, reason);
    if (!view)
      return std::nullopt;
    bytes.view = *view;
    return bytes;
  }
  if (!tensor.has_raw_data())
    return readTyped(tensor, count, reason);
  if (tensor.raw_data().size() != expected) {
    reason = "requires " + std::to_string(expected) + " bytes of raw_data, but found " +
             std::to_string(tensor.raw_data().size());
    return std::nullopt;
  }
  bytes.source = tensor.mutable_raw_data();
  bytes.view = ArrayRef<char>(bytes.source->data(), bytes.source->size());
  return bytes;
}

static float toFloat(const llvm::fltSemantics &semantics, uint16_t bits) {
  llvm::APFloat value(semantics, llvm::APInt(16, bits));
  bool losesInfo = false;
  value.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToFloat();
}

/// IEEE half precision by its bits: a table over the exponent would be no clearer.
static float halfToFloat(uint16_t bits) {
  uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16, exponent = (bits >> 10) & 0x1f, mantissa = bits & 0x3ff;
  if (exponent == 0 || exponent == 0x1f)
    return toFloat(llvm::APFloat::IEEEhalf(), bits);
  uint32_t single = sign | (exponent + 112) << 23 | mantissa << 13;
  float value;
  std::memcpy(&value, &single, sizeof(value));
  return value;
}

/// Those of a type of 16 bits.
static std::vector<float> toFloats(const Bytes &bytes, int64_t count, int32_t type) {
  std::vector<float> floats(count);
  for (int64_t i = 0; i < count; ++i) {
    uint16_t element;
    std::memcpy(&element, bytes.view.data() + i * sizeof(element), sizeof(element));
    uint32_t wide = static_cast<uint32_t>(element) << 16;
    if (type == onnx::TensorProto::BFLOAT16)
      std::memcpy(&floats[i], &wide, sizeof(wide));
    else
      floats[i] = halfToFloat(element);
  }
  return floats;
}

/// A resource over bytes that `model` keeps; when the last constant is gone, so is the message's own string.
static ElementsAttr referTo(const std::shared_ptr<Model> &model, RankedTensorType type, Bytes &&bytes, StringRef name) {
  auto &manager = DenseResourceElementsHandle::getManagerInterface(type.getContext());
  size_t alignment = std::max<size_t>(1, type.getElementTypeBitWidth() / 8);
  if (!bytes.owned.empty() || reinterpret_cast<uintptr_t>(bytes.view.data()) % alignment)
    return DenseResourceElementsAttr::get(
        type, manager.insert(name, HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes.view, alignment)));
  auto release = [keeper = model, source = bytes.source](void *, size_t, size_t) mutable {
    if (source)
      std::string().swap(*source);
    keeper.reset();
  };
  return DenseResourceElementsAttr::get(
      type, manager.insert(name, AsmResourceBlob(bytes.view, alignment, std::move(release), /*dataIsMutable=*/false)));
}

ElementsAttr cnnc::importing::readTensor(MLIRContext *context, const std::shared_ptr<Model> &model,
                                         onnx::TensorProto &tensor, StringRef name, bool once, std::string &reason) {
  ElementType element{tensor.data_type()};
  if (!element.isSupported()) {
    reason = "tensor " + quote(name.str()) + " has the element type " + element.getName() + ", which is not supported";
    return {};
  }
  SmallVector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  std::string problem;
  if (failed(cnn::checkShape(shape, problem))) {
    reason = "tensor " + quote(name.str()) + ": " + problem;
    return {};
  }
  auto type = RankedTensorType::get(shape, element.getComputeType(context));
  int64_t count = type.getNumElements();
  std::optional<Bytes> bytes = readBytes(*model, tensor, count, problem);
  if (!bytes) {
    reason = "tensor " + quote(name.str()) + ": " + problem;
    return {};
  }
  if (!once)
    bytes->source = nullptr;
  if (element.isBool()) {
    SmallVector<bool> booleans = llvm::map_to_vector(bytes->view, [](char byte) { return byte != 0; });
    return DenseElementsAttr::get(type, ArrayRef<bool>(booleans));
  }
  if (element.isFloat() && element.getBytes() == 2) {
    std::vector<float> floats = toFloats(*bytes, count, element.onnx);
    if (bytes->source)
      std::string().swap(*bytes->source);
    return cnn::getFloatsAttr(type, std::move(floats), name);
  }
  if (count <= kSmall)
    return count ? DenseElementsAttr::getFromRawBuffer(type, bytes->view)
                 : cast<ElementsAttr>(DenseElementsAttr::get(type, ArrayRef<Attribute>()));
  return referTo(model, type, std::move(*bytes), name);
}
