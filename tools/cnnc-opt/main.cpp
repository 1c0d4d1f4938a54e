// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs any pass of cnnc on text.
#include "compiler/pipeline/Pipeline.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  cnnc::pipeline::registerDialects(registry);
  cnnc::pipeline::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "cnnc-opt\n", registry));
}
