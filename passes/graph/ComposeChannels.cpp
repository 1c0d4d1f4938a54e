// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.concat(%a, %b)  ;  %2 = channel shuffle of %1  ;  %3 = cnn.slice %2 [4 to 8]  ;  %4 = cnn.conv %3, %w
// becomes, for a and b of four channels each,
//   %1 = cnn.slice %b [2 to 4]  ;  %2 = cnn.concat(%a, %1)  ;  %3 = cnn.slice %2 [2 to 6]  ;  %4 = cnn.conv %3, %w'
// with the input channels of w in another order. A shuffle is a transpose between reshapes (ShuffleNet,
// arXiv:1707.01083).
#include "dialects/cnn/Constants.h"
#include "passes/graph/ChannelTrace.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_COMPOSECHANNELSPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// More parts of a concatenation cost more than the shuffles did.
constexpr size_t kMaxRanges = 16;

/// Consecutive channels of a value.
struct Range {
  Value source;
  int64_t first;
  SmallVector<int64_t> places; ///< of each of them in a candidate

  int64_t getCount() const { return places.size(); }
  int64_t getExtent() const { return getShape(source)[1]; }
  int64_t getEnd() const { return first + getCount(); }
  bool isWhole() const { return getCount() == getExtent(); }
};

/// A value made by moving channels alone.
struct Candidate {
  Value value;
  SmallVector<Range> ranges; ///< sorted by source
  SmallVector<TransposeOp> shuffles;
};

bool isDepthwise(ConvOp conv) {
  int64_t channels = getShape(conv.getInput())[1];
  return conv.getGroup() == static_cast<uint64_t>(channels) && getShape(conv.getFilter())[0] == channels;
}

bool canAbsorb(OpOperand &use);

/// Every reader of `value` bears another order of its channels.
bool isOrderless(Value value) { return llvm::all_of(value.getUses(), canAbsorb); }

/// Each channel of the result depends on the same channel of `value` and on nothing else of many channels.
bool keepsChannels(Operation *op, ValueRange others) {
  return llvm::all_of(others, [](Value other) { return getShape(other)[1] == 1; }) && isOrderless(op->getResult(0));
}

/// The op can take its input's channels in any order, once it is told.
bool canAbsorb(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto map = dyn_cast<MapOp>(op)) {
    auto others = llvm::make_filter_range(map.getInputs(), [&](Value input) { return input != use.get(); });
    return keepsChannels(map, SmallVector<Value>(others));
  }
  if (use.getOperandNumber() != 0)
    return false;
  if (auto pool = dyn_cast<PoolOp>(op))
    return keepsChannels(pool, pool.getExtras());
  auto conv = dyn_cast<ConvOp>(op);
  if (!conv || !getFloats(conv.getFilter()))
    return false;
  if (conv.getGroup() == 1)
    return true;
  return isDepthwise(conv) && (!conv.getBias() || getFloats(conv.getBias())) && keepsChannels(conv, conv.getExtras());
}

/// The same for an op that may read `value` several times.
bool canAbsorb(Operation *reader, Value value) {
  return llvm::all_of(reader->getOpOperands(), [&](OpOperand &use) { return use.get() != value || canAbsorb(use); });
}

SmallVector<Operation *> getReaders(Value value) {
  llvm::SetVector<Operation *> readers(value.user_begin(), value.user_end());
  readers.remove_if(movesChannels);
  return readers.takeVector();
}

/// The constant with dimension `dim` in the given order.
Value permute(OpBuilder &builder, Value constant, int64_t dim, ArrayRef<int64_t> order, StringRef nameHint) {
  ArrayRef<int64_t> shape = getShape(constant);
  int64_t outer = llvm::product_of(shape.take_front(dim)), inner = llvm::product_of(shape.drop_front(dim + 1));
  Floats floats = *getFloats(constant);
  std::vector<float> permuted;
  permuted.reserve(floats.size());
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t place : order)
      llvm::append_range(permuted, floats.get().slice((i * order.size() + place) * inner, inner));
  return createFloats(builder, constant.getLoc(), cast<RankedTensorType>(constant.getType()), std::move(permuted),
                      nameHint);
}

/// Tells `op`, and those that read the same order from it, that its input's channels now come in another order.
void absorb(Operation *op, ArrayRef<int64_t> order) {
  auto conv = dyn_cast<ConvOp>(op);
  if (conv) {
    OpBuilder builder(op);
    conv.getFilterMutable().assign(permute(builder, conv.getFilter(), conv.getGroup() == 1, order, "filter"));
    if (conv.getGroup() == 1)
      return;
    if (conv.getBias())
      conv.getBiasMutable().assign(permute(builder, conv.getBias(), 0, order, "bias"));
  }
  llvm::SetVector<Operation *> users(op->user_begin(), op->user_end());
  for (Operation *user : users)
    absorb(user, order);
}

/// In the order of the function's arguments and operations.
bool isBefore(Value a, Value b) {
  auto resultA = dyn_cast<OpResult>(a), resultB = dyn_cast<OpResult>(b);
  if (resultA && resultB)
    return resultA.getOwner()->isBeforeInBlock(resultB.getOwner());
  if (resultA || resultB)
    return !resultA;
  return cast<BlockArgument>(a).getArgNumber() < cast<BlockArgument>(b).getArgNumber();
}

SmallVector<Range> sortIntoRanges(ArrayRef<Channel> channels) {
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, channels.size()));
  llvm::sort(order, [&](int64_t i, int64_t j) {
    const Channel &a = channels[i], &b = channels[j];
    return a.source == b.source ? std::pair(a.index, i) < std::pair(b.index, j) : isBefore(a.source, b.source);
  });
  SmallVector<Range> ranges;
  for (int64_t place : order) {
    auto [source, index] = channels[place];
    if (ranges.empty() || ranges.back().source != source || ranges.back().getEnd() != index)
      ranges.push_back({source, index, {}});
    ranges.back().places.push_back(place);
  }
  return ranges;
}

/// What is read by others than moves, and comes out of shuffles that it can do without.
std::optional<Candidate> getCandidate(Value value) {
  SmallVector<Operation *> readers = getReaders(value);
  if (readers.empty() || !isChannelMap(value))
    return std::nullopt;
  bool isOrderless = llvm::all_of(readers, [&](Operation *reader) { return canAbsorb(reader, value); });
  std::optional<ChannelTrace> trace = traceChannels(value);
  // Where the order matters, one shuffle is as good as another, but better than several.
  if (!trace || trace->depth < (isOrderless ? 1 : 2))
    return std::nullopt;
  SmallVector<Range> ranges = sortIntoRanges(trace->channels);
  if (ranges.size() > kMaxRanges)
    return std::nullopt;
  return Candidate{value, std::move(ranges), std::move(trace->shuffles)};
}

/// Ops that only move channels, and that nothing needs once the candidates are rewritten.
DenseSet<Operation *> findDead(Block &block, ArrayRef<Candidate> candidates) {
  DenseSet<Value> rewritten;
  for (const Candidate &candidate : candidates)
    rewritten.insert(candidate.value);
  DenseSet<Operation *> dead;
  for (Operation &op : llvm::reverse(block)) {
    auto needs = [&](Operation *user) {
      return movesChannels(user) ? !dead.contains(user) : !rewritten.contains(op.getResult(0));
    };
    if (movesChannels(&op) && llvm::none_of(op.getUsers(), needs))
      dead.insert(&op);
  }
  return dead;
}

/// A shuffle that somebody still needs would be paid beside the new concatenation.
void dropThoseThatSaveNothing(Block &block, SmallVectorImpl<Candidate> &candidates) {
  size_t before;
  do {
    before = candidates.size();
    DenseSet<Operation *> dead = findDead(block, candidates);
    llvm::erase_if(candidates, [&](const Candidate &candidate) {
      return !llvm::all_of(candidate.shuffles, [&](TransposeOp shuffle) { return dead.contains(shuffle); });
    });
  } while (candidates.size() != before);
}

RankedTensorType withChannels(Value value, int64_t channels) {
  SmallVector<int64_t> shape(getShape(value));
  shape[1] = channels;
  return cast<RankedTensorType>(value.getType()).clone(shape);
}

Value createSlice(OpBuilder &builder, Location loc, Value value, int64_t first, int64_t count) {
  SmallVector<int64_t> starts(getShape(value).size(), 0), steps(getShape(value).size(), 1);
  starts[1] = first;
  if (count == getShape(value)[1])
    return value;
  return SliceOp::create(builder, loc, withChannels(value, count), value, starts, steps);
}

/// The value whose channel `order[i]` is channel i of `value`.
Value createReordered(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> order) {
  SmallVector<int64_t> indices(order.size());
  for (auto [channel, place] : llvm::enumerate(order))
    indices[place] = channel;
  auto constant = arith::ConstantOp::create(builder, loc, builder.getI64TensorAttr(indices));
  return GatherOp::create(builder, loc, value.getType(), value, constant, /*axis=*/1);
}

class Composer {
public:
  Composer(Block &block, ArrayRef<Candidate> candidates);
  void rewrite(Candidate &candidate);

private:
  const Range *chooseHost(MutableArrayRef<Range> ranges);

  DenseSet<Value> hosted; ///< values that already are a whole part of a concatenation
};

Composer::Composer(Block &block, ArrayRef<Candidate> candidates) {
  DenseSet<Operation *> dead = findDead(block, candidates);
  for (ConcatOp concat : block.getOps<ConcatOp>())
    if (!dead.contains(concat))
      hosted.insert(concat.getInputs().begin(), concat.getInputs().end());
}

/// One value can be part of a concatenation as a whole, so that its producer writes it there, though only one end of it
/// belongs to the result: it becomes the first or the last range, and the other end is cut off. Null if there is none.
const Range *Composer::chooseHost(MutableArrayRef<Range> ranges) {
  auto canHost = [&](const Range &range) {
    bool reachesAnEnd = range.first == 0 || range.getEnd() == range.getExtent();
    return isa_and_present<EpilogueOp, MapOp>(range.source.getDefiningOp()) && !range.isWhole() && reachesAnEnd &&
           2 * range.getCount() >= range.getExtent() && !hosted.contains(range.source);
  };
  Range *host = nullptr;
  for (Range &range : ranges)
    if (canHost(range) && (!host || range.getCount() > host->getCount()))
      host = &range;
  if (!host)
    return nullptr;
  hosted.insert(host->source);
  if (host->first == 0) {
    std::rotate(host, host + 1, ranges.end());
    return &ranges.back();
  }
  std::rotate(ranges.begin(), host, host + 1);
  return &ranges.front();
}

/// Puts the ranges side by side before the candidate, and has its readers take the channels in that order; those that
/// cannot find them in the old order again.
void Composer::rewrite(Candidate &candidate) {
  Value value = candidate.value;
  OpBuilder builder(value.getDefiningOp());
  bool isJoined = candidate.ranges.size() > 1;
  const Range *host = isJoined ? chooseHost(candidate.ranges) : nullptr;
  SmallVector<Value> parts;
  SmallVector<int64_t> order;
  int64_t channels = 0;
  for (const Range &range : candidate.ranges) {
    if (isJoined && range.isWhole())
      hosted.insert(range.source);
    parts.push_back(&range == host ? range.source
                                   : createSlice(builder, value.getLoc(), range.source, range.first, range.getCount()));
    channels += getShape(parts.back())[1];
    llvm::append_range(order, range.places);
  }
  Value joined = parts.front();
  if (isJoined)
    joined = ConcatOp::create(builder, value.getLoc(), withChannels(value, channels), parts, /*axis=*/1);
  if (host)
    joined = createSlice(builder, value.getLoc(), joined, host->first, order.size());
  if (llvm::is_sorted(order))
    return value.replaceUsesWithIf(joined, [](OpOperand &use) { return !movesChannels(use.getOwner()); });
  Value reordered;
  for (Operation *reader : getReaders(value)) {
    bool absorbs = canAbsorb(reader, value);
    if (absorbs)
      absorb(reader, order);
    else if (!reordered)
      reordered = createReordered(builder, value.getLoc(), joined, order);
    reader->replaceUsesOfWith(value, absorbs ? joined : reordered);
  }
}

class ComposeChannelsPass : public impl::ComposeChannelsPassBase<ComposeChannelsPass> {
  void runOnOperation() override {
    for (Block &block : getOperation().getBody()) {
      SmallVector<Candidate> candidates;
      for (Operation &op : block)
        if (movesChannels(&op))
          if (std::optional<Candidate> candidate = getCandidate(op.getResult(0)))
            candidates.push_back(std::move(*candidate));
      dropThoseThatSaveNothing(block, candidates);
      Composer composer(block, candidates);
      for (Candidate &candidate : candidates)
        composer.rewrite(candidate);
    }
  }
};

} // namespace
} // namespace cnnc::graph
