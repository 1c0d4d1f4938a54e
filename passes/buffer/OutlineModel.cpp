// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// memref.global @w = dense<..> {cnnc.offset = 64} ; func.func @main(%x {cnnc.name = "x"}, %y {cnnc.output}, %arena,
// %scratch) { .. get_global @w .. }
//   =>  kernel.model inputs [#kernel.tensor<"x", ..>] outputs [..] arena(..) scratch(..) weights(..) [dense<..>] at
//   [64] {
//         ^bb0(%x, %y, %arena, %scratch, %weights): .. memref.view %weights[%c64][] .. }
#include "passes/buffer/Passes.h"

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/StringMap.h"

namespace cnnc::buffer {
#define GEN_PASS_DEF_OUTLINEMODELPASS
#include "passes/buffer/Passes.h.inc"
} // namespace cnnc::buffer

using namespace mlir;
using namespace cnnc;
using kernel::ModelOp;

static constexpr unsigned kFunctionMemories = 2; ///< arena and scratch

/// What the importer has written on an argument, or on the result that became one. Null, with an error, where no
/// interface may have the type.
static kernel::TensorAttr describeTensor(func::FuncOp main, unsigned number) {
  MLIRContext *context = main.getContext();
  auto type = cast<MemRefType>(main.getArgument(number).getType());
  Type element = type.getElementType();
  if (element.isInteger() && !element.isInteger(1) && main.getArgAttr(number, "cnnc.unsigned"))
    element = IntegerType::get(context, element.getIntOrFloatBitWidth(), IntegerType::Unsigned);
  auto name = main.getArgAttrOfType<StringAttr>(number, "cnnc.name");
  SmallVector<StringAttr> symbols;
  if (auto given = main.getArgAttrOfType<ArrayAttr>(number, "cnnc.symbols"))
    llvm::append_range(symbols, given.getAsRange<StringAttr>());
  return kernel::TensorAttr::getChecked([&] { return emitError(main.getArgument(number).getLoc()); }, context,
                                        name ? name : StringAttr::get(context, "argument" + std::to_string(number)),
                                        RankedTensorType::get(type.getShape(), element), ArrayRef<StringAttr>(symbols));
}

namespace {

/// The constants of the weight image, and where each lies.
struct Weights {
  SmallVector<Attribute> elements;
  SmallVector<int64_t> offsets;
  llvm::StringMap<int64_t> places; ///< by the global's name
};

struct OutlineModel : cnnc::buffer::impl::OutlineModelPassBase<OutlineModel> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    unsigned count = main ? main.getNumArguments() : 0;
    bool hasMemory = count >= kFunctionMemories && main.getArgAttr(count - 2, "cnnc.arena") &&
                     main.getArgAttr(count - 1, "cnnc.scratch");
    if (!hasMemory || !main.getBody().hasOneBlock()) {
      getOperation().emitError() << "requires a function @main of one block, whose last arguments are arena and "
                                    "scratch";
      return signalPassFailure();
    }
    FailureOr<Weights> weights = collectWeights();
    if (failed(weights) || failed(createModel(main, *weights)))
      return signalPassFailure();
    main.erase();
    getOperation()->removeAttr("cnnc.weights_bytes");
  }

  /// Erases the globals.
  FailureOr<Weights> collectWeights() {
    Weights weights;
    for (memref::GlobalOp global : llvm::make_early_inc_range(getOperation().getOps<memref::GlobalOp>())) {
      auto offset = global->getAttrOfType<IntegerAttr>("cnnc.offset");
      if (!offset || !global.getInitialValue())
        return global.emitError("requires a value and a cnnc.offset");
      weights.elements.push_back(*global.getInitialValue());
      weights.offsets.push_back(offset.getInt());
      weights.places[global.getSymName()] = offset.getInt();
      global.erase();
    }
    return weights;
  }

  LogicalResult createModel(func::FuncOp main, const Weights &weights) {
    SmallVector<Attribute> inputs, outputs;
    unsigned tensors = main.getNumArguments() - kFunctionMemories;
    for (unsigned number : llvm::seq(tensors)) {
      kernel::TensorAttr tensor = describeTensor(main, number);
      if (!tensor)
        return failure();
      (main.getArgAttr(number, "cnnc.output") ? outputs : inputs).push_back(tensor);
    }
    auto bytes = [&](unsigned memory) {
      return cast<MemRefType>(main.getArgument(tensors + memory).getType()).getNumElements();
    };
    auto image = getOperation()->getAttrOfType<IntegerAttr>("cnnc.weights_bytes");
    int64_t weightsBytes = image ? image.getInt() : 0;
    OpBuilder builder(main);
    auto model = ModelOp::create(builder, main.getLoc(), builder.getArrayAttr(inputs), builder.getArrayAttr(outputs),
                                 bytes(ModelOp::Arena), bytes(ModelOp::Scratch), weightsBytes,
                                 builder.getArrayAttr(weights.elements), weights.offsets);
    model.getBody().takeBody(main.getBody());
    Block &block = model.getBody().front();
    block.back().erase();
    Value memory = block.addArgument(MemRefType::get({weightsBytes}, builder.getI8Type()), main.getLoc());
    for (memref::GetGlobalOp op : llvm::make_early_inc_range(block.getOps<memref::GetGlobalOp>()))
      place(op, memory, weights.places.lookup(op.getName()));
    return success();
  }

  static void place(memref::GetGlobalOp op, Value memory, int64_t offset) {
    OpBuilder builder(op);
    Value shift = arith::ConstantIndexOp::create(builder, op.getLoc(), offset);
    op.replaceAllUsesWith(
        memref::ViewOp::create(builder, op.getLoc(), op.getType(), memory, shift, ValueRange()).getResult());
    op.erase();
  }
};

} // namespace
