// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   kernel.model inputs [..] .. { kernel.step "conv1" .. functions [@step_0_x86_64_v3] .. }
//   =>  llvm.mlir.global constant @cnnc_model() : !llvm.struct<(i32, i32, ptr, ...)> ; llvm.func @<name>_run(...)
// The fields are those of runtime/include/cnnc/abi.h, in its order.
#include "passes/llvm/Passes.h"

#include "cnnc/abi.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/target/Role.h"
#include "dialects/target/Target.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace cnnc::to_llvm {
#define GEN_PASS_DEF_EMITMODELTABLEPASS
#include "passes/llvm/Passes.h.inc"
} // namespace cnnc::to_llvm

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_llvm;

namespace {

/// A constant of the table: a number, the address of a symbol (null when empty), or an aggregate of constants.
struct Constant {
  Type type;
  int64_t number = 0;
  StringRef symbol;
  std::vector<Constant> elements;
};

/// Builds the globals of the table.
class TableBuilder {
public:
  explicit TableBuilder(ModuleOp module)
      : module(module), context(module.getContext()), builder(OpBuilder::atBlockEnd(module.getBody())),
        pointer(LLVM::LLVMPointerType::get(context)) {}

  Constant integer(int64_t value, unsigned bits) { return {builder.getIntegerType(bits), value, {}, {}}; }
  Constant address(StringRef symbol) { return {pointer, 0, symbol, {}}; }
  Constant text(StringRef value);
  /// The text that renameModel() finds again.
  Constant nameText(StringRef value);
  Constant array(Type element, std::vector<Constant> elements);
  Constant record(std::vector<Constant> elements);
  /// A private global that holds an array, as a pointer to its first element; null where the array is empty.
  Constant pointerTo(const Constant &value, StringRef name);
  LLVM::GlobalOp define(StringRef name, const Constant &value, LLVM::Linkage linkage);
  LLVM::GlobalOp declare(StringRef name, Type type);
  void defineEntry(StringRef name, StringRef callee, unsigned arguments);

private:
  Value materialize(OpBuilder &body, const Constant &constant);

  ModuleOp module;
  MLIRContext *context;
  OpBuilder builder;
  Type pointer;
  unsigned privates = 0;
};

Value TableBuilder::materialize(OpBuilder &body, const Constant &constant) {
  Location loc = module.getLoc();
  if (isa<LLVM::LLVMPointerType>(constant.type))
    return constant.symbol.empty() ? LLVM::ZeroOp::create(body, loc, constant.type).getResult()
                                   : LLVM::AddressOfOp::create(body, loc, constant.type, constant.symbol).getResult();
  if (isa<IntegerType>(constant.type))
    return LLVM::ConstantOp::create(body, loc, constant.type, body.getIntegerAttr(constant.type, constant.number));
  Value aggregate = LLVM::UndefOp::create(body, loc, constant.type);
  for (auto [index, element] : llvm::enumerate(constant.elements))
    aggregate = LLVM::InsertValueOp::create(body, loc, aggregate, materialize(body, element), index);
  return aggregate;
}

Constant TableBuilder::array(Type element, std::vector<Constant> elements) {
  return {LLVM::LLVMArrayType::get(element, elements.size()), 0, {}, std::move(elements)};
}

Constant TableBuilder::record(std::vector<Constant> elements) {
  SmallVector<Type> types = llvm::map_to_vector(elements, [](const Constant &element) { return element.type; });
  return {LLVM::LLVMStructType::getLiteral(context, types), 0, {}, std::move(elements)};
}

LLVM::GlobalOp TableBuilder::define(StringRef name, const Constant &value, LLVM::Linkage linkage) {
  auto global =
      LLVM::GlobalOp::create(builder, module.getLoc(), value.type, /*isConstant=*/true, linkage, name, Attribute());
  OpBuilder body(context);
  body.createBlock(&global.getInitializerRegion());
  LLVM::ReturnOp::create(body, module.getLoc(), materialize(body, value));
  return global;
}

LLVM::GlobalOp TableBuilder::declare(StringRef name, Type type) {
  return LLVM::GlobalOp::create(builder, module.getLoc(), type, /*isConstant=*/true, LLVM::Linkage::External, name,
                                Attribute());
}

Constant TableBuilder::pointerTo(const Constant &value, StringRef name) {
  if (value.elements.empty())
    return address("");
  std::string unique = ("cnnc_" + name + "_" + Twine(privates++)).str();
  return address(define(unique, value, LLVM::Linkage::Internal).getSymName());
}

Constant TableBuilder::text(StringRef value) {
  std::string unique = "cnnc_text_" + std::to_string(privates++);
  std::string bytes = value.str() + '\0';
  Type type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
  return address(LLVM::GlobalOp::create(builder, module.getLoc(), type, /*isConstant=*/true, LLVM::Linkage::Internal,
                                        unique, builder.getStringAttr(bytes))
                     .getSymName());
}

Constant TableBuilder::nameText(StringRef value) {
  Constant constant = text(value);
  module.lookupSymbol(constant.symbol)->setAttr("cnnc.name", builder.getUnitAttr());
  return constant;
}

/// int <name>(const inputs *, outputs *) forwards to the runtime: a struct of pointers is an array of pointers.
void TableBuilder::defineEntry(StringRef name, StringRef callee, unsigned arguments) {
  Location loc = module.getLoc();
  Type i32 = builder.getI32Type();
  SmallVector<Type> own(arguments, pointer), passed(arguments + 1, pointer);
  auto runtime = LLVM::LLVMFuncOp::create(builder, loc, callee, LLVM::LLVMFunctionType::get(i32, passed));
  auto entry = LLVM::LLVMFuncOp::create(builder, loc, name, LLVM::LLVMFunctionType::get(i32, own));
  ArrayAttr role = builder.getStrArrayAttr({target::kRoleAttr, target::kEntryRole});
  entry.setPassthroughAttr(builder.getArrayAttr({role}));
  OpBuilder body = OpBuilder::atBlockBegin(entry.addEntryBlock(builder));
  SmallVector<Value> operands = {LLVM::AddressOfOp::create(body, loc, pointer, "cnnc_model")};
  append_range(operands, entry.getArguments());
  auto status = LLVM::CallOp::create(body, loc, runtime, operands);
  LLVM::ReturnOp::create(body, loc, status.getResult());
}

//===-- The fields, in the order of abi.h -------------------------------------------------------------------------===//

#define FEATURE(id, bit, llvm)                                                                                         \
  static_assert(CNNC_FEATURE_##id == 1 << (bit), "abi.h numbers the features as the table does");
#include "dialects/target/Features.def"

/// cnnc_abi_level
Constant describeLevel(TableBuilder &table, const target::Level &level) {
  return table.record({table.text(level.name), table.integer(level.needs, 64)});
}

/// cnnc_abi_tensor
Constant describeTensor(TableBuilder &table, kernel::TensorAttr tensor) {
  MLIRContext *context = tensor.getContext();
  ArrayRef<int64_t> shape = tensor.getType().getShape();
  std::vector<Constant> extents, symbols(shape.size(), table.address(""));
  for (int64_t extent : shape)
    extents.push_back(table.integer(extent, 64));
  for (auto [dim, symbol] : llvm::enumerate(tensor.getSymbols()))
    if (!symbol.empty())
      symbols[dim] = table.text(symbol);
  Type pointer = LLVM::LLVMPointerType::get(context);
  Constant noImages = table.integer(0, 64);
  return table.record({table.text(tensor.getName()),
                       table.pointerTo(table.array(IntegerType::get(context, 64), std::move(extents)), "shape"),
                       table.pointerTo(table.array(pointer, std::move(symbols)), "symbols"),
                       table.integer(tensor.getBytes(), 64), table.integer(shape.size(), 32),
                       table.integer(tensor.getOnnxType(), 32), noImages});
}

/// cnnc_abi_step
Constant describeStep(TableBuilder &table, kernel::StepOp step) {
  std::vector<Constant> functions;
  for (auto function : step.getFunctions()->getAsRange<FlatSymbolRefAttr>())
    functions.push_back(table.address(function.getValue()));
  Type pointer = LLVM::LLVMPointerType::get(step.getContext());
  return table.record({table.text(step.getName()), table.text(step.getAlgorithm()),
                       table.pointerTo(table.array(pointer, std::move(functions)), "functions"),
                       table.integer(*step.getTasks(), 64), table.integer(step.getMacs(), 64),
                       table.integer(step.getBytes(), 64), table.integer(CNNC_STEP_CALL, 32), table.integer(0, 32)});
}

/// A list of rows, which `describe` makes constants of.
template <typename Rows, typename Describe>
Constant describeList(TableBuilder &table, Rows rows, StringRef name, Describe describe) {
  std::vector<Constant> elements;
  for (auto row : rows)
    elements.push_back(describe(table, row));
  if (elements.empty())
    return table.address("");
  Type type = elements.front().type;
  return table.pointerTo(table.array(type, std::move(elements)), name);
}

/// cnnc_abi_model
void defineModel(TableBuilder &table, kernel::ModelOp model, StringRef name, StringRef flags, target::CpuAttr target) {
  Builder builder(model.getContext());
  auto number = [&](uint64_t value, unsigned bits = 32) { return table.integer(value, bits); };
  SmallVector<target::Level> levels = target.getCpuLevels();
  auto inputs = model.getInputs().getAsRange<kernel::TensorAttr>();
  auto outputs = model.getOutputs().getAsRange<kernel::TensorAttr>();
  SmallVector<kernel::StepOp> steps(model.getBody().getOps<kernel::StepOp>());
  bool hasWeights = !model.getWeights().empty();
  table.declare("cnnc_rt_api", builder.getI8Type());
  if (hasWeights)
    table.declare("cnnc_weights_delta", builder.getI64Type());
  Constant record = table.record({number(CNNC_ABI_VERSION),
                                  number(sizeof(cnnc_abi_model)),
                                  table.nameText(name),
                                  table.text("cnnc " CNNC_VERSION),
                                  table.text(flags),
                                  table.address("cnnc_rt_api"),
                                  describeList(table, levels, "levels", describeLevel),
                                  describeList(table, inputs, "inputs", describeTensor),
                                  describeList(table, outputs, "outputs", describeTensor),
                                  describeList(table, steps, "steps", describeStep),
                                  table.address(hasWeights ? "cnnc_weights_delta" : ""),
                                  number(model.getWeightsBytes(), 64),
                                  number(model.getArenaBytes(), 64),
                                  number(model.getScratchBytes(), 64),
                                  number(levels.size()),
                                  number(model.getInputs().size()),
                                  number(model.getOutputs().size()),
                                  number(steps.size()),
                                  number(sizeof(cnnc_abi_level)),
                                  number(sizeof(cnnc_abi_tensor)),
                                  number(sizeof(cnnc_abi_step)),
                                  number(0)});
  table.define("cnnc_model", record, LLVM::Linkage::External);
}

/// Whether the vector phase has made functions of all steps.
LogicalResult checkFunctions(kernel::ModelOp model) {
  for (Operation &op : model.getBody().getOps())
    if (!isa<kernel::StepOp>(op) || !cast<kernel::StepOp>(op).getFunctions())
      return op.emitOpError("requires functions, which the vector phase makes");
  return success();
}

struct EmitModelTable : cnnc::to_llvm::impl::EmitModelTablePassBase<EmitModelTable> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto target = dyn_cast_if_present<target::CpuAttr>(target::getTarget(module));
    auto name = module->getAttrOfType<StringAttr>("cnnc.name"), flags = module->getAttrOfType<StringAttr>("cnnc.flags");
    if (!target || !name) {
      module.emitError() << "requires the attributes " << target::kTargetAttr << ", a #target.cpu, and cnnc.name";
      return signalPassFailure();
    }
    kernel::ModelOp model = kernel::requireModel(module);
    if (!model || failed(checkFunctions(model)))
      return signalPassFailure();
    TableBuilder table(module);
    defineModel(table, model, name, flags ? flags.getValue() : "", target);
    table.defineEntry((name.getValue() + "_run").str(), "cnnc_rt_run_default", /*arguments=*/2);
    table.defineEntry((name.getValue() + "_run_in").str(), "cnnc_rt_run_in", /*arguments=*/3);
    model.getBody().getBlocks().clear();
  }
};

} // namespace
