// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Runner.h"

#include "tools/runner/Report.h"
#include "tools/runner/Text.h"

#include <cstdlib>

namespace cnnc::runner {
namespace {

enum ExitStatus { Success = 0, Mismatch = 1, Failure = 2 };

int fail(const std::string &error) {
  std::fprintf(stderr, "cnnc-run: error: %s\n", escapeText(error).c_str());
  return Failure;
}

/// Everything that follows the first run.
int report(Session &session, const Options &options, double firstMilliseconds) {
  std::string error;
  // The line of JSON has stdout to itself.
  FILE *to = options.benchmark ? stderr : stdout;
  Verdict verdict = Verdict::Match;
  if (!options.testData.empty())
    verdict = reportComparison(session, options, to, error);
  if (verdict == Verdict::Error)
    return fail(error);
  if (!options.saveFolder.empty() && !saveOutputs(session, options.saveFolder, error))
    return fail(error);
  if (!options.labels.empty() && !reportLabels(session, options.labels, to, error))
    return fail(error);
  if (options.testData.empty() && options.labels.empty() && !options.benchmark)
    reportSummary(session, to);
  if (options.benchmark && !reportBenchmark(session, firstMilliseconds, options, error))
    return fail(error);
  if (options.profile)
    cnnc_profile_print(session.context().get());
  return verdict == Verdict::Mismatch ? Mismatch : Success;
}

} // namespace

int runMain(int argc, const char *const *argv) {
  std::string error;
  const std::optional<Options> options = parseOptions(argc, argv, error);
  if (!options)
    return fail(error);
  if (options->help) {
    std::fputs(helpText, stdout);
    return Success;
  }
  // --profile prints the table at its own place.
  if (options->profile)
    unsetenv("CNNC_PROFILE");
  std::optional<Session> session = Session::open(*options, error);
  if (!session || !session->readInputs(*options, error))
    return fail(error);
  const std::optional<double> first = session->run(error);
  return first ? report(*session, *options, *first) : fail(error);
}

} // namespace cnnc::runner
