// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Options.h"

#include "gtest/gtest.h"

using namespace cnnc::runner;

static std::optional<Options> parse(std::vector<const char *> arguments, std::string &error) {
  arguments.insert(arguments.begin(), "cnnc-run");
  return parseOptions(arguments.size(), arguments.data(), error);
}

static Options accepted(std::vector<const char *> arguments) {
  std::string error;
  const std::optional<Options> options = parse(arguments, error);
  EXPECT_TRUE(options) << error;
  return options.value_or(Options());
}

static std::string refused(std::vector<const char *> arguments) {
  std::string error;
  EXPECT_FALSE(parse(arguments, error));
  return error;
}

TEST(Options, BothFormsOfAValue) {
  EXPECT_EQ(accepted({"m.so", "--threads", "3"}).threads, 3u);
  EXPECT_EQ(accepted({"--threads=3", "m.so"}).threads, 3u);
  EXPECT_EQ(accepted({"m.so", "-threads=3"}).threads, 3u);
}

TEST(Options, BenchmarkTakesSecondsOnlyAfterAnEqualsSign) {
  EXPECT_EQ(accepted({"--benchmark", "m.so"}).model, "m.so");
  EXPECT_EQ(accepted({"--benchmark=0.5", "m.so"}).benchmarkSeconds, 0.5);
  EXPECT_TRUE(accepted({"--benchmark", "m.so"}).benchmark);
}

TEST(Options, InputsAndPictures) {
  const Options options = accepted({"m.so", "--input", "a=b=c.npy", "--input=d=e.png", "--range", "0..255",
                                    "--mean=1,2,3", "--channels", "bgr", "--fit=crop"});
  ASSERT_EQ(options.inputs.size(), 2u);
  EXPECT_EQ(options.inputs[0].input, "a=b");
  EXPECT_EQ(options.inputs[0].path, "c.npy");
  EXPECT_EQ(options.picture.top, 255.0f);
  EXPECT_EQ((*options.picture.mean)[2], 3);
  EXPECT_FALSE(options.picture.scale);
  EXPECT_TRUE(options.picture.blueFirst && options.picture.crop);
}

TEST(Options, Refusals) {
  EXPECT_EQ(refused({}), "requires the path of a model; see --help");
  EXPECT_EQ(refused({"a.so", "b.so"}), "one model at a time: found \"a.so\" and \"b.so\"");
  EXPECT_EQ(refused({"m.so", "--bogus"}), "unknown flag --bogus; see --help");
  EXPECT_EQ(refused({"m.so", "--threads"}), "--threads requires a number from 1 to 1024");
  EXPECT_EQ(refused({"m.so", "--threads=x"}), "--threads requires a number from 1 to 1024, but found \"x\"");
  EXPECT_EQ(refused({"m.so", "--threads=0"}), "--threads requires a number from 1 to 1024, but found \"0\"");
  EXPECT_EQ(refused({"m.so", "--profile=1"}), "--profile takes no value");
  EXPECT_EQ(refused({"m.so", "--benchmark=-1"}), "--benchmark requires a number of seconds, but found \"-1\"");
  EXPECT_EQ(refused({"m.so", "--rate=10"}), "--rate requires --benchmark");
  EXPECT_EQ(refused({"m.so", "--benchmark", "--rate=0"}),
            "--rate requires runs per second, up to 1000000, but found \"0\"");
  EXPECT_EQ(refused({"m.so", "--rtol=-1"}), "--rtol requires a number from 0, but found \"-1\"");
  EXPECT_EQ(refused({"m.so", "--mean=1,2"}), "--mean requires three numbers R,G,B, but found \"1,2\"");
  EXPECT_EQ(refused({"m.so", "--input=x"}), "--input requires NAME=FILE, but found \"x\"");
  EXPECT_EQ(refused({"m.so", "--save="}), "--save requires a folder, but found \"\"");
}

TEST(Options, HelpNeedsNoModel) { EXPECT_TRUE(accepted({"--help"}).help); }
