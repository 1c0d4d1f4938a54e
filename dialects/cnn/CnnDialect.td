// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CNN_DIALECT_TD
#define CNN_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

def Cnn_Dialect : Dialect {
  let name = "cnn";
  let cppNamespace = "::cnnc::cnn";
  let summary = "Convolutional networks as graphs of tensors";
  let description = [{
    What a CNN compiler must see, and no more. Shapes are logical throughout: a feature map is `N, C, spatial...`
    whatever its storage. Storage is the tensor's encoding, a `#cnn.layout`, absent before layouts are assigned
    (and then row major). Elementwise operators are one op, `cnn.map`, whose region holds scalar `arith` and `math`;
    the same region, called epilogue, follows the accumulators of convolution, pooling and matmul.
    Constants are `arith.constant` with `dense_resource` payloads.
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

class Cnn_Attr<string name, string keyword, list<Trait> traits = []> : AttrDef<Cnn_Dialect, name, traits> {
  let mnemonic = keyword;
}

def Cnn_LayoutAttr : Cnn_Attr<"Layout", "layout"> {
  let summary = "How a logical tensor is stored";
  let description = [{
    `order` lists the logical dimensions from slowest to fastest. With `block = d`, dimension d is split in blocks of
    16: the block number stands where d stands in `order`, and the 16 lanes are the fastest dimension of all; lanes past
    the extent of d hold zero.

    ```mlir
    #cnn.layout<[0, 1, 2, 3]>             // NCHW, row major
    #cnn.layout<[0, 2, 3, 1]>             // NHWC
    #cnn.layout<[0, 1, 2, 3], block = 1>  // NCHW16c
    ```
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$order, DefaultValuedParameter<"int64_t", "-1">:$block);
  let assemblyFormat = "`<` `[` $order `]` (`,` `block` `=` $block^)? `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Channels blocked in place, channels last, row major; `rank` counts N and C.
    static LayoutAttr getBlocked(::mlir::MLIRContext *context, int64_t rank, int64_t dim = 1);
    static LayoutAttr getChannelsLast(::mlir::MLIRContext *context, int64_t rank);
    static LayoutAttr getRowMajor(::mlir::MLIRContext *context, int64_t rank);
    bool isRowMajor() const;
    bool isBlocked() const { return getBlock() >= 0; }
    /// The stored shape of a tensor of logical shape `shape`: permuted, and with 16 lanes at the end where blocked.
    ::llvm::SmallVector<int64_t> getPhysicalShape(::llvm::ArrayRef<int64_t> shape) const;
    static constexpr int64_t kBlock = 16;
  }];
}

def Cnn_AlgorithmEnum : I32EnumAttr<"Algorithm", "how a convolution is computed", [
    I32EnumAttrCase<"direct", 0>, I32EnumAttrCase<"pointwise", 1>, I32EnumAttrCase<"depthwise", 2>,
    I32EnumAttrCase<"winograd_2_3", 3>, I32EnumAttrCase<"winograd_4_3", 4>, I32EnumAttrCase<"winograd_6_3", 5>,
    I32EnumAttrCase<"im2col", 6>, I32EnumAttrCase<"first_layer", 7>, I32EnumAttrCase<"phases", 8>,
    I32EnumAttrCase<"grouped", 9>, I32EnumAttrCase<"winograd_2_5", 10>, I32EnumAttrCase<"winograd_4_5", 11>,
    I32EnumAttrCase<"winograd_2_7", 12>, I32EnumAttrCase<"winograd_4_3_raw", 13>]> {
  let cppNamespace = "::cnnc::cnn";
  let genSpecializedAttr = 0;
}
def Cnn_Algorithm : EnumAttr<Cnn_Dialect, Cnn_AlgorithmEnum, "algorithm"> {
  let assemblyFormat = "$value";
}
def Cnn_PoolKindEnum : I32EnumAttr<"PoolKind", "what a pooling window computes", [
    I32EnumAttrCase<"max", 0>, I32EnumAttrCase<"average", 1>]> {
  let cppNamespace = "::cnnc::cnn";
  let genSpecializedAttr = 0;
}
def Cnn_PoolKind : EnumAttr<Cnn_Dialect, Cnn_PoolKindEnum, "pool_kind"> {
  let assemblyFormat = "$value";
}
def Cnn_ReduceKindEnum : I32EnumAttr<"ReduceKind", "how a reduction combines", [
    I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"prod", 1>, I32EnumAttrCase<"max", 2>, I32EnumAttrCase<"min", 3>]> {
  let cppNamespace = "::cnnc::cnn";
  let genSpecializedAttr = 0;
}
def Cnn_ReduceKind : EnumAttr<Cnn_Dialect, Cnn_ReduceKindEnum, "reduce_kind"> {
  let assemblyFormat = "$value";
}
def Cnn_PadModeEnum : I32EnumAttr<"PadMode", "what stands in the border", [
    I32EnumAttrCase<"constant", 0>, I32EnumAttrCase<"reflect", 1>, I32EnumAttrCase<"edge", 2>,
    I32EnumAttrCase<"wrap", 3>]> {
  let cppNamespace = "::cnnc::cnn";
  let genSpecializedAttr = 0;
}
def Cnn_PadMode : EnumAttr<Cnn_Dialect, Cnn_PadModeEnum, "pad_mode"> {
  let assemblyFormat = "$value";
}
def Cnn_ResizeModeEnum : I32EnumAttr<"ResizeMode", "how a resize interpolates", [
    I32EnumAttrCase<"nearest", 0>, I32EnumAttrCase<"linear", 1>, I32EnumAttrCase<"cubic", 2>]> {
  let cppNamespace = "::cnnc::cnn";
  let genSpecializedAttr = 0;
}
def Cnn_ResizeMode : EnumAttr<Cnn_Dialect, Cnn_ResizeModeEnum, "resize_mode"> {
  let assemblyFormat = "$value";
}

#endif
