// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Text.h"

#include <cstdint>
#include <cstdio>

namespace cnnc::runner {
namespace {

struct Range {
  uint32_t first, last;
};

/// Control characters, separators of lines, and marks that are not seen or have to do with direction.
constexpr Range hidden[] = {{0, 0x1f},        {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},  {0x200b, 0x200f},
                            {0x2028, 0x202e}, {0x2060, 0x206f}, {0xd800, 0xdfff}, {0xfeff, 0xfeff}};

/// The bytes of the character at `place`; 0 where it is none, or hidden.
size_t countShown(const std::string &text, size_t place) {
  const auto first = static_cast<unsigned char>(text[place]);
  const size_t bytes = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  uint32_t point = bytes == 1 ? first : first & (0x7f >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if (place + i >= text.size() || (text[place + i] & 0xc0) != 0x80)
      return 0;
    point = point << 6 | (text[place + i] & 0x3f);
  }
  if ((bytes == 3 && point < 0x800) || (bytes == 4 && (point < 0x10000 || point > 0x10ffff)))
    return 0;
  for (const Range &range : hidden)
    if (range.first <= point && point <= range.last)
      return 0;
  return bytes;
}

} // namespace

std::string escapeText(const std::string &text) {
  std::string shown;
  for (size_t place = 0; place < text.size();) {
    const size_t bytes = countShown(text, place);
    if (bytes) {
      shown.append(text, place, bytes);
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(text[place]));
      shown += escape;
    }
    place += bytes ? bytes : 1;
  }
  return shown;
}

} // namespace cnnc::runner
