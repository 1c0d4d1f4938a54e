// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The door from cnn to kernel; the patterns are in one file per family.
//
//   %y = cnn.conv %x, %w {pads = array<i64: 1, 1, 1, 1>, ...} : (tensor<1x64x56x56xf32, #cnn.layout<..., block = 1>>
//   ...
// =>
//   %p = kernel.pad %x {low = array<i64: 0, 0, 1, 1, 0>, ...} : tensor<1x4x56x56x16xf32> to tensor<1x4x58x58x16xf32>
//   %y = kernel.contract ins(%p, %packed : ...) outs(%empty : tensor<1x4x56x56x16xf32>) ...
#include "passes/kernel/Passes.h"
#include "passes/kernel/Patterns.h"

#include "dialects/cnn/Legality.h"
#include "dialects/cnn/Storage.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;

namespace cnnc::to_kernel {
#define GEN_PASS_DEF_CONVERTCNNTOKERNEL
#include "passes/kernel/Passes.h.inc"
} // namespace cnnc::to_kernel

namespace {

class ConvertCnnToKernelPass : public cnnc::to_kernel::impl::ConvertCnnToKernelBase<ConvertCnnToKernelPass> {
  void runOnOperation() override {
    if (failed(cnn::verifyAllLayouts(getOperation())))
      return signalPassFailure();
    MLIRContext *context = &getContext();
    cnn::StorageTypeConverter converter;
    RewritePatternSet patterns(context);
    populateConvPatterns(converter, patterns);
    populateConvTransposePatterns(converter, patterns);
    populatePoolPatterns(converter, patterns);
    populateMatMulPatterns(converter, patterns);
    populateShapePatterns(converter, patterns);

    ConversionTarget target(*context);
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    target.addIllegalOp<cnn::ConcatOp, cnn::ReshapeOp, cnn::ConvertLayoutOp>();
    // Other elements are the linalg door's.
    target.addDynamicallyLegalOp<cnn::ConvOp, cnn::ConvTransposeOp, cnn::PoolOp, cnn::MatMulOp, cnn::TransposeOp>(
        [](Operation *op) { return !cnn::hasKernel(op); });
    target.addDynamicallyLegalOp<cnn::PadOp>([](cnn::PadOp op) { return !isStoredPad(op); });
    if (failed(applyPartialConversion(getOperation(), target, std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
