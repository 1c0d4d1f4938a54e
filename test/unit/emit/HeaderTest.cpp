// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Header.h"
#include "compiler/emit/Identifier.h"
#include <gtest/gtest.h>

using namespace cnnc::emit;
using testing::Test;

namespace {

TEST(CIdentifier, ReplacesWhatCannotStandInOne) {
  EXPECT_EQ(cIdentifier("resnet50-v1.5", "model"), "resnet50_v1_5");
  EXPECT_EQ(cIdentifier("input:0", "tensor"), "input_0");
  EXPECT_EQ(cIdentifier("r\xc3\xa9seau", "model"), "r__seau");
}

TEST(CIdentifier, AvoidsReservedNames) {
  EXPECT_EQ(cIdentifier("", "tensor"), "tensor");
  EXPECT_EQ(cIdentifier("1", "tensor"), "tensor_1");
  EXPECT_EQ(cIdentifier("_x", "tensor"), "tensor_x");
  EXPECT_EQ(cIdentifier("__", "tensor"), "tensor__");
  EXPECT_EQ(cIdentifier("float", "tensor"), "float_");
  EXPECT_EQ(cIdentifier("class", "tensor"), "class_");
  for (const char *macro : {"errno", "stdin", "EOF", "NULL", "assert", "INT8_MAX", "I", "true", "bool", "complex",
                            "unix", "linux", "st_mtime", "SYS_open", "PRId64", "M_PIf", "uint8_t", "and", "xor_eq"})
    EXPECT_EQ(cIdentifier(macro, "tensor"), std::string(macro) + "_");
  for (const char *plain : {"x", "X", "data", "Input3", "x1", "printf", "arena", "E"})
    EXPECT_EQ(cIdentifier(plain, "tensor"), plain);
}

TEST(StemIdentifier, IsNoOneElses) {
  EXPECT_EQ(stemIdentifier("resnet50-v1.5"), "resnet50_v1_5");
  EXPECT_EQ(stemIdentifier("3d-net"), "model_3d_net");
  EXPECT_EQ(stemIdentifier("_start"), "model_start");
  EXPECT_EQ(stemIdentifier(""), "model");
  EXPECT_EQ(stemIdentifier("int"), "model_int");
  for (const char *own : {"cnnc", "cnnc_rt", "cnnc_model", "CNNC", "Cnnc_abi"})
    EXPECT_EQ(stemIdentifier(own), std::string("model_") + own);
  for (const char *plain : {"cnncat", "step_1", "kernel", "printf", "errno", "EOF"})
    EXPECT_EQ(stemIdentifier(plain), plain);
}

TEST(CIdentifiers, AreDifferentEvenInCapitals) {
  EXPECT_EQ(cIdentifiers({"x", "X", "x.1", "x_1", "x"}, "tensor"),
            (std::vector<std::string>{"x", "X_2", "x_1", "x_1_2", "x_3"}));
}

TEST(HeaderText, IsATypedInterface) {
  ModelInterface interface;
  interface.stem = "net";
  interface.source = "net.onnx";
  interface.inputs = {{"image:0", 1, {1, 3, 224, 224}, {"N", "", "", ""}}, {"mask", 9, {1}, {}}};
  interface.outputs = {{"scores", 10, {1, 1000}, {}}};
  interface.arenaBytes = 4096;
  interface.scratchBytes = 64;
  std::string text = headerText(interface);
  for (const char *line : {
           "/* Written by cnnc from net.onnx. */\n#ifndef NET_MODEL_H\n",
           "#define NET_INPUT_COUNT 2u\n#define NET_OUTPUT_COUNT 1u\n",
           "#define NET_INPUT_IMAGE_0_ELEMENTS 150528u\n#define NET_INPUT_IMAGE_0_BYTES 602112u\n",
           "#define NET_OUTPUT_SCORES_BYTES 2000u\n",
           "#define NET_ARENA_BYTES 4096u\n#define NET_SCRATCH_BYTES 64u\n",
           "typedef struct net_inputs {\n"
           "  const float *image_0; /* float32 [N = 1, 3, 224, 224], \"image:0\" */\n"
           "  const uint8_t *mask; /* bool [1] */\n"
           "} net_inputs;\n",
           "typedef struct net_outputs {\n  uint16_t *scores; /* float16 [1, 1000] */\n} net_outputs;\n",
           "int net_run(const net_inputs *inputs, net_outputs *outputs);\n",
           "int net_run_in(struct cnnc_context *context, const net_inputs *inputs, net_outputs *outputs);\n",
       })
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nis not in\n" << text;
}

TEST(HeaderText, NamesCannotEndAComment) {
  ModelInterface interface;
  interface.stem = "net";
  interface.source = "a*/b\n.onnx";
  interface.outputs = {{"*/ int x; /*", 1, {1}, {"*/"}}};
  std::string text = headerText(interface);
  EXPECT_NE(text.find("/* Written by cnnc from a* /b\\n.onnx. */"), std::string::npos) << text;
  EXPECT_NE(text.find("/* float32 [* / = 1], \"* / int x; / *\" */"), std::string::npos) << text;
  EXPECT_NE(text.find("  void *none;\n"), std::string::npos) << text;
}

} // namespace
