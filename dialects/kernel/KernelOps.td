// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef KERNEL_OPS_TD
#define KERNEL_OPS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::cnnc::kernel";
  let summary = "The families of hot kernels, on stored (physical) shapes";
  let description = [{
    Operands are tensors before bufferisation and memrefs after it; the destination is an operand (`outs`). Shapes are
    physical. No kernel knows padding, except Winograd's input transform: a padded operand was padded by `kernel.pad`,
    which bufferisation turns into a border around the producer's destination. Strides of memrefs carry the rest: a
    slice of a concatenation, the inside of a border, one phase of a transposed convolution.

    How many tasks compute an op, and how each level does it, is said by `kernel.step` and by the `schedule` of the hot
    kernels, which has an entry for each level of the module's target; results never depend on the number of tasks.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
}

def Kernel_ChannelOrderEnum : I32EnumAttr<"ChannelOrder", "where the channels of a feature map are stored", [
    I32EnumAttrCase<"first", 0>,     // N, C, spatial...
    I32EnumAttrCase<"last", 1>,      // N, spatial..., C
    I32EnumAttrCase<"blocked", 2>]> { // N, ceil(C/16), spatial..., 16
  let cppNamespace = "::cnnc::kernel";
  let genSpecializedAttr = 0;
}
def Kernel_ChannelOrder : EnumAttr<Kernel_Dialect, Kernel_ChannelOrderEnum, "channel_order"> {
  let assemblyFormat = "$value";
}
def Kernel_WindowKindEnum : I32EnumAttr<"WindowKind", "how a window combines", [
    I32EnumAttrCase<"mul_add", 0>, I32EnumAttrCase<"max", 1>, I32EnumAttrCase<"sum", 2>]> {
  let cppNamespace = "::cnnc::kernel";
  let genSpecializedAttr = 0;
}
def Kernel_WindowKind : EnumAttr<Kernel_Dialect, Kernel_WindowKindEnum, "window_kind"> {
  let assemblyFormat = "$value";
}

include "dialects/kernel/ScheduleAttrs.td"

defvar Buffer = AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef]>;

class Kernel_Op<string mnemonic, list<Trait> traits = []> : Op<Kernel_Dialect, mnemonic, traits>;

/// An op that writes `outs` and, on tensors, returns it.
class Kernel_DpsOp<string mnemonic, list<Trait> traits = []>
    : Kernel_Op<mnemonic, !listconcat([DestinationStyleOpInterface], traits)> {
  let results = (outs Variadic<AnyRankedTensor>:$results);
  code dps = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutMutable(); }
  }];
  let extraClassDeclaration = dps;
}

def Kernel_YieldOp : Kernel_Op<"yield", [Terminator, Pure, ReturnLike]> {
  let summary = "ends an epilogue";
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

def Kernel_ContractOp : Kernel_DpsOp<"contract", [AttrSizedOperandSegments]> {
  let summary = "batch-reduce matrix product: every dense convolution and matrix product";
  let description = [{
    `out[pixel, o] = epilogue(bias[o] + sum over segments s, r of a[base(pixel) + offset(s) + r] * filter[o / 16, s, r, o % 16])`

    `a` is stored in `a_order`, already padded; `out` in `out_order`. `filter` is packed in panels of 16 output channels,
    `panels x segments x run x 16` (with a leading batch extent when it differs per image: `batched_filter`). A segment is a run of
    consecutive elements of `a`:
      * blocked: segment = (kernel position, channel block), run = 16;
      * last: segment = (kernel position, chunk of channels), run divides the channels of a group; or, where the run is
        kernel width x channels (dilation 1), segment = the other kernel dimensions;
      * first: segment = (channel, kernel position without the last dimension), run = kernel width.
    The elements of `a` and `filter` choose a row of Arithmetic.def: the accumulator, which `bias` has and the epilogue starts
    from, and the group of elements that a step multiplies. Where that is k > 1, the filter is `panels x segments x run / k x 16 x k`.
    Groups follow one another in the panels, each padded to whole panels. `bias` has panels x 16 elements.
    `extras` have the rank of `out` and extents equal to its or 1. Lanes of `out` past `out_channels` receive zero.
  }];
  let arguments = (ins Buffer:$a, Buffer:$filter, Optional<Buffer>:$bias, Variadic<Buffer>:$extras, Buffer:$out,
    Kernel_ChannelOrder:$a_order, Kernel_ChannelOrder:$out_order, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations, I64Attr:$group, I64Attr:$in_channels, I64Attr:$out_channels, UnitAttr:$batched_filter,
    Kernel_Schedules<Kernel_ContractScheduleAttr>:$schedule);
  let regions = (region MaxSizedRegion<1>:$epilogue);
  let hasVerifier = 1;
  let assemblyFormat = [{ `ins` `(` $a `,` $filter (`bias` $bias^)? (`extras` $extras^)? `:` type($a) `,` type($filter)
    custom<EpilogueTypes>(ref($bias), type($bias), type($extras)) `)` `outs` `(` $out `:` type($out) `)` attr-dict
    (`->` type($results)^)? (`epilogue` $epilogue^)? }];
}

def Kernel_WindowOp : Kernel_DpsOp<"window", [AttrSizedOperandSegments]> {
  let summary = "sliding window that keeps channels apart: depthwise and narrow grouped convolution, pooling";
  let description = [{
    `out[pixel, c] = epilogue(bias[c] + combine over kernel positions k, j < width of a[pixel * strides + k * dilations, (c / width) * width + j] * filter[k, j, c])`

    `a` and `out` have one `order`, blocked or last; `a` is already padded. `filter` is `blocks x (positions * width) x 16` when blocked,
    `(positions * width) x C` when last; absent for `max` and `sum`. `width` is the channels of a group: 1 (depthwise), 2, 4 or 8.
    `a` holds f32, or bytes without a sign: their largest is a byte, for the other kinds they are read as floats. The accumulator
    is f32, or the byte; filter and bias are f32.
    Lanes past `channels` receive zero. `row_sums`, of the shape of `out` but 1 long in the last spatial dimension, receives
    the sum of each row of `out`.
  }];
  let arguments = (ins Buffer:$a, Optional<Buffer>:$filter, Optional<Buffer>:$bias, Variadic<Buffer>:$extras, Buffer:$out,
    Optional<AnyStridedMemRef>:$row_sums, Kernel_WindowKind:$kind, Kernel_ChannelOrder:$order, DenseI64ArrayAttr:$kernel,
    DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$width, I64Attr:$channels,
    Kernel_Schedules<Kernel_WindowScheduleAttr>:$schedule);
  let regions = (region MaxSizedRegion<1>:$epilogue);
  let hasVerifier = 1;
  let assemblyFormat = [{ $kind `ins` `(` $a (`filter` $filter^)? (`bias` $bias^)? (`extras` $extras^)? `:` type($a)
    (`filter` type($filter)^)? (`bias` type($bias)^)? (`extras` type($extras)^)? `)` `outs` `(` $out `:` type($out) `)`
    (`row_sums` `(` $row_sums^ `:` type($row_sums) `)`)? attr-dict (`->` type($results)^)? (`epilogue` $epilogue^)? }];
}

def Kernel_WinogradOp : Kernel_DpsOp<"winograd", [AttrSizedOperandSegments]> {
  let summary = "stride-1 convolution by Winograd's F(m, r) in each dimension of a plane, in blocks of tiles that stay in L2";
  let description = [{
    `tile` and `kernel` are the rows x columns of a tile's outputs and of the filter's taps, from F(m, r) with an m + r - 1
    of 4, 6 or 8, or 1 x 1 across a line. One spatial dimension is a row. `a` is blocked and *not* padded: the input transform
    reads zero outside. `filter` is the transformed filter, `positions x panels x channel blocks x 16 x 16` (position, output
    panel, input block, input lane, output lane) with (m + r - 1) x (m + r - 1) positions; or, in one or two dimensions, the raw
    filter, `panels x channel blocks x 16 x taps x 16`, which a task transforms in scratch, a few blocks at a time.
    A task transforms a block of tiles of the input, multiplies it with its part of the panels, and transforms back, with bias and
    epilogue on the way to `out`. The transforms live in per-thread scratch. In three dimensions the planes are transformed and
    their products summed over the kernel's depth, which comes before the input block in `filter`.
  }];
  let arguments = (ins Buffer:$a, Buffer:$filter, Optional<Buffer>:$bias, Variadic<Buffer>:$extras, Buffer:$out,
    DenseI64ArrayAttr:$tile, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$pads, I64Attr:$in_channels, I64Attr:$out_channels,
    Kernel_Schedules<Kernel_WinogradScheduleAttr>:$schedule);
  let regions = (region MaxSizedRegion<1>:$epilogue);
  let hasVerifier = 1;
  let assemblyFormat = [{ `ins` `(` $a `,` $filter (`bias` $bias^)? (`extras` $extras^)? `:` type($a) `,` type($filter)
    custom<EpilogueTypes>(ref($bias), type($bias), type($extras)) `)` `outs` `(` $out `:` type($out) `)` attr-dict
    (`->` type($results)^)? (`epilogue` $epilogue^)? }];
}

def Kernel_RelayoutOp : Kernel_DpsOp<"relayout"> {
  let summary = "the same logical tensor, stored another way";
  let description = [{
    `shape` is logical; orders list logical dimensions from slowest to fastest, a block dimension (or -1) is split in
    16 lanes that come last, as in `#cnn.layout`. Lanes of `out` past the extent receive zero.
  }];
  let arguments = (ins Buffer:$a, Buffer:$out, DenseI64ArrayAttr:$shape, DenseI64ArrayAttr:$a_order, I64Attr:$a_block,
    DenseI64ArrayAttr:$out_order, I64Attr:$out_block);
  let hasVerifier = 1;
  let assemblyFormat = [{ `ins` `(` $a `:` type($a) `)` `outs` `(` $out `:` type($out) `)` attr-dict (`->` type($results)^)? }];
}

def Kernel_PadOp : Kernel_Op<"pad", [Pure]> {
  let summary = "a stored tensor with a constant border; on tensors only";
  let description = [{ Bufferisation lets the producer write inside the bordered buffer where it can. }];
  let arguments = (ins AnyRankedTensor:$input, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high, TypedAttrInterface:$value);
  let results = (outs AnyRankedTensor:$output);
  let hasVerifier = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($output)";
}

def Kernel_ConcatOp : Kernel_Op<"concat", [Pure]> {
  let summary = "stored tensors side by side along a stored dimension; on tensors only";
  let description = [{ Bufferisation lets the producers write into their part of the result where they can. }];
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs, I64Attr:$axis);
  let results = (outs AnyRankedTensor:$output);
  let hasVerifier = 1;
  let assemblyFormat = "`(` $inputs `)` attr-dict `:` functional-type(operands, results)";
}

def Kernel_ReshapeOp : Kernel_Op<"reshape", [Pure]> {
  let summary = "the same stored elements under another shape; on tensors only";
  let arguments = (ins AnyRankedTensor:$input);
  let results = (outs AnyRankedTensor:$output);
  let hasVerifier = 1;
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($output)";
}

def Kernel_BorderOp : Kernel_Op<"border"> {
  let summary = "writes the border of a buffer";
  let description = [{ Elements of `out` nearer than `low` or `high` to an edge receive `value`; the inside is left alone. }];
  let arguments = (ins Arg<AnyStridedMemRef, "", [MemWrite]>:$out, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
    TypedAttrInterface:$value);
  let hasVerifier = 1;
  let assemblyFormat = "$out attr-dict `:` type($out)";
}

def Kernel_StepOp : Kernel_Op<"step", [NoTerminator, SingleBlock]> {
  let summary = "what the runtime calls: ops whose tasks may run in any order, on any thread";
  let description = [{
    Task t of T (`tasks`, which the phase schedule chooses) executes part t of T of each op in the body; ops of one step write disjoint memory and read nothing that
    another of them writes. `macs` and `bytes` describe the layer as the model writes it. Task t runs part t of the
    iterations of an `scf.forall`, and in each all of the ops inside; what these keep in a `memref.alloca` is the task's own.
    After the vector phase the step has no body, but in `functions` the code for each level of the target.
  }];
  let arguments = (ins StrAttr:$name, StrAttr:$algorithm, OptionalAttr<I64Attr>:$tasks, I64Attr:$macs, I64Attr:$bytes,
    OptionalAttr<FlatSymbolRefArrayAttr>:$functions);
  let regions = (region AnyRegion:$body);
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::llvm::StringRef":$algorithm, "uint64_t":$macs, "uint64_t":$bytes),
    [{ build($_builder, $_state, name, algorithm, ::mlir::IntegerAttr(), macs, bytes, ::mlir::ArrayAttr()); }]>];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let assemblyFormat = [{
    $name `algorithm` `(` $algorithm `)` (`tasks` `(` $tasks^ `)`)? `macs` `(` $macs `)` `bytes` `(` $bytes `)` (`functions` $functions^)?
    attr-dict-with-keyword ($body^)?
  }];
}

def Kernel_TensorAttr : AttrDef<Kernel_Dialect, "Tensor"> {
  let mnemonic = "tensor";
  let summary = "an input or output of the model";
  let description = [{
    Dense and row major, of the ONNX model's own shape. Integers without a sign are `ui8`, ... `ui64`. `symbols` has a text for each
    dimension: ONNX's symbol, or nothing where it had a number.

    ```mlir
    #kernel.tensor<"pixels", tensor<1x224x224x3xui8>, symbols = ["batch", "", "", ""]>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "::mlir::RankedTensorType":$type,
    OptionalArrayRefParameter<"::mlir::StringAttr">:$symbols);
  let genVerifyDecl = 1;
  let assemblyFormat = "`<` $name `,` $type (`,` `symbols` `=` `[` $symbols^ `]`)? `>`";
  let extraClassDeclaration = [{
    /// ONNX's number of the element type.
    int64_t getOnnxType() const;
    int64_t getBytes() const;
  }];
}
def Kernel_TensorArrayAttr : TypedArrayAttrBase<Kernel_TensorAttr, "inputs or outputs of the model">;

def Kernel_ModelOp : Kernel_Op<"model", [NoTerminator, SingleBlock, IsolatedFromAbove, HasParent<"::mlir::ModuleOp">]> {
  let summary = "what is compiled: its interface, its memory, its weights, and its steps in the order of execution";
  let description = [{
    Made by the buffer phase. The body's arguments are the inputs, the outputs, then as bytes the arena, the scratch of one thread and
    the weights; beside steps it holds views of these. After the vector phase it has no arguments and steps of functions, and after the
    llvm phase nothing: then the rest is for those who write files.

    `weights` are written at `offsets` of their image, ascending and disjoint; what lies between them is zero.

    ```mlir
    kernel.model inputs [#kernel.tensor<"x", tensor<4xf32>>] outputs [#kernel.tensor<"y", tensor<4xf32>>] arena(64) scratch(0)
        weights(16) [dense<1.0> : tensor<4xf32>] at [0] {
    ^bb0(%x: memref<4xf32>, %y: memref<4xf32>, %arena: memref<64xi8>, %scratch: memref<0xi8>, %weights: memref<16xi8>):
      ...
    }
    ```
  }];
  let arguments = (ins Kernel_TensorArrayAttr:$inputs, Kernel_TensorArrayAttr:$outputs, I64Attr:$arena_bytes, I64Attr:$scratch_bytes,
    I64Attr:$weights_bytes, TypedArrayAttrBase<ElementsAttr, "constants">:$weights, DenseI64ArrayAttr:$offsets);
  let regions = (region AnyRegion:$body);
  let hasVerifier = 1;
  let assemblyFormat = [{
    `inputs` $inputs `outputs` $outputs `arena` `(` $arena_bytes `)` `scratch` `(` $scratch_bytes `)` `weights` `(` $weights_bytes `)`
    $weights `at` $offsets attr-dict-with-keyword $body
  }];
  let extraClassDeclaration = [{
    /// The arguments of the body that hold the memory, behind inputs and outputs.
    enum Memory { Arena, Scratch, Weights };
    static constexpr unsigned kMemories = 3;
    unsigned getMemoryArgument(Memory memory) { return getInputs().size() + getOutputs().size() + memory; }
    int64_t getMemoryBytes(Memory memory) {
      return memory == Arena ? getArenaBytes() : memory == Scratch ? getScratchBytes() : getWeightsBytes();
    }
  }];
}

#endif
