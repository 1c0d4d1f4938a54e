// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/pipeline/ModelName.h"

#include "dialects/target/Role.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::pipeline;

bool cnnc::pipeline::isEntry(LLVM::LLVMFuncOp function) {
  Attribute role = Builder(function).getStrArrayAttr({target::kRoleAttr, target::kEntryRole});
  ArrayAttr attributes = function.getPassthroughAttr();
  return attributes && llvm::is_contained(attributes, role);
}

void cnnc::pipeline::renameModel(ModuleOp module, StringRef name) {
  Builder builder(module.getContext());
  auto old = module->getAttrOfType<StringAttr>(kNameAttr);
  module->setAttr(kNameAttr, builder.getStringAttr(name));
  if (!old)
    return;
  for (auto function : module.getOps<LLVM::LLVMFuncOp>())
    if (StringRef symbol = function.getSymName(); isEntry(function) && symbol.consume_front(old))
      function.setSymName((name + symbol).str());
  for (auto text : module.getOps<LLVM::GlobalOp>()) {
    if (!text->hasAttr(kNameAttr))
      continue;
    std::string bytes = name.str() + '\0';
    text.setGlobalType(LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size()));
    text.setValueAttr(builder.getStringAttr(bytes));
  }
}
