// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/pipeline/VerifyText.h"

#include "compiler/pipeline/ModelName.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/pipeline/TextAttributes.h"
#include "compiler/pipeline/TextFile.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/target/Target.h"
#include "dialects/target/Types.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::pipeline;

/// Far from where arithmetic on bytes overflows, and far above what a machine has.
static constexpr int64_t kMostBytes = int64_t(1) << 46;
static constexpr int64_t kMostRank = 64, kMostLanes = 4096;

/// The bytes of a dense array, at least 1 for each element; nothing where they are too many.
static std::optional<int64_t> countBytes(ArrayRef<int64_t> shape, Type element) {
  int64_t bytes = element.isIndex() ? 8 : llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
  for (int64_t extent : shape)
    if (extent < 0 || llvm::MulOverflow(bytes, extent, bytes) || bytes > kMostBytes)
      return std::nullopt;
  return bytes;
}

static bool isScalar(Type type) {
  return type.isIndex() || (type.isIntOrFloat() && type.getIntOrFloatBitWidth() <= 64);
}

static bool hasKnownStrides(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset;
  return succeeded(type.getStridesAndOffset(strides, offset)) && llvm::none_of(strides, ShapedType::isDynamic);
}

/// Types that a pass may meet: the rest it might count the bytes of, and fall over.
static bool isModerate(Type type) {
  if (auto shaped = dyn_cast<ShapedType>(type)) {
    auto memref = dyn_cast<MemRefType>(type);
    auto vector = dyn_cast<VectorType>(type);
    bool known = isa<RankedTensorType>(type) || (memref && hasKnownStrides(memref)) || (vector && !vector.isScalable());
    bool pointers = vector && isa<LLVM::LLVMPointerType>(shaped.getElementType());
    return known && shaped.hasStaticShape() && shaped.getRank() <= kMostRank &&
           (isScalar(shaped.getElementType()) || pointers) &&
           countBytes(shaped.getShape(), pointers ? IndexType::get(type.getContext()) : shaped.getElementType()) &&
           (!vector || vector.getNumElements() <= kMostLanes);
  }
  if (auto function = dyn_cast<FunctionType>(type))
    return llvm::all_of(function.getInputs(), isModerate) && llvm::all_of(function.getResults(), isModerate);
  if (auto function = dyn_cast<LLVM::LLVMFunctionType>(type))
    return !function.isVarArg() && llvm::all_of(function.getParams(), isModerate) &&
           isModerate(function.getReturnType());
  if (auto array = dyn_cast<LLVM::LLVMArrayType>(type))
    return array.getNumElements() <= (1u << 30) && isModerate(array.getElementType());
  if (auto structure = dyn_cast<LLVM::LLVMStructType>(type))
    return !structure.isIdentified() && llvm::all_of(structure.getBody(), isModerate);
  if (auto pointer = dyn_cast<LLVM::LLVMPointerType>(type))
    return pointer.getAddressSpace() == 0;
  return isScalar(type) || isa<LLVM::LLVMVoidType>(type);
}

static LogicalResult verifyTypes(Operation *op) {
  auto refuse = [&](Type type) {
    return op->emitError()
           << "requires types of known shape and moderate size, of numbers of at most 64 bits, but found " << type;
  };
  for (Type type : op->getResultTypes())
    if (!isModerate(type))
      return refuse(type);
  for (Region &region : op->getRegions())
    for (Block &block : region)
      for (Type type : block.getArgumentTypes())
        if (!isModerate(type))
          return refuse(type);
  // The types of functions and of globals.
  for (NamedAttribute attribute : op->getAttrs())
    if (auto type = dyn_cast<TypeAttr>(attribute.getValue()); type && !isModerate(type.getValue()))
      return refuse(type.getValue());
  return success();
}

/// Ops of the right dialects that no phase leaves behind.
static bool isForeign(Operation *op) {
  if (isa<func::FuncOp, LLVM::LLVMFuncOp, LLVM::GlobalOp, kernel::ModelOp>(op))
    return !isa<ModuleOp>(op->getParentOp());
  StringRef dialect = op->getName().getDialectNamespace();
  if (dialect == "builtin")
    return op->getParentOp();
  if (dialect == "func")
    return !isa<func::ReturnOp>(op);
  if (isa<ModuleOp>(op->getParentOp()) || (isa<kernel::StepOp>(op) && !isa<kernel::ModelOp>(op->getParentOp())))
    return true;
  return isa<LLVM::CallIntrinsicOp, LLVM::InvokeOp, LLVM::LandingpadOp, LLVM::ResumeOp, LLVM::VaStartOp,
             LLVM::IndirectBrOp, LLVM::BlockAddressOp, LLVM::AtomicRMWOp, LLVM::AtomicCmpXchgOp, LLVM::FenceOp,
             memref::GetGlobalOp>(op);
}

static LogicalResult verifyOps(ModuleOp module, StringRef phase) {
  // Each op that does not belong is told of; not what is in it.
  bool valid = true;
  module->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (!mayFollow(op, phase) || isForeign(op)) {
      op->emitError() << "'" << op->getName() << "' does not belong in a text of the phase " << phase;
      valid = false;
      return WalkResult::skip();
    }
    valid &= succeeded(verifyTypes(op));
    return WalkResult::advance();
  });
  return success(valid);
}

/// An element type that an input or output of a model may have.
static bool isInterfaceType(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped && target::findElementType(shaped.getElementType(), /*isUnsigned=*/false);
}

static LogicalResult verifyArgument(func::FuncOp main, unsigned number) {
  Type type = main.getArgument(number).getType();
  auto fail = [&](const Twine &what) {
    InFlightDiagnostic diagnostic = main.emitError() << "requires " << what << " as argument " << number
                                                     << " of @main, but found " << type;
    if (DictionaryAttr attributes = main.getArgAttrDict(number); attributes && !attributes.empty())
      diagnostic << " with " << attributes;
    return diagnostic;
  };
  if (!isa<RankedTensorType>(type))
    return fail("a tensor");
  if (!isInterfaceType(type))
    return fail("elements of a type that inputs may have");
  Attribute name = main.getArgAttr(number, "cnnc.name"), symbols = main.getArgAttr(number, "cnnc.symbols");
  if ((name && !isa<StringAttr>(name)) || (symbols && !isStringList(symbols, cast<ShapedType>(type).getRank())))
    return fail("a text as cnnc.name, and one for each dimension in cnnc.symbols,");
  return success();
}

/// What all phases before the buffers work on.
static LogicalResult verifyMain(ModuleOp module) {
  for (auto model : module.getOps<kernel::ModelOp>())
    return model.emitError("requires a function, @main, up to the phase kernel");
  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  if (functions.size() != 1 || functions.front().getSymName() != "main")
    return module.emitError() << "requires one function, @main, but found " << functions.size()
                              << (functions.empty() ? "" : ": @" + functions.front().getSymName().str() + " first");
  func::FuncOp main = functions.front();
  if (!main.getBody().hasOneBlock())
    return main.emitError() << "requires one block in @main, but found " << main.getBody().getBlocks().size();
  for (unsigned number : llvm::seq(main.getNumArguments()))
    if (failed(verifyArgument(main, number)))
      return failure();
  for (unsigned number : llvm::seq(main.getNumResults())) {
    if (Type type = main.getResultTypes()[number]; !isa<RankedTensorType>(type) || !isInterfaceType(type))
      return main.emitError() << "requires a tensor of a type that outputs may have as result " << number
                              << " of @main, but found " << type;
    if (Attribute name = main.getResultAttr(number, "cnnc.name"); name && !isa<StringAttr>(name))
      return main.emitError() << "requires a text as cnnc.name of result " << number << " of @main, but found " << name;
  }
  return success();
}

/// The buffer that a memref is a part of: where the elements of its layout count from.
static Value getBase(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>()) {
    if (isa<memref::ViewOp>(view))
      break;
    memref = view.getViewSource();
  }
  return memref;
}

/// A part of known place lies in its buffer, a buffer in the memory that it is a view of.
static LogicalResult verifyPlace(Operation *op) {
  auto type = dyn_cast<MemRefType>(op->getResult(0).getType());
  if (!type)
    return success();
  if (auto view = dyn_cast<memref::ViewOp>(op)) {
    std::optional<int64_t> shift = getConstantIntValue(view.getByteShift());
    int64_t bytes = *countBytes(type.getShape(), type.getElementType()),
            held = view.getSource().getType().getNumElements();
    if (shift && *shift >= 0 && *shift <= held - bytes)
      return success();
    return op->emitError() << "requires " << bytes << " bytes at a constant place in memory of " << held
                           << ", but they begin at " << (shift ? std::to_string(*shift) : "none");
  }
  SmallVector<int64_t> strides;
  int64_t first;
  if (failed(type.getStridesAndOffset(strides, first)) || ShapedType::isDynamic(first) || type.getNumElements() == 0)
    return success();
  int64_t last = first;
  for (auto [extent, stride] : llvm::zip_equal(type.getShape(), strides)) {
    int64_t length = 0;
    if (llvm::MulOverflow(extent - 1, stride, length) || std::abs(length) > kMostBytes)
      return op->emitError() << "requires moderate strides, but found " << type;
    (length < 0 ? first : last) += length;
  }
  auto base = cast<MemRefType>(getBase(op->getResult(0)).getType());
  if (first >= 0 && last < base.getNumElements() && base.getElementType() == type.getElementType())
    return success();
  return op->emitError() << "requires elements " << first << " to " << last << " of a buffer of "
                         << base.getNumElements() << ": " << base;
}

/// What the vector phase reads: bodies, on buffers of known place.
static LogicalResult verifyBodies(kernel::ModelOp model) {
  for (Operation &op : model.getBody().getOps())
    if (auto step = dyn_cast<kernel::StepOp>(op); step && step.getFunctions())
      return step.emitError() << "requires a body as steps of the phase buffer have, but found functions";
  WalkResult result = model->walk([](Operation *op) -> WalkResult {
    return isa<ViewLikeOpInterface>(op) && op->getNumResults() == 1 ? verifyPlace(op) : success();
  });
  return failure(result.wasInterrupted());
}

/// What the llvm phase reads: for each step a function for each level.
static LogicalResult verifyFunctions(kernel::ModelOp model, ModuleOp module) {
  auto *context = module.getContext();
  Type pointer = LLVM::LLVMPointerType::get(context);
  Type type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context),
                                          {pointer, pointer, pointer, pointer, IntegerType::get(context, 64)});
  SymbolTable symbols(module);
  size_t levels = target::getTarget(module).getLevels().size();
  for (Operation &op : model.getBody().getOps()) {
    ArrayAttr functions = cast<kernel::StepOp>(op).getFunctionsAttr();
    if (!functions || functions.size() != levels)
      return op.emitError() << "requires " << levels << " functions, one for each level of " << target::kTargetAttr
                            << ", but found " << (functions ? functions.size() : 0);
    for (auto symbol : functions.getAsRange<FlatSymbolRefAttr>()) {
      auto function = symbols.lookup<LLVM::LLVMFuncOp>(symbol.getAttr());
      if (!function || function.isExternal() || function.getFunctionType() != type)
        return op.emitError() << "requires a function of the type " << type << " as " << symbol;
    }
  }
  return success();
}

static LogicalResult verifyEntries(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>(kNameAttr).getValue();
  for (StringRef ending : {"_run", "_run_in"}) {
    auto function = module.lookupSymbol<LLVM::LLVMFuncOp>((name + ending).str());
    if (!function || function.isExternal() || !isEntry(function))
      return module.emitError() << "requires an entry point @" << name << ending
                                << ", a function of the role \"entry\"";
  }
  if (auto table = module.lookupSymbol<LLVM::GlobalOp>("cnnc_model"); !table || table.isDeclaration())
    return module.emitError() << "requires the model's table, @cnnc_model";
  return success();
}

LogicalResult cnnc::pipeline::verifyText(ModuleOp module) {
  Attribute given = module->getAttr(kPhaseAttr);
  auto text = dyn_cast_if_present<StringAttr>(given);
  if (given && (!text || !llvm::is_contained(getPhaseNames(), text.getValue())))
    return module.emitError() << "unknown phase " << given << " in " << kPhaseAttr;
  StringRef phase = text ? text.getValue() : getPhaseNames().front();
  if (failed(verifyOps(module, phase)) || failed(verifyAttributes(module, phase)))
    return failure();
  auto place = [](StringRef name) { return llvm::find(getPhaseNames(), name); };
  if (place(phase) < place("buffer"))
    return verifyMain(module);
  kernel::ModelOp model = kernel::requireModel(module);
  if (!model)
    return failure();
  if (phase == "vector")
    return verifyFunctions(model, module);
  return phase == "llvm" ? verifyEntries(module) : verifyBodies(model);
}
