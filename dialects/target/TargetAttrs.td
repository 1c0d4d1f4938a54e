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

def Target_TargetAttr : AttrInterface<"TargetAttr"> {
  let cppNamespace = "::cnnc::target";
  let description = [{
    What the rooms above the exits may ask of a machine. None of them asks what kind it is: they ask for what they need of it, and
    do without where it has none.
  }];
  let methods = [
    InterfaceMethod<"What `-target` calls it: x86_64, aarch64 or nvptx64.", "::llvm::StringRef", "getFamily">,
    InterfaceMethod<"Names of rows of Targets.def, ascending.", "::llvm::ArrayRef<::mlir::StringAttr>", "getLevels">,
    InterfaceMethod<"The same machine, for fewer levels.", "::cnnc::target::TargetAttr", "withLevels",
      (ins "::llvm::ArrayRef<::mlir::StringAttr>":$levels)>,
    InterfaceMethod<"Which phases make code for it, after those that all machines share.", "::cnnc::target::Exit", "getExit">,
    InterfaceMethod<"Whether feature maps are stored with their channels last, never in blocks.", "bool", "storesChannelsLast">,
    InterfaceMethod<[{Rows of the levels, ascending, whose costs, caches, tiles and tasks are those of a core; none where the machine
      is no CPU.}], "::llvm::SmallVector<::cnnc::target::Level>", "getCpuLevels">,
  ];
}

def Target_CpuAttr : AttrDef<Target_Dialect, "Cpu", [Target_TargetAttr]> {
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
  let extraClassDeclaration = [{
    TargetAttr withLevels(llvm::ArrayRef<mlir::StringAttr> levels) const {
      return get(getContext(), getFamily(), levels, getCpu());
    }
    Exit getExit() const { return Exit::cpu; }
    bool storesChannelsLast() const { return false; }
    llvm::SmallVector<Level> getCpuLevels() const;
  }];
}

def Target_GpuAttr : AttrDef<Target_Dialect, "Gpu", [Target_TargetAttr]> {
  let mnemonic = "gpu";
  let summary = "A GPU family, the levels that one library carries, and the CPU that launches its kernels";
  let description = [{
    The module attribute `cnnc.target`. `levels` are names of GPU rows of Targets.def, ascending; `host` is the family of the CPU that
    the library runs on.

    ```mlir
    #target.gpu<"nvptx64", levels = ["sm_80", "sm_90a"], host = "x86_64">
    ```
  }];
  let parameters = (ins StringRefParameter<"nvptx64">:$family, ArrayRefParameter<"::mlir::StringAttr">:$levels,
    StringRefParameter<"x86_64 or aarch64">:$host);
  let assemblyFormat = "`<` $family `,` `levels` `=` `[` $levels `]` `,` `host` `=` $host `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    TargetAttr withLevels(llvm::ArrayRef<mlir::StringAttr> levels) const {
      return get(getContext(), getFamily(), levels, getHost());
    }
    Exit getExit() const { return Exit::gpu; }
    bool storesChannelsLast() const { return true; }
    llvm::SmallVector<Level> getCpuLevels() const { return {}; }
  }];
}

#endif
