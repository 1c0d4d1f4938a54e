// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/bench/Bench.h"

#include "cnnc/cnnc.hpp"
#include "compiler/api/Compile.h"
#include "compiler/api/TargetOptions.h"
#include "tools/bench/Peak.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::bench;

namespace {

struct Layer {
  StringRef kind;
  int64_t inputs, outputs, kernel, stride, pad, groups, size;
  int64_t getOutputSize() const { return (size + 2 * pad - kernel) / stride + 1; }
  int64_t getFilterSize() const { return outputs * (inputs / groups) * kernel * kernel; }
  int64_t getMacs() const { return getFilterSize() * getOutputSize() * getOutputSize(); }
  std::string getName() const {
    return llvm::formatv("{0}: {1} -> {2}, {3}x{3}{4}{5} @{6}", kind, inputs, outputs, kernel,
                         stride > 1 ? llvm::formatv(" s{0}", stride).str() : "",
                         groups > 1 ? llvm::formatv(" g{0}", groups).str() : "", size);
  }
};

constexpr Layer layers[] = {
#define LAYER(kind, ic, oc, kernel, stride, pad, groups, size) {kind, ic, oc, kernel, stride, pad, groups, size},
#include "tools/bench/Layers.def"
};

struct BenchOptions {
  std::string cpu, filter, peak;
  unsigned runs = 15, threads = 1;
  bool winograd = true;
};

/// The layer as a graph: convolution, bias, ReLU. `target` is what -mcpu stands for.
std::string getText(const Layer &layer, const BenchOptions &options, target::TargetAttr target) {
  std::string input = llvm::formatv("tensor<1x{0}x{1}x{1}xf32>", layer.inputs, layer.size);
  std::string filter =
      llvm::formatv("tensor<{0}x{1}x{2}x{2}xf32>", layer.outputs, layer.inputs / layer.groups, layer.kernel);
  std::string bias = llvm::formatv("tensor<{0}xf32>", layer.outputs);
  std::string output = llvm::formatv("tensor<1x{0}x{1}x{1}xf32>", layer.outputs, layer.getOutputSize());
  std::string machine;
  llvm::raw_string_ostream(machine) << target;
  return llvm::formatv(
      "module attributes {{cnnc.target = {7}, cnnc.winograd = \"{8}\"} {{\n"
      "func.func @main(%x: {0} {{cnnc.name = \"x\"}) -> ({3} {{cnnc.name = \"y\"}) {{\n"
      "  %w = arith.constant dense<0.01> : {1}\n  %b = arith.constant dense<0.1> : {2}\n"
      "  %y = cnn.conv %x, %w bias(%b) {{strides = array<i64: {4}, {4}>, dilations = array<i64: 1, 1>,\n"
      "    pads = array<i64: {5}, {5}, {5}, {5}>, group = {6} : i64} : ({0}, {1}, {2}) -> {3} epilogue {{\n"
      "  ^bb0(%a: f32):\n    %z = arith.constant 0.0 : f32\n    %r = arith.maximumf %a, %z : f32\n"
      "    cnn.yield %r : f32\n  } loc(\"layer\")\n  return %y : {3}\n}\n}\n",
      input, filter, bias, output, layer.stride, layer.pad, layer.groups, machine, options.winograd ? "on" : "off");
}

llvm::Error compileLayer(const Layer &layer, const BenchOptions &options, StringRef output) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<target::TargetDialect>();
  llvm::Expected<target::TargetAttr> target = api::resolveTarget(&context, "x86_64", options.cpu);
  if (!target)
    return target.takeError();
  llvm::Expected<api::Artifacts> library = api::openArtifacts({}, output);
  if (!library)
    return library.takeError();
  std::string text = getText(layer, options, *target);
  api::Result result = api::compile({"layer.mlir", text}, {}, std::move(*library));
  return result.status == api::Status::Done ? output::OutputFile::commit(result.artifacts)
                                            : llvm::createStringError(result.diagnostics.front().message);
}

/// One opened copy of the layer with its buffers.
struct Copy {
  Library library;
  Context context;
  std::vector<float> input, output;

  bool open(StringRef path, unsigned threads) {
    cnnc_context_options options = {sizeof options, threads, nullptr, nullptr, 0, /*profile=*/1, 0};
    library = Library::open(path.str().c_str());
    if (!library)
      return false;
    context = library.createContext(&options);
    input.assign(library.input(0).bytes / sizeof(float), 0.5f);
    output.resize(library.output(0).bytes / sizeof(float));
    return bool(context);
  }
  bool run() {
    void *inputs[] = {input.data()}, *outputs[] = {output.data()};
    return context.run(inputs, outputs) == CNNC_OK;
  }
};

/// Total milliseconds so far of the steps that multiply, and their algorithm.
double getKernelTime(const Copy &copy, std::string &algorithm) {
  double total = 0;
  for (uint32_t i = 0; i < cnnc_step_count(copy.library.get()); ++i) {
    cnnc_step_profile step;
    if (cnnc_step_profile_get(copy.context.get(), i, &step) == CNNC_OK && step.macs > 0) {
      total += step.milliseconds;
      algorithm = step.algorithm;
    }
  }
  return total;
}

/// Runs the layer on enough copies that each finds its weights in memory, not in a cache.
bool benchLayer(const Layer &layer, const BenchOptions &options, StringRef folder) {
  SmallString<128> path(folder);
  llvm::sys::path::append(path, "layer.so");
  if (llvm::Error error = compileLayer(layer, options, path))
    return llvm::errs() << llvm::toString(std::move(error)) << "\n", false;
  constexpr int64_t kColdBytes = 96 << 20;
  int64_t count = std::clamp<int64_t>(kColdBytes / (layer.getFilterSize() * 4), 1, 12);
  std::vector<double> shares, rates;
  std::string algorithm, level;
  for (int64_t i = 0; i < count; ++i) {
    SmallString<128> name(folder);
    llvm::sys::path::append(name, "layer" + Twine(i) + ".so");
    Copy copy;
    if (llvm::sys::fs::copy_file(path, name) || !copy.open(name, options.threads) || !copy.run())
      return llvm::errs() << "cannot run: " << cnnc_last_error() << "\n", false;
    level = copy.context.isa();
    double before = getKernelTime(copy, algorithm);
    for (unsigned run = 1; run <= std::max<unsigned>(2, options.runs / count); ++run) {
      double peak = measurePeak(level.c_str()) * options.threads;
      copy.run();
      double mean = getKernelTime(copy, algorithm);
      double milliseconds = mean * (run + 1) - before * run; // from the mean of so many runs to the last one
      before = mean;
      rates.push_back(2e-6 * layer.getMacs() / milliseconds);
      shares.push_back(100 * rates.back() / peak);
    }
    llvm::sys::fs::remove(name);
  }
  auto median = [](std::vector<double> &values) {
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    return values[values.size() / 2];
  };
  llvm::outs() << llvm::formatv("{0,-44} {1,-16} {2,9:f3} ms {3,8:f1} GFLOP/s {4,6:f1} % of peak\n", layer.getName(),
                                algorithm, 2e-6 * layer.getMacs() / median(rates), median(rates), median(shares));
  llvm::outs().flush();
  return true;
}

} // namespace

/// Null where the command line is at fault, which is said then. The flags are forgotten at the end: lld registers some
/// of the same names.
static std::optional<BenchOptions> parseBenchOptions(int argc, const char *const *argv) {
  llvm::cl::ResetCommandLineParser();
  llvm::cl::OptionCategory category("cnnc-bench options");
  llvm::cl::opt<std::string> cpu("mcpu", llvm::cl::desc("as in cnnc; CNNC_ISA chooses among several levels"),
                                 llvm::cl::cat(category));
  llvm::cl::opt<std::string> filter("filter", llvm::cl::desc("only layers whose name holds this"),
                                    llvm::cl::cat(category));
  llvm::cl::opt<unsigned> runs("runs", llvm::cl::desc("runs a layer"), llvm::cl::init(15), llvm::cl::cat(category));
  llvm::cl::opt<unsigned> threads("threads", llvm::cl::desc("threads"), llvm::cl::init(1), llvm::cl::cat(category));
  llvm::cl::opt<std::string> peak("peak", llvm::cl::desc("only print this level's multiply-add peak in GFLOP/s"),
                                  llvm::cl::value_desc("level"), llvm::cl::cat(category));
  llvm::cl::opt<bool> direct("direct", llvm::cl::desc("without Winograd"), llvm::cl::cat(category));
  auto forget = llvm::make_scope_exit([] { llvm::cl::ResetCommandLineParser(); });
  if (!llvm::cl::ParseCommandLineOptions(argc, argv, "times each layer class of real networks\n", &llvm::errs()))
    return std::nullopt;
  return BenchOptions{cpu, filter, peak, runs, std::max(1u, threads.getValue()), !direct};
}

int cnnc::bench::runBench(int argc, const char *const *argv) {
  std::optional<BenchOptions> options = parseBenchOptions(argc, argv);
  if (!options)
    return 1;
  if (!options->peak.empty()) {
    llvm::outs() << llvm::formatv("{0:f1}\n", measurePeak(options->peak.c_str()));
    return 0;
  }
  SmallString<128> folder;
  if (llvm::sys::fs::createUniqueDirectory("cnnc-bench", folder))
    return 2;
  bool good = true;
  for (const Layer &layer : layers)
    if (StringRef(layer.getName()).contains(options->filter))
      good &= benchLayer(layer, *options, folder);
  llvm::sys::fs::remove_directories(folder);
  return good ? 0 : 2;
}
