// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/tune/Tune.h"

#include "compiler/tune/Candidates.h"
#include "compiler/tune/Record.h"
#include "compiler/tune/Trial.h"
#include "dialects/cnn/Shapes.h"
#include "passes/layout/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::tune;
using cnn::Algorithm;
using llvm::createStringError;
using llvm::Expected;

namespace {

/// The convolutions of a module that are timed as one.
struct Layer {
  std::string name;
  SmallVector<cnn::ConvOp> ops;
  layout::ConvShape shape;
  SmallVector<Algorithm> candidates;
  double cycles = 0; ///< of all of them, predicted
};

} // namespace

/// All that decides which algorithm is the quickest: "1x64x56x56 by 64x64x3x3, strides 1x1, ...".
static std::string nameLayer(cnn::ConvOp op) {
  auto nameShape = [](Value value) { return cnn::toString(cast<RankedTensorType>(value.getType()).getShape()); };
  std::string name = nameShape(op.getInput()) + " by " + nameShape(op.getFilter()) + ", strides " +
                     cnn::toString(op.getStrides()) + ", pads " + cnn::toString(op.getPads()) + ", dilations " +
                     cnn::toString(op.getDilations()) + ", groups " + std::to_string(op.getGroup());
  for (Value extra : op.getExtras())
    name += ", extra " + nameShape(extra);
  return name;
}

/// Of `ops`, which have the algorithms of the cost model, those that could be computed otherwise; the longest first.
static std::vector<Layer> collectLayers(ArrayRef<cnn::ConvOp> ops, const target::Level &level) {
  layout::CoreFacts core = layout::getCoreFacts(level);
  std::vector<Layer> layers;
  llvm::StringMap<size_t> places;
  for (cnn::ConvOp op : ops) {
    layout::ConvShape shape = layout::getConvShape(op);
    Algorithm algorithm = *op.getAlgorithm();
    bool hasOneWay = getAlgorithms(shape, algorithm).size() < 2 && rankSchedules(shape, algorithm, level).empty();
    if (!isTrialPossible(op) || hasOneWay)
      continue;
    auto [place, isNew] = places.try_emplace(nameLayer(op), layers.size());
    if (isNew)
      layers.push_back({place->first().str(), {}, shape, rankCandidates(shape, algorithm, core)});
    Layer &layer = layers[place->second];
    layer.ops.push_back(op);
    layer.cycles += getConvCycles(shape, algorithm, layout::Channels::blocked, layout::Channels::blocked, core);
  }
  llvm::stable_sort(layers, [](const Layer &a, const Layer &b) { return a.cycles > b.cycles; });
  return layers;
}

static void apply(const Layer &layer, Algorithm algorithm) {
  for (auto op : layer.ops) {
    op.setAlgorithm(algorithm);
    op->setAttr("cnnc.tuned", UnitAttr::get(op.getContext()));
  }
}

/// What is timed first, and named so in the record: the schedule that the cost model chooses.
static constexpr llvm::StringLiteral kChosen = "as chosen";

/// False where the contraction has no schedule of that name.
static bool applySchedule(const Layer &layer, Algorithm algorithm, StringRef name, const target::Level &level) {
  if (name.empty() || name == kChosen)
    return true;
  for (const schedule::Candidate &candidate : rankSchedules(layer.shape, algorithm, level))
    if (candidate.name == name) {
      for (cnn::ConvOp op : layer.ops)
        schedule::pinSchedule(op, level.name, candidate.pins);
      return true;
    }
  return false;
}

static Expected<TuningRecord> readRecord(StringRef path) {
  if (!llvm::sys::fs::exists(path))
    return TuningRecord();
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return createStringError("cannot read the tuning record '" + path + "': " + buffer.getError().message());
  Expected<TuningRecord> record = parseTuningRecord((*buffer)->getBuffer());
  if (!record)
    return createStringError("malformed tuning record '" + path + "': " + llvm::toString(record.takeError()));
  return record;
}

/// Does as was measured before. Returns the layers that are still to be timed.
static Expected<std::vector<Layer>> applyKnown(ArrayRef<Layer> layers, const Measurements &known, StringRef path,
                                               const target::Level &level) {
  std::vector<Layer> unknown;
  for (const Layer &layer : layers) {
    auto entry = known.find(layer.name);
    if (entry == known.end()) {
      unknown.push_back(layer);
      continue;
    }
    cnn::ConvOp op = layer.ops.front();
    std::optional<Algorithm> algorithm = cnn::symbolizeAlgorithm(entry->second.algorithm);
    if (!algorithm || !llvm::is_contained(getAlgorithms(layout::getConvShape(op), *op.getAlgorithm()), *algorithm))
      return createStringError("malformed tuning record '" + path + "': the layer '" + layer.name +
                               "' cannot be computed by '" + entry->second.algorithm + "'");
    apply(layer, *algorithm);
    if (!applySchedule(layer, *algorithm, entry->second.schedule, level))
      return createStringError("malformed tuning record '" + path + "': the layer '" + layer.name +
                               "' cannot be scheduled '" + entry->second.schedule + "'");
  }
  return unknown;
}

/// Times the variants, unless there is one alone; their medians go into `nanoseconds`. Returns the number of the
/// quickest.
static Expected<size_t> selectVariant(const Layer &layer, ArrayRef<Variant> variants, const TuneOptions &options,
                                      std::map<std::string, int64_t> &nanoseconds) {
  if (variants.size() == 1)
    return 0;
  auto times = timeVariants(layer.ops.front(), variants, options.target, options.compile);
  if (!times)
    return times.takeError();
  for (auto [variant, rounds] : llvm::zip_equal(variants, *times))
    nanoseconds[variant.name] = std::llround(getMedian(rounds));
  return selectQuickest(*times);
}

/// The quickest algorithm, then the quickest schedule of its contraction.
static Expected<Measurement> measure(const Layer &layer, const TuneOptions &options, const target::Level &level) {
  Measurement measurement;
  SmallVector<Variant> variants;
  for (Algorithm algorithm : layer.candidates)
    variants.push_back({cnn::stringifyAlgorithm(algorithm).str(), algorithm, {}});
  Expected<size_t> quickest = selectVariant(layer, variants, options, measurement.nanoseconds);
  if (!quickest)
    return quickest.takeError();
  Algorithm algorithm = layer.candidates[*quickest];
  measurement.algorithm = variants[*quickest].name;
  apply(layer, algorithm);
  variants = {{kChosen.str(), algorithm, {}}};
  for (const schedule::Candidate &candidate : rankSchedules(layer.shape, algorithm, level))
    variants.push_back({candidate.name, algorithm, candidate.pins});
  if (variants.size() == 1)
    return measurement;
  quickest = selectVariant(layer, variants, options, measurement.scheduleNanoseconds);
  if (!quickest)
    return quickest.takeError();
  measurement.schedule = variants[*quickest].name;
  applySchedule(layer, algorithm, measurement.schedule, level);
  return measurement;
}

/// For as long as the budget lasts.
static llvm::Error measureAll(ArrayRef<Layer> layers, const TuneOptions &options, const target::Level &level,
                              Measurements &known) {
  auto end = std::chrono::steady_clock::now() + options.budget;
  auto tell = [&](const Twine &text) { options.progress ? options.progress(text) : void(); };
  for (auto [index, layer] : llvm::enumerate(layers)) {
    if (std::chrono::steady_clock::now() >= end) {
      emitRemark(UnknownLoc::get(options.target.getContext()))
          << "kinds of layers not timed within " << options.budget.count() << " s: " << layers.size() - index
          << "; the next run goes on with them";
      break;
    }
    tell("timing " + Twine(index + 1) + " of " + Twine(layers.size()) + " kinds of layers");
    Expected<Measurement> measurement = measure(layer, options, level);
    if (!measurement)
      return measurement.takeError();
    known[layer.name] = std::move(*measurement);
  }
  tell("");
  return llvm::Error::success();
}

/// What the cost model chooses; returns the convolutions for which nobody had chosen yet.
static Expected<SmallVector<cnn::ConvOp>> selectAlgorithms(ModuleOp module) {
  SmallVector<cnn::ConvOp> ops;
  module.walk([&](cnn::ConvOp op) {
    if (!op.getAlgorithm())
      ops.push_back(op);
  });
  PassManager manager(module.getContext());
  manager.addPass(layout::createSelectAlgorithmPass());
  if (failed(manager.run(module)))
    return createStringError("internal error: no algorithms could be selected");
  auto winograd = module->getAttrOfType<StringAttr>("cnnc.winograd");
  if (winograd && winograd.getValue() == "off")
    ops.clear(); // There is nothing else to choose.
  return ops;
}

Expected<std::optional<output::OutputFile>> cnnc::tune::tuneAlgorithms(ModuleOp module, const TuneOptions &options) {
  Expected<TuningRecord> record = readRecord(options.record);
  if (!record)
    return record.takeError();
  auto ops = selectAlgorithms(module);
  if (!ops)
    return ops.takeError();
  target::Level level = options.target.getCpuLevels().back();
  Measurements &known = record->machines[options.cpu + ", " + level.name.str()];
  auto layers = applyKnown(collectLayers(*ops, level), known, options.record, level);
  if (!layers)
    return layers.takeError();
  if (layers->empty())
    return std::nullopt;
  // Before there is anything to write: that a place cannot be written to is better known at once.
  Expected<output::OutputFile> file = options.record.empty()
                                          ? output::OutputFile::createUnplaced("tuning.json")
                                          : output::OutputFile::create(options.record, /*executable=*/false);
  if (!file)
    return file.takeError();
  if (llvm::Error error = measureAll(*layers, options, level, known))
    return error;
  if (llvm::Error error = file->print([&](llvm::raw_ostream &os) { printTuningRecord(*record, os); }))
    return error;
  return std::move(*file);
}

target::CpuAttr cnnc::tune::getTunedTarget(target::CpuAttr target, target::CpuAttr machine) {
  if (target.getFamily() != machine.getFamily())
    return {};
  target::Level own = machine.getCpuLevels().back();
  for (StringAttr name : llvm::reverse(target.getLevels()))
    if (target::hasNeeds(own, *target::lookupLevel(name.getValue())))
      return target::CpuAttr::get(target.getContext(), target.getFamily(), {name},
                                  target.getCpu() == machine.getCpu() ? target.getCpu() : StringAttr());
  return {};
}
