// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Text.h"
#include <gtest/gtest.h>

using cnnc::runner::escapeText;

namespace {

TEST(EscapeText, KeepsWhatCanBeSeen) {
  EXPECT_EQ(escapeText("/conv \"x\" \\ r\xc3\xa9seau \xe7\xbd\x91 \xf0\x9f\x90\xb1"),
            "/conv \"x\" \\ r\xc3\xa9seau \xe7\xbd\x91 \xf0\x9f\x90\xb1");
}

TEST(EscapeText, ShowsWhatMovesTheCursorOrIsNoText) {
  EXPECT_EQ(escapeText("a\033[31m\n\x7f"), "a\\x1b[31m\\x0a\\x7f");
  EXPECT_EQ(escapeText("\xe2\x80\xae"), "\\xe2\\x80\\xae");
  EXPECT_EQ(escapeText("\xc2\x9b\xff\xc3"), "\\xc2\\x9b\\xff\\xc3");
  EXPECT_EQ(escapeText("\xc0\xaf\xed\xa0\x80"), "\\xc0\\xaf\\xed\\xa0\\x80");
}

} // namespace
