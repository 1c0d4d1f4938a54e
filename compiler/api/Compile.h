// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The compiler as a function. The programs cnnc and cnnc-bench and the trials of --tune call it, and whoever links
// cnnc::compiler.
//
//   api::Result result = api::compile({"net.onnx", bytes});
//   result.artifacts[0].map()    the bytes of net.so
//   result.artifacts[1].map()    the text of net.h
#ifndef CNNC_COMPILER_API_COMPILE_H
#define CNNC_COMPILER_API_COMPILE_H

#include "compiler/api/Diagnostics.h"
#include "compiler/api/Options.h"
#include "compiler/output/OutputFile.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include <functional>

namespace cnnc::api {

/// An ONNX model or, where the name ends in ".mlir", the text of a phase, which goes on from there and has its target
/// in it.
struct Source {
  std::string path; ///< the file, and its name in diagnostics
  /// What to read in the place of the file, which need not be there then, nor anything beside it: no external data, no
  /// weights of a text. The bytes are the caller's, and only read.
  std::optional<llvm::StringRef> bytes = {};
};

using Artifacts = std::vector<output::OutputFile>;

/// The artifacts of these options, empty: the main one at `path` and, beside it, the header of a library or the weights
/// of a text. Fails at once where one cannot be written, so that no one compiles for nothing. A text at a place that is
/// no file has no file beside it, and holds its weights.
llvm::Expected<Artifacts> openArtifacts(const Options &options, llvm::StringRef path);

/// The same with no place, to be read: `stem`.so and `stem`.h.
llvm::Expected<Artifacts> openUnplaced(const Options &options, llvm::StringRef stem);

/// What the program around may offer. All of it is called on the thread that compiles.
struct Host {
  /// Told in one line what is being done, where that takes long, and "" at its end.
  std::function<void(const llvm::Twine &)> progress = {};
  /// Runs what may crash, MLIR's parser over a text that is not to be trusted; does not come back if it did.
  std::function<void(llvm::function_ref<void()>)> guard = {};
};

enum class Status {
  Done,
  UserError,    ///< the model or an option is at fault, as a diagnostic says
  InternalError ///< cnnc is
};

struct Result {
  Status status = Status::Done;
  std::vector<Diagnostic> diagnostics;
  /// What was given, written: without weights where a text has none, and with the tuning record behind it where there
  /// is something new. For the caller to commit, to read, or to let go. Of no use unless all is done.
  Artifacts artifacts;
  std::string explanation; ///< the table of `explain`; also of a compilation that failed later
  std::string timing;      ///< the table of `verbose`
};

/// Compiles. The same source, options and artifacts' names give the same bytes. May be called again, and from several
/// threads at once; the linker works for one at a time. Prints nothing, sets no signal handler, and does not end the
/// process; but LLVM does where it cannot go on (llvm::report_fatal_error), unless the program has a handler for that.
/// The linker gives LLVM's own command line options (llvm::cl) their defaults again.
Result compile(const Source &source, const Options &options, Artifacts artifacts, const Host &host = {});

/// The same into artifacts of its own: openUnplaced() with the source's stem.
Result compile(const Source &source, const Options &options = {}, const Host &host = {});

/// The table of operators, opsets and types.
void printSupportedOps(llvm::raw_ostream &stream);

/// "0.1.0".
llvm::StringRef getVersion();

} // namespace cnnc::api

#endif
