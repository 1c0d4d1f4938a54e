// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/target/Types.h"

#include "mlir/IR/MLIRContext.h"

#include "gtest/gtest.h"

using namespace mlir;
using namespace cnnc::target;

namespace {

TEST(Types, EachIsFoundByWhatBuffersHold) {
  MLIRContext context;
  int found = 0;
  for (int64_t onnx = -1; onnx != 100; ++onnx)
    if (const ElementType *type = findElementType(onnx)) {
      EXPECT_EQ(findElementType(getStoredType(*type, &context), type->kind == ElementKind::Unsigned), type) << onnx;
      EXPECT_EQ(getStoredType(*type, &context).getIntOrFloatBitWidth(), type->bits);
      ++found;
    }
  EXPECT_EQ(found, 13);
}

TEST(Types, TruthValuesAndFloatsHaveNoSign) {
  MLIRContext context;
  EXPECT_EQ(findElementType(IntegerType::get(&context, 1), true)->name, "bool");
  EXPECT_EQ(findElementType(Float32Type::get(&context), true)->name, "float32");
}

TEST(Types, OthersAreNone) {
  MLIRContext context;
  for (Type type :
       {Type(IntegerType::get(&context, 4)), Type(IndexType::get(&context)), Type(Float80Type::get(&context))})
    EXPECT_EQ(findElementType(type, false), nullptr);
  EXPECT_EQ(findElementType(8), nullptr); // a string
}

} // namespace
