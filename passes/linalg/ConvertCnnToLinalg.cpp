// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The door from cnn to linalg; the patterns are in one file per family.
//
//   %y = cnn.map(%x) : (tensor<1x64x8x8xf32, #cnn.layout<..., block = 1>>) -> ... { ^bb0(%v: f32): math.exp ... }
// =>
//   %y = linalg.generic ins(%x : tensor<1x4x8x8x16xf32>) outs(%empty : ...) { ^bb0(%v: f32, %o: f32): math.exp ... }
#include "passes/linalg/Passes.h"
#include "passes/linalg/Patterns.h"

#include "dialects/cnn/Legality.h"
#include "dialects/cnn/Storage.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_linalg;

namespace cnnc::to_linalg {
#define GEN_PASS_DEF_CONVERTCNNTOLINALG
#include "passes/linalg/Passes.h.inc"
} // namespace cnnc::to_linalg

namespace {

class ConvertCnnToLinalgPass : public cnnc::to_linalg::impl::ConvertCnnToLinalgBase<ConvertCnnToLinalgPass> {
  void runOnOperation() override {
    if (failed(cnn::verifyAllLayouts(getOperation())))
      return signalPassFailure();
    MLIRContext *context = &getContext();
    cnn::StorageTypeConverter converter;
    RewritePatternSet patterns(context);
    populateMapPatterns(converter, patterns);
    populateReducePatterns(converter, patterns);
    populateResizePatterns(converter, patterns);
    populateIndexingPatterns(converter, patterns);
    populateProductPatterns(converter, patterns);

    ConversionTarget target(*context);
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    target.addIllegalDialect<cnn::CnnDialect>();
    target.addLegalOp<cnn::YieldOp>(); // It goes with its region.
    if (failed(applyPartialConversion(getOperation(), target, std::move(patterns))))
      return signalPassFailure();
    // Where both halves of the door met, one cast undoes another.
    SmallVector<UnrealizedConversionCastOp> casts;
    getOperation()->walk([&](UnrealizedConversionCastOp cast) { casts.push_back(cast); });
    reconcileUnrealizedCasts(casts);
  }
};

} // namespace
