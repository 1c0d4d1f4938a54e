// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Report.h"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace cnnc::runner {
namespace {

/// Of all threads of the process, those included that only wait.
double processorMilliseconds() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

void sleepUntil(double milliseconds) {
  const double left = milliseconds - nowMilliseconds();
  if (left <= 0)
    return;
  timespec time = {};
  time.tv_sec = static_cast<time_t>(left / 1e3);
  time.tv_nsec = static_cast<long>(std::fmod(left, 1e3) * 1e6);
  nanosleep(&time, nullptr);
}

double quantile(const std::vector<double> &sorted, double part) {
  return sorted[static_cast<size_t>(std::lround(part * static_cast<double>(sorted.size() - 1)))];
}

/// Appends the time of each run until the clock shows `end` and there are `least` of them.
bool runUntil(double end, size_t least, Session &session, const Options &options, std::vector<double> &times,
              std::string &error) {
  double next = nowMilliseconds();
  while (times.size() < least || nowMilliseconds() < end) {
    if (options.rate) {
      sleepUntil(next);
      // Runs that take longer than their period are not caught up with.
      next = std::max(next + 1e3 / *options.rate, nowMilliseconds());
    }
    const std::optional<double> time = session.run(error);
    if (!time)
      return false;
    times.push_back(*time);
  }
  return true;
}

} // namespace

bool reportBenchmark(Session &session, double firstMilliseconds, const Options &options, std::string &error) {
  const double begin = nowMilliseconds(), seconds = options.benchmarkSeconds;
  std::vector<double> times;
  // A tenth of the time warms caches and clocks and is not counted.
  if (!runUntil(begin + 100 * seconds, 1, session, options, times, error))
    return false;
  times.clear();
  const double processor = processorMilliseconds();
  if (!runUntil(begin + 1100 * seconds, 5, session, options, times, error))
    return false;
  const double perRun = (processorMilliseconds() - processor) / static_cast<double>(times.size());
  std::sort(times.begin(), times.end());
  std::printf("{\"median_ms\":%.4f,\"min_ms\":%.4f,\"p90_ms\":%.4f,\"first_ms\":%.4f,\"load_ms\":%.4f,\"runs\":%zu,"
              "\"threads\":%u,\"cpu_ms\":%.4f,\"isa\":\"%s\"}\n",
              quantile(times, 0.5), times.front(), quantile(times, 0.9), firstMilliseconds, session.loadMilliseconds(),
              times.size(), session.context().threads(), perRun, session.context().isa());
  return true;
}

} // namespace cnnc::runner
