// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/Driver.h"

#include "compiler/api/Compile.h"
#include "compiler/driver/CommandLine.h"
#include "compiler/driver/Diagnostics.h"

#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <unistd.h>

using namespace cnnc;
using namespace cnnc::driver;
using llvm::ArrayRef;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

namespace {

enum ExitCode { kDone = 0, kUserError = 1, kInternalError = 2 };

bool readsStandardInput(const CommandLine &line) { return line.input == "-"; }

bool readsText(const CommandLine &line) { return StringRef(line.input).ends_with(".mlir"); }

StringRef getFile(const CommandLine &line) { return readsStandardInput(line) ? StringRef("<stdin>") : line.input; }

StringRef getStem(const CommandLine &line) {
  return readsStandardInput(line) ? StringRef("model") : llvm::sys::path::stem(line.input);
}

DiagnosticStyle getStyle(const CommandLine &line) { return {line.diagnostics == "json", line.options.verbose}; }

int fail(const CommandLine &line, Error error) {
  printError(getFile(line), llvm::toString(std::move(error)), getStyle(line));
  return kUserError;
}

/// Named after the input, in the current folder; of a text, the standard output.
std::string getOutput(const CommandLine &line) {
  if (!line.output.empty())
    return line.output;
  return isText(line.options) ? "-" : (getStem(line) + getExtension(line.options)).str();
}

/// Before there is anything to write: that a place cannot be written to is better known at once.
Expected<api::Artifacts> openOutputs(const CommandLine &line) {
  Expected<api::Artifacts> outputs = api::openArtifacts(line.options, getOutput(line));
  if (!outputs)
    return outputs;
  for (const output::OutputFile &output : *outputs)
    if (output.replaces(line.input))
      return createStringError("the output '" + output.name() + "' is the model itself: choose another with -o");
  if (line.options.explain && outputs->front().name() == "-")
    return createStringError("--explain writes to the standard output, as the text does: name a file with -o");
  return outputs;
}

/// Where --tune keeps what it measures: beside the output, where nothing else is said.
Error placeRecord(CommandLine &line, ArrayRef<output::OutputFile> outputs) {
  if (!line.options.tune)
    return Error::success();
  llvm::SmallString<128> path(*line.options.tune);
  if (path.empty() && outputs.front().isRegular()) {
    path = getOutput(line);
    llvm::sys::path::replace_extension(path, "tuning.json");
  }
  if (path.empty() || path == "-")
    return createStringError("--tune keeps its record beside the output, which is no file: name one with --tune=");
  if (llvm::any_of(outputs, [&](const output::OutputFile &output) { return output.replaces(path); }))
    return createStringError("the tuning record '" + path + "' is an output as well: choose another with --tune=");
  line.options.tune = path.str().str();
  return Error::success();
}

/// A name that nobody gave is that of the output that somebody named.
void nameModel(CommandLine &line, const output::OutputFile &output) {
  if (!line.options.name.empty())
    return;
  if (!line.output.empty() && output.isRegular())
    line.options.name = api::getModelName(line.output);
  else if (readsStandardInput(line))
    line.options.name = getStem(line);
}

/// What LLVM cannot go on after: half written files are gone, the reason is printed as any other.
[[noreturn]] void endAtOnce(void *data, const char *reason, bool) {
  const auto &line = *static_cast<const CommandLine *>(data);
  llvm::sys::RunInterruptHandlers();
  std::string message = (readsText(line) ? "the text cannot be compiled: " : "internal error: ") + std::string(reason);
  printError(getFile(line), message, getStyle(line));
  _exit(readsText(line) ? kUserError : kInternalError);
}

/// MLIR's parser is not made for hostile text: it falls over `array<index: 1>`.
void runSafely(llvm::function_ref<void()> work) {
  llvm::CrashRecoveryContext::Enable();
  bool survived = llvm::CrashRecoveryContext().RunSafely(work);
  llvm::CrashRecoveryContext::Disable();
  // What it has left behind is nothing to go on with, nor to tidy up.
  if (!survived)
    llvm::report_fatal_error("MLIR's parser falls over it and cannot say where", /*gen_crash_diag=*/false);
}

/// On a terminal, one line that is gone at the end.
void showProgress(const llvm::Twine &text) {
  if (llvm::errs().is_displayed())
    llvm::errs() << "\r" << text << "\x1b[K";
}

int getExitCode(api::Status status) {
  return status == api::Status::Done ? kDone : status == api::Status::UserError ? kUserError : kInternalError;
}

int compile(CommandLine &line) {
  Expected<api::Artifacts> outputs = openOutputs(line);
  if (!outputs)
    return fail(line, outputs.takeError());
  if (Error error = placeRecord(line, *outputs))
    return fail(line, std::move(error));
  nameModel(line, outputs->front());
  api::Source source = {getFile(line).str()};
  std::unique_ptr<llvm::MemoryBuffer> input;
  if (readsStandardInput(line)) {
    llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer = llvm::MemoryBuffer::getSTDIN();
    if (!buffer)
      return fail(line, createStringError("cannot read standard input: " + buffer.getError().message()));
    input = std::move(*buffer);
    source.bytes = input->getBuffer();
  }
  api::Result result = api::compile(source, line.options, std::move(*outputs), {showProgress, runSafely});
  printDiagnostics(result.diagnostics, getStyle(line));
  llvm::errs() << result.timing;
  llvm::outs() << result.explanation;
  llvm::outs().flush(); // Who closes our pipe gets nothing else either.
  if (result.status != api::Status::Done)
    return getExitCode(result.status);
  Error error = output::OutputFile::commit(result.artifacts);
  return error ? fail(line, std::move(error)) : kDone;
}

/// Flags may be wrong in any place, --diagnostics=json before or behind it.
int reportFlags(Error error, ArrayRef<const char *> arguments) {
  bool json = false;
  for (auto [index, argument] : llvm::enumerate(arguments)) {
    StringRef flag(argument);
    flag = flag.ltrim('-');
    bool split = flag == "diagnostics" && index + 1 < arguments.size() && StringRef(arguments[index + 1]) == "json";
    json |= flag == "diagnostics=json" || split;
  }
  printError("cnnc", llvm::toString(std::move(error)), {json, /*all=*/true});
  return kUserError;
}

} // namespace

int cnnc::driver::runDriver(int argc, const char *const *argv) {
  // Who closes our pipe ends us as any signal does: after half written files are gone.
  llvm::sys::SetOneShotPipeSignalFunction([] { std::raise(SIGPIPE); });
  output::removeFilesOnSignals();
  Expected<CommandLine> line = parseCommandLine(argc, argv);
  if (!line)
    return reportFlags(line.takeError(), ArrayRef(argv, argc).drop_front());
  if (line->command == Command::SupportedOps) {
    api::printSupportedOps(llvm::outs());
    return kDone;
  }
  llvm::ScopedFatalErrorHandler fatal(endAtOnce, &*line);
  return compile(*line);
}
