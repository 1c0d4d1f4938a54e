// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/graph/ChannelTrace.h"

#include "passes/graph/Rewriting.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::graph;
using namespace cnnc::cnn;

/// Values of more rows are no activations of a network.
static constexpr int64_t kMaxRows = 1 << 16;

/// Elements between neighbours along each dimension.
static SmallVector<int64_t> getPitches(ArrayRef<int64_t> extents) {
  SmallVector<int64_t> pitches(extents.size(), 1);
  for (size_t dim = extents.size(); dim-- > 1;)
    pitches[dim - 1] = pitches[dim] * extents[dim];
  return pitches;
}

namespace {

/// Follows *rows*: the channels of all images, each of them `rowElements` elements that stay side by side. Reshapes
/// keep their order, whatever dimensions count them.
class RowTracer {
public:
  explicit RowTracer(ArrayRef<int64_t> mapShape)
      : mapShape(mapShape), rowElements(llvm::product_of(mapShape.drop_front(2))) {}

  using Trace = std::optional<ChannelTrace>;

  Trace trace(Value value) {
    if (auto found = traces.find(value); found != traces.end())
      return found->second;
    Trace rows;
    if (Operation *op = value.getDefiningOp(); op && llvm::product_of(getShape(value)) <= kMaxRows * rowElements)
      rows = llvm::TypeSwitch<Operation *, Trace>(op)
                 .Case<ReshapeOp, TransposeOp, ConcatOp, SliceOp>([&](auto move) { return traceMove(move); })
                 .Default([](Operation *) { return std::nullopt; });
    if (!rows && isLikeMap(getShape(value))) {
      rows.emplace();
      for (int64_t row : llvm::seq(getShape(value)[0] * getShape(value)[1]))
        rows->channels.push_back({value, row});
    }
    traces[value] = rows;
    return rows;
  }

private:
  bool isLikeMap(ArrayRef<int64_t> shape) const {
    return shape.size() == mapShape.size() && shape[0] == mapShape[0] && shape.drop_front(2) == mapShape.drop_front(2);
  }

  /// The leading dimensions, which count rows; none if no dimensions hold one row.
  std::optional<size_t> countRowDims(ArrayRef<int64_t> shape) const {
    size_t dims = shape.size();
    int64_t elements = 1;
    while (elements < rowElements && dims > 0)
      elements *= shape[--dims];
    return elements == rowElements ? std::optional(dims) : std::nullopt;
  }

  /// Rows of a box of `extents` whose first one is row `first`.
  static void pick(ChannelTrace &trace, ArrayRef<int64_t> extents, ArrayRef<int64_t> pitches, int64_t first) {
    SmallVector<Channel> picked;
    for (int64_t number : llvm::seq(llvm::product_of(extents))) {
      int64_t row = first;
      for (size_t dim = extents.size(); dim-- > 0; number /= extents[dim])
        row += number % extents[dim] * pitches[dim];
      picked.push_back(trace.channels[row]);
    }
    trace.channels = std::move(picked);
  }

  Trace traceMove(ReshapeOp op) { return trace(op.getInput()); }

  Trace traceMove(TransposeOp op) {
    ArrayRef<int64_t> permutation = op.getPermutation(), shape = getShape(op.getOutput());
    std::optional<size_t> dims = countRowDims(shape);
    if (!dims || !llvm::equal(permutation.drop_front(*dims), llvm::seq<int64_t>(*dims, shape.size())))
      return std::nullopt;
    Trace rows = trace(op.getInput());
    if (!rows)
      return std::nullopt;
    SmallVector<int64_t> before = getPitches(getShape(op.getInput()).take_front(*dims)), pitches;
    for (int64_t dim : permutation.take_front(*dims))
      pitches.push_back(before[dim]);
    pick(*rows, shape.take_front(*dims), pitches, 0);
    rows->shuffles = {op};
    ++rows->depth;
    return rows;
  }

  Trace traceMove(SliceOp op) {
    ArrayRef<int64_t> before = getShape(op.getInput()), after = getShape(op.getOutput());
    std::optional<size_t> dims = countRowDims(after);
    if (!dims || countRowDims(before) != dims)
      return std::nullopt;
    for (size_t dim = *dims; dim < after.size(); ++dim)
      if (op.getStarts()[dim] != 0 || op.getSteps()[dim] != 1 || before[dim] != after[dim])
        return std::nullopt;
    Trace rows = trace(op.getInput());
    if (!rows)
      return std::nullopt;
    SmallVector<int64_t> pitches = getPitches(before.take_front(*dims));
    int64_t first = 0;
    for (auto [dim, pitch] : llvm::enumerate(pitches)) {
      first += op.getStarts()[dim] * pitch;
      pitch *= op.getSteps()[dim];
    }
    pick(*rows, after.take_front(*dims), pitches, first);
    return rows;
  }

  Trace traceMove(ConcatOp op) {
    size_t axis = op.getAxis();
    ArrayRef<int64_t> shape = getShape(op.getOutput());
    std::optional<size_t> dims = countRowDims(shape);
    if (!dims || axis >= *dims)
      return std::nullopt;
    ChannelTrace joined;
    SmallVector<SmallVector<Channel>> parts;
    for (Value input : op.getInputs()) {
      Trace part = trace(input);
      if (!part)
        return std::nullopt;
      for (TransposeOp shuffle : part->shuffles)
        if (!llvm::is_contained(joined.shuffles, shuffle))
          joined.shuffles.push_back(shuffle);
      joined.depth = std::max(joined.depth, part->depth);
      parts.push_back(std::move(part->channels));
    }
    int64_t outer = llvm::product_of(shape.take_front(axis));
    for (size_t number : llvm::seq<size_t>(outer))
      for (ArrayRef<Channel> part : parts)
        llvm::append_range(joined.channels, part.slice(number * (part.size() / outer), part.size() / outer));
    return joined;
  }

  ArrayRef<int64_t> mapShape;
  int64_t rowElements;
  DenseMap<Value, Trace> traces;
};

} // namespace

bool cnnc::graph::isChannelMap(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() >= 3 && type.getNumElements() > 0;
}

bool cnnc::graph::movesChannels(Operation *op) { return isa<ReshapeOp, TransposeOp, ConcatOp, SliceOp>(op); }

std::optional<ChannelTrace> cnnc::graph::traceChannels(Value map) {
  int64_t channels = getShape(map)[1];
  std::optional<ChannelTrace> rows = RowTracer(getShape(map)).trace(map);
  if (!rows)
    return std::nullopt;
  ChannelTrace trace = {{}, std::move(rows->shuffles), rows->depth};
  for (auto [row, found] : llvm::enumerate(rows->channels)) {
    int64_t image = row / channels, sourceChannels = getShape(found.source)[1];
    Channel channel = {found.source, found.index - image * sourceChannels};
    if (image == 0)
      trace.channels.push_back(channel);
    const Channel &first = trace.channels[row % channels];
    if (first.source != channel.source || first.index != channel.index || channel.index < 0 ||
        channel.index >= sourceChannels)
      return std::nullopt;
  }
  return trace;
}
