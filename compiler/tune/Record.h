// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What was measured on which machine, and what came of it. Between compilations it is a JSON file:
//
//   {"version": 1, "machines": {"znver3, x86-64-v3": {
//     "1x64x56x56 by 64x64x3x3, ...": {"algorithm": "winograd_4_3",
//                                      "nanoseconds": {"direct": 2804100, "winograd_4_3": 1604200}},
//     "1x64x56x56 by 64x64x1x1, ...": {"algorithm": "pointwise", "nanoseconds": {}, "schedule": "5x2",
//                                      "scheduleNanoseconds": {"as chosen": 290300, "5x2": 271200, ..}}}}}
#ifndef CNNC_COMPILER_TUNE_RECORD_H
#define CNNC_COMPILER_TUNE_RECORD_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <map>
#include <string>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cnnc::tune {

struct Measurement {
  std::string algorithm;                      ///< the chosen one
  std::map<std::string, int64_t> nanoseconds; ///< medians of what was timed, by algorithm
  std::string schedule = {};                  ///< likewise; empty where none was timed
  std::map<std::string, int64_t> scheduleNanoseconds = {};
};

using Measurements = std::map<std::string, Measurement>; ///< by layer

struct TuningRecord {
  std::map<std::string, Measurements> machines;
};

/// An error says what is wrong with the text, and where.
llvm::Expected<TuningRecord> parseTuningRecord(llvm::StringRef text);

/// The same record gives the same bytes.
void printTuningRecord(const TuningRecord &record, llvm::raw_ostream &os);

} // namespace cnnc::tune

#endif
