// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/Options.h"

#include "compiler/emit/Identifier.h"
#include "compiler/pipeline/Pipeline.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <set>
#include <unistd.h>
#include <utility>

using namespace llvm;
using namespace cnnc;
using namespace cnnc::driver;

namespace {

constexpr unsigned kMostThreads = 1024;
constexpr char kOverview[] = "cnnc: compiles ONNX CNN graphs to self-contained native libraries\n\n"
                             "  cnnc model.onnx -target=x86_64     writes model.so and model.h\n"
                             "  cnnc supported-ops                 lists the operators, opsets and types it reads\n";

/// The flags, as LLVM's command line library holds them; they live while one command line is parsed.
struct Flags {
  cl::OptionCategory category{"cnnc options"};
  cl::list<std::string> inputs{cl::Positional, cl::desc("<model.onnx | text.mlir | ->"), cl::cat(category)};
  cl::opt<std::string> output{"o", cl::desc("output file ('-': standard output, for text)"), cl::value_desc("file"),
                              cl::cat(category)};
  cl::opt<std::string> target{"target", cl::desc("x86_64 or aarch64"), cl::init("x86_64"), cl::cat(category)};
  cl::opt<std::string> cpu{
      "mcpu", cl::desc("native, a level (x86-64-v2..v4, neon) or a CPU's name (default: all levels in one library)"),
      cl::value_desc("cpu"), cl::cat(category)};
  cl::opt<std::string> emit{"emit", cl::desc("so, a, obj, asm, llvm, mlir or header (default: so, and the header)"),
                            cl::init("so"), cl::cat(category)};
  cl::opt<std::string> stopAfter{"stop-after", cl::desc("write the module's text after this phase"),
                                 cl::value_desc("phase"), cl::cat(category)};
  cl::list<std::string> shapes{"shape", cl::desc("fix an input's shape: name=1x3x224x224"), cl::cat(category)};
  cl::list<std::string> dims{"dim", cl::desc("fix a symbolic dimension: batch=4"), cl::cat(category)};
  cl::opt<std::string> winograd{"winograd", cl::desc("on or off"), cl::init("on"), cl::cat(category)};
  cl::opt<std::string> diagnostics{"diagnostics", cl::desc("text or json"), cl::init("text"), cl::cat(category)};
  cl::opt<unsigned> budget{"budget", cl::desc("multiply the bounds on what a small model may ask for (1 to 1024)"),
                           cl::value_desc("factor"), cl::init(1), cl::cat(category)};
  // As text, because LLVM reads numbers generously.
  cl::opt<std::string> optimization{
      "O", cl::desc("-O0 to -O3 (default: 3)"), cl::Prefix, cl::value_desc("level"), cl::init("3"), cl::cat(category)};
  cl::opt<std::string> threads{"j", cl::desc("threads to compile on (default: as many as this process may use)"),
                               cl::Prefix, cl::value_desc("number"), cl::cat(category)};
  cl::opt<std::string> name{
      "name", cl::desc("what the model's symbols begin with (default: the output's name, or the input's)"),
      cl::value_desc("identifier"), cl::cat(category)};
  cl::opt<bool> inference{"inference", cl::desc("treat training-mode nodes as inference"), cl::cat(category)};
  cl::opt<bool> explain{"explain", cl::desc("print what was chosen for each layer, over what, and why"),
                        cl::cat(category)};
  cl::opt<std::string> tune{
      "tune", cl::ValueOptional,
      cl::desc("time close choices on this machine, on one thread, for up to 60 s; keep the times "
               "in a record (default: <output>.tuning.json) and obey it"),
      cl::value_desc("record"), cl::cat(category)};
  cl::opt<bool> verbose{"verbose",
                        cl::desc("print each phase and its time, and each of many diagnostics that are alike"),
                        cl::cat(category)};
};

Error invalid(const Twine &flag, const Twine &value, const Twine &takes) {
  return createStringError("invalid " + flag + " '" + value + "': it takes " + takes);
}

/// LLVM writes half of what it has to say about flags past the stream that it is given.
class StandardErrorCapture {
public:
  StandardErrorCapture() : kept(::dup(STDERR_FILENO)), file(std::tmpfile()) {
    if (file && kept >= 0)
      ::dup2(::fileno(file), STDERR_FILENO);
  }
  ~StandardErrorCapture() { take(); }
  /// Ends it.
  std::string take() {
    std::string text;
    if (kept >= 0)
      ::dup2(kept, STDERR_FILENO), ::close(std::exchange(kept, -1));
    if (!file)
      return text;
    std::rewind(file);
    for (int c; (c = std::fgetc(file)) != EOF;)
      text += static_cast<char>(c);
    std::fclose(std::exchange(file, nullptr));
    return text;
  }

private:
  int kept;
  std::FILE *file;
};

/// Of what LLVM says, which puts the program's name in front.
std::string getFirstLine(StringRef message, StringRef program) {
  StringRef line = message.ltrim().split('\n').first.trim();
  if (line.consume_front(program))
    line.consume_front(":");
  line = line.trim();
  return line.empty() ? "the flags cannot be read; try cnnc --help" : line.str();
}

/// --shape and --dim: a name, '=' and extents with 'x' between them, of which a scalar has none and a dimension one.
Error checkExtents(StringRef flag, ArrayRef<std::string> values, StringRef example) {
  StringSet<> names;
  for (StringRef value : values) {
    auto [name, text] = value.rsplit('=');
    SmallVector<StringRef> extents;
    text.split(extents, 'x');
    auto isNumber = [](StringRef extent) {
      int64_t number;
      return all_of(extent, isDigit) && to_integer(extent, number, 10);
    };
    bool scalar = value.ends_with("=") && example.contains('x');
    bool single = !example.contains('x');
    if (name.empty() || (single && extents.size() != 1) || (!scalar && !all_of(extents, isNumber)))
      return createStringError(flag + " requires " + example + ", but found " + value);
    if (!names.insert(name).second)
      return createStringError(flag + " gives \"" + name + "\" twice");
  }
  return Error::success();
}

/// LLVM takes the last of several; whoever writes two means something else.
Error checkRepeated() {
  std::set<StringRef> repeated;
  for (const auto &[name, option] : cl::getRegisteredOptions())
    if (option->getNumOccurrences() > 1 && option->getNumOccurrencesFlag() != cl::ZeroOrMore)
      repeated.insert(name);
  if (repeated.empty())
    return Error::success();
  StringRef name = *repeated.begin();
  return createStringError((name.size() > 1 ? "--" : "-") + name + " may be given once only");
}

Error validate(const Options &options, const Flags &flags) {
  if (Error error = checkRepeated())
    return error;
  if (!is_contained({"x86_64", "aarch64", "nvptx64"}, options.target))
    return invalid("-target", options.target, "x86_64, aarch64 or nvptx64");
  if (!is_contained({"so", "a", "obj", "asm", "llvm", "mlir", "header"}, options.emit))
    return invalid("--emit", options.emit, "so, a, obj, asm, llvm, mlir or header");
  if (flags.budget < 1 || flags.budget > 1024)
    return invalid("--budget", Twine(flags.budget.getValue()), "a factor from 1 to 1024");
  if (!is_contained({"0", "1", "2", "3"}, flags.optimization))
    return invalid("-O", flags.optimization, "0, 1, 2 or 3");
  if (unsigned number; flags.threads.getNumOccurrences() &&
                       (!to_integer(flags.threads, number, 10) || number < 1 || number > kMostThreads))
    return invalid("-j", flags.threads, "a number from 1 to " + Twine(kMostThreads));
  if (flags.name.getNumOccurrences() && emit::stemIdentifier(options.name) != options.name)
    return invalid("--name", options.name,
                   "a C identifier that is no keyword and begins neither with '_' nor with 'cnnc_'");
  if (!is_contained({"on", "off"}, flags.winograd))
    return invalid("--winograd", flags.winograd, "on or off");
  if (!is_contained({"text", "json"}, options.diagnostics))
    return invalid("--diagnostics", options.diagnostics, "text or json");
  if (Error error = checkExtents("--shape", options.shapes, "name=1x3x224x224"))
    return error;
  if (Error error = checkExtents("--dim", options.dims, "name=4"))
    return error;
  if (!options.stopAfter.empty() && !is_contained(pipeline::getPhaseNames(), options.stopAfter))
    return invalid("--stop-after", options.stopAfter, join(pipeline::getPhaseNames(), ", "));
  return Error::success();
}

} // namespace

std::string cnnc::driver::describeFlags(const Options &options, StringRef cpu) {
  std::vector<std::string> flags;
  auto add = [&](bool given, const Twine &flag) {
    if (given)
      flags.push_back(flag.str());
  };
  add(options.target != Options().target, "-target=" + options.target);
  add(!options.cpu.empty(), "-mcpu=" + (options.cpu == "native" ? cpu : StringRef(options.cpu)));
  for (const std::string &shape : options.shapes)
    add(true, "--shape " + shape);
  for (const std::string &dim : options.dims)
    add(true, "--dim " + dim);
  add(!options.winograd, "--winograd=off");
  add(options.inference, "--inference");
  add(options.tune, "--tune");
  return join(flags, " ");
}

Expected<Options> cnnc::driver::parseOptions(int argc, const char *const *argv) {
  // LLVM's back ends register options of their own, --stop-after among them: the command line is ours alone.
  cl::ResetCommandLineParser();
  Flags flags;
  cl::HideUnrelatedOptions(flags.category);
  scope_exit forget([] { cl::ResetCommandLineParser(); });
  cl::SetVersionPrinter(
      [](raw_ostream &stream) { stream << "cnnc " CNNC_VERSION " (LLVM " << LLVM_VERSION_STRING << ")\n"; });
  std::string message;
  raw_string_ostream stream(message);
  StandardErrorCapture capture;
  bool parsed = cl::ParseCommandLineOptions(argc, argv, kOverview, &stream);
  message = capture.take() + message;
  if (!parsed)
    return createStringError(getFirstLine(message, sys::path::filename(argv[0])));
  Options options;
  options.target = flags.target;
  options.cpu = flags.cpu;
  options.output = flags.output;
  options.emit = flags.emit;
  options.stopAfter = flags.stopAfter;
  options.shapes.assign(flags.shapes.begin(), flags.shapes.end());
  options.dims.assign(flags.dims.begin(), flags.dims.end());
  options.diagnostics = flags.diagnostics;
  to_integer(flags.optimization, options.optimization);
  to_integer(flags.threads, options.threads);
  options.name = flags.name;
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
