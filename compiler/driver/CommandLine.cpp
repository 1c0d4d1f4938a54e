// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/CommandLine.h"

#include "compiler/api/Compile.h"
#include "compiler/api/OptionRules.h"

#include "llvm/ADT/ScopeExit.h"
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
using namespace cnnc::api;
using namespace cnnc::driver;

namespace {

constexpr char kOverview[] = "cnnc: compiles ONNX CNN graphs to self-contained native libraries\n\n"
                             "  cnnc model.onnx -target=x86_64     writes model.so and model.h\n"
                             "  cnnc supported-ops                 lists the operators, opsets and types it reads\n";

/// How LLVM's command line library holds a flag: a switch, a list, or a text, because it reads numbers generously.
template <typename Value, typename Rule>
using Flag =
    std::conditional_t<std::is_same_v<Rule, Given>, cl::opt<bool>,
                       std::conditional_t<std::is_same_v<Rule, Extents>, cl::list<std::string>, cl::opt<std::string>>>;

/// The flags of Options.def; they live while one command line is parsed.
struct Flags {
  cl::OptionCategory category{"cnnc options"};
  cl::list<std::string> inputs{cl::Positional, cl::desc("<model.onnx | text.mlir | ->"), cl::cat(category)};
#define FLAG(field, type, initial, flag, rule, value, help)                                                            \
  Flag<type, decltype(rule)> field{StringRef(flag).ltrim('-'), cl::desc(help), cl::value_desc(value),                  \
                                   cl::cat(category)};
#define OPTION FLAG
#define COMMAND_OPTION FLAG
#include "compiler/api/Options.def"

  Flags() {
    // -O3, and --tune without a value.
    optimization.setFormattingFlag(cl::Prefix);
    threads.setFormattingFlag(cl::Prefix);
    tune.setValueExpectedFlag(cl::ValueOptional);
  }
};

/// What was given; the rest keeps its default.
template <typename Rule, typename Value>
Error read(const Rule &rule, StringRef flag, const cl::opt<std::string> &text, Value &value) {
  return text.getNumOccurrences() ? parse(rule, flag, text.getValue(), value) : Error::success();
}

Error read(const Given &, StringRef, const cl::opt<bool> &given, bool &value) {
  value = given;
  return Error::success();
}

Error read(const Extents &rule, StringRef flag, const cl::list<std::string> &texts, std::vector<std::string> &values) {
  values.assign(texts.begin(), texts.end());
  return check(rule, flag, values);
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

Error readFlags(const Flags &flags, CommandLine &line) {
  if (Error error = checkRepeated())
    return error;
#define READ(place, field, flag, rule)                                                                                 \
  if (Error error = read(rule, flag, flags.field, place.field))                                                        \
    return error;
#define OPTION(field, type, initial, flag, rule, value, help) READ(line.options, field, flag, rule)
#define COMMAND_OPTION(field, type, initial, flag, rule, value, help) READ(line, field, flag, rule)
#include "compiler/api/Options.def"
  return Error::success();
}

} // namespace

Expected<CommandLine> cnnc::driver::parseCommandLine(int argc, const char *const *argv) {
  // LLVM's back ends register options of their own, --stop-after among them: the command line is ours alone.
  cl::ResetCommandLineParser();
  Flags flags;
  cl::HideUnrelatedOptions(flags.category);
  scope_exit forget([] { cl::ResetCommandLineParser(); });
  cl::SetVersionPrinter(
      [](raw_ostream &stream) { stream << "cnnc " << api::getVersion() << " (LLVM " << LLVM_VERSION_STRING << ")\n"; });
  std::string message;
  raw_string_ostream stream(message);
  StandardErrorCapture capture;
  bool parsed = cl::ParseCommandLineOptions(argc, argv, kOverview, &stream);
  message = capture.take() + message;
  if (!parsed)
    return createStringError(getFirstLine(message, sys::path::filename(argv[0])));
  CommandLine line;
  if (Error error = readFlags(flags, line))
    return error;
  if (flags.inputs.size() == 1 && flags.inputs[0] == "supported-ops") {
    line.command = Command::SupportedOps;
    return line;
  }
  if (flags.inputs.size() != 1)
    return createStringError("requires one model, but found " + Twine(flags.inputs.size()) + "; try cnnc --help");
  line.input = flags.inputs[0];
  return line;
}
