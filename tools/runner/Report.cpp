// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Report.h"

#include "tools/runner/Compare.h"
#include "tools/runner/File.h"
#include "tools/runner/Npy.h"
#include "tools/runner/TensorProto.h"
#include "tools/runner/Text.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>

namespace cnnc::runner {

static std::string indexText(int64_t index, const std::vector<int64_t> &shape) {
  std::string text;
  for (size_t i = shape.size(); i-- > 0; index /= shape[i])
    text = std::to_string(index % shape[i]) + (text.empty() ? "" : ",") + text;
  return "[" + text + "]";
}

static Verdict compareOutput(const Tensor &found, const Tensor &expected, const Options &options, FILE *to) {
  if (found.type != expected.type || found.shape != expected.shape) {
    std::fprintf(to, "MISMATCH: requires %s\n", describe(expected.type, expected.shape).c_str());
    return Verdict::Mismatch;
  }
  Tolerance tolerance = defaultTolerance(expected.type);
  tolerance.relative = options.relativeTolerance.value_or(tolerance.relative);
  tolerance.absolute = options.absoluteTolerance.value_or(tolerance.absolute);
  const Comparison comparison = compare(found, expected, tolerance);
  std::fprintf(to, "max absolute error %.3g, relative %.3g, ulp %llu: ", comparison.maxAbsolute, comparison.maxRelative,
               static_cast<unsigned long long>(comparison.maxUlps));
  if (!comparison.worstMismatch) {
    std::fprintf(to, "ok\n");
    return Verdict::Match;
  }
  const int64_t worst = *comparison.worstMismatch;
  std::fprintf(to, "MISMATCH of %lld elements, worst at %s: requires %.9g, but found %.9g\n",
               static_cast<long long>(comparison.mismatches), indexText(worst, expected.shape).c_str(),
               elementAt(expected, worst), elementAt(found, worst));
  return Verdict::Mismatch;
}

Verdict reportComparison(const Session &session, const Options &options, FILE *to, std::string &error) {
  Verdict verdict = Verdict::Match;
  uint32_t compared = 0;
  for (uint32_t i = 0; i < session.library().outputCount(); ++i) {
    const std::string path = options.testData + "/output_" + std::to_string(i) + ".pb";
    if (!fileExists(path))
      continue;
    const std::optional<std::string> bytes = readFile(path, error);
    const std::optional<Tensor> expected = bytes ? readTensorProto(*bytes, error) : std::nullopt;
    if (!expected) {
      error = path + ": " + error;
      return Verdict::Error;
    }
    const cnnc_tensor &output = session.library().output(i);
    std::fprintf(to, "output %u \"%s\" %s: ", i, escapeText(output.name).c_str(), describe(output).c_str());
    if (compareOutput(session.outputs()[i], *expected, options, to) == Verdict::Mismatch)
      verdict = Verdict::Mismatch;
    ++compared;
  }
  if (compared == 0) {
    error = options.testData + ": no output_0.pb to compare with";
    return Verdict::Error;
  }
  return verdict;
}

void reportSummary(const Session &session, FILE *to) {
  for (uint32_t i = 0; i < session.library().outputCount(); ++i) {
    const cnnc_tensor &output = session.library().output(i);
    const std::vector<double> values = toDoubles(session.outputs()[i]);
    double least = 0, greatest = 0, sum = 0;
    if (!values.empty()) {
      least = *std::min_element(values.begin(), values.end());
      greatest = *std::max_element(values.begin(), values.end());
    }
    for (double value : values)
      sum += value;
    std::fprintf(to, "output %u \"%s\" %s: min %.6g, max %.6g, mean %.6g\n", i, escapeText(output.name).c_str(),
                 describe(output).c_str(), least, greatest,
                 values.empty() ? 0 : sum / static_cast<double>(values.size()));
  }
}

bool saveOutputs(const Session &session, const std::string &folder, std::string &error) {
  if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    error = folder + ": " + std::strerror(errno);
    return false;
  }
  for (size_t i = 0; i < session.outputs().size(); ++i)
    if (!writeFile(folder + "/output_" + std::to_string(i) + ".npy", writeNpy(session.outputs()[i]), error))
      return false;
  return true;
}

} // namespace cnnc::runner
