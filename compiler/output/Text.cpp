// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/output/Text.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace cnnc::output {
namespace {

struct Range {
  UTF32 first, last;
};

/// What is not shown as it is, beside invalid bytes. From the Unicode categories Cc, Zl, Zp, and Cf as far as it has to
/// do with direction or is not seen at all.
constexpr Range hidden[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},   {0x200b, 0x200f},
                            {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};

bool isShown(UTF32 point) {
  return none_of(hidden, [&](Range range) { return range.first <= point && point <= range.last; });
}

std::string escapePoint(UTF32 point) {
  if (point == '\n')
    return "\\n";
  if (point == '\t')
    return "\\t";
  if (point < 0x80)
    return formatv("\\x{0:x-2}", point);
  return point < 0x10000 ? formatv("\\u{0:x-4}", point) : formatv("\\U{0:x-8}", point);
}

} // namespace

std::string escapeText(StringRef text) {
  std::string shown;
  const auto *byte = reinterpret_cast<const UTF8 *>(text.begin()), *end = reinterpret_cast<const UTF8 *>(text.end());
  while (byte != end) {
    const UTF8 *start = byte;
    UTF32 point = 0, *target = &point;
    if (ConvertUTF8toUTF32(&byte, byte + std::min<ptrdiff_t>(getNumBytesForUTF8(*byte), end - byte), &target,
                           &point + 1, strictConversion) != conversionOK) {
      shown += formatv("\\x{0:x-2}", unsigned(*start));
      byte = start + 1;
    } else if (isShown(point)) {
      shown.append(start, byte);
    } else {
      shown += escapePoint(point);
    }
  }
  return shown;
}

} // namespace cnnc::output
