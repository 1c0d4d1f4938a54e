// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CNN_OPS_TD
#define CNN_OPS_TD

include "CnnDialect.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

class Cnn_Op<string mnemonic, list<Trait> traits = []> : Op<Cnn_Dialect, mnemonic, !listconcat([Pure], traits)> {
  let hasVerifier = 1;
}

def Cnn_EpilogueOp : OpInterface<"EpilogueOp"> {
  let cppNamespace = "::cnnc::cnn";
  let description = [{
    An op whose result passes through a region of scalar ops before it is stored. The region's arguments are the
    accumulator and one scalar for each extra operand; an extra operand has the result's rank and extents equal to the
    result's or 1 (broadcast). An empty region is the identity.
  }];
  let methods = [
    InterfaceMethod<"The region; empty when there is nothing to do", "::mlir::Region &", "getEpilogue">,
    InterfaceMethod<"Operands read by the region", "::mlir::OperandRange", "getExtras">,
    InterfaceMethod<"The same, to be changed", "::mlir::MutableOperandRange", "getExtrasMutable">
  ];
}
defvar Epilogue = DeclareOpInterfaceMethods<Cnn_EpilogueOp>;

def Cnn_YieldOp : Cnn_Op<"yield", [Terminator, ReturnLike]> {
  let summary = "ends a region of scalar ops";
  let hasVerifier = 0;
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

def Cnn_ConvOp : Cnn_Op<"conv", [Epilogue, AttrSizedOperandSegments]> {
  let summary = "convolution in any number of spatial dimensions, with bias and epilogue";
  let description = [{
    `output[n, o, p] = epilogue(bias[o] + sum over i, k of input[n, g(o) IC/group + i, p * strides + k * dilations - pads] *
    filter[o, i, k])`. `input` is `N, IC, spatial...`, `filter` is `OC, IC/group, kernel...` in row-major order, `bias` is
    `OC`. `pads` lists all begins, then all ends. No spatial dimension at all is a matrix product of `N x IC` by `IC x OC`.

    The accumulator, which `bias` and the epilogue's first argument have, is of the input's elements, but i32 for integers of 8
    and 16 bits: bytes of the input carry no sign, those of the filter do, halves do on both sides. Where such an input is padded,
    it reads `pad_value` there, 0 if absent.

    ```mlir
    %y = cnn.conv %x, %w bias(%b) extras(%r) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
           pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (...) -> tensor<1x64x56x56xf32> epilogue {
    ^bb0(%acc: f32, %res: f32):
      %s = arith.addf %acc, %res : f32
      cnn.yield %s : f32
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$input, AnyRankedTensor:$filter, Optional<AnyRankedTensor>:$bias,
    Variadic<AnyRankedTensor>:$extras, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
    I64Attr:$group, OptionalAttr<Cnn_Algorithm>:$algorithm, OptionalAttr<I64Attr>:$pad_value);
  let results = (outs AnyRankedTensor:$output);
  let regions = (region MaxSizedRegion<1>:$epilogue);
  let assemblyFormat = [{ $input `,` $filter (`bias` `(` $bias^ `)`)? (`extras` `(` $extras^ `)`)?
    attr-dict `:` functional-type(operands, results) (`epilogue` $epilogue^)? }];
}

def Cnn_ConvTransposeOp : Cnn_Op<"conv_transpose", [Epilogue, AttrSizedOperandSegments]> {
  let summary = "transposed convolution (the gradient of a convolution)";
  let description = [{
    `filter` is `IC, OC/group, kernel...`. `output[p * strides + k * dilations - pads]` accumulates `input[p] * filter[k]`;
    the output's extent is `(in - 1) * stride + output_padding + (kernel - 1) * dilation + 1 - begin - end`.
  }];
  let arguments = (ins AnyRankedTensor:$input, AnyRankedTensor:$filter, Optional<AnyRankedTensor>:$bias,
    Variadic<AnyRankedTensor>:$extras, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
    DenseI64ArrayAttr:$output_padding, I64Attr:$group, OptionalAttr<Cnn_Algorithm>:$algorithm);
  let results = (outs AnyRankedTensor:$output);
  let regions = (region MaxSizedRegion<1>:$epilogue);
  let assemblyFormat = [{ $input `,` $filter (`bias` `(` $bias^ `)`)? (`extras` `(` $extras^ `)`)?
    attr-dict `:` functional-type(operands, results) (`epilogue` $epilogue^)? }];
}

def Cnn_PoolOp : Cnn_Op<"pool", [Epilogue]> {
  let summary = "maximum or average over a sliding window";
  let description = [{
    ONNX's `ceil_mode` is already part of the result's extent: windows may reach past the last padded element, and what
    they find there is never counted. An average divides by the window's elements inside the input, or inside the padded
    input with `count_include_pad`.
  }];
  let arguments = (ins AnyRankedTensor:$input, Variadic<AnyRankedTensor>:$extras, Cnn_PoolKind:$kind,
    DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
    UnitAttr:$count_include_pad);
  let results = (outs AnyRankedTensor:$output);
  let regions = (region MaxSizedRegion<1>:$epilogue);
  let assemblyFormat = [{ $kind $input (`extras` `(` $extras^ `)`)? attr-dict `:` functional-type(operands, results)
    (`epilogue` $epilogue^)? }];
}

def Cnn_MatMulOp : Cnn_Op<"matmul", [Epilogue]> {
  let summary = "batched matrix product of two tensors of one rank";
  let description = [{ `lhs` is `batch..., M, K`, `rhs` is `batch..., K, N`; batch extents are equal or 1. A product with a
    constant matrix is imported as `cnn.conv`. }];
  let arguments = (ins AnyRankedTensor:$lhs, AnyRankedTensor:$rhs, Variadic<AnyRankedTensor>:$extras);
  let results = (outs AnyRankedTensor:$output);
  let regions = (region MaxSizedRegion<1>:$epilogue);
  let assemblyFormat = [{ $lhs `,` $rhs (`extras` `(` $extras^ `)`)? attr-dict `:` functional-type(operands, results)
    (`epilogue` $epilogue^)? }];
}

def Cnn_BatchNormOp : Cnn_Op<"batch_norm"> {
  let summary = "batch normalisation with running statistics";
  let description = [{ `scale * (input - mean) / sqrt(variance + epsilon) + bias`, each of them of shape `C`. }];
  let arguments = (ins AnyRankedTensor:$input, AnyRankedTensor:$scale, AnyRankedTensor:$bias, AnyRankedTensor:$mean,
    AnyRankedTensor:$variance, F64Attr:$epsilon);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

class Cnn_QuantizationOp<string mnemonic> : Cnn_Op<mnemonic> {
  let arguments = (ins AnyRankedTensor:$input, AnyRankedTensor:$scale, Optional<AnyRankedTensor>:$zero_point, UnitAttr:$is_unsigned);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = [{ $input `scale` `(` $scale `)` (`zero_point` `(` $zero_point^ `)`)? attr-dict
    `:` functional-type(operands, results) }];
}

def Cnn_QuantizeOp : Cnn_QuantizationOp<"quantize"> {
  let summary = "floats as integers of 8 or 16 bits";
  let description = [{
    `output = saturate(round(input / scale) + zero_point)`, in f32, ties to even; `is_unsigned` says what it saturates to. What is
    no number becomes the least integer. Scale and zero point broadcast to the input. Gone after the phase graph.
  }];
}

def Cnn_DequantizeOp : Cnn_QuantizationOp<"dequantize"> {
  let summary = "the floats that integers stand for";
  let description = [{ `output = (input - zero_point) * scale`, in f32; `is_unsigned` is the input's. Gone after the phase graph. }];
}

def Cnn_MapOp : Cnn_Op<"map"> {
  let summary = "an elementwise function of tensors";
  let description = [{
    The region computes one element of the result from one element of each input. Inputs have the result's rank and
    extents equal to the result's or 1 (broadcast). No input at all fills the result.
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs);
  let results = (outs AnyRankedTensor:$output);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "(`(` $inputs^ `)`)? attr-dict `:` functional-type(operands, results) $body";
}

def Cnn_ReduceOp : Cnn_Op<"reduce"> {
  let summary = "an elementwise function of tensors, combined along axes and scaled";
  let description = [{
    As `cnn.map`, then combined over `axes`, whose extents become 1, then multiplied by `scale` (a mean is a scaled sum).
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs, Cnn_ReduceKind:$kind, DenseI64ArrayAttr:$axes,
    OptionalAttr<F64Attr>:$scale);
  let results = (outs AnyRankedTensor:$output);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$kind `(` $inputs `)` attr-dict `:` functional-type(operands, results) $body";
}

def Cnn_ResizeOp : Cnn_Op<"resize"> {
  let summary = "resampling along any dimensions";
  let description = [{ The names and meanings of the string attributes are ONNX Resize's (opset 19). `scales` has an entry for
    each dimension. }];
  let arguments = (ins AnyRankedTensor:$input, Cnn_ResizeMode:$mode, StrAttr:$coordinate_transformation_mode,
    StrAttr:$nearest_mode, DenseF64ArrayAttr:$scales, OptionalAttr<DenseF64ArrayAttr>:$roi,
    DefaultValuedAttr<F64Attr, "-0.75">:$cubic_coeff_a, UnitAttr:$exclude_outside, UnitAttr:$antialias,
    DefaultValuedAttr<F64Attr, "0.0">:$extrapolation_value);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = "$mode $input attr-dict `:` functional-type(operands, results)";
}

def Cnn_ReshapeOp : Cnn_Op<"reshape"> {
  let summary = "the same elements in row-major order under another shape";
  let arguments = (ins AnyRankedTensor:$input);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Cnn_TransposeOp : Cnn_Op<"transpose"> {
  let summary = "a permutation of dimensions";
  let description = [{ Dimension i of the result is dimension `permutation[i]` of the input. Costs nothing where layouts follow:
    the stored bytes are the same under permuted names. }];
  let arguments = (ins AnyRankedTensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = "$input $permutation attr-dict `:` functional-type(operands, results)";
}

def Cnn_ConcatOp : Cnn_Op<"concat"> {
  let summary = "tensors side by side along one axis";
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs, I64Attr:$axis);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = "`(` $inputs `)` attr-dict `:` functional-type(operands, results)";
}

def Cnn_SliceOp : Cnn_Op<"slice"> {
  let summary = "a regular part of a tensor";
  let description = [{ `output[i] = input[starts + i * steps]`; steps may be negative. }];
  let arguments = (ins AnyRankedTensor:$input, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$steps);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Cnn_PadOp : Cnn_Op<"pad"> {
  let summary = "a tensor with a border";
  let description = [{ `low` and `high` have an entry per dimension, not negative. `value` fills in constant mode. }];
  let arguments = (ins AnyRankedTensor:$input, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high, Cnn_PadMode:$mode,
    TypedAttrInterface:$value);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = "$mode $input attr-dict `:` functional-type(operands, results)";
}

def Cnn_GatherOp : Cnn_Op<"gather"> {
  let summary = "slices picked by index along one axis";
  let description = [{ ONNX Gather: the indices' shape replaces the axis; a negative index counts from the end. }];
  let arguments = (ins AnyRankedTensor:$input, AnyRankedTensor:$indices, I64Attr:$axis);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = "$input `[` $indices `]` attr-dict `:` functional-type(operands, results)";
}

def Cnn_ConvertLayoutOp : Cnn_Op<"convert_layout"> {
  let summary = "the same logical tensor, stored another way";
  let description = [{ The only op that changes an encoding. }];
  let arguments = (ins AnyRankedTensor:$input);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($output)";
}

#endif
