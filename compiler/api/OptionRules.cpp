// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/OptionRules.h"

#include "compiler/emit/Identifier.h"
#include "compiler/pipeline/Pipeline.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace cnnc;
using namespace cnnc::api;

static Error invalid(StringRef flag, const Twine &value, const Twine &takes) {
  return createStringError("invalid " + flag + " '" + value + "': it takes " + takes);
}

/// "text or json", "x86_64, aarch64 or nvptx64".
static std::string listWords(ArrayRef<StringRef> words) {
  return join(words.drop_back(), ", ") + " or " + words.back().str();
}

Error cnnc::api::check(const AnyText &, StringRef, const std::optional<std::string> &) { return Error::success(); }

Error cnnc::api::check(const OnOff &, StringRef, bool) { return Error::success(); }

Error cnnc::api::check(const Given &, StringRef, bool) { return Error::success(); }

Error cnnc::api::check(const OneOf &rule, StringRef flag, StringRef value) {
  return is_contained(rule.words, value) ? Error::success() : invalid(flag, value, listWords(rule.words));
}

Error cnnc::api::check(const Number &rule, StringRef flag, unsigned value) {
  return rule.least <= value && value <= rule.most ? Error::success() : invalid(flag, Twine(value), rule.takes);
}

Error cnnc::api::check(const Identifier &, StringRef flag, StringRef value) {
  return emit::stemIdentifier(value) == value
             ? Error::success()
             : invalid(flag, value, "a C identifier that is no keyword and begins neither with '_' nor with 'cnnc_'");
}

Error cnnc::api::check(const Phase &, StringRef flag, StringRef value) {
  ArrayRef<StringRef> names = pipeline::getPhaseNames();
  return is_contained(names, value) ? Error::success() : invalid(flag, value, join(names, ", "));
}

/// A name, '=' and extents with 'x' between them, of which a scalar has none and a dimension one.
Error cnnc::api::check(const Extents &rule, StringRef flag, ArrayRef<std::string> values) {
  StringSet<> names;
  for (StringRef value : values) {
    auto [name, text] = value.rsplit('=');
    SmallVector<StringRef> extents;
    text.split(extents, 'x');
    auto isNumber = [](StringRef extent) {
      int64_t number;
      return all_of(extent, isDigit) && to_integer(extent, number, 10);
    };
    bool single = !rule.example.contains('x');
    bool scalar = value.ends_with("=") && !single;
    if (name.empty() || (single && extents.size() != 1) || (!scalar && !all_of(extents, isNumber)))
      return createStringError(flag + " requires " + rule.example + ", but found " + value);
    if (!names.insert(name).second)
      return createStringError(flag + " gives \"" + name + "\" twice");
  }
  return Error::success();
}

Error cnnc::api::parse(const Number &rule, StringRef flag, StringRef text, unsigned &value) {
  // LLVM takes a sign.
  if (!all_of(text, isDigit) || !to_integer(text, value, 10))
    return invalid(flag, text, rule.takes);
  return check(rule, flag, value);
}

Error cnnc::api::parse(const OnOff &, StringRef flag, StringRef text, bool &value) {
  value = text == "on";
  return text == "on" || text == "off" ? Error::success() : invalid(flag, text, "on or off");
}

std::string cnnc::api::print(const AnyText &, StringRef flag, const std::optional<std::string> &) { return flag.str(); }

std::string cnnc::api::print(const OnOff &, StringRef flag, bool value) {
  return (flag + (value ? "=on" : "=off")).str();
}

std::string cnnc::api::print(const Given &, StringRef flag, bool) { return flag.str(); }

std::string cnnc::api::print(const Extents &, StringRef flag, ArrayRef<std::string> values) {
  return join(map_range(values, [&](StringRef value) { return (flag + " " + value).str(); }), " ");
}
