// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Labels.h"

#include "tools/runner/File.h"
#include "tools/runner/Report.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cnnc::runner {

/// Takes "281," or "281:" or "281 " off the front of line 281.
static std::string_view withoutNumber(std::string_view line, size_t number) {
  const std::string digits = std::to_string(number);
  const size_t length = digits.size();
  if (line.substr(0, length) != digits || line.size() <= length + 1)
    return line;
  if (line[length] != ',' && line[length] != ':' && line[length] != ' ' && line[length] != '\t')
    return line;
  line.remove_prefix(length + 1);
  while (!line.empty() && line.front() == ' ')
    line.remove_prefix(1);
  return line;
}

std::vector<std::string> parseLabels(std::string_view text) {
  std::vector<std::string> labels;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r')
      line.remove_suffix(1);
    labels.emplace_back(withoutNumber(line, labels.size()));
  }
  return labels;
}

std::vector<double> toProbabilities(std::vector<double> scores) {
  if (scores.empty())
    return scores;
  // Probabilities stored as float16 sum to 1 within 1000 roundings.
  constexpr double slack = 1e-2;
  const double least = *std::min_element(scores.begin(), scores.end());
  const double sum = std::accumulate(scores.begin(), scores.end(), 0.0);
  if (least >= 0 && std::fabs(sum - 1) <= slack)
    return scores;
  const double top = *std::max_element(scores.begin(), scores.end());
  double total = 0;
  for (double &score : scores)
    total += score = std::exp(score - top);
  for (double &score : scores)
    score /= total;
  return scores;
}

std::vector<size_t> greatest(const std::vector<double> &values, size_t count) {
  std::vector<size_t> indices(values.size());
  std::iota(indices.begin(), indices.end(), size_t(0));
  count = std::min(count, indices.size());
  // NaN is below everything, so that the order is one.
  const auto key = [&](size_t i) { return std::isnan(values[i]) ? -HUGE_VAL : values[i]; };
  std::partial_sort(indices.begin(), indices.begin() + count, indices.end(),
                    [&](size_t l, size_t r) { return key(l) != key(r) ? key(l) > key(r) : l < r; });
  indices.resize(count);
  return indices;
}

/// The median of a few runs, once the weights are in memory.
static std::optional<double> timeOfRun(Session &session, std::string &error) {
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    const std::optional<double> time = session.run(error);
    if (!time)
      return std::nullopt;
    times.push_back(*time);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

bool reportLabels(Session &session, const std::string &labelFile, FILE *to, std::string &error) {
  const std::optional<std::string> text = readFile(labelFile, error);
  if (!text)
    return false;
  if (session.outputs().empty()) {
    error = "the model has no output to label";
    return false;
  }
  const std::vector<std::string> labels = parseLabels(*text);
  const std::vector<double> probabilities = toProbabilities(toDoubles(session.outputs().front()));
  for (size_t best : greatest(probabilities, 5))
    std::fprintf(to, "%7.4f  %s\n", probabilities[best],
                 best < labels.size() ? labels[best].c_str() : ("class " + std::to_string(best)).c_str());
  const std::optional<double> time = timeOfRun(session, error);
  if (!time)
    return false;
  std::fprintf(to, "%.2f ms on %u thread%s, %s\n", *time, session.context().threads(),
               session.context().threads() == 1 ? "" : "s", session.context().isa());
  return true;
}

} // namespace cnnc::runner
