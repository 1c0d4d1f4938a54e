// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/output/Text.h"
#include <gtest/gtest.h>

using cnnc::output::escapeText;

namespace {

TEST(EscapeText, KeepsWhatCanBeSeen) {
  EXPECT_EQ(escapeText("/layer1/conv \"x\" \\ r\xc3\xa9seau \xe7\xbd\x91\xe7\xbb\x9c \xf0\x9f\x90\xb1"),
            "/layer1/conv \"x\" \\ r\xc3\xa9seau \xe7\xbd\x91\xe7\xbb\x9c \xf0\x9f\x90\xb1");
}

TEST(EscapeText, ShowsControlCharacters) {
  EXPECT_EQ(escapeText("a\033[31mred\nerror\r\t\x7f"), "a\\x1b[31mred\\nerror\\x0d\\t\\x7f");
  EXPECT_EQ(escapeText(llvm::StringRef("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(escapeText("\xc2\x9b"), "\\u009b") << "C1's control sequence introducer";
}

TEST(EscapeText, ShowsMarksOfDirection) {
  EXPECT_EQ(escapeText("a\xe2\x80\xae"
                       "b\xe2\x81\xa6\xe2\x80\xa8"),
            "a\\u202eb\\u2066\\u2028");
}

TEST(EscapeText, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(escapeText("a\xff\xc3"), "a\\xff\\xc3");
  EXPECT_EQ(escapeText("\xe2\x80"), "\\xe2\\x80");
  EXPECT_EQ(escapeText("\xc0\xaf"), "\\xc0\\xaf") << "an overlong slash";
  EXPECT_EQ(escapeText("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half of a surrogate pair";
}

} // namespace
