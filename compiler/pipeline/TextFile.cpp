// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/pipeline/TextFile.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::pipeline;

static constexpr llvm::StringLiteral kResourcesAttr = "cnnc.resources";
static constexpr int64_t kAlignment = 64;

static std::string getWeightsPath(StringRef path) {
  SmallString<128> weights(path);
  llvm::sys::path::replace_extension(weights, kWeightsExtension);
  return weights.str().str();
}

/// The blobs that the module's attributes name, in the order of their first use.
static llvm::MapVector<StringRef, ArrayRef<char>> collectBlobs(ModuleOp module) {
  llvm::MapVector<StringRef, ArrayRef<char>> blobs;
  AttrTypeWalker walker;
  walker.addWalk([&](DenseResourceElementsAttr attr) {
    if (AsmResourceBlob *blob = attr.getRawHandle().getBlob())
      blobs.insert({attr.getRawHandle().getKey(), blob->getData()});
  });
  module->walk<WalkOrder::PreOrder>([&](Operation *op) { walker.walk(op->getAttrDictionary()); });
  return blobs;
}

llvm::Error cnnc::pipeline::writeTextFile(ModuleOp module, std::vector<output::OutputFile> &files) {
  OpPrintingFlags flags = OpPrintingFlags().enableDebugInfo();
  if (files.size() == 1)
    return files[0].print([&](raw_ostream &stream) { module.print(stream, flags); });
  llvm::MapVector<StringRef, ArrayRef<char>> blobs = collectBlobs(module);
  Builder builder(module.getContext());
  SmallVector<NamedAttribute> table;
  int64_t size = 0;
  for (auto &[key, data] : blobs) {
    size = llvm::alignTo(size, kAlignment);
    if (llvm::Error error = files[1].write(data, size))
      return error;
    table.push_back(builder.getNamedAttr(key, builder.getDenseI64ArrayAttr({size, static_cast<int64_t>(data.size())})));
    size += data.size();
  }
  if (blobs.empty())
    files.pop_back();
  module->setAttr(kResourcesAttr, builder.getDictionaryAttr(table));
  return files[0].print([&](raw_ostream &stream) { module.print(stream, flags.elideLargeResourceString(0)); });
}

/// Gives the handle `key` its bytes of the mapped file. False where they lie outside of it.
static bool bindBlob(MLIRContext *context, StringRef key, ArrayRef<int64_t> place,
                     const std::shared_ptr<llvm::MemoryBuffer> &file) {
  if (place.size() != 2 || place[0] < 0 || place[1] < 0 || place[0] % kAlignment != 0 ||
      place[0] > static_cast<int64_t>(file->getBufferSize()) - place[1])
    return false;
  auto &manager = DenseResourceElementsHandle::getManagerInterface(context);
  if (!manager.getBlobManager().lookup(key))
    return false;
  auto deleter = [file](void *, size_t, size_t) {};
  ArrayRef<char> data(file->getBufferStart() + place[0], place[1]);
  manager.getBlobManager().update(key, AsmResourceBlob(data, kAlignment, deleter, /*dataIsMutable=*/false));
  return true;
}

/// Whether each large constant is there, whole.
static LogicalResult verifyBlobs(ModuleOp module) {
  DenseResourceElementsAttr wrong;
  AttrTypeWalker walker;
  walker.addWalk([&](DenseResourceElementsAttr attr) {
    AsmResourceBlob *blob = attr.getRawHandle().getBlob();
    ShapedType type = attr.getType();
    Type element = type.getElementType();
    bool counts = blob && type.hasStaticShape() && element.isIntOrFloat();
    int64_t bytes = counts ? llvm::divideCeil(element.getIntOrFloatBitWidth(), 8) : 0;
    for (int64_t extent : counts ? type.getShape() : ArrayRef<int64_t>())
      counts = counts && extent >= 0 && !llvm::MulOverflow(bytes, extent, bytes);
    if (!counts || int64_t(blob->getData().size()) != bytes)
      wrong = attr;
  });
  WalkResult result = module->walk<WalkOrder::PreOrder>([&](Operation *op) {
    walker.walk(op->getAttrDictionary());
    if (wrong)
      op->emitError() << "requires the bytes of " << wrong << ", but found "
                      << (wrong.getRawHandle().getBlob()
                              ? std::to_string(wrong.getRawHandle().getBlob()->getData().size())
                              : "none");
    return wrong ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// How deep brackets stand in brackets: the parser goes as deep on the stack.
static size_t getDepth(StringRef text) {
  size_t depth = 0, deepest = 0;
  char before = ' ';
  for (char c : text) {
    if (StringRef("([{<").contains(c))
      deepest = std::max(deepest, ++depth);
    else if (depth && (StringRef(")]}").contains(c) || (c == '>' && before != '-')))
      --depth;
    before = c;
  }
  return deepest;
}

static OwningOpRef<ModuleOp> parse(std::unique_ptr<llvm::MemoryBuffer> text, MLIRContext *context, Guard guard) {
  constexpr size_t kDeepest = 1000;
  if (getDepth(text->getBuffer()) > kDeepest) {
    emitError(FileLineColLoc::get(context, text->getBufferIdentifier(), 1, 1))
        << "requires brackets at most " << kDeepest << " deep";
    return nullptr;
  }
  llvm::SourceMgr source;
  source.AddNewSourceBuffer(std::move(text), SMLoc());
  OwningOpRef<ModuleOp> module;
  guard([&] { module = parseSourceFile<ModuleOp>(source, ParserConfig(context)); });
  return module;
}

/// Gives the module's large constants their bytes, which lie in the file of that name; empty: there is none.
static LogicalResult bindBlobs(ModuleOp module, StringRef weightsPath) {
  auto table = module->getAttrOfType<DictionaryAttr>(kResourcesAttr);
  module->removeAttr(kResourcesAttr);
  if (!table || table.empty())
    return success();
  if (weightsPath.empty())
    return module.emitError() << "requires " << kResourcesAttr << " of no entries in a text that is read from memory";
  auto file = llvm::MemoryBuffer::getFile(weightsPath, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return module.emitError() << "cannot read the weights " << weightsPath << ": " << file.getError().message();
  std::shared_ptr<llvm::MemoryBuffer> shared = std::move(*file);
  for (NamedAttribute entry : table) {
    auto place = dyn_cast<DenseI64ArrayAttr>(entry.getValue());
    if (!place || !bindBlob(module.getContext(), entry.getName(), place, shared))
      return module.emitError() << "the weights " << weightsPath << " do not hold " << entry.getName()
                                << ", or no constant is called so";
  }
  return success();
}

static OwningOpRef<ModuleOp> readText(std::unique_ptr<llvm::MemoryBuffer> text, StringRef weightsPath,
                                      MLIRContext *context, Guard guard) {
  OwningOpRef<ModuleOp> module = parse(std::move(text), context, guard);
  if (!module || failed(bindBlobs(*module, weightsPath)) || failed(verifyBlobs(*module)))
    return nullptr;
  return module;
}

OwningOpRef<ModuleOp> cnnc::pipeline::readTextFile(StringRef path, MLIRContext *context, Guard guard) {
  auto text = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!text) {
    emitError(UnknownLoc::get(context)) << "cannot read the text: " << text.getError().message();
    return nullptr;
  }
  return ::readText(std::move(*text), getWeightsPath(path), context, guard);
}

OwningOpRef<ModuleOp> cnnc::pipeline::readText(llvm::MemoryBufferRef text, MLIRContext *context, Guard guard) {
  // The parser wants a zero behind it.
  auto copy = llvm::MemoryBuffer::getMemBufferCopy(text.getBuffer(), text.getBufferIdentifier());
  return ::readText(std::move(copy), /*weightsPath=*/"", context, guard);
}
