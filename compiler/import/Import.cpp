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

/// `model` is null where it could not be read, for the `reason`.
static OwningOpRef<ModuleOp> importParsed(std::shared_ptr<Model> model, StringRef reason, const ImportOptions &options,
                                          MLIRContext *context) {
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

OwningOpRef<ModuleOp> cnnc::importing::importModel(StringRef path, const ImportOptions &options, MLIRContext *context) {
  std::string reason;
  std::shared_ptr<Model> model = parseModel(path, reason);
  return importParsed(std::move(model), reason, options, context);
}

OwningOpRef<ModuleOp> cnnc::importing::importModel(llvm::MemoryBufferRef bytes, const ImportOptions &options,
                                                   MLIRContext *context) {
  std::string reason;
  std::shared_ptr<Model> model = parseModel(bytes, reason);
  return importParsed(std::move(model), reason, options, context);
}
