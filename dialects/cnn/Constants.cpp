// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringSet.h"

#include <cstring>

using namespace mlir;
using namespace cnnc::cnn;

/// Constants up to this many elements are readable in text.
static constexpr int64_t kSmall = 16;

static Attribute getConstant(Value value) {
  Attribute attribute;
  matchPattern(value, m_Constant(&attribute));
  return attribute;
}

static std::optional<ArrayRef<char>> getResourceBytes(DenseResourceElementsAttr resource) {
  const AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  if (!blob)
    return std::nullopt;
  return blob->getData();
}

std::optional<ArrayRef<char>> cnnc::cnn::getBytes(Attribute attribute) {
  if (auto resource = dyn_cast_or_null<DenseResourceElementsAttr>(attribute)) {
    Type element = resource.getType().getElementType();
    std::optional<ArrayRef<char>> bytes = getResourceBytes(resource);
    if (!bytes || !element.isIntOrFloat())
      return std::nullopt;
    int64_t width = llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
    if (static_cast<int64_t>(bytes->size()) != resource.getType().getNumElements() * width)
      return std::nullopt;
    return bytes;
  }
  auto dense = dyn_cast_or_null<DenseElementsAttr>(attribute);
  if (!dense || dense.isSplat() || dense.getElementType().isInteger(1))
    return std::nullopt;
  return dense.getRawData();
}

std::optional<Floats> cnnc::cnn::getFloats(Attribute attribute) {
  auto elements = dyn_cast_or_null<ElementsAttr>(attribute);
  if (!elements || !elements.getElementType().isF32())
    return std::nullopt;
  auto dense = dyn_cast<DenseElementsAttr>(attribute);
  if (dense && dense.isSplat())
    return Floats(std::vector<float>(dense.getNumElements(), dense.getSplatValue<float>()));
  std::optional<ArrayRef<char>> bytes = getBytes(attribute);
  if (!bytes)
    return std::nullopt;
  if (reinterpret_cast<uintptr_t>(bytes->data()) % alignof(float)) {
    std::vector<float> aligned(elements.getNumElements());
    std::memcpy(aligned.data(), bytes->data(), bytes->size());
    return Floats(std::move(aligned));
  }
  return Floats(ArrayRef<float>(reinterpret_cast<const float *>(bytes->data()), elements.getNumElements()));
}

std::optional<Floats> cnnc::cnn::getFloats(Value value) { return getFloats(getConstant(value)); }

std::optional<SmallVector<double>> cnnc::cnn::getReals(Value value) {
  if (std::optional<Floats> floats = getFloats(value))
    return SmallVector<double>(floats->begin(), floats->end());
  auto elements = dyn_cast_or_null<ElementsAttr>(getConstant(value));
  if (!elements || !elements.getElementType().isF64())
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements))
    return SmallVector<double>(dense.getValues<double>());
  std::optional<ArrayRef<char>> bytes = getBytes(elements);
  if (!bytes)
    return std::nullopt;
  SmallVector<double> reals(bytes->size() / sizeof(double));
  std::memcpy(reals.data(), bytes->data(), bytes->size());
  return reals;
}

std::optional<float> cnnc::cnn::getSplat(Value value) {
  Attribute attribute = getConstant(value);
  if (auto dense = dyn_cast_or_null<DenseElementsAttr>(attribute); dense && dense.getElementType().isF32())
    if (dense.isSplat())
      return dense.getSplatValue<float>();
  std::optional<Floats> floats = getFloats(attribute);
  if (!floats || !floats->size())
    return std::nullopt;
  float first = (*floats)[0];
  if (std::any_of(floats->begin(), floats->end(), [&](float element) { return element != first; }))
    return std::nullopt;
  return first;
}

std::optional<SmallVector<int64_t>> cnnc::cnn::getIntegers(Attribute attribute) {
  auto elements = dyn_cast_or_null<ElementsAttr>(attribute);
  if (!elements || !elements.getElementType().isIntOrIndex())
    return std::nullopt;
  SmallVector<int64_t> integers;
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute)) {
    bool isUnsigned = dense.getElementType().isUnsignedInteger();
    for (const APInt &element : dense.getValues<APInt>())
      integers.push_back(isUnsigned || element.getBitWidth() == 1 ? element.getZExtValue() : element.getSExtValue());
    return integers;
  }
  std::optional<ArrayRef<char>> bytes = getBytes(attribute);
  if (!bytes || bytes->empty())
    return std::nullopt;
  size_t width = bytes->size() / elements.getNumElements();
  bool isSigned = !elements.getElementType().isUnsignedInteger() && !elements.getElementType().isInteger(1);
  for (size_t i = 0; i < bytes->size(); i += width) {
    int64_t element = 0;
    std::memcpy(&element, bytes->data() + i, width);
    integers.push_back(isSigned ? llvm::SignExtend64(element, width * 8) : element);
  }
  return integers;
}

std::optional<SmallVector<int64_t>> cnnc::cnn::getIntegers(Value value) { return getIntegers(getConstant(value)); }

static ElementsAttr getResourceAttr(RankedTensorType type, AsmResourceBlob &&blob, StringRef nameHint) {
  auto &manager = DenseResourceElementsHandle::getManagerInterface(type.getContext());
  return DenseResourceElementsAttr::get(type,
                                        manager.insert(nameHint.empty() ? "constant" : nameHint, std::move(blob)));
}

/// Up to 16 elements or uniform ones become `dense`. Bits, not values, are compared: a tensor of 0.0 and -0.0 is not
/// uniform.
template <typename T>
static ElementsAttr getElementsAttr(RankedTensorType type, std::vector<T> &&elements, StringRef nameHint) {
  ArrayRef<char> bytes(reinterpret_cast<const char *>(elements.data()), elements.size() * sizeof(T));
  int64_t count = type.getNumElements(), width = type.getElementTypeBitWidth() / 8;
  assert(static_cast<int64_t>(bytes.size()) == count * width && "elements do not fill the type");
  // Each element equals the one before it.
  bool isUniform = count > 0 && std::memcmp(bytes.data(), bytes.data() + width, bytes.size() - width) == 0;
  if (count <= kSmall || isUniform)
    return DenseElementsAttr::getFromRawBuffer(type, isUniform ? bytes.take_front(width) : bytes);
  auto holder = std::make_unique<std::vector<T>>(std::move(elements));
  AsmResourceBlob blob(
      bytes, width, [holder = std::move(holder)](void *, size_t, size_t) mutable { holder.reset(); },
      /*dataIsMutable=*/false);
  return getResourceAttr(type, std::move(blob), nameHint);
}

ElementsAttr cnnc::cnn::getFloatsAttr(RankedTensorType type, std::vector<float> &&elements, StringRef nameHint) {
  return getElementsAttr(type, std::move(elements), nameHint);
}

std::optional<std::vector<char>> cnnc::cnn::copyBytes(ElementsAttr elements) {
  if (std::optional<ArrayRef<char>> bytes = getBytes(elements))
    return bytes->vec();
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (!dense || !dense.isSplat() || dense.getElementType().isInteger(1))
    return std::nullopt;
  ArrayRef<char> element = dense.getRawData();
  std::vector<char> bytes(element.size() * dense.getNumElements());
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = element[i % element.size()];
  return bytes;
}

ElementsAttr cnnc::cnn::getBytesAttr(RankedTensorType type, std::vector<char> &&bytes, StringRef nameHint) {
  return getElementsAttr(type, std::move(bytes), nameHint);
}

Value cnnc::cnn::createIntegers(OpBuilder &builder, Location location, RankedTensorType type,
                                ArrayRef<int64_t> elements, StringRef nameHint) {
  size_t width = type.getElementTypeBitWidth() / 8;
  std::vector<char> bytes(elements.size() * width);
  for (auto [i, element] : llvm::enumerate(elements))
    std::memcpy(bytes.data() + i * width, &element, width);
  return arith::ConstantOp::create(builder, location, type, getElementsAttr(type, std::move(bytes), nameHint));
}

Value cnnc::cnn::createFloats(OpBuilder &builder, Location location, RankedTensorType type,
                              std::vector<float> &&elements, StringRef nameHint) {
  return arith::ConstantOp::create(builder, location, type, getFloatsAttr(type, std::move(elements), nameHint));
}

Value cnnc::cnn::createSplat(OpBuilder &builder, Location location, RankedTensorType type, float element) {
  return arith::ConstantOp::create(builder, location, type, DenseElementsAttr::get(type, element));
}

ElementsAttr cnnc::cnn::reshapeConstant(ElementsAttr elements, ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, elements.getElementType());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  return cast<DenseElementsAttr>(elements).reshape(type);
}

void cnnc::cnn::releaseUnusedConstants(ModuleOp module) {
  llvm::StringSet<> used;
  AttrTypeWalker walker;
  walker.addWalk([&](DenseResourceElementsAttr resource) { used.insert(resource.getRawHandle().getKey()); });
  module.walk([&](Operation *op) { walker.walk(op->getAttrDictionary()); });
  auto &manager = DenseResourceElementsHandle::getManagerInterface(module.getContext());
  SmallVector<std::string> unused;
  manager.getBlobManager().getBlobMap([&](const llvm::StringMap<DialectResourceBlobManager::BlobEntry> &blobs) {
    for (const auto &entry : blobs)
      if (entry.second.getBlob() && !used.contains(entry.first()))
        unused.push_back(entry.first().str());
  });
  for (StringRef name : unused)
    manager.update(name, AsmResourceBlob());
}
