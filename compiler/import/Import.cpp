// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/Import.h"

#include "compiler/import/GraphImporter.h"
#include "compiler/import/Model.h"
#include "dialects/cnn/Cnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

static std::shared_ptr<Model> readModel(StringRef path, std::string &reason) {
  if (path != "-")
    return parseModel(path, reason);
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer = llvm::MemoryBuffer::getSTDIN();
  if (buffer)
    return parseModel(std::move(*buffer), reason);
  reason = "cannot read standard input: " + buffer.getError().message();
  return nullptr;
}

OwningOpRef<ModuleOp> cnnc::importing::importModel(StringRef path, const ImportOptions &options, MLIRContext *context) {
  std::string reason;
  std::shared_ptr<Model> model = readModel(path, reason);
  if (!model) {
    emitError(UnknownLoc::get(context)) << reason;
    return {};
  }
  context->loadDialect<arith::ArithDialect, func::FuncDialect, math::MathDialect, cnn::CnnDialect>();
  OwningOpRef<ModuleOp> module = GraphImporter(std::move(model), options, context).import();
  // Each op was verified with its node; what is left is the function as a whole.
  if (module && failed(mlir::verify(*module)))
    return {};
  return module;
}
