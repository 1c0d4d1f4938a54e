// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Options.h"
#include "compiler/api/OptionRules.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace cnnc::api;

namespace {

std::string refusal(const Options &options) { return toString(validate(options)); }

TEST(OptionsTest, DefaultsAreValid) { EXPECT_EQ(refusal({}), ""); }

TEST(OptionsTest, WrongValuesAreNamedWithWhatWouldBeRight) {
  Options options;
  options.optimization = 4;
  EXPECT_EQ(refusal(options), "invalid -O '4': it takes 0, 1, 2 or 3");
  options.threads = 1025; // Behind it in the table.
  EXPECT_EQ(refusal(options), "invalid -O '4': it takes 0, 1, 2 or 3");
  options.optimization = 0;
  EXPECT_EQ(refusal(options), "invalid -j '1025': it takes a number from 1 to 1024");
  options.threads = 1024;
  EXPECT_EQ(refusal(options), "");
  options.emit = "exe";
  EXPECT_EQ(refusal(options), "invalid --emit 'exe': it takes so, a, obj, asm, llvm, mlir or header");
  options.emit = "a";
  options.shapes = {"x=1x3", "x=2"};
  EXPECT_EQ(refusal(options), "--shape gives \"x\" twice");
}

TEST(OptionsTest, NumbersAreDigitsOnly) {
  Number rule{1, 1024, "a factor from 1 to 1024"};
  unsigned value = 0;
  EXPECT_EQ(toString(parse(rule, "--budget", "1024", value)), "");
  EXPECT_EQ(value, 1024u);
  for (StringRef text : {"0", "1025", "+1", "-1", "", "4x", "99999999999"})
    EXPECT_EQ(toString(parse(rule, "--budget", text, value)),
              ("invalid --budget '" + text + "': it takes a factor from 1 to 1024").str());
}

TEST(OptionsTest, ModelsAreCalledAfterTheirFiles) {
  EXPECT_EQ(getModelName("v1/resnet50-v1.5.so"), "resnet50_v1_5");
  EXPECT_EQ(getModelName("3d.onnx"), "model_3d");
}

TEST(OptionsTest, WhatAModelDependsOnIsTold) {
  EXPECT_EQ(describeModelOptions({}), "");
  Options options;
  options.threads = 4; // Says how, not what.
  options.cpu = "znver3";
  options.dims = {"n=4", "m=2"};
  options.winograd = false;
  options.tune = "kept.json";
  EXPECT_EQ(describeModelOptions(options), "-mcpu=znver3 --dim n=4 --dim m=2 --winograd=off --tune");
}

TEST(OptionsTest, EveryArtifactHasItsEnding) {
  Options options;
  EXPECT_EQ(getExtension(options), ".so");
  EXPECT_EQ(getSecondExtension(options), ".h");
  options.emit = "obj";
  EXPECT_EQ(getExtension(options), ".o");
  EXPECT_EQ(getSecondExtension(options), "");
  options.stopAfter = "graph";
  EXPECT_EQ(getExtension(options), ".mlir");
  EXPECT_EQ(getSecondExtension(options), ".weights");
}

} // namespace
