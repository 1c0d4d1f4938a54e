// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Interface.h"

#include "compiler/pipeline/ModelName.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::api;

static std::vector<emit::InterfaceTensor> describeTensors(ModuleOp module, StringRef name) {
  std::vector<emit::InterfaceTensor> tensors;
  auto rows = module->getAttrOfType<ArrayAttr>(name);
  for (auto row : rows ? rows.getAsRange<DictionaryAttr>()
                       : ArrayAttr::get(module.getContext(), {}).getAsRange<DictionaryAttr>()) {
    emit::InterfaceTensor tensor;
    tensor.name = row.getAs<StringAttr>("name").str();
    tensor.type = row.getAs<IntegerAttr>("type").getInt();
    llvm::append_range(tensor.shape, row.getAs<DenseI64ArrayAttr>("shape").asArrayRef());
    if (auto symbols = row.getAs<ArrayAttr>("symbols"))
      for (auto symbol : symbols.getAsRange<StringAttr>())
        tensor.symbols.push_back(symbol.str());
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

emit::ModelInterface cnnc::api::describeModel(ModuleOp module, StringRef source) {
  emit::ModelInterface interface;
  auto bytes = [&](StringRef name) {
    auto attr = module->getAttrOfType<IntegerAttr>(name);
    return attr ? attr.getInt() : 0;
  };
  interface.stem = module->getAttrOfType<StringAttr>(pipeline::kNameAttr).str();
  interface.source = source.str();
  interface.inputs = describeTensors(module, "cnnc.inputs");
  interface.outputs = describeTensors(module, "cnnc.outputs");
  interface.arenaBytes = bytes("cnnc.arena_bytes");
  interface.scratchBytes = bytes("cnnc.scratch_bytes");
  return interface;
}
