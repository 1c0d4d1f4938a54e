// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Emit.h"
#include "ToyModel.h"
#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include <cmath>
#include <cstdio>
#include <dlfcn.h>
#include <gtest/gtest.h>

using namespace llvm;
using namespace cnnc::emit;

namespace {

/// What a shell command prints; its exit status is appended when it is not 0.
std::string shell(const std::string &command) {
  std::string output;
  FILE *pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (size_t count = fread(buffer, 1, sizeof buffer, pipe))
    output.append(buffer, count);
  int status = pclose(pipe);
  return status ? output + "[failed]" : output;
}

/// To a file that is opened and committed here.
Error emitModel(mlir::ModuleOp module, const ModelInterface &interface, const EmitOptions &options, StringRef path) {
  Expected<cnnc::output::OutputFile> output =
      cnnc::output::OutputFile::create(path, options.kind == EmitKind::SharedLibrary);
  if (!output)
    return output.takeError();
  Error error = writeModel(module, interface, options, *output);
  return error ? std::move(error) : cnnc::output::OutputFile::commit(*output);
}

class EmitTest : public testing::Test {
protected:
  void SetUp() override {
    unsetenv("CNNC_ISA");
    SmallString<128> path;
    ASSERT_FALSE(sys::fs::createUniqueDirectory("cnnc-emit", path));
    folder = path.str().str();
  }
  void TearDown() override { sys::fs::remove_directories(folder); }

  std::string path(StringRef name) { return folder + "/" + name.str(); }

  std::string emit(StringRef name, EmitKind kind, const ToyOptions &toy = {}, unsigned threads = 1,
                   StringRef stem = "toy") {
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    context.loadDialect<mlir::LLVM::LLVMDialect, cnnc::kernel::KernelDialect>();
    std::string text = toyModelText(toy);
    for (const char *entry : {"@toy_run(", "@toy_run_in("})
      text.replace(text.find(entry) + 1, strlen("toy"), stem.str());
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      return "the toy model does not parse";
    EmitOptions options;
    options.kind = kind;
    options.threads = threads;
    if (toy.arm)
      options.triple = Triple("aarch64-unknown-linux-gnu");
    ModelInterface interface = toyInterface();
    interface.stem = stem.str();
    return toString(emitModel(*module, interface, options, name.contains('/') ? name.str() : path(name)));
  }

  std::string contents(StringRef name) {
    ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : "";
  }

  /// Compiles ToyMain.c with the arguments, runs it, and says what it printed.
  std::string buildAndRun(StringRef compiler, StringRef runner, StringRef arguments) {
    std::string command = "cd " + folder + " && " + compiler.str() +
                          " -I. " CNNC_TEST_SOURCE_DIR "/ToyMain.c -Wl,-rpath,. " + arguments.str() +
                          " -lm -o main && " + runner.str() + " ./main";
    return shell(command);
  }

  std::string folder;
};

/// Runs toy.so at a level; empty where that fails.
std::vector<float> runToy(const std::string &file, const char *level, float first, float step) {
  level ? setenv("CNNC_ISA", level, 1) : unsetenv("CNNC_ISA");
  void *library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return {};
  scope_exit close([&] { dlclose(library); });
  auto run = reinterpret_cast<int (*)(const float *const *, float *const *)>(dlsym(library, "toy_run"));
  std::vector<float> x(toyElements), y(toyElements);
  for (unsigned i = 0; i < toyElements; ++i)
    x[i] = first + step * i;
  const float *inputs[] = {x.data()};
  float *outputs[] = {y.data()};
  if (!run || run(inputs, outputs))
    return {};
  return y;
}

TEST_F(EmitTest, SharedLibraryRunsAtEveryLevelOfTheMachine) {
  ASSERT_EQ(emit("toy.so", EmitKind::SharedLibrary), "");
  for (const char *level : {"x86-64-v2", "x86-64-v3", static_cast<const char *>(nullptr)}) {
    std::vector<float> y = runToy(path("toy.so"), level, 0, 0.25f);
    ASSERT_EQ(y.size(), toyElements);
    for (unsigned i = 0; i < toyElements; ++i) {
      float expected = std::exp(0.25f * i * (i / 64.0f)) + 2;
      // exp is libm's on both sides; the product may differ in nothing.
      EXPECT_NEAR(y[i], expected, 1e-6 * expected) << i;
    }
  }
}

TEST_F(EmitTest, HalfPrecisionNeedsNoCompilersRuntime) {
  ToyOptions toy;
  toy.half = true;
  ASSERT_EQ(emit("toy.so", EmitKind::SharedLibrary, toy), "");
  std::vector<float> y = runToy(path("toy.so"), "x86-64-v2", 0, 0.017f);
  ASSERT_EQ(y.size(), toyElements);
  // What v2 does by hand, v3 has instructions for.
  EXPECT_EQ(y, runToy(path("toy.so"), "x86-64-v3", 0, 0.017f));
  EXPECT_NEAR(y[40], std::exp(0.017f * 40 * 40 / 64) + 2, 1e-3);
}

TEST_F(EmitTest, SharedLibraryNeedsOnlyLibcAndLibm) {
  ASSERT_EQ(emit("toy.so", EmitKind::SharedLibrary), "");
  std::string dynamic = shell("readelf -W -d -l -S " + path("toy.so"));
  EXPECT_EQ(shell("readelf -d " + path("toy.so") + " | grep NEEDED | sed 's/.*\\[//;s/\\]//' | sort"),
            "libc.so.6\nlibm.so.6\n");
  EXPECT_NE(dynamic.find("GNU_STACK"), std::string::npos);
  EXPECT_EQ(dynamic.find("RWE"), std::string::npos);
  EXPECT_EQ(dynamic.find("INIT_ARRAY"), std::string::npos) << dynamic;
  EXPECT_EQ(dynamic.find("TEXTREL"), std::string::npos);
  EXPECT_EQ(shell("readelf -W --dyn-syms " + path("toy.so") + " | awk '$7 != \"UND\" && $8 {print $8}' | sort"),
            "Name\ncnnc_model\ntoy_model\ntoy_run\ntoy_run_in\n");
  EXPECT_EQ(shell("readelf -W --dyn-syms " + path("toy.so") + " | grep -c 'memcpy@GLIBC_2.14\\|expf@GLIBC_2.27'"),
            "2\n");
  // The loader maps the weights from the file, read-only.
  EXPECT_NE(dynamic.find("0x10000\n"), std::string::npos) << dynamic;
}

TEST_F(EmitTest, SameBytesTwiceAndForAnyNumberOfThreads) {
  ToyOptions toy;
  toy.ballast = 20;
  for (EmitKind kind : {EmitKind::SharedLibrary, EmitKind::Archive}) {
    std::string extension = fileExtension(kind).str();
    ASSERT_EQ(emit("toy" + extension, kind, toy, 1), "");
    std::string one = contents("toy" + extension);
    ASSERT_EQ(emit("toy" + extension, kind, toy, 1), "");
    EXPECT_EQ(one == contents("toy" + extension), true);
    ASSERT_EQ(emit("toy" + extension, kind, toy, 2), "");
    EXPECT_EQ(one == contents("toy" + extension), true);
  }
}

TEST_F(EmitTest, PartitionedLibrariesRun) {
  ToyOptions toy;
  toy.ballast = 20;
  ASSERT_EQ(emit("toy.so", EmitKind::SharedLibrary, toy, 2), "");
  ASSERT_EQ(emit("toy.o", EmitKind::Object, toy, 2), "");
  ASSERT_EQ(emit("toy.h", EmitKind::Header), "");
  EXPECT_EQ(buildAndRun("cc", "", "./toy.so"), "right\n");
  EXPECT_EQ(buildAndRun("cc", "", "toy.o"), "right\n");
}

TEST_F(EmitTest, ArchiveAndObjectLinkWithTheSystemsCompiler) {
  ASSERT_EQ(emit("toy.a", EmitKind::Archive), "");
  ASSERT_EQ(emit("toy.o", EmitKind::Object), "");
  ASSERT_EQ(emit("toy.h", EmitKind::Header), "");
  EXPECT_EQ(buildAndRun("cc -Wall -Wextra -Werror", "", "toy.a"), "right\n");
  EXPECT_EQ(buildAndRun("cc -xc++ -fno-exceptions", "", "-xnone toy.o"), "right\n");
  EXPECT_EQ(shell("nm --defined-only -g " + path("toy.o") + " | cut -d' ' -f3"), "toy_model\ntoy_run\ntoy_run_in\n");
}

TEST_F(EmitTest, TwoModelsLinkIntoOneProgram) {
  ASSERT_EQ(emit("toy.a", EmitKind::Archive), "");
  ASSERT_EQ(emit("toy.h", EmitKind::Header), "");
  ASSERT_EQ(emit("other.o", EmitKind::Object, {}, 1, "other"), "");
  EXPECT_EQ(buildAndRun("cc", "", "other.o toy.a"), "right\n");
}

TEST_F(EmitTest, Aarch64RunsUnderQemu) {
  if (!sys::findProgramByName("qemu-aarch64") || !sys::fs::exists("/usr/aarch64-linux-gnu/lib/libc.so.6"))
    GTEST_SKIP() << "needs qemu-user and libc6-dev-arm64-cross";
  ToyOptions toy;
  toy.arm = true;
  toy.ballast = 10;
  ASSERT_EQ(emit("toy.so", EmitKind::SharedLibrary, toy), "");
  ASSERT_EQ(emit("toy.a", EmitKind::Archive, toy), "");
  ASSERT_EQ(emit("toy.h", EmitKind::Header), "");
  std::string compiler = CNNC_TEST_CLANG " --target=aarch64-linux-gnu -fuse-ld=lld";
  std::string runner = "qemu-aarch64 -L /usr/aarch64-linux-gnu";
  EXPECT_EQ(buildAndRun(compiler, runner, "./toy.so"), "right\n");
  EXPECT_EQ(buildAndRun(compiler, runner, "toy.a"), "right\n");
}

TEST_F(EmitTest, WeightsOutliveStripping) {
  ASSERT_EQ(emit("toy.so", EmitKind::SharedLibrary), "");
  std::vector<float> y = runToy(path("toy.so"), nullptr, 0, 0.25f);
  EXPECT_EQ(shell("strip -o " + path("gnu.so") + " " + path("toy.so")), "");
  EXPECT_EQ(shell(CNNC_TEST_STRIP " -o " + path("llvm.so") + " " + path("toy.so")), "");
  EXPECT_EQ(y, runToy(path("gnu.so"), nullptr, 0, 0.25f));
  EXPECT_EQ(y, runToy(path("llvm.so"), nullptr, 0, 0.25f));
}

TEST_F(EmitTest, TextKindsHoldTheKernels) {
  ASSERT_EQ(emit("toy.s", EmitKind::Assembly), "");
  ASSERT_EQ(emit("toy.ll", EmitKind::LLVM), "");
  EXPECT_NE(contents("toy.s").find("kernel_scale_v4:"), std::string::npos);
  EXPECT_NE(contents("toy.s").find("%zmm0"), std::string::npos);
  EXPECT_NE(contents("toy.ll").find("@kernel_scale_v4("), std::string::npos);
}

TEST_F(EmitTest, UnwritableOutputsAreErrorsAndLeaveNothing) {
  EXPECT_EQ(emit(folder + "/none/toy.so", EmitKind::SharedLibrary),
            "cannot write '" + folder + "/none/toy.so': No such file or directory");
  EXPECT_EQ(emit(folder + "/", EmitKind::SharedLibrary), "cannot write '" + folder + "/': Is a directory");
  EXPECT_EQ(emit("/dev/full", EmitKind::Header), "cannot write '/dev/full': No space left on device");
  EXPECT_EQ(shell("ls -A " + folder), "");
}

/// Emits the toy model after a change of its text, and says what that gave.
std::string emitChanged(std::string text, StringRef before, StringRef after, const std::string &output) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::LLVM::LLVMDialect, cnnc::kernel::KernelDialect>();
  for (size_t at = 0; (at = text.find(before.str(), at)) != std::string::npos; at += after.size())
    text.replace(at, before.size(), after.str());
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  return module ? toString(emitModel(*module, toyInterface(), {}, output)) : "the changed model does not parse";
}

TEST_F(EmitTest, UnknownFunctionIsRefusedAndLeavesNothing) {
  std::string message = emitChanged(toyModelText({}), "@cnnc_rt_run_in", "@no_such_thing", path("toy.so"));
  EXPECT_NE(message.find("undefined symbol: no_such_thing"), std::string::npos) << message;
  EXPECT_EQ(shell("ls -A " + folder), "");
}

/// The text with another kernel.model in place of its own.
std::string replaceModel(std::string text, StringRef model) {
  size_t begin = text.find("kernel.model"), end = text.find("{}", begin) + 2;
  return text.replace(begin, end - begin, model.str());
}

TEST_F(EmitTest, AModuleWithoutAModelIsRefused) {
  EXPECT_EQ(emitChanged(replaceModel(toyModelText({}), ""), "toy_run", "toy_run", path("toy.so")),
            "the module has no kernel.model, or several");
}

TEST_F(EmitTest, ModelsWithoutWeightsNeedNone) {
  std::string text =
      replaceModel(toyModelText({}), "kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {}");
  EXPECT_EQ(emitChanged(text, "weights_delta : !llvm.ptr", "weights_delta : !llvm.ptr", path("toy.so")), "");
  EXPECT_EQ(shell("readelf -lW " + path("toy.so") + " | grep -c LOAD"), "4\n");
}

TEST_F(EmitTest, ConstructorsAreRefused) {
  std::string change = "llvm.mlir.global_ctors ctors = [@toy_run], priorities = [1 : i32], data = [#llvm.zero]\n"
                       "llvm.func @toy_run(";
  EXPECT_EQ(emitChanged(toyModelText({}), "llvm.func @toy_run(", change, path("toy.so")),
            "the module has constructors");
}

TEST(EmitKinds, AreNamedAsOnTheCommandLine) {
  EXPECT_EQ(parseEmitKind("so"), EmitKind::SharedLibrary);
  EXPECT_EQ(parseEmitKind("header"), EmitKind::Header);
  EXPECT_EQ(parseEmitKind("exe"), std::nullopt);
}

} // namespace
