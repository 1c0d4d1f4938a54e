// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.transpose %x [0, 2, 3, 1]  ;  %2 = cnn.transpose %1 [0, 3, 1, 2]  ;  %3 = cnn.map(%2) { relu }
// becomes
//   %3 = cnn.map(%x) { relu }
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_ELIMINATEIDENTITYPASS
#include "passes/graph/Passes.h.inc"

namespace {

SmallVector<int64_t> getMeaningfulDims(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> dims;
  for (auto [dim, extent] : llvm::enumerate(shape))
    if (extent != 1)
      dims.push_back(dim);
  return dims;
}

/// Whether the elements keep their row-major order because only extents of 1 change places.
bool movesOnlyUnitDims(TransposeOp op) {
  SmallVector<int64_t> moved;
  for (int64_t dim : op.getPermutation())
    if (getShape(op.getInput())[dim] != 1)
      moved.push_back(dim);
  return llvm::is_sorted(moved);
}

bool isNothing(TransposeOp op) { return llvm::is_sorted(op.getPermutation()); }

bool isNothing(ReshapeOp op) { return true; }

bool isNothing(PadOp op) {
  auto zero = [](int64_t extent) { return extent == 0; };
  return llvm::all_of(op.getLow(), zero) && llvm::all_of(op.getHigh(), zero);
}

bool isNothing(SliceOp op) {
  return llvm::all_of(op.getSteps(), [](int64_t step) { return step > 0; });
}

bool isNothing(ConcatOp op) { return op.getInputs().size() == 1; }

bool isNothing(ResizeOp op) {
  StringRef coordinates = op.getCoordinateTransformationMode(), rounding = op.getNearestMode();
  // Half a pixel further, where only rounding down comes back.
  bool comesBack = op.getMode() == ResizeMode::nearest && (rounding == "floor" || rounding == "round_prefer_floor");
  return coordinates != "tf_crop_and_resize" && (coordinates != "tf_half_pixel_for_nn" || comesBack) &&
         llvm::all_of(op.getScales(), [](double scale) { return scale == 1.0; });
}

bool isNothing(MapOp op) {
  return op.getInputs().size() == 1 &&
         op.getBody().front().getTerminator()->getOperand(0) == op.getBody().front().getArgument(0);
}

/// op of an unchanged type that is nothing by its attributes  =>  its input
template <typename OpTy> struct RemoveIdentity : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    if (op->getNumOperands() == 0 || op->getOperand(0).getType() != op.getOutput().getType())
      return rewriter.notifyMatchFailure(op, "changes the type");
    if (!isNothing(op))
      return rewriter.notifyMatchFailure(op, "does something");
    rewriter.replaceOp(op, op->getOperand(0));
    return success();
  }
};

/// transpose -> transpose  =>  transpose
struct JoinTransposes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto producer = op.getInput().getDefiningOp<TransposeOp>();
    if (!producer)
      return rewriter.notifyMatchFailure(op, "input is no transpose");
    SmallVector<int64_t> joined =
        llvm::map_to_vector(op.getPermutation(), [&](int64_t dim) { return producer.getPermutation()[dim]; });
    rewriter.replaceOpWithNewOp<TransposeOp>(op, op.getOutput().getType(), producer.getInput(), joined);
    return success();
  }
};

/// reshape -> reshape, or transpose of unit extents -> reshape  =>  reshape
struct JoinReshapes : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    Value source;
    if (auto reshape = op.getInput().getDefiningOp<ReshapeOp>())
      source = reshape.getInput();
    if (auto transpose = op.getInput().getDefiningOp<TransposeOp>(); transpose && movesOnlyUnitDims(transpose))
      source = transpose.getInput();
    if (!source)
      return rewriter.notifyMatchFailure(op, "input keeps no row-major order of another value");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getOutput().getType(), source);
    return success();
  }
};

/// reshape that moves extents of 1  =>  transpose, which layouts and other transposes can absorb
struct ReshapeToTranspose : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> from = getShape(op.getInput()), to = getShape(op.getOutput());
    SmallVector<int64_t> fromDims = getMeaningfulDims(from), toDims = getMeaningfulDims(to);
    if (from.size() != to.size() || from == to || fromDims.size() != toDims.size())
      return rewriter.notifyMatchFailure(op, "changes more than the places of unit extents");
    for (auto [source, target] : llvm::zip_equal(fromDims, toDims))
      if (from[source] != to[target])
        return rewriter.notifyMatchFailure(op, "splits or joins dimensions");
    SmallVector<int64_t> permutation(to.size(), -1);
    for (auto [source, target] : llvm::zip_equal(fromDims, toDims))
      permutation[target] = source;
    int64_t unit = 0;
    for (int64_t &dim : permutation)
      if (dim < 0) {
        while (from[unit] != 1)
          ++unit;
        dim = unit++;
      }
    rewriter.replaceOpWithNewOp<TransposeOp>(op, op.getOutput().getType(), op.getInput(), permutation);
    return success();
  }
};

} // namespace

void populateIdentityPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<RemoveIdentity<TransposeOp>, RemoveIdentity<ReshapeOp>, RemoveIdentity<PadOp>, RemoveIdentity<SliceOp>,
               RemoveIdentity<ConcatOp>, RemoveIdentity<ResizeOp>, RemoveIdentity<MapOp>, JoinTransposes, JoinReshapes>(
      context, /*benefit=*/2);
  patterns.add<ReshapeToTranspose>(context);
}

namespace {

class EliminateIdentityPass : public impl::EliminateIdentityPassBase<EliminateIdentityPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateIdentityPatterns(patterns);
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph
