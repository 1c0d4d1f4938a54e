// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/Step.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

std::string cnnc::to_vector::getSymbolSuffix(const target::Level &level) {
  std::string suffix = level.name.str();
  std::replace(suffix.begin(), suffix.end(), '-', '_');
  return suffix;
}

LLVM::LLVMFuncOp KernelCache::createFunction(Location loc, StringRef name, StringRef role, const target::Level &level,
                                             ArrayRef<KernelArgument> kinds) {
  MLIRContext *context = module.getContext();
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  SmallVector<Type> types = llvm::map_to_vector(kinds, [&](KernelArgument kind) -> Type {
    return kind == KernelArgument::integer ? Type(builder.getI64Type()) : LLVM::LLVMPointerType::get(context);
  });
  Type type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), types);
  LLVM::LLVMFuncOp function = LLVM::LLVMFuncOp::create(builder, loc, (name + "_" + getSymbolSuffix(level)).str(), type,
                                                       LLVM::Linkage::Internal);
  StringAttr cpu = target.getCpu() ? target.getCpu() : builder.getStringAttr(level.cpu);
  function.setTargetCpuAttr(cpu);
  if (!target.getCpu() && !level.features.empty())
    function.setTargetFeaturesAttr(LLVM::TargetFeaturesAttr::get(context, level.features));
  ArrayAttr width = builder.getStrArrayAttr({"prefer-vector-width", std::to_string(level.vectorBits)});
  function.setPassthroughAttr(builder.getArrayAttr({width, builder.getStrArrayAttr({target::kRoleAttr, role})}));
  for (auto [index, kind] : llvm::enumerate(kinds))
    if (kind == KernelArgument::exclusivePointer)
      function.setArgAttr(index, LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr());
  function.addEntryBlock(builder);
  return function;
}

void KernelCache::call(VectorEmitter &emitter, StringRef name, StringRef key, ArrayRef<KernelArgument> kinds,
                       ValueRange arguments, EmitBody emitBody) {
  std::string suffix = getSymbolSuffix(emitter.level);
  LLVM::LLVMFuncOp &function = functions[(name + "|" + suffix + "|" + key).str()];
  if (!function) {
    unsigned number = numbers[(name + "|" + suffix).str()]++;
    function = createFunction(emitter.loc, ("kernel_" + name + "_" + Twine(number)).str(), target::kKernelRole,
                              emitter.level, kinds);
    function.setNoInline(true);
    OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
    VectorEmitter body(builder, emitter.loc, emitter.level);
    emitBody(body, function.getArguments());
    LLVM::ReturnOp::create(builder, emitter.loc, ValueRange());
  }
  LLVM::CallOp::create(emitter.builder, emitter.loc, function, arguments);
}

Value KernelCache::getTable(VectorEmitter &emitter, ArrayRef<int64_t> values) {
  std::string key(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(int64_t));
  LLVM::GlobalOp &global = tables[key];
  if (!global) {
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    Type type = LLVM::LLVMArrayType::get(builder.getI64Type(), values.size());
    Attribute attribute =
        DenseElementsAttr::get(RankedTensorType::get({int64_t(values.size())}, builder.getI64Type()), values);
    global = LLVM::GlobalOp::create(builder, emitter.loc, type, /*isConstant=*/true, LLVM::Linkage::Internal,
                                    "kernel_table_" + std::to_string(tables.size() - 1), attribute, /*alignment=*/64);
  }
  return LLVM::AddressOfOp::create(emitter.builder, emitter.loc, global);
}
