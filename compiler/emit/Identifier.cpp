// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Identifier.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <algorithm>

using namespace llvm;

namespace cnnc::emit {
namespace {

constexpr StringRef keywords[] = {
#define KEYWORD(...) __VA_ARGS__
#include "compiler/emit/ReservedNames.def"
};

constexpr StringRef macros[] = {
#define MACRO(...) __VA_ARGS__,
#include "compiler/emit/ReservedNames.def"
};

constexpr StringRef types[] = {
#define TYPE(...) __VA_ARGS__
#include "compiler/emit/ReservedNames.def"
};

std::string replaceForeign(StringRef name) {
  std::string text = name.str();
  std::replace_if(text.begin(), text.end(), [](char c) { return !isAlnum(c); }, '_');
  return text;
}

bool isKeyword(StringRef name) { return is_contained(keywords, name); }

/// Whether a standard header may define it without parentheses: as all macros in capitals, SYS_open, PRId64, M_PIf.
bool mayBeMacro(StringRef name) {
  bool capitals = name.size() > 1 && none_of(name, isLower);
  bool family =
      name.starts_with("SYS_") || name.starts_with("PRI") || name.starts_with("SCN") || name.starts_with("M_");
  return capitals || family || is_contained(macros, name);
}

/// Whether an identifier cannot begin like that, or must not: with '_' many are reserved to the implementation.
bool beginsBadly(StringRef name) { return name.empty() || isDigit(name.front()) || name.front() == '_'; }

std::string prefix(StringRef with, StringRef name) {
  return (with + (name.empty() || name.front() == '_' ? "" : "_") + name).str();
}

} // namespace

std::string cIdentifier(StringRef name, StringRef fallback) {
  std::string text = replaceForeign(name);
  if (beginsBadly(text))
    text = prefix(fallback, text);
  bool taken = isKeyword(text) || mayBeMacro(text) || is_contained(types, text);
  return taken ? text + "_" : text;
}

std::vector<std::string> cIdentifiers(const std::vector<std::string> &names, StringRef fallback) {
  StringSet<> taken;
  StringMap<unsigned> last; // By the capitals of what many names become: the number that the last of them got.
  std::vector<std::string> identifiers;
  for (const std::string &name : names) {
    std::string base = cIdentifier(name, fallback), text = base;
    unsigned &number = last.try_emplace(StringRef(base).upper(), 1).first->second;
    while (!taken.insert(StringRef(text).upper()).second)
      text = base + "_" + std::to_string(++number);
    identifiers.push_back(text);
  }
  return identifiers;
}

std::string stemIdentifier(StringRef name) {
  std::string text = replaceForeign(name);
  bool own = StringRef(text + "_").starts_with_insensitive("cnnc_");
  return beginsBadly(text) || isKeyword(text) || own ? prefix("model", text) : text;
}

} // namespace cnnc::emit
