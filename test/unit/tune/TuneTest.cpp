// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/tune/Tune.h"

#include "compiler/pipeline/Pipeline.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::tune;

namespace {

class Tune : public testing::Test {
protected:
  Tune() {
    DialectRegistry registry;
    pipeline::registerDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }
  target::CpuAttr getTarget(ArrayRef<StringRef> levels, StringRef cpu = "") {
    auto names = llvm::map_to_vector(levels, [&](StringRef name) { return StringAttr::get(&context, name); });
    return target::CpuAttr::get(&context, levels.front() == "neon" ? "aarch64" : "x86_64", names,
                                cpu.empty() ? StringAttr() : StringAttr::get(&context, cpu));
  }
  MLIRContext context{MLIRContext::Threading::DISABLED};
};

} // namespace

TEST_F(Tune, TheHighestLevelThatThisMachineRunsIsTimed) {
  target::CpuAttr all = getTarget({"x86-64-v2", "x86-64-v3", "x86-64-v4"});
  target::CpuAttr zen3 = getTarget({"x86-64-v3"}, "znver3");
  EXPECT_EQ(getTunedTarget(all, zen3), getTarget({"x86-64-v3"}));
  EXPECT_EQ(getTunedTarget(getTarget({"x86-64-v2"}), zen3), getTarget({"x86-64-v2"}));
  EXPECT_EQ(getTunedTarget(zen3, zen3), zen3);
  EXPECT_EQ(getTunedTarget(getTarget({"x86-64-v3"}, "haswell"), zen3), getTarget({"x86-64-v3"}));
  EXPECT_FALSE(getTunedTarget(getTarget({"x86-64-v4"}), zen3));
  EXPECT_FALSE(getTunedTarget(getTarget({"neon"}), zen3));
  // Levels lie on no line.
  target::CpuAttr alderLake = getTarget({"x86-64-v3-vnni"}, "alderlake"),
                  zen4 = getTarget({"x86-64-v4-vnni"}, "znver4");
  EXPECT_EQ(getTunedTarget(getTarget({"x86-64-v3", "x86-64-v3-vnni", "x86-64-v4"}), alderLake),
            getTarget({"x86-64-v3-vnni"}));
  EXPECT_EQ(getTunedTarget(getTarget({"x86-64-v3", "x86-64-v3-vnni"}), zen4), getTarget({"x86-64-v3"}));
}

TEST_F(Tune, WithoutTimeTheCostModelChooses) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(R"(
    func.func @main(%x: tensor<1x512x7x7xf32>) -> tensor<1x512x7x7xf32> {
      %w = arith.constant dense<1.0> : tensor<512x512x3x3xf32>
      %y = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
             group = 1 : i64} : (tensor<1x512x7x7xf32>, tensor<512x512x3x3xf32>) -> tensor<1x512x7x7xf32>
      return %y : tensor<1x512x7x7xf32>
    })",
                                                             &context);
  ASSERT_TRUE(module);
  (*module)->setAttr(target::kTargetAttr, getTarget({"x86-64-v3"}));
  std::string remark;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    remark = diagnostic.str();
    return success();
  });
  TuneOptions options;
  options.target = getTarget({"x86-64-v3"});
  options.record = testing::TempDir() + "none.tuning.json";
  options.budget = std::chrono::seconds(0);
  llvm::Expected<std::optional<output::OutputFile>> record = tuneAlgorithms(*module, options);
  ASSERT_TRUE(bool(record));
  EXPECT_EQ(remark, "kinds of layers not timed within 0 s: 1; the next run goes on with them");
  module->walk([](Operation *op) { EXPECT_FALSE(op->hasAttr("cnnc.tuned")); });
}
