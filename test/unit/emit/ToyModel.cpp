// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ToyModel.h"
#include "cnnc/abi.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace {

struct Level {
  StringRef suffix;
  StringRef cpu;
  unsigned needs;
};

SmallVector<Level> levels(bool arm) {
  if (arm)
    return {{"neon", "generic", CNNC_FEATURE_NEON}};
  return {{"v2", "x86-64-v2", CNNC_FEATURE_X86_64_V2},
          {"v3", "x86-64-v3", CNNC_FEATURE_X86_64_V3},
          {"v4", "x86-64-v4", CNNC_FEATURE_X86_64_V4}};
}

// {0}: level, {1}: CPU.
constexpr const char *levelText = R"(
llvm.func internal @kernel_scale_{0}(%to: !llvm.ptr, %x: !llvm.ptr, %w: !llvm.ptr) attributes {{passthrough = [["cnnc-role", "kernel"]], target_cpu = "{1}"} {{
  %a = llvm.load %x {{alignment = 4 : i64} : !llvm.ptr -> vector<16xf32>
  %b = llvm.load %w {{alignment = 64 : i64} : !llvm.ptr -> vector<16xf32>
  %c = llvm.fmul %a, %b : vector<16xf32>
  llvm.store %c, %to {{alignment = 64 : i64} : vector<16xf32>, !llvm.ptr
  llvm.return
}
llvm.func internal @kernel_exp_{0}(%to: !llvm.ptr, %x: !llvm.ptr, %w: !llvm.ptr) attributes {{passthrough = [["cnnc-role", "kernel"]], target_cpu = "{1}"} {{
  %a = llvm.load %x {{alignment = 64 : i64} : !llvm.ptr -> vector<16xf32>
  %b = llvm.load %w {{alignment = 64 : i64} : !llvm.ptr -> vector<16xf32>
  %e = llvm.intr.exp(%a) : (vector<16xf32>) -> vector<16xf32>
  %c = llvm.fadd %e, %b : vector<16xf32>
  llvm.store %c, %to {{alignment = 4 : i64} : vector<16xf32>, !llvm.ptr
  llvm.return
}
llvm.func internal @step_0_{0}(%arena: !llvm.ptr, %weights: !llvm.ptr, %io: !llvm.ptr, %scratch: !llvm.ptr, %task: i64) attributes {{passthrough = [["cnnc-role", "step"]], target_cpu = "{1}"} {{
  %x = llvm.load %io : !llvm.ptr -> !llvm.ptr
  %xt = llvm.getelementptr %x[%task] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.array<64 x i8>
  %at = llvm.getelementptr %arena[%task] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.array<64 x i8>
  %wt = llvm.getelementptr %weights[%task] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.array<64 x i8>
  llvm.call @kernel_scale_{0}(%at, %xt, %wt) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> ()
  llvm.return
}
llvm.func internal @step_1_{0}(%arena: !llvm.ptr, %weights: !llvm.ptr, %io: !llvm.ptr, %scratch: !llvm.ptr, %task: i64) attributes {{passthrough = [["cnnc-role", "step"]], target_cpu = "{1}"} {{
  %slot = llvm.getelementptr %io[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
  %y = llvm.load %slot : !llvm.ptr -> !llvm.ptr
  %yt = llvm.getelementptr %y[%task] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.array<64 x i8>
  %at = llvm.getelementptr %arena[%task] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.array<64 x i8>
  %wt = llvm.getelementptr %weights[256] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.call @kernel_exp_{0}(%yt, %at, %wt) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> ()
  llvm.return
}
)";

std::string levelFunctions(const Level &level, bool half) {
  std::string text = formatv(levelText, level.suffix, level.cpu);
  std::string store = "llvm.store %c, %to {alignment = 64 : i64}";
  if (half)
    text.replace(text.find(store), store.size(),
                 "%h = llvm.fptrunc %c : vector<16xf32> to vector<16xf16>\n"
                 "  %d = llvm.fpext %h : vector<16xf16> to vector<16xf32>\n"
                 "  llvm.store %d, %to {alignment = 64 : i64}");
  return text;
}

// {0}: number; a chain of operations that no optimisation shortens, in an external function so that it stays.
std::string ballastText(unsigned number, StringRef cpu) {
  std::string text = formatv("llvm.func @kernel_ballast_{0}(%p: !llvm.ptr) attributes {{passthrough = "
                             "[[\"cnnc-role\", \"kernel\"]], target_cpu = \"{1}\"} {{\n",
                             number, cpu);
  for (unsigned i = 0; i < 600; ++i)
    text += formatv("  %a{0} = llvm.load volatile %p : !llvm.ptr -> i64\n  %b{0} = llvm.mul %a{0}, %a{0} : i64\n"
                    "  llvm.store volatile %b{0}, %p : i64, !llvm.ptr\n",
                    i);
  return text + "  llvm.return\n}\n";
}

std::string stringGlobal(StringRef name, StringRef value) {
  return formatv("llvm.mlir.global private constant @{0}(\"{1}\\00\") {{addr_space = 0 : i32}\n", name, value);
}

/// A global whose struct is built field by field.
class Struct {
public:
  Struct(StringRef name, StringRef type, StringRef linkage) : type(type) {
    text =
        formatv("llvm.mlir.global {0} constant @{1}() {{alignment = 8 : i64} : {2} {{\n  %s0 = llvm.mlir.zero : {2}\n",
                linkage, name, type);
  }
  void integer(StringRef position, uint64_t value, StringRef integerType = "i64") {
    set(position, formatv("llvm.mlir.constant({0} : {1}) : {1}", value, integerType));
  }
  void address(StringRef position, StringRef symbol) {
    set(position, formatv("llvm.mlir.addressof @{0} : !llvm.ptr", symbol));
  }
  std::string done() { return text + formatv("  llvm.return %s{0} : {1}\n}\n", count, type).str(); }

private:
  void set(StringRef position, std::string value) {
    text += formatv("  %v{0} = {1}\n  %s{2} = llvm.insertvalue %v{0}, %s{0}[{3}] : {4}\n", count, value, count + 1,
                    position, type);
    ++count;
  }
  std::string type, text;
  unsigned count = 0;
};

std::string tableText(const ToyOptions &options) {
  std::string text = stringGlobal("name", "toy") + stringGlobal("name_x", "x") + stringGlobal("name_y", "y") +
                     stringGlobal("name_step0", "scale") + stringGlobal("name_step1", "exp") +
                     stringGlobal("algorithm", "generic") + stringGlobal("name_v2", "x86-64-v2") +
                     stringGlobal("name_v3", "x86-64-v3") + stringGlobal("name_v4", "x86-64-v4") +
                     stringGlobal("name_neon", "neon") + stringGlobal("compiler", "by hand") +
                     stringGlobal("flags", "");
  text += "llvm.mlir.global private constant @shape(dense<64> : tensor<1xi64>) : !llvm.array<1 x i64>\n"
          "llvm.mlir.global private constant @symbols() : !llvm.array<1 x ptr> {\n"
          "  %z = llvm.mlir.zero : !llvm.array<1 x ptr>\n  llvm.return %z : !llvm.array<1 x ptr>\n}\n"
          "llvm.mlir.global external constant @cnnc_weights_delta() : i64\n"
          "llvm.mlir.global external constant @cnnc_rt_api() : !llvm.ptr\n";
  for (StringRef name : {"x", "y"}) {
    Struct tensor(("tensor_" + name).str(), "!llvm.struct<(ptr, ptr, ptr, i64, i32, i32, i64)>", "internal");
    tensor.address("0", ("name_" + name).str());
    tensor.address("1", "shape");
    tensor.address("2", "symbols");
    tensor.integer("3", 4 * toyElements);
    tensor.integer("4", 1, "i32");
    tensor.integer("5", 1, "i32");
    text += tensor.done();
  }
  size_t levelCount = levels(options.arm).size();
  for (unsigned step = 0; step < 2; ++step) {
    Struct functions(formatv("functions_{0}", step).str(), formatv("!llvm.array<{0} x ptr>", levelCount).str(),
                     "internal");
    for (auto [position, level] : enumerate(levels(options.arm)))
      functions.address(std::to_string(position), formatv("step_{0}_{1}", step, level.suffix).str());
    text += functions.done();
  }
  Struct steps("steps", "!llvm.array<2 x struct<(ptr, ptr, ptr, i64, i64, i64, i32, i32)>>", "internal");
  for (unsigned step = 0; step < 2; ++step) {
    steps.address(formatv("{0}, 0", step).str(), formatv("name_step{0}", step).str());
    steps.address(formatv("{0}, 1", step).str(), "algorithm");
    steps.address(formatv("{0}, 2", step).str(), formatv("functions_{0}", step).str());
    steps.integer(formatv("{0}, 3", step).str(), toyElements / 16);
  }
  text += steps.done();
  Struct table("levels", formatv("!llvm.array<{0} x struct<(ptr, i64)>>", levelCount).str(), "internal");
  for (auto [position, level] : enumerate(levels(options.arm))) {
    table.address(formatv("{0}, 0", position).str(), ("name_" + level.suffix).str());
    table.integer(formatv("{0}, 1", position).str(), level.needs);
  }
  text += table.done();
  Struct model(
      "cnnc_model",
      "!llvm.struct<(i32, i32, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, i64, i64, i64, i32, i32, i32, i32, "
      "i32, i32, i32, i32)>",
      "external");
  model.integer("0", CNNC_ABI_VERSION, "i32");
  model.integer("1", sizeof(cnnc_abi_model), "i32");
  const char *const pointers[] = {"name",     "compiler", "flags", "cnnc_rt_api",       "levels",
                                  "tensor_x", "tensor_y", "steps", "cnnc_weights_delta"};
  for (auto [position, symbol] : enumerate(pointers))
    model.address(std::to_string(position + 2), symbol);
  model.integer("11", options.weightsBytes);
  model.integer("12", 4 * toyElements);
  const size_t counts[] = {levelCount, 1, 1, 2, sizeof(cnnc_abi_level), sizeof(cnnc_abi_tensor), sizeof(cnnc_abi_step)};
  for (auto [position, count] : enumerate(counts))
    model.integer(std::to_string(position + 14), count, "i32");
  return text + model.done();
}

constexpr const char *entryText = R"(
llvm.func @cnnc_rt_run_default(!llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
llvm.func @cnnc_rt_run_in(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
llvm.func @toy_run(%inputs: !llvm.ptr, %outputs: !llvm.ptr) -> i32 attributes {passthrough = [["cnnc-role", "entry"]]} {
  %model = llvm.mlir.addressof @cnnc_model : !llvm.ptr
  %status = llvm.call @cnnc_rt_run_default(%model, %inputs, %outputs) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
  llvm.return %status : i32
}
llvm.func @toy_run_in(%context: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr) -> i32 attributes {passthrough = [["cnnc-role", "entry"]]} {
  %model = llvm.mlir.addressof @cnnc_model : !llvm.ptr
  %status = llvm.call @cnnc_rt_run_in(%model, %context, %inputs, %outputs) : (!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
  llvm.return %status : i32
}
)";

} // namespace

std::string toyModelText(const ToyOptions &options) {
  SmallVector<std::string> weights;
  for (unsigned i = 0; i < toyElements; ++i)
    weights.push_back(formatv("{0:f6}", i / double(toyElements)));
  std::string text =
      formatv("module {{\n  kernel.model inputs [#kernel.tensor<\"x\", tensor<64xf32>>] outputs [#kernel.tensor<\"y\", "
              "tensor<64xf32>>] arena(256) scratch(0) weights({0}) [dense<[{1}]> : tensor<64xf32>, dense<2.0> : "
              "tensor<{2}xf32>] at [0, 256] {{}\n",
              options.weightsBytes, join(weights, ", "), (options.weightsBytes - 256) / 4);
  for (const Level &level : levels(options.arm))
    text += levelFunctions(level, options.half);
  for (unsigned i = 0; i < options.ballast; ++i)
    text += ballastText(i, levels(options.arm).front().cpu);
  return text + tableText(options) + entryText + "}\n";
}

cnnc::emit::ModelInterface toyInterface() {
  cnnc::emit::ModelInterface interface;
  interface.stem = "toy";
  interface.source = "toy.onnx";
  interface.inputs = {{"x", 1, {toyElements}, {}}};
  interface.outputs = {{"y", 1, {toyElements}, {}}};
  interface.arenaBytes = 4 * toyElements;
  return interface;
}
