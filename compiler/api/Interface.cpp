// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Interface.h"

#include "compiler/pipeline/ModelName.h"
#include "dialects/kernel/Kernel.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::api;

static std::vector<emit::InterfaceTensor> describeTensors(ArrayAttr list) {
  std::vector<emit::InterfaceTensor> tensors;
  for (auto row : list.getAsRange<kernel::TensorAttr>()) {
    emit::InterfaceTensor tensor;
    tensor.name = row.getName().str();
    tensor.type = row.getOnnxType();
    llvm::append_range(tensor.shape, row.getType().getShape());
    for (StringAttr symbol : row.getSymbols())
      tensor.symbols.push_back(symbol.str());
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

emit::ModelInterface cnnc::api::describeModel(ModuleOp module, StringRef source) {
  kernel::ModelOp model = *module.getOps<kernel::ModelOp>().begin();
  emit::ModelInterface interface;
  interface.stem = module->getAttrOfType<StringAttr>(pipeline::kNameAttr).str();
  interface.source = source.str();
  interface.inputs = describeTensors(model.getInputs());
  interface.outputs = describeTensors(model.getOutputs());
  interface.arenaBytes = model.getArenaBytes();
  interface.scratchBytes = model.getScratchBytes();
  return interface;
}
