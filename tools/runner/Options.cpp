// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Options.h"

#include <cmath>
#include <cstdlib>

namespace cnnc::runner {

const char *const helpText =
    R"(usage: cnnc-run model.so [options]
Runs a compiled model, and compares, classifies, saves or measures what it gives.

  --input NAME=FILE      an input's values: .npy, .pb (ONNX TensorProto), .png or .jpg
  --fill=random|zeros    what inputs without a file hold (default: random, the same at every run;
                         integers but uint8 are zeros)
  --test-data DIR        inputs from DIR/input_<i>.pb, expected outputs from DIR/output_<i>.pb
  --rtol R, --atol A     an element passes when |found - expected| <= R * |expected| + A * max|expected|, the
                         maximum over its tensor (default: 1e-5 and 1e-4 for float32 and float64, 2e-3 and 1e-3
                         for float16, 0 and 0 for integers)
  --save DIR             writes each output as DIR/output_<i>.npy
  --labels FILE          the five most probable classes of the first output, one label per line of FILE
  --threads N            (default: CNNC_NUM_THREADS, else the processors that affinity and cgroup allow)
  --benchmark[=SECONDS]  measures for SECONDS (default: 2), and prints one line of JSON
  --rate=HZ              starts HZ runs a second, as an application does (default: each after the last)
  --profile              a table of the steps on stderr
  --help

Pictures are scaled to the input's height and width; an element is (pixel - mean) * scale.
  --range 0..TOP         the pixels' range (default: 0..1 for float inputs, 0..255 for integers)
  --mean R,G,B           (default: 0,0,0)
  --scale R,G,B          (default: 1,1,1); without --range, --mean and --scale, three float channels get
                         ImageNet's mean 0.485,0.456,0.406 and deviation 0.229,0.224,0.225
  --channels rgb|bgr     the order in which the channels are stored (default: rgb)
  --fit stretch|crop     squeeze the picture, or cut its longer side (default: stretch)

Environment: CNNC_NUM_THREADS, CNNC_PROFILE=1, CNNC_ISA=<level>.
Exit status: 0, 1 when an output mismatches, 2 when a flag, a file or the model is at fault.
)";

namespace {

enum class Value { None, Required, Optional };

/// One flag: `set` stores the value and returns whether it is a possible one; `expected` says what would be.
struct Flag {
  const char *name;
  Value value;
  bool (*set)(Options &, const std::string &);
  const char *expected;
};

std::optional<double> parseNumber(const std::string &text) {
  char *end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end || !std::isfinite(number))
    return std::nullopt;
  return number;
}

bool parseTriple(const std::string &text, std::optional<std::array<float, 3>> &triple) {
  std::array<float, 3> values;
  size_t begin = 0;
  for (int i = 0; i < 3; ++i) {
    const size_t end = i < 2 ? text.find(',', begin) : text.size();
    if (end == std::string::npos)
      return false;
    const std::optional<double> number = parseNumber(text.substr(begin, end - begin));
    if (!number)
      return false;
    values[i] = static_cast<float>(*number);
    begin = end + 1;
  }
  triple = values;
  return true;
}

bool parseTolerance(const std::string &text, std::optional<double> &tolerance) {
  tolerance = parseNumber(text);
  return tolerance && *tolerance >= 0;
}

/// One of two words: `second` becomes true for the second.
bool parseChoice(const std::string &text, const char *first, const char *other, bool &second) {
  second = text == other;
  return second || text == first;
}

bool setInput(Options &options, const std::string &text) {
  // A name may hold '=' ; a file's seldom does.
  const size_t split = text.rfind('=');
  if (split == std::string::npos || split == 0 || split + 1 == text.size())
    return false;
  options.inputs.push_back({text.substr(0, split), text.substr(split + 1)});
  return true;
}

bool setThreads(Options &options, const std::string &text) {
  const std::optional<double> number = parseNumber(text);
  if (!number || *number < 1 || *number > 1024 || *number != std::floor(*number))
    return false;
  options.threads = static_cast<uint32_t>(*number);
  return true;
}

bool setBenchmark(Options &options, const std::string &text) {
  options.benchmark = true;
  if (text.empty())
    return true;
  const std::optional<double> number = parseNumber(text);
  options.benchmarkSeconds = number.value_or(0);
  return number && *number > 0 && *number <= 86400;
}

bool setRate(Options &options, const std::string &text) {
  options.rate = parseNumber(text);
  return options.rate && *options.rate > 0 && *options.rate <= 1e6;
}

bool setRange(Options &options, const std::string &text) {
  const std::optional<double> top = text.substr(0, 3) == "0.." ? parseNumber(text.substr(3)) : std::nullopt;
  if (!top || *top <= 0)
    return false;
  options.picture.top = static_cast<float>(*top);
  return true;
}

bool setText(std::string &option, const std::string &text) {
  option = text;
  return !text.empty();
}

const Flag flags[] = {
    {"help", Value::None, [](Options &o, const std::string &) { return o.help = true; }, ""},
    {"profile", Value::None, [](Options &o, const std::string &) { return o.profile = true; }, ""},
    {"benchmark", Value::Optional, setBenchmark, "a number of seconds"},
    {"rate", Value::Required, setRate, "runs per second, up to 1000000"},
    {"input", Value::Required, setInput, "NAME=FILE"},
    {"fill", Value::Required,
     [](Options &o, const std::string &v) { return parseChoice(v, "random", "zeros", o.fillWithZeros); },
     "random or zeros"},
    {"test-data", Value::Required, [](Options &o, const std::string &v) { return setText(o.testData, v); }, "a folder"},
    {"save", Value::Required, [](Options &o, const std::string &v) { return setText(o.saveFolder, v); }, "a folder"},
    {"labels", Value::Required, [](Options &o, const std::string &v) { return setText(o.labels, v); }, "a file"},
    {"rtol", Value::Required, [](Options &o, const std::string &v) { return parseTolerance(v, o.relativeTolerance); },
     "a number from 0"},
    {"atol", Value::Required, [](Options &o, const std::string &v) { return parseTolerance(v, o.absoluteTolerance); },
     "a number from 0"},
    {"threads", Value::Required, setThreads, "a number from 1 to 1024"},
    {"mean", Value::Required, [](Options &o, const std::string &v) { return parseTriple(v, o.picture.mean); },
     "three numbers R,G,B"},
    {"scale", Value::Required, [](Options &o, const std::string &v) { return parseTriple(v, o.picture.scale); },
     "three numbers R,G,B"},
    {"range", Value::Required, setRange, "0..255 or the like"},
    {"channels", Value::Required,
     [](Options &o, const std::string &v) { return parseChoice(v, "rgb", "bgr", o.picture.blueFirst); }, "rgb or bgr"},
    {"fit", Value::Required,
     [](Options &o, const std::string &v) { return parseChoice(v, "stretch", "crop", o.picture.crop); },
     "stretch or crop"},
};

const Flag *findFlag(const std::string &name) {
  for (const Flag &flag : flags)
    if (name == flag.name)
      return &flag;
  return nullptr;
}

/// Takes the flag at argv[i], and its value, which may be the next argument.
bool takeFlag(int argc, const char *const *argv, int &i, Options &options, std::string &error) {
  const std::string argument = argv[i];
  const size_t dashes = argument[1] == '-' ? 2 : 1;
  const size_t equals = argument.find('=');
  const std::string name = argument.substr(dashes, equals == std::string::npos ? equals : equals - dashes);
  const Flag *flag = findFlag(name);
  if (!flag) {
    error = "unknown flag " + argument + "; see --help";
    return false;
  }
  std::string value;
  if (equals != std::string::npos) {
    if (flag->value == Value::None) {
      error = "--" + name + " takes no value";
      return false;
    }
    value = argument.substr(equals + 1);
  } else if (flag->value == Value::Required) {
    if (i + 1 == argc) {
      error = "--" + name + " requires " + flag->expected;
      return false;
    }
    value = argv[++i];
  }
  const bool missing = value.empty() && equals != std::string::npos;
  if (missing || !flag->set(options, value)) {
    error = "--" + name + " requires " + flag->expected + ", but found \"" + value + "\"";
    return false;
  }
  return true;
}

} // namespace

std::optional<Options> parseOptions(int argc, const char *const *argv, std::string &error) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.size() > 1 && argument[0] == '-') {
      if (!takeFlag(argc, argv, i, options, error))
        return std::nullopt;
      continue;
    }
    if (!options.model.empty()) {
      error = "one model at a time: found \"" + options.model + "\" and \"" + argument + "\"";
      return std::nullopt;
    }
    options.model = argument;
  }
  if (options.model.empty() && !options.help) {
    error = "requires the path of a model; see --help";
    return std::nullopt;
  }
  if (options.rate && !options.benchmark) {
    error = "--rate requires --benchmark";
    return std::nullopt;
  }
  return options;
}

} // namespace cnnc::runner
