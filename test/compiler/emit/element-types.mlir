// What the library and its header call the elements; a bfloat16 is no int16.
// RUN: cnnc %s --name=m -o %t.so && FileCheck %s < %t.h
// CHECK: #define M_INPUT_X_BYTES 256u
// CHECK: #define M_INPUT_NONE_BYTES 0u
// CHECK: const uint16_t *x; /* bfloat16 [1, 8, 4, 4] */
// CHECK: const uint8_t *none; /* uint8 [2, 0] */
// CHECK: uint16_t *y; /* bfloat16 [1, 8, 4, 4] */
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>, cnnc.name = "m"} {
  func.func @main(%x: tensor<1x8x4x4xbf16> {cnnc.name = "x"}, %none: tensor<2x0xi8> {cnnc.name = "none", cnnc.unsigned}) ->
      (tensor<1x8x4x4xbf16> {cnnc.name = "y"}, tensor<2x0xi8> {cnnc.name = "still", cnnc.unsigned}) {
    %r = cnn.map(%x) : (tensor<1x8x4x4xbf16>) -> tensor<1x8x4x4xbf16> {
    ^bb0(%v: bf16):
      %e = arith.extf %v : bf16 to f32
      %s = arith.addf %e, %e : f32
      %n = arith.truncf %s : f32 to bf16
      cnn.yield %n : bf16
    }
    return %r, %none : tensor<1x8x4x4xbf16>, tensor<2x0xi8>
  }
}
