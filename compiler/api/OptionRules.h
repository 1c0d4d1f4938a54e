// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which values an option takes, and how they are written: the rules of Options.def.
//
//   check(rule, "-O", 4)            invalid -O '4': it takes 0, 1, 2 or 3
//   parse(rule, "-O", "3", level)   level = 3
//   print(rule, "--dim", {"n=4"})   --dim n=4
#ifndef CNNC_COMPILER_API_OPTIONRULES_H
#define CNNC_COMPILER_API_OPTIONRULES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace cnnc::api {

struct AnyText {}; ///< any text

struct OneOf {
  OneOf(std::initializer_list<llvm::StringRef> words) : words(words) {}
  std::vector<llvm::StringRef> words;
};

struct Number {
  unsigned least, most;
  llvm::StringRef takes;
};

struct Identifier {}; ///< what stemIdentifier() leaves as it is
struct OnOff {};      ///< "on": true, "off": false
struct Given {};      ///< a flag without a value: true where it is given
struct Phase {};      ///< a phase's name

/// Lists, with a value for each name; `example` shows how they are written.
struct Extents {
  llvm::StringRef example;
};

/// Whether the value is one that the rule takes; the error names the flag and what it takes.
llvm::Error check(const AnyText &, llvm::StringRef flag, const std::optional<std::string> &value);
llvm::Error check(const OneOf &rule, llvm::StringRef flag, llvm::StringRef value);
llvm::Error check(const Number &rule, llvm::StringRef flag, unsigned value);
llvm::Error check(const Identifier &, llvm::StringRef flag, llvm::StringRef value);
llvm::Error check(const OnOff &, llvm::StringRef flag, bool value);
llvm::Error check(const Given &, llvm::StringRef flag, bool value);
llvm::Error check(const Phase &, llvm::StringRef flag, llvm::StringRef value);
llvm::Error check(const Extents &rule, llvm::StringRef flag, llvm::ArrayRef<std::string> value);

/// Reads a value from its text, and checks it.
llvm::Error parse(const Number &rule, llvm::StringRef flag, llvm::StringRef text, unsigned &value);
llvm::Error parse(const OnOff &, llvm::StringRef flag, llvm::StringRef text, bool &value);
template <typename Rule, typename Value>
llvm::Error parse(const Rule &rule, llvm::StringRef flag, llvm::StringRef text, Value &value) {
  value = text.str();
  return check(rule, flag, value);
}

/// As a command line has it. Of a file that may be given, only that it is.
std::string print(const AnyText &, llvm::StringRef flag, const std::optional<std::string> &value);
std::string print(const OnOff &, llvm::StringRef flag, bool value);
std::string print(const Given &, llvm::StringRef flag, bool value);
std::string print(const Extents &, llvm::StringRef flag, llvm::ArrayRef<std::string> value);
template <typename Rule> std::string print(const Rule &, llvm::StringRef flag, const std::string &value) {
  return (flag + "=" + value).str();
}

} // namespace cnnc::api

#endif
