// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// %1 = kernel.contract ins(%x, %w) outs(%e) ; %2 = kernel.pad %1
//   =>  kernel.contract ins(%x, %w) outs(%inside) ; kernel.border %b      with %inside a part of %b
#include "passes/buffer/Passes.h"
#include "passes/buffer/Placement.h"
#include "passes/buffer/WeightImage.h"

#include "dialects/kernel/Kernel.h"
#include "dialects/kernel/View.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "llvm/ADT/TypeSwitch.h"

namespace cnnc::buffer {
#define GEN_PASS_DEF_BUFFERIZEPASS
#include "passes/buffer/Passes.h.inc"
} // namespace cnnc::buffer

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;

namespace {

class Bufferizer {
public:
  explicit Bufferizer(func::FuncOp function)
      : function(function), image(function->getParentOfType<ModuleOp>()), placement(function),
        builder(function.getContext()) {}
  LogicalResult run();

  int64_t copies = 0;
  int64_t weightsBytes() const { return image.getBytes(); }

private:
  LogicalResult addArguments();
  LogicalResult createRoots();
  FailureOr<Value> createRoot(const Storage &storage);
  LogicalResult convert(Operation &op);
  void convertDestinationStyle(DestinationStyleOpInterface op);
  void convertPad(kernel::PadOp op);
  void convertReturn(func::ReturnOp op);
  void adaptRegions(Operation *op);

  void startMemref();
  Value getMemref(const Place &place, ArrayRef<int64_t> shape);
  Value getMemref(Value tensor) { return getMemref(placement.getPlace(tensor), getShape(tensor)); }
  Value getKernelInput(OpOperand &operand);
  void copy(Location loc, Value from, Value to);
  void copyUnlessThere(Location loc, Value tensor, const Place &place);
  static ArrayRef<int64_t> getShape(Value tensor) { return cast<ShapedType>(tensor.getType()).getShape(); }

  func::FuncOp function;
  WeightImage image;
  Placement placement;
  OpBuilder builder;
  SmallVector<Value> roots; ///< per storage
  SmallVector<BlockArgument> inputs, outputs;
  DenseMap<std::pair<unsigned, Type>, Value> views; ///< by storage and type, which holds the offset
  Operation *lastMemref = nullptr;                  ///< views go below it, above what reads them
};

FailureOr<Value> Bufferizer::createRoot(const Storage &storage) {
  Location loc = function.getLoc();
  auto type = MemRefType::get(storage.type.getShape(), storage.type.getElementType());
  switch (storage.kind) {
  case Storage::Input:
    return Value(inputs[storage.index]);
  case Storage::Output:
    return Value(outputs[storage.index]);
  case Storage::Arena:
    return Value(memref::AllocOp::create(builder, loc, type));
  case Storage::Constant:
    break;
  }
  auto constant = storage.constant.getDefiningOp<arith::ConstantOp>();
  FailureOr<memref::GlobalOp> global = image.getGlobal(constant.getLoc(), cast<ElementsAttr>(constant.getValue()));
  if (failed(global))
    return failure();
  Value whole = memref::GetGlobalOp::create(builder, loc, global->getType(), global->getSymName());
  if (whole.getType() == type)
    return whole;
  return Value(memref::ReinterpretCastOp::create(builder, loc, type, whole, 0, type.getShape(),
                                                 getDenseStrides(type.getShape())));
}

/// The arguments to be, behind those of tensors: inputs, then outputs. All at once, for one by one they take the square
/// of their number.
LogicalResult Bufferizer::addArguments() {
  FunctionType type = function.getFunctionType();
  SmallVector<Type> memrefs;
  SmallVector<DictionaryAttr> attributes;
  auto add = [&](Type tensor, NamedAttrList list) {
    auto shaped = cast<RankedTensorType>(tensor);
    memrefs.push_back(MemRefType::get(shaped.getShape(), shaped.getElementType()));
    attributes.push_back(list.getDictionary(builder.getContext()));
  };
  for (auto [number, input] : llvm::enumerate(type.getInputs()))
    add(input, function.getArgAttrDict(number));
  for (auto [number, result] : llvm::enumerate(type.getResults())) {
    NamedAttrList list(function.getResultAttrDict(number));
    list.set("cnnc.output", builder.getUnitAttr());
    add(result, list);
  }
  unsigned first = function.getNumArguments();
  SmallVector<unsigned> places(memrefs.size(), first);
  SmallVector<Location> locations(memrefs.size(), function.getLoc());
  if (failed(function.insertArguments(places, memrefs, attributes, locations)))
    return failure();
  llvm::append_range(inputs, function.getArguments().slice(first, type.getNumInputs()));
  llvm::append_range(outputs, function.getArguments().drop_front(first + type.getNumInputs()));
  return success();
}

/// One memref per storage at the top of the function.
LogicalResult Bufferizer::createRoots() {
  builder.setInsertionPointToStart(&function.getBody().front());
  for (const Storage &storage : placement.getStorages()) {
    FailureOr<Value> root = createRoot(storage);
    if (failed(root))
      return failure();
    roots.push_back(*root);
    if (Operation *op = root->getDefiningOp())
      lastMemref = op;
  }
  return success();
}

void Bufferizer::startMemref() {
  if (lastMemref)
    builder.setInsertionPointAfter(lastMemref);
  else
    builder.setInsertionPointToStart(&function.getBody().front());
}

Value Bufferizer::getMemref(const Place &place, ArrayRef<int64_t> shape) {
  Value root = roots[place.storage];
  Type element = getElementTypeOrSelf(placement.getStorages()[place.storage].type);
  auto type = MemRefType::get(shape, element);
  SmallVector<int64_t> strides = place.strides;
  if (place.offset == 0 && isDense(place, shape))
    strides = getDenseStrides(shape);
  else
    type = MemRefType::get(shape, element, StridedLayoutAttr::get(builder.getContext(), place.offset, strides));
  if (type == root.getType())
    return root;
  Value &view = views[{place.storage, type}];
  if (view)
    return view;
  OpBuilder::InsertionGuard guard(builder);
  startMemref();
  lastMemref = memref::ReinterpretCastOp::create(builder, root.getLoc(), type, root, place.offset, shape, strides);
  return view = lastMemref->getResult(0);
}

void Bufferizer::copy(Location loc, Value from, Value to) {
  int64_t rank = cast<MemRefType>(to.getType()).getRank();
  SmallVector<AffineMap> maps(2, builder.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> iterators(rank, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, from, to, maps, iterators,
      [](OpBuilder &body, Location loc, ValueRange values) { linalg::YieldOp::create(body, loc, values[0]); });
  generic->setAttr("algorithm", builder.getStringAttr("copy"));
  ++copies;
}

void Bufferizer::copyUnlessThere(Location loc, Value tensor, const Place &place) {
  if (!isUndefined(tensor) && !llvm::is_contained(getShape(tensor), 0) &&
      !isSamePlace(placement.getPlace(tensor), place, getShape(tensor)))
    copy(loc, getMemref(tensor), getMemref(place, getShape(tensor)));
}

/// What a kernel cannot read where it lies is copied.
Value Bufferizer::getKernelInput(OpOperand &operand) {
  Value tensor = operand.get(), memref = getMemref(tensor);
  if (kernel::canView(operand, placement.getPlace(tensor).strides))
    return memref;
  auto type = MemRefType::get(getShape(tensor), getElementTypeOrSelf(memref.getType()));
  Value dense;
  {
    OpBuilder::InsertionGuard guard(builder);
    startMemref();
    lastMemref = memref::AllocOp::create(builder, memref.getLoc(), type);
    dense = lastMemref->getResult(0);
  }
  copy(tensor.getLoc(), memref, dense);
  return dense;
}

/// Bodies read tables by memref.load, and hold their scalar constants themselves.
void Bufferizer::adaptRegions(Operation *op) {
  op->walk([&](Operation *inner) {
    if (inner == op)
      return;
    OpBuilder::InsertionGuard guard(builder);
    for (OpOperand &operand : inner->getOpOperands()) {
      Operation *producer = operand.get().getDefiningOp();
      if (!isa_and_present<arith::ConstantOp>(producer) || op->isAncestor(producer) ||
          isa<ShapedType>(operand.get().getType()))
        continue;
      builder.setInsertionPoint(inner);
      operand.set(builder.clone(*producer)->getResult(0));
    }
    auto extract = dyn_cast<tensor::ExtractOp>(inner);
    if (!extract)
      return;
    Value table = getMemref(extract.getTensor());
    builder.setInsertionPoint(inner);
    extract.replaceAllUsesWith(
        memref::LoadOp::create(builder, extract.getLoc(), table, extract.getIndices()).getResult());
    extract.erase();
  });
}

void Bufferizer::convertDestinationStyle(DestinationStyleOpInterface op) {
  bool isKernel = isa<kernel::KernelDialect>(op->getDialect());
  SmallVector<Value> operands;
  SmallVector<Attribute> constants;
  for (OpOperand &operand : op->getOpOperands()) {
    Value value = operand.get();
    if (op.isDpsInit(&operand)) {
      OpResult result = op.getTiedOpResult(&operand);
      if (readsInit(operand))
        copyUnlessThere(op.getLoc(), value, placement.getPlace(result));
      TypedAttr constant = getAbsorbedInit(operand);
      constants.push_back(constant ? Attribute(constant) : builder.getUnitAttr());
      operands.push_back(getMemref(result));
    } else if (!isa<ShapedType>(value.getType())) {
      operands.push_back(value);
    } else {
      operands.push_back(isKernel ? getKernelInput(operand) : getMemref(value));
    }
  }
  Operation *converted = mlir::clone(builder, op.getOperation(), TypeRange(), operands);
  if (llvm::any_of(constants, [](Attribute constant) { return isa<TypedAttr>(constant); }))
    converted->setAttr("init", builder.getArrayAttr(constants));
  adaptRegions(converted);
}

void Bufferizer::convertPad(kernel::PadOp op) {
  copyUnlessThere(op.getLoc(), op.getInput(), placement.getTarget(op, 0));
  auto isNone = [](int64_t width) { return width == 0; };
  if (llvm::all_of(op.getLow(), isNone) && llvm::all_of(op.getHigh(), isNone))
    return;
  kernel::BorderOp::create(builder, op.getLoc(), getMemref(op.getOutput()), op.getLowAttr(), op.getHighAttr(),
                           op.getValueAttr());
}

void Bufferizer::convertReturn(func::ReturnOp op) {
  for (auto [number, value] : llvm::enumerate(op.getOperands())) {
    Operation *producer = value.getDefiningOp();
    Location loc = producer ? producer->getLoc() : op.getLoc();
    copyUnlessThere(loc, value, placement.getOutputPlace(number));
  }
  func::ReturnOp::create(builder, op.getLoc());
}

LogicalResult Bufferizer::convert(Operation &op) {
  builder.setInsertionPoint(&op);
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case<arith::ConstantOp, tensor::EmptyOp, tensor::ExtractSliceOp>([](auto) { return success(); })
      .Case<kernel::PadOp>([&](auto pad) { return convertPad(pad), success(); })
      .Case<kernel::ConcatOp>([&](kernel::ConcatOp concat) {
        for (auto [number, input] : llvm::enumerate(concat.getInputs()))
          copyUnlessThere(op.getLoc(), input, placement.getTarget(concat, number));
        return success();
      })
      .Case<tensor::InsertSliceOp>([&](tensor::InsertSliceOp insert) {
        copyUnlessThere(op.getLoc(), insert.getDest(), placement.getTarget(insert, 1));
        copyUnlessThere(op.getLoc(), insert.getSource(), placement.getTarget(insert, 0));
        return success();
      })
      .Case<kernel::ReshapeOp>([&](kernel::ReshapeOp reshape) {
        const Place &place = placement.getPlace(reshape.getOutput());
        std::optional<Place> before = reshapePlace(place, getShape(reshape.getOutput()), getShape(reshape.getInput()));
        copyUnlessThere(op.getLoc(), reshape.getInput(), *before);
        return success();
      })
      .Case<func::ReturnOp>([&](auto ret) { return convertReturn(ret), success(); })
      .Case<DestinationStyleOpInterface>([&](DestinationStyleOpInterface dps) {
        // A fill that its readers carry has no place.
        if (placement.hasPlace(op.getResult(0)))
          convertDestinationStyle(dps);
        return success();
      })
      .Default([](Operation *other) { return other->emitOpError("cannot be bufferized"); });
}

LogicalResult Bufferizer::run() {
  if (failed(addArguments()) || failed(createRoots()))
    return failure();
  Block &block = function.getBody().front();
  SmallVector<Operation *> old;
  for (Operation &op : block)
    if (!isa<memref::MemRefDialect>(op.getDialect()))
      old.push_back(&op);
  for (Operation *op : old)
    if (failed(convert(*op)))
      return failure();
  for (Operation *op : llvm::reverse(old))
    if (!isa<arith::ConstantOp>(op) || op->use_empty())
      op->erase();
  // Storages that were merged into others.
  for (Value root : roots)
    if (root.use_empty() && root.getDefiningOp())
      root.getDefiningOp()->erase();
  llvm::BitVector tensors(function.getNumArguments());
  tensors.set(0, inputs.size());
  if (failed(function.eraseArguments(tensors)))
    return failure();
  function.removeResAttrsAttr();
  function.setFunctionType(FunctionType::get(function.getContext(), block.getArgumentTypes(), {}));
  return success();
}

/// On tensors no op has an effect but its results.
void eraseUnread(func::FuncOp function) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (op.use_empty() && !isa<func::ReturnOp>(op))
      op.erase();
}

struct Bufferize : cnnc::buffer::impl::BufferizePassBase<Bufferize> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || !main.getBody().hasOneBlock()) {
      getOperation().emitError() << "requires a function @main of one block";
      return signalPassFailure();
    }
    eraseUnread(main);
    Bufferizer bufferizer(main);
    if (failed(bufferizer.run()))
      return signalPassFailure();
    copies += bufferizer.copies;
    weightsBytes += bufferizer.weightsBytes();
    getOperation()->setAttr("cnnc.weights_bytes", Builder(&getContext()).getI64IntegerAttr(bufferizer.weightsBytes()));
  }
};

} // namespace
