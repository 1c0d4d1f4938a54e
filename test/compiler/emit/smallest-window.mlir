// One window over one pixel: so little code that LLVM once gave up on tidying it twice.
// RUN: cnnc %s -o %t.so
module attributes {cnnc.name = "model", cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3", "x86-64-v4"]>} {
  func.func @main(%x: tensor<1x1x2x2xf32> {cnnc.name = "x"}) -> (tensor<1x1x1x1xf32> {cnnc.name = "y"}) {
    %y = cnn.pool max %x {dilations = array<i64: 1, 1>, kernel = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x1x2x2xf32>) -> tensor<1x1x1x1xf32>
    return %y : tensor<1x1x1x1xf32>
  }
}
