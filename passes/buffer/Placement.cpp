// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/Placement.h"

#include "dialects/kernel/View.h"
#include "dialects/target/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "passes/schedule/Forecast.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;

static RankedTensorType getTensorType(Value value) { return dyn_cast<RankedTensorType>(value.getType()); }

bool cnnc::buffer::isUndefined(Value tensor) {
  if (auto slice = tensor.getDefiningOp<tensor::ExtractSliceOp>())
    return isUndefined(slice.getSource());
  return tensor.getDefiningOp<tensor::EmptyOp>() != nullptr;
}

/// The constant that a linalg.fill, or a linalg.generic without inputs, gives to every element; null otherwise.
static TypedAttr getFillValue(Operation *op) {
  TypedAttr value;
  if (auto fill = dyn_cast_or_null<linalg::FillOp>(op))
    matchPattern(fill.getInputs()[0], m_Constant(&value));
  else if (auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
           generic && generic.getNumDpsInputs() == 0 && generic.getNumDpsInits() == 1)
    matchPattern(generic.getBody()->getTerminator()->getOperand(0), m_Constant(&value));
  return value;
}

TypedAttr cnnc::buffer::getAbsorbedInit(OpOperand &init) {
  auto generic = dyn_cast<linalg::GenericOp>(init.getOwner());
  if (!generic || !generic.isDpsInit(&init) || generic.getNumReductionLoops() == 0)
    return {};
  return getFillValue(init.get().getDefiningOp());
}

bool cnnc::buffer::readsInit(OpOperand &init) {
  auto op = dyn_cast<linalg::LinalgOp>(init.getOwner());
  return op && op.isDpsInit(&init) && op.payloadUsesValueFromOperand(&init) && !isUndefined(init.get()) &&
         !getAbsorbedInit(init);
}

/// The op of `use` depends on what the tensor holds.
static bool isRead(OpOperand &use) {
  Operation *user = use.getOwner();
  if (isa<tensor::ExtractSliceOp>(user))
    return llvm::any_of(user->getUses(), isRead);
  auto op = dyn_cast<DestinationStyleOpInterface>(user);
  bool isDestination = op && op.isDpsInit(&use) && !isa<tensor::InsertSliceOp>(user);
  return !isDestination || readsInit(use);
}

static bool hasOneReader(Value tensor) {
  return llvm::count_if(tensor.getUses(), [](OpOperand &use) { return isRead(use); }) == 1;
}

/// A fill that every reader carries in its attribute `init`.
static bool isAbsorbed(Operation &op) {
  return getFillValue(&op) && llvm::all_of(op.getUses(), [](OpOperand &use) { return bool(getAbsorbedInit(use)); });
}

/// A box of a slice op in the larger tensor.
template <typename SliceOp> static Box getBox(SliceOp op) {
  return {SmallVector<int64_t>(op.getStaticOffsets()), SmallVector<int64_t>(op.getStaticSizes()),
          SmallVector<int64_t>(op.getStaticStrides())};
}

/// The place of a slice, without the dimensions that the smaller tensor dropped.
template <typename SliceOp> static Place getSlicePlace(const Place &whole, SliceOp op) {
  Place slice = getSlice(whole, op.getStaticOffsets(), op.getStaticStrides());
  llvm::SmallBitVector dropped = op.getDroppedDims();
  SmallVector<int64_t> strides;
  for (auto [dim, stride] : llvm::enumerate(slice.strides))
    if (!dropped.test(dim))
      strides.push_back(stride);
  slice.strides = std::move(strides);
  return slice;
}

/// The chain that `op` continues starts from nothing, is read by nobody else, and touches no element of the box of
/// `op`.
static bool insertsIntoFreshPart(tensor::InsertSliceOp op) {
  Box box = getBox(op);
  Value below = op.getDest();
  while (auto earlier = below.getDefiningOp<tensor::InsertSliceOp>()) {
    if (!hasOneReader(below) || !areDisjoint(box, getBox(earlier)))
      return false;
    below = earlier.getDest();
  }
  return isUndefined(below);
}

static SmallVector<int64_t> getStarts(kernel::ConcatOp concat) {
  SmallVector<int64_t> starts;
  int64_t start = 0;
  for (Value input : concat.getInputs()) {
    starts.push_back(start);
    start += getTensorType(input).getDimSize(concat.getAxis());
  }
  return starts;
}

Place Placement::createStorage(Storage storage) {
  storages.push_back(storage);
  return {unsigned(storages.size() - 1), 0, getDenseStrides(storage.type.getShape())};
}

Place Placement::getOutputPlace(unsigned number) const {
  unsigned storage = outputs[number];
  return {storage, 0, getDenseStrides(storages[storage].type.getShape())};
}

Place Placement::getTarget(Operation *op, unsigned number) const {
  const Place &whole = getPlace(op->getResult(0));
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
    return number == 0 ? getSlicePlace(whole, insert) : whole;
  SmallVector<int64_t> ones(whole.strides.size(), 1);
  if (auto pad = dyn_cast<kernel::PadOp>(op))
    return getSlice(whole, pad.getLow(), ones);
  auto concat = cast<kernel::ConcatOp>(op);
  SmallVector<int64_t> offsets(whole.strides.size(), 0);
  offsets[concat.getAxis()] = starts.find(op)->second[number];
  return getSlice(whole, offsets, ones);
}

/// Where the reader of `use` would like the tensor to lie.
std::optional<Place> Placement::getCandidate(OpOperand &use) const {
  Operation *user = use.getOwner();
  unsigned number = use.getOperandNumber();
  if (isa<func::ReturnOp>(user))
    return getOutputPlace(number);
  if (isa<kernel::PadOp, kernel::ConcatOp>(user))
    return getTarget(user, number);
  Operation *producer = use.get().getDefiningOp();
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(user)) {
    bool isDest = number == 1;
    if (isDest ? hasOneReader(use.get()) && isa<tensor::InsertSliceOp, DestinationStyleOpInterface>(producer)
               : insertsIntoFreshPart(insert))
      return getTarget(user, number);
    return std::nullopt;
  }
  // A destination that is read: nobody else may want what it held.
  auto op = dyn_cast<DestinationStyleOpInterface>(user);
  if (op && op.isDpsInit(&use) && readsInit(use) && hasOneReader(use.get()) &&
      isa<DestinationStyleOpInterface>(producer))
    return getPlace(op.getTiedOpResult(&use));
  return std::nullopt;
}

/// The producer of `tensor` can write it to `place`.
bool Placement::canHold(Value tensor, const Place &place) const {
  Operation *producer = tensor.getDefiningOp();
  if (!producer || isa<arith::ConstantOp, tensor::EmptyOp, tensor::ExtractSliceOp>(producer))
    return false;
  if (auto reshape = dyn_cast<kernel::ReshapeOp>(producer)) {
    Value source = reshape.getInput();
    std::optional<Place> before =
        reshapePlace(place, getTensorType(tensor).getShape(), getTensorType(source).getShape());
    return before && !forced.contains(source) && canHold(source, *before);
  }
  auto writer = dyn_cast<DestinationStyleOpInterface>(producer);
  return !writer || kernel::canView(*writer.getTiedOpOperand(cast<OpResult>(tensor)), place.strides);
}

/// Keeps the sources of reshape `tensor` for it, down to the op that writes.
void Placement::promiseSource(Value tensor, const Place &place) {
  auto reshape = tensor.getDefiningOp<kernel::ReshapeOp>();
  if (!reshape)
    return;
  Value source = reshape.getInput();
  Place before = *reshapePlace(place, getTensorType(tensor).getShape(), getTensorType(source).getShape());
  forced[source] = before;
  promiseSource(source, before);
}

/// Concatenations before borders before insertions before outputs; all save one copy of the tensor, but a part of a
/// concatenation is often a whole concatenation itself.
static unsigned getPriority(OpOperand *use) {
  return llvm::TypeSwitch<Operation *, unsigned>(use->getOwner())
      .Case<kernel::ConcatOp>([](auto) { return 1; })
      .Case<kernel::PadOp>([](auto) { return 2; })
      .Case<tensor::InsertSliceOp>([](auto) { return 3; })
      .Case<func::ReturnOp>([](auto) { return 4; })
      .Default([](auto) { return 0; });
}

/// What the most urgent reader wants; among equals the first one, by its position: the order of uses is not in the
/// text.
std::optional<Place> Placement::chooseCandidate(OpResult tensor) const {
  SmallVector<std::tuple<unsigned, int64_t, unsigned, OpOperand *>> uses;
  for (OpOperand &use : tensor.getUses())
    uses.push_back({getPriority(&use), positions.lookup(use.getOwner()), use.getOperandNumber(), &use});
  llvm::sort(uses);
  for (auto &[priority, position, number, use] : uses)
    if (std::optional<Place> candidate = getCandidate(*use); candidate && canHold(tensor, *candidate))
      return candidate;
  return std::nullopt;
}

/// Called when all readers have been placed.
void Placement::placeBackward(OpResult tensor) {
  auto promise = forced.find(tensor);
  std::optional<Place> chosen = promise != forced.end() ? promise->second : chooseCandidate(tensor);
  if (isa<kernel::ReshapeOp>(tensor.getOwner())) {
    if (!chosen)
      return;
    promiseSource(tensor, *chosen);
  }
  if (isa<arith::ConstantOp, tensor::EmptyOp, tensor::ExtractSliceOp>(tensor.getOwner()))
    return;
  places[tensor] = chosen ? *chosen : createStorage({Storage::Arena, getTensorType(tensor)});
}

/// Places what lies where its source lies, once the source is placed.
void Placement::placeForward(Value tensor) {
  RankedTensorType type = getTensorType(tensor);
  Operation *producer = tensor.getDefiningOp();
  if (places.contains(tensor) || tensor.use_empty() || isUndefined(tensor) || isAbsorbed(*producer))
    return;
  std::optional<Place> place;
  if (isa<arith::ConstantOp>(producer)) {
    place = createStorage({Storage::Constant, type, 0, tensor});
  } else if (auto slice = dyn_cast<tensor::ExtractSliceOp>(producer)) {
    place = getSlicePlace(getPlace(slice.getSource()), slice);
  } else if (auto reshape = dyn_cast<kernel::ReshapeOp>(producer)) {
    Value source = reshape.getInput();
    place = reshapePlace(getPlace(source), getTensorType(source).getShape(), type.getShape());
  }
  places[tensor] = place ? *place : createStorage({Storage::Arena, type});
}

/// First and last op that touches each storage.
void Placement::findRanges() {
  ranges.assign(storages.size(), {});
  auto touch = [&](Value tensor, int64_t position) {
    auto found = places.find(tensor);
    if (found == places.end())
      return;
    Range &range = ranges[found->second.storage];
    range.first = std::min(range.first, position);
    range.last = std::max(range.last, position);
  };
  for (Operation &op : function.getBody().front()) {
    int64_t position = positions[&op];
    op.walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        touch(operand, position);
    });
    for (Value result : op.getResults())
      touch(result, position);
  }
}

/// The op computes each element of `result` from the same element of `operand` and from nothing else of it, in the tile
/// that overwrites it.
static bool isElementwiseIn(OpOperand &operand, OpResult result) {
  Operation *op = operand.getOwner();
  if (operand.get().getType() != result.getType())
    return false;
  if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
    OpOperand *init = generic.getDpsInitOperand(result.getResultNumber());
    AffineMap map = generic.getMatchingIndexingMap(init);
    return generic.getNumReductionLoops() == 0 && map.isPermutation() && !readsInit(*init) &&
           generic.getMatchingIndexingMap(&operand) == map && generic.isDpsInput(&operand);
  }
  auto isExtra = [&](auto kernel) { return llvm::is_contained(kernel.getExtras(), operand.get()); };
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<kernel::ContractOp>([&](kernel::ContractOp contract) {
        // Blocks of the reduction leave partial sums where the extra operand was.
        return isExtra(contract) && !schedule::cutsReduction(contract, target::getCpuLevels(contract));
      })
      .Case<kernel::WindowOp, kernel::WinogradOp>(isExtra)
      .Default(false);
}

bool Placement::reuseOperand(OpOperand &operand, OpResult result) {
  auto found = places.find(operand.get());
  if (found == places.end() || !isElementwiseIn(operand, result))
    return false;
  Operation *op = operand.getOwner();
  unsigned from = places.find(result)->second.storage, to = found->second.storage;
  auto isWhole = [&](Value tensor) {
    const Place &place = getPlace(tensor);
    const Storage &storage = storages[place.storage];
    return storage.kind == Storage::Arena && storage.type.getNumElements() == getTensorType(tensor).getNumElements() &&
           place.offset == 0 && isDense(place, getTensorType(tensor).getShape());
  };
  if (from == to || !isWhole(result) || !isWhole(operand.get()) || ranges[to].last != positions[op] ||
      ranges[from].first != positions[op])
    return false;
  // The op must not reach the same storage by another way.
  int64_t readers = 0;
  op->walk([&](Operation *inner) {
    readers += llvm::count_if(inner->getOperands(), [&](Value value) {
      auto other = places.find(value);
      return other != places.end() && other->second.storage == to;
    });
  });
  if (readers != 1)
    return false;
  for (auto &[tensor, place] : places)
    if (place.storage == from)
      place.storage = to;
  ranges[to].last = ranges[from].last;
  return true;
}

/// Lets elementwise results take the storage of an operand that nobody needs any more.
void Placement::reuseOperands() {
  findRanges();
  for (Operation &op : function.getBody().front())
    for (OpResult result : op.getResults())
      for (OpOperand &operand : op.getOpOperands())
        if (places.contains(result) && reuseOperand(operand, result))
          break;
}

Placement::Placement(func::FuncOp function) : function(function) {
  Block &block = function.getBody().front();
  for (auto [number, argument] : llvm::enumerate(block.getArguments()))
    places[argument] = createStorage({Storage::Input, getTensorType(argument), unsigned(number)});
  for (auto [number, type] : llvm::enumerate(function.getResultTypes()))
    outputs.push_back(createStorage({Storage::Output, cast<RankedTensorType>(type), unsigned(number)}).storage);
  for (auto [number, op] : llvm::enumerate(block)) {
    positions[&op] = number;
    if (auto concat = dyn_cast<kernel::ConcatOp>(op))
      starts[&op] = getStarts(concat);
  }
  auto isPlaced = [](OpResult result) { return getTensorType(result) && !isAbsorbed(*result.getOwner()); };
  for (Operation &op : llvm::reverse(block))
    for (OpResult result : llvm::make_filter_range(op.getResults(), isPlaced))
      placeBackward(result);
  for (Operation &op : block)
    for (OpResult result : llvm::make_filter_range(op.getResults(), isPlaced))
      placeForward(result);
  reuseOperands();
}
