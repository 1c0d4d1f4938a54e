// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace cnnc::cnn;

namespace {

class Constants : public testing::Test {
protected:
  Constants() {
    context.loadDialect<arith::ArithDialect>();
    module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
  }
  RankedTensorType type(ArrayRef<int64_t> shape) { return RankedTensorType::get(shape, builder.getF32Type()); }

  MLIRContext context;
  OpBuilder builder{&context};
  OwningOpRef<ModuleOp> module;
};

} // namespace

TEST_F(Constants, LargeOnesAreResourcesWithUniqueNames) {
  std::vector<float> numbers(100);
  for (int i = 0; i < 100; ++i)
    numbers[i] = static_cast<float>(i);
  Value first = createFloats(builder, builder.getUnknownLoc(), type({10, 10}), std::vector<float>(numbers), "w");
  Value second = createFloats(builder, builder.getUnknownLoc(), type({100}), std::move(numbers), "w");
  auto handle = [](Value value) {
    return cast<DenseResourceElementsAttr>(value.getDefiningOp<arith::ConstantOp>().getValue()).getRawHandle();
  };
  EXPECT_EQ(handle(first).getKey(), "w");
  EXPECT_EQ(handle(second).getKey(), "w_1");
  EXPECT_EQ((*getFloats(second))[99], 99);
}

TEST_F(Constants, UniformOnesAreSplats) {
  Value value = createFloats(builder, builder.getUnknownLoc(), type({50}), std::vector<float>(50, 2), "w");
  EXPECT_EQ(getSplat(value), 2);
  std::optional<Floats> floats = getFloats(value);
  ASSERT_TRUE(floats);
  EXPECT_EQ(floats->size(), 50u);
  EXPECT_EQ((*floats)[49], 2);
}

TEST_F(Constants, SignedZerosAreNotUniform) {
  std::vector<float> zeros(20, 0);
  zeros[7] = -0.0f;
  Value value = createFloats(builder, builder.getUnknownLoc(), type({20}), std::move(zeros), "z");
  EXPECT_TRUE(std::signbit((*getFloats(value))[7]));
}

TEST_F(Constants, UnusedResourcesAreReleased) {
  std::vector<float> numbers(100, 1);
  numbers[0] = 0;
  Value value = createFloats(builder, builder.getUnknownLoc(), type({100}), std::move(numbers), "w");
  releaseUnusedConstants(*module);
  EXPECT_TRUE(getFloats(value));
  Attribute attribute = value.getDefiningOp<arith::ConstantOp>().getValue();
  value.getDefiningOp()->erase();
  releaseUnusedConstants(*module);
  EXPECT_FALSE(getFloats(attribute));
}
