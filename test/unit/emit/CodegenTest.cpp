// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Codegen.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace cnnc::emit;

namespace {

/// A contraction of 6 x 4 accumulators over 4 channels, which loads its four vectors of weights in order.
std::string contraction(StringRef name) {
  std::string phis, body;
  for (unsigned row = 0; row < 6; ++row)
    for (unsigned column = 0; column < 4; ++column)
      phis +=
          formatv("  %a{0}.{1}.0 = phi <16 x float> [zeroinitializer, %entry], [%a{0}.{1}.4, %loop]\n", row, column);
  for (unsigned channel = 0; channel < 4; ++channel) {
    for (unsigned column = 0; column < 4; ++column)
      body +=
          formatv("  %q{0}.{1} = getelementptr i8, ptr %wp, i64 {2}\n  %w{0}.{1} = load <16 x float>, ptr %q{0}.{1}\n",
                  channel, column, channel * 256 + column * 64);
    for (unsigned row = 0; row < 6; ++row) {
      body += formatv(
          "  %p{0}.{1} = getelementptr i8, ptr %xp, i64 {2}\n  %s{0}.{1} = load float, ptr %p{0}.{1}\n"
          "  %i{0}.{1} = insertelement <16 x float> poison, float %s{0}.{1}, i32 0\n"
          "  %v{0}.{1} = shufflevector <16 x float> %i{0}.{1}, <16 x float> poison, <16 x i32> zeroinitializer\n",
          channel, row, row * 3584 + channel * 4);
      for (unsigned column = 0; column < 4; ++column)
        body += formatv("  %a{0}.{1}.{2} = call <16 x float> @llvm.fma.v16f32(<16 x float> %v{3}.{0}, "
                        "<16 x float> %w{3}.{1}, <16 x float> %a{0}.{1}.{3})\n",
                        row, column, channel + 1, channel);
    }
  }
  std::string stores;
  for (unsigned row = 0; row < 6; ++row)
    for (unsigned column = 0; column < 4; ++column)
      stores += formatv("  %o{0}.{1} = getelementptr i8, ptr %out, i64 {2}\n"
                        "  store <16 x float> %a{0}.{1}.4, ptr %o{0}.{1}\n",
                        row, column, row * 256 + column * 64);
  return formatv(
      "define void @{0}(ptr noalias %out, ptr %x, ptr %w, i64 %taps) #0 {{\nentry:\n  br label %loop\nloop:\n"
      "  %t = phi i64 [0, %entry], [%n, %loop]\n{1}  %xo = mul i64 %t, 64\n"
      "  %xp = getelementptr i8, ptr %x, i64 %xo\n  %wo = mul i64 %t, 1024\n"
      "  %wp = getelementptr i8, ptr %w, i64 %wo\n{2}  %n = add i64 %t, 1\n"
      "  %c = icmp ult i64 %n, %taps\n  br i1 %c, label %loop, label %exit\nexit:\n{3}  ret void\n}\n",
      name, phis, body, stores);
}

/// Copies vectors by two pointers, which one index could replace.
std::string copy(StringRef name) {
  return formatv("define void @{0}(ptr noalias %out, ptr %x, i64 %count) #0 {{\nentry:\n  br label %loop\nloop:\n"
                 "  %i = phi i64 [0, %entry], [%n, %loop]\n  %from = phi ptr [%x, %entry], [%f, %loop]\n"
                 "  %to = phi ptr [%out, %entry], [%t, %loop]\n  %v = load <16 x float>, ptr %from\n"
                 "  store <16 x float> %v, ptr %to\n  %f = getelementptr i8, ptr %from, i64 64\n"
                 "  %t = getelementptr i8, ptr %to, i64 64\n  %n = add i64 %i, 1\n"
                 "  %c = icmp slt i64 %n, %count\n  br i1 %c, label %loop, label %exit\nexit:\n  ret void\n}\n",
                 name);
}

std::string compile(StringRef functions, StringRef role) {
  Triple triple("x86_64-unknown-linux-gnu");
  cantFail(initializeTarget(triple));
  std::unique_ptr<TargetMachine> machine = cantFail(createTargetMachine(triple, 3));
  LLVMContext context;
  std::string message;
  keepMessages(context, message);
  std::string text =
      "declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)\n"
      "attributes #0 = { \"target-cpu\"=\"x86-64-v4\" \"prefer-vector-width\"=\"512\" nounwind noinline "
      "\"cnnc-role\"=\"" +
      role.str() + "\" }\nattributes #1 = { \"target-cpu\"=\"x86-64-v4\" \"prefer-vector-width\"=\"512\" nounwind }\n" +
      functions.str();
  SMDiagnostic diagnostic;
  std::unique_ptr<Module> module = parseAssemblyString(text, diagnostic, context);
  if (!module)
    return diagnostic.getMessage().str();
  module->setTargetTriple(triple);
  module->setDataLayout(machine->createDataLayout());
  optimizeModule(*module, *machine, 3);
  SmallVector<char, 0> assembly;
  raw_svector_ostream stream(assembly);
  cantFail(generateCode(*module, *machine, CodeGenFileType::AssemblyFile, stream));
  return std::string(assembly.data(), assembly.size());
}

/// The names of the registers are no part of the order.
std::string instructions(StringRef role) {
  std::string assembly = compile(contraction("f"), role);
  SmallVector<StringRef> lines;
  StringRef(assembly).split(lines, '\n');
  std::string order;
  for (StringRef line : lines)
    if (line = line.trim(); line.consume_front("v"))
      order += line.substr(0, line.find('%')).str() + "\n";
  return order;
}

TEST(Codegen, KernelsKeepTheirOrder) {
  std::string kernel = instructions("kernel");
  // The channels of a step: four vectors of weights, then for each row a broadcast and four products.
  std::string row = "broadcastss", product = "fmadd231ps";
  size_t loop = kernel.find("movaps");
  ASSERT_NE(loop, std::string::npos) << kernel;
  SmallVector<StringRef> lines;
  StringRef(kernel).substr(loop).split(lines, '\n');
  for (unsigned channel = 0; channel < 4; ++channel) {
    for (unsigned line = 0; line < 4; ++line)
      EXPECT_TRUE(lines[channel * 34 + line].starts_with("movaps")) << lines[channel * 34 + line].str();
    for (unsigned line = 0; line < 30; ++line)
      EXPECT_TRUE(lines[channel * 34 + 4 + line].starts_with(line % 5 ? product : row))
          << channel << " " << line << " " << lines[channel * 34 + 4 + line].str();
  }
  // What is no kernel, the scheduler may change; were it not so, this test would say nothing.
  EXPECT_NE(kernel, instructions(""));
}

TEST(Codegen, KernelsKeepTheirAddresses) {
  EXPECT_EQ(StringRef(compile(copy("f"), "kernel")).count("addq\t$64"), 2u);
  EXPECT_LT(StringRef(compile(copy("kernel_copy"), "")).count("addq\t$64"), 2u);
}

/// The same where the count lies in memory, in a module that has the only caller: LLVM makes a function that takes the
/// count itself.
std::string calledCopy() {
  std::string kernel = copy("f");
  kernel.replace(0, kernel.find("  br label"),
                 "define internal void @f(ptr noalias %out, ptr %x, ptr %counts) #0 {\nentry:\n"
                 "  %count = load i64, ptr %counts\n");
  return kernel + "define void @caller(ptr %out, ptr %x, ptr dereferenceable(8) %counts) #1 {\n"
                  "  call void @f(ptr %out, ptr %x, ptr %counts)\n  ret void\n}\n";
}

TEST(Codegen, KernelsStayKernelsWhereLlvmReplacesThem) {
  std::string kernel = compile(calledCopy(), "kernel"), other = compile(calledCopy(), "");
  EXPECT_EQ(StringRef(kernel).count("memmove") + StringRef(kernel).count("memcpy"), 0u) << kernel;
  EXPECT_NE(StringRef(other).count("memmove") + StringRef(other).count("memcpy"), 0u) << other;
}

} // namespace
