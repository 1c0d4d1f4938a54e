// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef KERNEL_SCHEDULE_ATTRS_TD
#define KERNEL_SCHEDULE_ATTRS_TD

// Included by KernelOps.td. A schedule holds all about an op's code that has an alternative and does not change what is
// computed. Passes that place operands know nothing of it; passes/schedule writes it, emitters read it.

def Kernel_TaskOrderEnum : I32EnumAttr<"TaskOrder", "what tasks that follow one another share", [
    I32EnumAttrCase<"open", 0>, I32EnumAttrCase<"panels", 1>, I32EnumAttrCase<"pixels", 2>]> {
  let cppNamespace = "::cnnc::kernel";
  let genSpecializedAttr = 0;
}
def Kernel_ReductionOrderEnum : I32EnumAttr<"ReductionOrder", "where the blocks of a reduction are walked", [
    I32EnumAttrCase<"open", 0>, I32EnumAttrCase<"inside", 1>, I32EnumAttrCase<"outside", 2>]> {
  let cppNamespace = "::cnnc::kernel";
  let genSpecializedAttr = 0;
}
def Kernel_UnrolledTapsEnum : I32EnumAttr<"UnrolledTaps", "which taps of a window are code of their own", [
    I32EnumAttrCase<"open", 0>, I32EnumAttrCase<"none", 1>, I32EnumAttrCase<"row", 2>, I32EnumAttrCase<"all", 3>]> {
  let cppNamespace = "::cnnc::kernel";
  let genSpecializedAttr = 0;
}

class OpenNumber<string text> : DefaultValuedParameter<"int64_t", "kOpen", text>;
class OpenEnum<I32EnumAttr enum> : DefaultValuedParameter<enum.cppNamespace # "::" # enum.className,
    enum.cppNamespace # "::" # enum.className # "::open", enum.summary>;

class Kernel_ScheduleAttr<string name, string mnemo> : AttrDef<Kernel_Dialect, name> {
  let mnemonic = mnemo;
  let assemblyFormat = "`<` struct(params) `>`";
  let extraClassDeclaration = [{
    /// Nothing is open.
    bool isWhole() const;
  }];
}

def Kernel_ContractScheduleAttr : Kernel_ScheduleAttr<"ContractSchedule", "contract_schedule"> {
  let summary = "how a level computes a contraction";
  let description = [{
    Entries that are absent are open: passes/schedule fills them in.

    * `rows` x `vectors`: the register tile, rows of pixels by native vectors of output channels (16 lanes on x86-64-v4, 8 on
      v3, 4 on v2 and NEON): whole panels of 16 channels, or an equal part of one. Its accumulators leave four of the level's
      registers. Pixels and panels are cut in as few nearly equal tiles of at most this size as there can be.
    * `lines` rows of the image are cut in tiles as one, so that a tile may hold the end of one row and the start of the next.
    * `panel_parts`, `row_parts`, `column_parts`: what tasks take, of the output panels, of the rows and of the tiles of
      columns; one of the last two is 1. Their product is the step's tasks. With `order` panels tasks that follow one another
      share panels, else pixels.
    * `reduction_blocks` is into how many parts the segments of the reduction are cut, partial sums resting in `out`, which
      has the accumulator's elements then. Inside: a tile of panels meets all of them before the next; with
      `reduction_order` outside all panels of a task meet one before the next.
    * `row_block` rows by `column_block` tiles of columns meet a tile of panels before the next one does.
    * The weights of the next tile of panels are fetched while the first `fetch_passes` tiles of pixels meet this one; 0: not.
    * `sum_block` segments are added up before their sum is added to the others', so that rounding errors grow with their
      number and not with all; 0: not.
    * `unroll` steps of a segment are code of their own.

    ```mlir
    #kernel.contract_schedule<rows = 6, vectors = 4, panel_parts = 2, row_parts = 4>
    ```
  }];
  let parameters = (ins
    OpenNumber<"rows of pixels in registers">:$rows, OpenNumber<"native vectors in registers">:$vectors, OpenNumber<"rows cut as one">:$lines,
    OpenNumber<"">:$panel_parts, OpenNumber<"">:$row_parts, OpenNumber<"">:$column_parts, OpenEnum<Kernel_TaskOrderEnum>:$order,
    OpenNumber<"">:$reduction_blocks, OpenEnum<Kernel_ReductionOrderEnum>:$reduction_order,
    OpenNumber<"">:$row_block, OpenNumber<"in tiles">:$column_block, OpenNumber<"">:$fetch_passes,
    OpenNumber<"in segments">:$sum_block, OpenNumber<"in steps">:$unroll);
}

def Kernel_WindowScheduleAttr : Kernel_ScheduleAttr<"WindowSchedule", "window_schedule"> {
  let summary = "how a level slides a window";
  let description = [{
    Entries that are absent are open: passes/schedule fills them in. A call computes `rows` rows of outputs of `channels`
    channels (of one block where the order is blocked), `tile` outputs along spatial dimension `along` at a time in registers.
    `unroll` says which taps are code of their own: none, those along a row, or all.

    ```mlir
    #kernel.window_schedule<along = 1, tile = 7, unroll = all, channels = 16, rows = 14>
    ```
  }];
  let parameters = (ins OpenNumber<"">:$along, OpenNumber<"">:$tile, OpenEnum<Kernel_UnrolledTapsEnum>:$unroll,
    OpenNumber<"">:$channels, OpenNumber<"">:$rows);
}

def Kernel_WinogradScheduleAttr : Kernel_ScheduleAttr<"WinogradSchedule", "winograd_schedule"> {
  let summary = "how a level computes a convolution by Winograd";
  let description = [{
    Entries that are absent are open: passes/schedule fills them in.

    * `rows` x `vectors`: the register tile of the products, as in a contraction's schedule; `narrow_rows` are those of a chunk
      of one panel less.
    * `tile_block` tiles are transformed together, in three dimensions those of `depth_block` planes of the output.
    * `chunk` output panels are multiplied and transformed back before the next ones; of a raw filter `blocks` blocks of
      input channels are transformed at a time for them.
    * `panel_parts` and `tile_parts`: what tasks take, of the chunks and of the blocks of tiles. Their product is the step's
      tasks.

    ```mlir
    #kernel.winograd_schedule<rows = 6, vectors = 2, tile_block = 33, panel_parts = 1, tile_parts = 6>
    ```
  }];
  let parameters = (ins OpenNumber<"">:$rows, OpenNumber<"">:$vectors, OpenNumber<"">:$narrow_rows, OpenNumber<"">:$tile_block,
    OpenNumber<"">:$depth_block, OpenNumber<"in panels">:$chunk, OpenNumber<"of input channels">:$blocks,
    OpenNumber<"">:$panel_parts, OpenNumber<"">:$tile_parts);
}

def Kernel_GenericScheduleAttr : Kernel_ScheduleAttr<"GenericSchedule", "generic_schedule"> {
  let summary = "how a level walks a linalg.generic of a step";
  let description = [{
    In the op's discardable attribute `kernel.schedule`, one for each level. Entries that are absent are open: passes/schedule
    fills them in. Lanes lie along the loop that dimension `along` is walked by, `vectors` native vectors are code of their own:
    of the result, or accumulators of a reduction. The accumulators decide in which order a sum is rounded.

    ```mlir
    #kernel.generic_schedule<along = 3, vectors = 4>
    ```
  }];
  let parameters = (ins OpenNumber<"">:$along, OpenNumber<"">:$vectors);
}

class Kernel_Schedules<Attr schedule> : OptionalAttr<TypedArrayAttrBase<schedule, "a schedule per level">>;

#endif
