// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/layout/Explain.h"

#include "dialects/cnn/Shapes.h"
#include "dialects/cnn/Storage.h"
#include "passes/layout/ConvFacts.h"
#include "passes/layout/Demand.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::layout;
using namespace cnnc::cnn;

using Cores = ArrayRef<CoreFacts>;

static StringRef nameChannels(Channels channels) {
  return channels == Channels::blocked ? "nchw16c" : channels == Channels::last ? "nhwc" : "nchw";
}

/// Activations carry their layout; the rest is row major.
static LayoutAttr getLayoutOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? cnn::getLayout(type) : LayoutAttr();
}

static std::string nameLayout(Value value) {
  LayoutAttr layout = getLayoutOf(value);
  std::optional<Channels> channels = layout && layout.getOrder().size() > 2 ? getChannels(layout) : std::nullopt;
  return channels ? nameChannels(*channels).str() : layout && layout.isRowMajor() ? "row major" : "permuted";
}

static std::string nameChange(StringRef from, StringRef to) {
  return from == to ? to.str() : (from + " -> " + to).str();
}

namespace {

struct Candidate {
  Algorithm algorithm;
  Channels input, output;
  bool operator==(const Candidate &other) const {
    return algorithm == other.algorithm && input == other.input && output == other.output;
  }
};

} // namespace

static std::vector<Candidate> getCandidates(const ConvShape &shape, Algorithm chosen) {
  std::vector<Candidate> candidates;
  for (Algorithm algorithm : getAlgorithms(shape, chosen))
    for (Channels output : {Channels::blocked, Channels::last})
      for (Channels input : getConvInputs(shape, algorithm, output))
        candidates.push_back({algorithm, input, output});
  return candidates;
}

static SmallVector<double, 2> getCycles(const ConvShape &shape, const Candidate &candidate, Cores cores) {
  return llvm::map_to_vector<2>(cores, [&](const CoreFacts &core) {
    return getConvCycles(shape, candidate.algorithm, candidate.input, candidate.output, core);
  });
}

static double getMeanRatio(ArrayRef<double> over, ArrayRef<double> under) {
  double ratio = 1;
  for (auto [a, b] : llvm::zip_equal(over, under))
    ratio *= a / b;
  return std::pow(ratio, 1.0 / under.size());
}

/// Another algorithm is named by itself, with its best layouts; the chosen one by its other layouts.
static void explainRejected(Choice &choice, const ConvShape &shape, const Candidate &chosen, Cores cores) {
  for (const Candidate &candidate : getCandidates(shape, chosen.algorithm)) {
    if (candidate == chosen)
      continue;
    bool same = candidate.algorithm == chosen.algorithm;
    std::string name = same ? nameChange(nameChannels(candidate.input), nameChannels(candidate.output))
                            : stringifyAlgorithm(candidate.algorithm).str();
    double ratio = getMeanRatio(getCycles(shape, candidate, cores), choice.cycles);
    auto known = llvm::find_if(choice.rejected, [&](const auto &other) { return other.first == name; });
    if (known == choice.rejected.end())
      choice.rejected.push_back({name, ratio});
    else
      known->second = std::min(known->second, ratio);
  }
  llvm::stable_sort(choice.rejected, llvm::less_second());
}

template <typename ConvLike> static void explainConv(Choice &choice, ConvLike op, Cores cores) {
  ConvShape shape = getConvShape(op);
  Algorithm algorithm = op.getAlgorithm().value_or(Algorithm::direct);
  choice.algorithm = stringifyAlgorithm(algorithm).str() + (op->hasAttr("cnnc.tuned") ? ", tuned" : "");
  choice.shape += shape.kernel.empty() ? "" : ", " + toString(shape.kernel);
  if (shape.group > 1)
    choice.shape += ", " + std::to_string(shape.group) + " groups";
  bool transposed = isa<ConvTransposeOp>(op);
  choice.macs = double(shape.images) * llvm::product_of(transposed ? shape.input : shape.output) *
                llvm::product_of(shape.kernel) * shape.outChannels * (shape.inChannels / shape.group);
  std::optional<Channels> input = getChannels(getLayoutOf(op.getInput())),
                          output = getChannels(getLayoutOf(op.getOutput()));
  Candidate chosen = {algorithm, input.value_or(Channels::last), output.value_or(Channels::last)};
  choice.cycles = getCycles(shape, chosen, cores);
  if (!shape.output.empty() && !transposed)
    explainRejected(choice, shape, chosen, cores);
}

static SmallVector<double, 2> getOtherCycles(Operation *op, Cores cores) {
  Value result = op->getResult(0);
  return llvm::map_to_vector<2>(cores, [&](const CoreFacts &core) {
    if (isa<ConvertLayoutOp>(op)) {
      Value input = op->getOperand(0);
      return getConversionCycles(input, getLayoutOf(input), getLayoutOf(result), core);
    }
    std::optional<Demand> demand = getDemand(op, getLayoutOf(result), getLayoutOf, &core);
    return demand ? demand->cycles : 0.0;
  });
}

static bool isComputation(Operation *op) {
  bool compute = isa_and_present<CnnDialect>(op->getDialect()) && op->getNumResults() > 0 &&
                 isa<RankedTensorType>(op->getResult(0).getType());
  return compute && !op->hasTrait<OpTrait::ConstantLike>();
}

static Choice explain(Operation *op, Cores cores) {
  Value input = op->getNumOperands() ? op->getOperand(0) : op->getResult(0), output = op->getResult(0);
  auto shapeOf = [](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type ? toString(type.getShape().drop_front(type.getRank() > 1)) : std::string();
  };
  Choice choice = {op->getLoc()};
  choice.shape = nameChange(shapeOf(input), shapeOf(output));
  choice.algorithm = op->getName().stripDialect().str();
  choice.layouts = nameChange(nameLayout(input), nameLayout(output));
  llvm::TypeSwitch<Operation *>(op)
      .Case<ConvOp, ConvTransposeOp>([&](auto conv) { explainConv(choice, conv, cores); })
      .Default([&](Operation *other) { choice.cycles = getOtherCycles(other, cores); });
  return choice;
}

std::vector<Choice> cnnc::layout::explainChoices(ModuleOp module) {
  SmallVector<CoreFacts> cores = getCommonCores(target::getTarget(module));
  std::vector<Choice> choices;
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (!isComputation(op))
      return;
    Choice choice = explain(op, cores);
    bool takesTime = llvm::any_of(choice.cycles, [](double cycles) { return cycles > 1; });
    if (takesTime || choice.macs > 0)
      choices.push_back(std::move(choice));
  });
  return choices;
}
