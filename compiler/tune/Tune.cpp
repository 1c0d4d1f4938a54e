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

/// Of `ops`, which have the algorithms of the cost model, those that others could compute as well; the longest first.
static std::vector<Layer> collectLayers(ArrayRef<cnn::ConvOp> ops, const layout::CoreFacts &core) {
  std::vector<Layer> layers;
  llvm::StringMap<size_t> places;
  for (cnn::ConvOp op : ops) {
    layout::ConvShape shape = layout::getConvShape(op);
    Algorithm algorithm = *op.getAlgorithm();
    if (!isTrialPossible(op) || getAlgorithms(shape, algorithm).size() < 2)
      continue;
    auto [place, isNew] = places.try_emplace(nameLayer(op), layers.size());
    if (isNew)
      layers.push_back({place->first().str(), {}, rankCandidates(shape, algorithm, core)});
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
static Expected<std::vector<Layer>> applyKnown(ArrayRef<Layer> layers, const Measurements &known, StringRef path) {
  std::vector<Layer> unknown;
  for (const Layer &layer : layers) {
    auto entry = known.find(layer.name);
    if (entry == known.end()) {
      if (layer.candidates.size() > 1)
        unknown.push_back(layer);
      continue;
    }
    cnn::ConvOp op = layer.ops.front();
    std::optional<Algorithm> algorithm = cnn::symbolizeAlgorithm(entry->second.algorithm);
    if (!algorithm || !llvm::is_contained(getAlgorithms(layout::getConvShape(op), *op.getAlgorithm()), *algorithm))
      return createStringError("malformed tuning record '" + path + "': the layer '" + layer.name +
                               "' cannot be computed by '" + entry->second.algorithm + "'");
    apply(layer, *algorithm);
  }
  return unknown;
}

static Expected<Measurement> measure(const Layer &layer, const TuneOptions &options) {
  auto times = timeAlgorithms(layer.ops.front(), layer.candidates, options.target, options.compile);
  if (!times)
    return times.takeError();
  Algorithm quickest = layer.candidates[selectQuickest(*times)];
  Measurement measurement = {cnn::stringifyAlgorithm(quickest).str(), {}};
  for (auto [algorithm, rounds] : llvm::zip_equal(layer.candidates, *times))
    measurement.nanoseconds[cnn::stringifyAlgorithm(algorithm).str()] = std::llround(getMedian(rounds));
  apply(layer, quickest);
  return measurement;
}

/// For as long as the budget lasts.
static llvm::Error measureAll(ArrayRef<Layer> layers, const TuneOptions &options, Measurements &known) {
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
    Expected<Measurement> measurement = measure(layer, options);
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
  auto layers = applyKnown(collectLayers(*ops, layout::getCoreFacts(level)), known, options.record);
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
  if (llvm::Error error = measureAll(*layers, options, known))
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
