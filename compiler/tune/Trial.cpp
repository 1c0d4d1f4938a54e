// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/tune/Trial.h"

#include "cnnc/cnnc.hpp"
#include "dialects/cnn/Constants.h"
#include "passes/schedule/Candidates.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"

#include <chrono>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::tune;
using llvm::createStringError;
using llvm::Expected;

static bool isFloatTensor(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32() && type.hasStaticShape();
}

bool cnnc::tune::isTrialPossible(cnn::ConvOp op) {
  return matchPattern(op.getFilter(), m_Constant()) && isFloatTensor(op.getOutput()) &&
         llvm::all_of(op->getOperands(), isFloatTensor);
}

static DictionaryAttr nameTensor(Builder &builder, size_t index) {
  return builder.getDictionaryAttr(
      builder.getNamedAttr("cnnc.name", builder.getStringAttr("t" + std::to_string(index))));
}

/// The convolution over the function's arguments, each constant being uniform: the time does not depend on it.
static void buildFunction(OpBuilder &builder, cnn::ConvOp op, ArrayRef<Variant> variants, StringRef level) {
  llvm::SetVector<Value> arguments;
  for (Value operand : op->getOperands())
    if (!matchPattern(operand, m_Constant()))
      arguments.insert(operand);
  SmallVector<Type> outputs(variants.size(), op.getOutput().getType());
  auto type = builder.getFunctionType(llvm::to_vector(ValueRange(arguments.getArrayRef()).getTypes()), outputs);
  auto function = func::FuncOp::create(builder, op.getLoc(), "main", type);
  for (size_t i = 0; i < arguments.size(); ++i)
    function.setArgAttrs(i, nameTensor(builder, i));
  for (size_t i = 0; i < outputs.size(); ++i)
    function.setResultAttrs(i, nameTensor(builder, arguments.size() + i));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping mapping;
  mapping.map(arguments.getArrayRef(), body->getArguments());
  for (Value operand : op->getOperands())
    if (!mapping.contains(operand))
      mapping.map(operand,
                  cnn::createSplat(builder, op.getLoc(), cast<RankedTensorType>(operand.getType()), /*element=*/0.01f));
  SmallVector<Value> results;
  for (const Variant &variant : variants) {
    IRMapping own = mapping; // A region cannot be mapped twice.
    auto conv = cast<cnn::ConvOp>(builder.clone(*op, own));
    conv.setAlgorithm(variant.algorithm);
    conv->setLoc(NameLoc::get(builder.getStringAttr(variant.name)));
    schedule::pinSchedule(conv, level, variant.pins);
    results.push_back(conv.getOutput());
  }
  func::ReturnOp::create(builder, op.getLoc(), results);
}

static OwningOpRef<ModuleOp> buildTrial(cnn::ConvOp op, ArrayRef<Variant> variants, target::CpuAttr target) {
  OpBuilder builder(op.getContext());
  OwningOpRef<ModuleOp> module = ModuleOp::create(op.getLoc());
  (*module)->setAttr(target::kTargetAttr, target);
  builder.setInsertionPointToStart(module->getBody());
  buildFunction(builder, op, variants, target.getLevels().front().getValue());
  return module;
}

namespace {

/// The opened library with its buffers.
class Trial {
public:
  bool open(const char *path) {
    cnnc_context_options options = {sizeof options, /*threads=*/1, nullptr, nullptr, 0, /*profile=*/1, 0};
    library = Library::open(path);
    if (!library)
      return false;
    context = library.createContext(&options);
    for (uint32_t i = 0; i < library.inputCount(); ++i)
      inputs.emplace_back(library.input(i).bytes / sizeof(float), 0.5f);
    for (uint32_t i = 0; i < library.outputCount(); ++i)
      outputs.emplace_back(library.output(i).bytes / sizeof(float));
    return bool(context);
  }

  bool run() {
    ++runs;
    auto getData = [](std::vector<float> &buffer) -> void * { return buffer.data(); };
    auto ins = llvm::map_to_vector(inputs, getData), outs = llvm::map_to_vector(outputs, getData);
    return context.run(ins.data(), outs.data()) == CNNC_OK;
  }

  /// Nanoseconds of all runs so far in the step of one variant, without its changes of layout.
  double getTotal(const Variant &variant) const {
    double milliseconds = 0;
    cnnc_step_profile step;
    for (uint32_t i = 0; i < cnnc_step_count(library.get()); ++i)
      if (cnnc_step_profile_get(context.get(), i, &step) == CNNC_OK && step.name == StringRef(variant.name) &&
          step.algorithm == cnn::stringifyAlgorithm(variant.algorithm))
        milliseconds += step.milliseconds;
    return 1e6 * milliseconds * runs;
  }

private:
  Library library;
  Context context;
  std::vector<std::vector<float>> inputs, outputs;
  unsigned runs = 0;
};

} // namespace

/// What was in the caches leaves them. Reads, because large stores pass by the caches.
static void coolCaches(ArrayRef<char> other) {
  constexpr size_t kLineBytes = 64;
  for (size_t i = 0; i < other.size(); i += kLineBytes)
    (void)*static_cast<const volatile char *>(&other[i]);
}

static Expected<std::vector<std::vector<double>>> runTrial(const char *path, ArrayRef<Variant> variants) {
  constexpr size_t kWarmUps = 2, kFewestRounds = 7, kMostRounds = 40, kColdBytes = 64 << 20;
  constexpr std::chrono::milliseconds kLongest(700);
  Trial trial;
  if (!trial.open(path))
    return createStringError("cannot run a layer on this machine: %s", cnnc_last_error());
  for (size_t run = 0; run < kWarmUps; ++run)
    trial.run();
  std::vector<char> cold(kColdBytes);
  std::vector<std::vector<double>> times(variants.size());
  auto begin = std::chrono::steady_clock::now();
  for (size_t round = 0; round < kMostRounds; ++round) {
    if (round >= kFewestRounds && std::chrono::steady_clock::now() - begin > kLongest)
      break;
    coolCaches(cold);
    auto before = llvm::map_to_vector(variants, [&](const Variant &variant) { return trial.getTotal(variant); });
    trial.run();
    for (auto [variant, total, rounds] : llvm::zip_equal(variants, before, times))
      rounds.push_back(trial.getTotal(variant) - total);
  }
  return times;
}

Expected<std::vector<std::vector<double>>> cnnc::tune::timeVariants(cnn::ConvOp op, ArrayRef<Variant> variants,
                                                                    target::CpuAttr target,
                                                                    const CompileTrial &compile) {
  OwningOpRef<ModuleOp> trial = buildTrial(op, variants, target);
  Expected<output::OutputFile> library = compile(*trial);
  if (!library)
    return library.takeError();
  return runTrial(library->temporaryPath().c_str(), variants);
}
