// Names of a model on a terminal: nothing in them moves its cursor or gives it colours, in reports, the profile or the header.
// RUN: rm -rf %t && mkdir -p %t && cnnc %s -o %t/net.so && cnnc-run %t/net.so --profile > %t/log 2>&1
// RUN: not grep "$(printf '\033')" %t/log %t/net.h
// RUN: cat %t/log %t/net.h | FileCheck %s
// CHECK-DAG: input "a\x1b[31mb": no file given
// CHECK-DAG: output 0 "c\x0ad"
// CHECK-DAG: {{^}}e\x1b[2Jf\xe2\x80\xae {{ *}}
// CHECK-DAG: "a\x1b[31mb" */
// CHECK-DAG: "c\nd" */
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @main(%x: tensor<1x1x2x2xf32> {cnnc.name = "a\1B[31mb"}) -> (tensor<1x1x1x1xf32> {cnnc.name = "c\0Ad"}) {
    %y = cnn.pool max %x {dilations = array<i64: 1, 1>, kernel = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x1x2x2xf32>) -> tensor<1x1x1x1xf32> loc("e\1B[2Jf\E2\80\AE")
    return %y : tensor<1x1x1x1xf32>
  }
}
