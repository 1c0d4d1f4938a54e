// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TARGET_ATTRS_TD
#define TARGET_ATTRS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"

def Target_Dialect : Dialect {
  let name = "target";
  let cppNamespace = "::cnnc::target";
  let summary = "The machine a module is compiled for";
  let useDefaultAttributePrinterParser = 1;
}

def Target_CpuAttr : AttrDef<Target_Dialect, "Cpu"> {
  let mnemonic = "cpu";
  let summary = "A CPU family and the levels that one library carries";
  let description = [{
    The module attribute `cnnc.target`. `levels` are names of rows of Targets.def, ascending; `cpu`, where given, is an LLVM CPU
    name that refines the only level (`-mcpu=znver3`).

    ```mlir
    #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3", "x86-64-v4"]>
    #target.cpu<"x86_64", levels = ["x86-64-v3"], cpu = "znver3">
    ```
  }];
  let parameters = (ins StringRefParameter<"x86_64 or aarch64">:$family, ArrayRefParameter<"::mlir::StringAttr">:$levels,
    DefaultValuedParameter<"::mlir::StringAttr", "::mlir::StringAttr()">:$cpu);
  let assemblyFormat = "`<` $family `,` `levels` `=` `[` $levels `]` (`,` `cpu` `=` $cpu^)? `>`";
  let genVerifyDecl = 1;
}

#endif
