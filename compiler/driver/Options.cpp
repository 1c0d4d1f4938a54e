// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/Options.h"

#include "compiler/pipeline/Pipeline.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace cnnc;

namespace {

constexpr char kOverview[] = "cnnc: compiles ONNX CNN graphs to self-contained native libraries\n\n"
                             "  cnnc model.onnx -target=x86_64     writes model.so and model.h\n"
                             "  cnnc supported-ops                 lists the operators, opsets and types it reads\n";

/// The flags, as LLVM's command line library holds them; they live while one command line is parsed.
struct Flags {
  cl::OptionCategory category{"cnnc options"};
  cl::list<std::string> inputs{cl::Positional, cl::desc("<model.onnx | text.mlir | ->"), cl::cat(category)};
  cl::opt<std::string> output{"o", cl::desc("output file ('-': standard output, for text)"), cl::value_desc("file"),
                              cl::cat(category)};
  cl::opt<std::string> target{"target", cl::desc("x86_64, aarch64 or nvptx64"), cl::init("x86_64"), cl::cat(category)};
  cl::opt<std::string> cpu{"mcpu",
                           cl::desc("native, x86-64-v2..v4 or a CPU's name (default: all levels in one library)"),
                           cl::value_desc("cpu"), cl::cat(category)};
  cl::opt<std::string> emit{"emit", cl::desc("so, a, obj, asm, llvm, mlir or header (default: so, and the header)"),
                            cl::init("so"), cl::cat(category)};
  cl::opt<std::string> stopAfter{"stop-after", cl::desc("write the module's text after this phase"),
                                 cl::value_desc("phase"), cl::cat(category)};
  cl::list<std::string> shapes{"shape", cl::desc("fix an input's shape: name=1x3x224x224"), cl::cat(category)};
  cl::list<std::string> dims{"dim", cl::desc("fix a symbolic dimension: batch=4"), cl::cat(category)};
  cl::opt<std::string> winograd{"winograd", cl::desc("on or off"), cl::init("on"), cl::cat(category)};
  cl::opt<std::string> diagnostics{"diagnostics", cl::desc("text or json"), cl::init("text"), cl::cat(category)};
  cl::opt<char> optimization{"O", cl::desc("-O0 to -O3"), cl::Prefix, cl::init('3'), cl::cat(category)};
  cl::opt<unsigned> threads{"j", cl::desc("threads to compile on (default: all)"), cl::Prefix, cl::init(0),
                            cl::cat(category)};
  cl::opt<unsigned> budget{"budget", cl::desc("multiply the bounds on what a small model may ask for (1 to 1024)"),
                           cl::value_desc("factor"), cl::init(1), cl::cat(category)};
  cl::opt<bool> inference{"inference", cl::desc("treat training-mode nodes as inference"), cl::cat(category)};
  cl::opt<bool> explain{"explain", cl::desc("print what was chosen for each layer, over what, and why"),
                        cl::cat(category)};
  cl::opt<std::string> tune{
      "tune", cl::ValueOptional,
      cl::desc("time close choices on this machine, on one thread, for up to 60 s; keep the times "
               "in a record (default: <output>.tuning.json) and obey it"),
      cl::value_desc("record"), cl::cat(category)};
  cl::opt<bool> verbose{"verbose", cl::desc("print each phase and its time"), cl::cat(category)};
};

Error invalid(const Twine &flag, const Twine &value, const Twine &takes) {
  return createStringError("invalid " + flag + " '" + value + "': it takes " + takes);
}

Error validate(const Options &options, const Flags &flags) {
  if (options.target == "nvptx64")
    return createStringError("the target nvptx64 is not there yet: compile for x86_64 or aarch64");
  if (options.target != "x86_64" && options.target != "aarch64")
    return invalid("-target", options.target, "x86_64, aarch64 or nvptx64");
  if (!is_contained({"so", "a", "obj", "asm", "llvm", "mlir", "header"}, options.emit))
    return invalid("--emit", options.emit, "so, a, obj, asm, llvm, mlir or header");
  if (flags.optimization < '0' || flags.optimization > '3')
    return invalid("-O", Twine(flags.optimization.getValue()), "0, 1, 2 or 3");
  if (flags.budget < 1 || flags.budget > 1024)
    return invalid("--budget", Twine(flags.budget.getValue()), "a factor from 1 to 1024");
  if (!is_contained({"on", "off"}, flags.winograd))
    return invalid("--winograd", flags.winograd, "on or off");
  if (!is_contained({"text", "json"}, options.diagnostics))
    return invalid("--diagnostics", options.diagnostics, "text or json");
  if (!options.stopAfter.empty() && !is_contained(getPhaseNames(), options.stopAfter))
    return invalid("--stop-after", options.stopAfter, join(getPhaseNames(), ", "));
  return Error::success();
}

} // namespace

Expected<Options> cnnc::parseOptions(int argc, const char *const *argv) {
  // LLVM's back ends register options of their own, --stop-after among them: the command line is ours alone.
  cl::ResetCommandLineParser();
  Flags flags;
  auto forget = make_scope_exit([] { cl::ResetCommandLineParser(); });
  cl::SetVersionPrinter([](raw_ostream &stream) { stream << "cnnc 0.1.0 (LLVM " << LLVM_VERSION_STRING << ")\n"; });
  std::string message;
  raw_string_ostream stream(message);
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &stream)) {
    StringRef first = StringRef(message).split('\n').first;
    first = first.split(": ").second; // LLVM puts the program's name in front
    return createStringError(first.trim());
  }
  Options options;
  options.target = flags.target;
  options.cpu = flags.cpu;
  options.output = flags.output;
  options.emit = flags.emit;
  options.stopAfter = flags.stopAfter;
  options.shapes.assign(flags.shapes.begin(), flags.shapes.end());
  options.dims.assign(flags.dims.begin(), flags.dims.end());
  options.diagnostics = flags.diagnostics;
  options.optimization = flags.optimization - '0';
  options.threads = flags.threads;
  options.winograd = flags.winograd == "on";
  options.budget = flags.budget;
  options.inference = flags.inference;
  options.explain = flags.explain;
  options.tune = flags.tune.getNumOccurrences() > 0;
  options.tuningRecord = flags.tune;
  options.verbose = flags.verbose;
  if (Error error = validate(options, flags))
    return error;
  if (flags.inputs.size() == 1 && flags.inputs[0] == "supported-ops") {
    options.command = Command::SupportedOps;
    return options;
  }
  if (flags.inputs.size() != 1)
    return createStringError("requires one model, but found " + Twine(flags.inputs.size()) + "; try cnnc --help");
  options.input = flags.inputs[0];
  return options;
}
