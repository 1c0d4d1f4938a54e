// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   scf.for %i = %a to %b step %c { %s = vector.fma %x, %y, %z : vector<8xf32> }
//   =>  llvm.br ^bb1(%a : i64) ... %s = llvm.intr.fmuladd(%x, %y, %z) : (vector<8xf32>, ...) -> vector<8xf32>
#include "passes/llvm/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Transforms/DialectConversion.h"

namespace cnnc::to_llvm {
#define GEN_PASS_DEF_CONVERTTOLLVMPASS
#include "passes/llvm/Passes.h.inc"
} // namespace cnnc::to_llvm

using namespace mlir;

namespace {

struct ConvertToLlvm : cnnc::to_llvm::impl::ConvertToLlvmPassBase<ConvertToLlvm> {
  /// What all functions share; gathering it costs more than a small function.
  LogicalResult initialize(MLIRContext *context) override {
    LowerToLLVMOptions options(context);
    options.overrideIndexBitwidth(64);
    converter = std::make_shared<LLVMTypeConverter>(context, options);
    RewritePatternSet set(context);
    populateSCFToControlFlowConversionPatterns(set);
    cf::populateControlFlowToLLVMConversionPatterns(*converter, set);
    arith::populateArithToLLVMConversionPatterns(*converter, set);
    populateMathToLLVMConversionPatterns(*converter, set);
    populateVectorToLLVMConversionPatterns(*converter, set);
    ub::populateUBToLLVMConversionPatterns(*converter, set);
    patterns = FrozenRewritePatternSet(std::move(set));
    return success();
  }

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    LLVMConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal([](Operation *op) { return isa<LLVM::LLVMDialect>(op->getDialect()); });
    if (failed(applyPartialConversion(getOperation(), target, patterns)))
      signalPassFailure();
  }

  std::shared_ptr<LLVMTypeConverter> converter;
  FrozenRewritePatternSet patterns;
};

} // namespace
