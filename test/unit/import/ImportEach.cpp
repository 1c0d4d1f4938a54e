// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Imports each model named on the command line or, one a line, on the standard input: "MODEL: imported" or
// "MODEL: refused: FIRST DIAGNOSTIC". One that says neither, because it crashed or hung, is the one after the last
// line: SIGPROF ends it after ten seconds of processor time. Verifies what it imports.
#include "compiler/import/Import.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"

#include <cstdio>
#include <iostream>
#include <sys/time.h>

using namespace mlir;

static void importEach(const std::string &path) {
  const itimerval tenSeconds = {{0, 0}, {10, 0}};
  setitimer(ITIMER_PROF, &tenSeconds, nullptr);
  MLIRContext context(MLIRContext::Threading::DISABLED);
  std::string first;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (first.empty() && diagnostic.getSeverity() == DiagnosticSeverity::Error)
      first = diagnostic.str();
    return success();
  });
  const OwningOpRef<ModuleOp> module = cnnc::importing::importModel(path, {}, &context);
  const bool valid = module && succeeded(verify(*module));
  std::printf("%s: %s%s\n", path.c_str(), valid ? "imported" : module ? "INVALID: " : "refused: ", first.c_str());
  std::fflush(stdout);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; ++i)
    importEach(argv[i]);
  for (std::string path; argc < 2 && std::getline(std::cin, path);)
    importEach(path);
}
