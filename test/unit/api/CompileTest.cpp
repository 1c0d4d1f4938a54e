// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Compile.h"

#include "onnx.pb.h"
#include "llvm/Support/MemoryBuffer.h"
#include <csignal>
#include <gtest/gtest.h>
#include <thread>

using namespace llvm;
using namespace cnnc;
using namespace cnnc::api;

namespace {

/// One of the networks of test/e2e, in memory.
std::string readNetwork(StringRef name) {
  auto file = MemoryBuffer::getFile(CNNC_E2E_DIR "/" + name + "/" + name + ".onnx");
  return file ? (*file)->getBuffer().str() : "";
}

/// A convolution of 3 x 3 filters with so many pads; right are 4. The filters are an input, or constant.
std::string makeConvolution(int pads, bool isConstant = false) {
  constexpr int64_t channels = 64, size = 14;
  onnx::ModelProto model;
  model.add_opset_import()->set_version(13);
  onnx::GraphProto &graph = *model.mutable_graph();
  auto addTensor = [](onnx::ValueInfoProto &info, const char *name, std::initializer_list<int64_t> shape) {
    info.set_name(name);
    auto &type = *info.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    for (int64_t extent : shape)
      type.mutable_shape()->add_dim()->set_dim_value(extent);
  };
  addTensor(*graph.add_input(), "x", {1, channels, size, size});
  if (isConstant) {
    onnx::TensorProto &filters = *graph.add_initializer();
    filters.set_name("w");
    filters.set_data_type(onnx::TensorProto::FLOAT);
    for (int64_t extent : {channels, channels, int64_t(3), int64_t(3)})
      filters.add_dims(extent);
    filters.set_raw_data(std::string(channels * channels * 9 * sizeof(float), '\0'));
  } else {
    addTensor(*graph.add_input(), "w", {channels, channels, 3, 3});
  }
  graph.add_output()->set_name("y");
  onnx::NodeProto &node = *graph.add_node();
  node.set_name("layer1/conv");
  node.set_op_type("Conv");
  node.add_input("x");
  node.add_input("w");
  node.add_output("y");
  onnx::AttributeProto &attribute = *node.add_attribute();
  attribute.set_name("pads");
  attribute.set_type(onnx::AttributeProto::INTS);
  for (int i = 0; i < pads; ++i)
    attribute.add_ints(1);
  return model.SerializeAsString();
}

/// The bytes of each artifact by its name; none of a compilation that failed.
std::map<std::string, std::string> readAll(Result result) {
  std::map<std::string, std::string> files;
  if (result.status == Status::Done)
    for (output::OutputFile &file : result.artifacts)
      files[file.name().str()] = cantFail(file.map())->getBuffer().str();
  return files;
}

/// Says nothing, and leaves signals as they are.
class CompileTest : public testing::Test {
protected:
  void SetUp() override {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    for (int number : signals)
      before.push_back(getHandler(number));
  }
  void TearDown() override {
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    for (auto [number, handler] : zip_equal(signals, before))
      EXPECT_EQ(getHandler(number), handler) << "of signal " << number;
  }

private:
  using Handler = void (*)(int);
  static Handler getHandler(int number) {
    struct sigaction action;
    ::sigaction(number, nullptr, &action);
    return action.sa_handler;
  }
  std::vector<int> signals = {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGSEGV, SIGABRT, SIGUSR1};
  std::vector<Handler> before;
};

TEST_F(CompileTest, TheSameBytesTwice) {
  std::string model = readNetwork("cifar10-tutorial");
  std::map<std::string, std::string> first = readAll(compile({"net.onnx", model}));
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first["net.so"].substr(0, 4), "\x7f"
                                          "ELF");
  EXPECT_NE(first["net.h"].find("net_run("), std::string::npos);
  EXPECT_TRUE(readAll(compile({"net.onnx", model})) == first);
}

TEST_F(CompileTest, ThreadsCompileAtOnce) {
  std::vector<std::string> models = {readNetwork("cifar10-tutorial"), readNetwork("mnist-8"), makeConvolution(4)};
  std::vector<std::map<std::string, std::string>> alone, together(models.size());
  for (const std::string &model : models)
    alone.push_back(readAll(compile({"net.onnx", model})));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < models.size(); ++i)
    threads.emplace_back([&, i] { together[i] = readAll(compile({"net.onnx", models[i]})); });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(alone.front().size(), 2u);
  EXPECT_TRUE(together == alone);
}

TEST_F(CompileTest, FaultsNameTheirNode) {
  Result result = compile({"net.onnx", makeConvolution(3)});
  EXPECT_EQ(result.status, Status::UserError);
  ASSERT_EQ(result.diagnostics.size(), 1u);
  const Diagnostic &fault = result.diagnostics.front();
  EXPECT_EQ(fault.file, "net.onnx");
  EXPECT_EQ(fault.node, "layer1/conv");
  EXPECT_EQ(fault.op, "Conv");
  EXPECT_EQ(fault.opset, "13");
  EXPECT_EQ(fault.severity, Severity::Error);
  EXPECT_NE(fault.message.find("requires 4"), std::string::npos) << fault.message;
}

TEST_F(CompileTest, WhatIsNoModelIsRefused) {
  Result nonsense = compile({"net.onnx", "nonsense"});
  EXPECT_EQ(nonsense.status, Status::UserError);
  ASSERT_EQ(nonsense.diagnostics.size(), 1u);
  EXPECT_EQ(nonsense.diagnostics.front().message,
            "the file is no ONNX model, or it is truncated: protobuf cannot parse it");
  Result missing = compile({"no/such/net.onnx"});
  EXPECT_EQ(missing.status, Status::UserError);
  Result text = compile({"net.mlir", "module attributes {cnnc.target = 1"});
  EXPECT_EQ(text.status, Status::UserError);
  EXPECT_EQ(text.diagnostics.front().line, 1u);
}

TEST_F(CompileTest, WrongOptionsAreRefused) {
  Options options;
  options.emit = "exe";
  Result result = compile({"net.onnx", makeConvolution(4)}, options);
  EXPECT_EQ(result.status, Status::UserError);
  EXPECT_EQ(result.diagnostics.front().message, "invalid --emit 'exe': it takes so, a, obj, asm, llvm, mlir or header");
  EXPECT_NE(toString(openArtifacts(options, "net.exe").takeError()).find("invalid --emit"), std::string::npos);
  options.emit = "so";
  EXPECT_EQ(compile({"net.onnx", makeConvolution(4)}, options, Artifacts()).status, Status::UserError);
  options.cpu = "no-such-cpu";
  EXPECT_EQ(compile({"net.onnx", makeConvolution(4)}, options).status, Status::UserError);
}

TEST_F(CompileTest, TextsGoOnFromMemory) {
  std::string model = makeConvolution(4);
  Options options;
  options.stopAfter = "vector";
  std::map<std::string, std::string> text = readAll(compile({"net.onnx", model}, options));
  ASSERT_EQ(text.size(), 1u) << "filters that are an input leave nothing for a file of weights";
  std::map<std::string, std::string> files = readAll(compile({"net.mlir", text["net.mlir"]}));
  EXPECT_TRUE(files["net.so"] == readAll(compile({"net.onnx", model}))["net.so"]);
  EXPECT_FALSE(files["net.so"].empty());
}

TEST_F(CompileTest, WeightsOfATextInMemoryAreMissed) {
  Options options;
  options.stopAfter = "graph";
  std::map<std::string, std::string> text = readAll(compile({"net.onnx", readNetwork("mnist-8")}, options));
  ASSERT_EQ(text.size(), 2u);
  EXPECT_FALSE(text["net.weights"].empty());
  Result result = compile({"net.mlir", text["net.mlir"]});
  EXPECT_EQ(result.status, Status::UserError);
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(result.diagnostics.front().message,
            "requires cnnc.resources of no entries in a text that is read from memory");
}

TEST_F(CompileTest, ExplainsAndTakesTime) {
  Options options;
  options.explain = options.verbose = true;
  options.emit = "header";
  Result result = compile({"net.onnx", readNetwork("mnist-8")}, options);
  EXPECT_EQ(result.status, Status::Done);
  EXPECT_NE(result.explanation.find("instead of"), std::string::npos);
  EXPECT_NE(result.timing.find("import"), std::string::npos);
}

TEST_F(CompileTest, ProgressAndRecordOfTuning) {
  std::vector<std::string> told;
  Options options;
  options.tune = "";
  options.cpu = "native";
  Result result = compile({"net.onnx", makeConvolution(4, /*isConstant=*/true)}, options,
                          {[&](const Twine &text) { told.push_back(text.str()); }});
  ASSERT_EQ(result.status, Status::Done);
  EXPECT_EQ(told, (std::vector<std::string>{"timing 1 of 1 kinds of layers", ""}));
  ASSERT_EQ(result.artifacts.size(), 3u);
  EXPECT_EQ(result.artifacts.back().name(), "tuning.json");
  EXPECT_NE(cantFail(result.artifacts.back().map())->getBuffer().find("nanoseconds"), StringRef::npos);
}

} // namespace
