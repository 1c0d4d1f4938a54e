// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Legality.h"
#include "dialects/kernel/Arithmetic.h"

#include "mlir/IR/Builders.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace cnnc;

// The layout phase, which sees no kernels, counts with the steps that the door packs filters in.
TEST(StepElements, AreThoseOfTheProducts) {
  MLIRContext context;
  Builder builder(&context);
  for (Type element : {Type(builder.getF32Type()), Type(builder.getI8Type()), Type(builder.getI16Type())}) {
    std::optional<kernel::Arithmetic> arithmetic = kernel::findArithmetic(element, element);
    ASSERT_TRUE(arithmetic);
    EXPECT_EQ(cnn::getStepElements(element), arithmetic->group);
  }
}
