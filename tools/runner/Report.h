// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What cnnc-run says about a run: each function prints, and returns whether it could do what was asked.
#ifndef CNNC_TOOLS_RUNNER_REPORT_H
#define CNNC_TOOLS_RUNNER_REPORT_H

#include "tools/runner/Session.h"

#include <cstdio>

namespace cnnc::runner {

enum class Verdict { Match, Mismatch, Error };

/// Compares every output that has a DIR/output_<i>.pb, a line each.
Verdict reportComparison(const Session &session, const Options &options, FILE *to, std::string &error);

/// A line per output: type, shape, least, greatest and mean element.
void reportSummary(const Session &session, FILE *to);

/// The five most probable classes of the first output, and the time of a run.
bool reportLabels(Session &session, const std::string &labelFile, FILE *to, std::string &error);

/// Measures, and prints one line of JSON on stdout.
bool reportBenchmark(Session &session, double firstMilliseconds, const Options &options, std::string &error);

/// Writes output_<i>.npy into the folder, which is made if it is not there.
bool saveOutputs(const Session &session, const std::string &folder, std::string &error);

} // namespace cnnc::runner

#endif
