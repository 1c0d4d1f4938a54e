// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/tune/Record.h"

#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace cnnc::tune;

static std::string print(const TuningRecord &record) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  printTuningRecord(record, stream);
  return text;
}

static std::string getFault(llvm::StringRef text) {
  llvm::Expected<TuningRecord> record = parseTuningRecord(text);
  return record ? "" : llvm::toString(record.takeError());
}

TEST(Record, IsReadAsItWasWritten) {
  TuningRecord record;
  record.machines["b, v3"]["layer"] = {"direct", {{"winograd_2_3", 20}, {"direct", 10}}};
  record.machines["a, v4"]["layer"] = {"winograd_2_3", {}};
  record.machines["a, v4"]["scheduled"] = {"pointwise", {}, "5x2", {{"as chosen", 30}, {"5x2", 20}}};
  std::string text = print(record);
  EXPECT_LT(text.find("a, v4"), text.find("b, v3"));
  llvm::Expected<TuningRecord> again = parseTuningRecord(text);
  ASSERT_TRUE(bool(again));
  EXPECT_EQ(print(*again), text);
  EXPECT_EQ(again->machines["b, v3"]["layer"].algorithm, "direct");
  EXPECT_EQ(again->machines["b, v3"]["layer"].nanoseconds["winograd_2_3"], 20);
  EXPECT_EQ(again->machines["a, v4"]["scheduled"].schedule, "5x2");
  EXPECT_EQ(again->machines["a, v4"]["scheduled"].scheduleNanoseconds["as chosen"], 30);
}

TEST(Record, SaysWhatIsWrong) {
  EXPECT_NE(getFault("{").find("Expected object key"), std::string::npos);
  EXPECT_NE(getFault("[]").find("expected object"), std::string::npos);
  EXPECT_NE(getFault("{}").find("missing value at record.version"), std::string::npos);
  EXPECT_EQ(getFault(R"({"version": 2})"), "requires version 1, but found 2");
  EXPECT_NE(getFault(R"({"version": 1, "machines": {"m": {"l": {"algorithm": 3}}}})").find("expected string"),
            std::string::npos);
  EXPECT_EQ(getFault(std::string(1 << 20, '[')), "more objects in one another than a tuning record has");
}
