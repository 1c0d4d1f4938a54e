// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.model and its steps: sizes, places and types add up, so that who reads them has nothing to check.
#include "dialects/kernel/Kernel.h"
#include "dialects/target/Types.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::kernel;

/// No machine has more memory, and sums of such sizes fit 64 bits.
static constexpr int64_t kMostBytes = int64_t(1) << 46;

/// None where the type has no size, or one that no memory holds.
static std::optional<int64_t> countBytes(ShapedType type) {
  if (!type.hasStaticShape() || !type.getElementType().isIntOrFloat())
    return std::nullopt;
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  for (int64_t extent : type.getShape())
    if (extent < 0 || llvm::MulOverflow(bytes, extent, bytes) || bytes > kMostBytes)
      return std::nullopt;
  return bytes;
}

static const target::ElementType *findElementType(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer || integer.isSignless())
    return target::findElementType(type, /*isUnsigned=*/false);
  Type stored = IntegerType::get(type.getContext(), integer.getWidth());
  return integer.isUnsigned() ? target::findElementType(stored, /*isUnsigned=*/true) : nullptr;
}

LogicalResult TensorAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringAttr name, RankedTensorType type,
                                 ArrayRef<StringAttr> symbols) {
  if (!findElementType(type.getElementType()))
    return emitError() << "requires elements of a type that inputs and outputs may have, but " << name << " is "
                       << type;
  if (type.getEncoding() || !countBytes(type))
    return emitError() << "requires a known shape of moderate size, but " << name << " is " << type;
  if (!symbols.empty() && int64_t(symbols.size()) != type.getRank())
    return emitError() << "requires a symbol for each of " << type.getRank() << " dimensions of " << name
                       << ", but found " << symbols.size();
  return success();
}

int64_t TensorAttr::getOnnxType() const { return findElementType(getType().getElementType())->onnx; }

int64_t TensorAttr::getBytes() const { return *countBytes(getType()); }

LogicalResult StepOp::verify() {
  int64_t tasks = getTasks().value_or(1), macs = getMacs(), bytes = getBytes();
  if (tasks < 1 || macs < 0 || bytes < 0)
    return emitOpError("requires at least one task, and neither less than no macs nor bytes, but found ")
           << tasks << ", " << macs << " and " << bytes;
  if (getFunctions() && !getTasks())
    return emitOpError("requires a number of tasks where it has functions");
  if (getFunctions() && !getBody().empty())
    return emitOpError("requires a body or functions, but found both");
  if (!getFunctions() && getBody().empty())
    return emitOpError("requires a body or functions, but found neither");
  return success();
}

/// A part of the interface is the buffer that steps read or write.
static LogicalResult verifyBuffer(ModelOp model, unsigned number, TensorAttr tensor) {
  auto type = dyn_cast<MemRefType>(model.getBody().getArgument(number).getType());
  const target::ElementType &element = *target::findElementType(tensor.getOnnxType());
  if (type && type.getShape() == tensor.getType().getShape() &&
      type.getElementType() == target::getStoredType(element, model.getContext()))
    return success();
  return model.emitOpError("requires a buffer of ")
         << tensor << " as argument " << number << ", but found " << model.getBody().getArgument(number).getType();
}

static LogicalResult verifyArguments(ModelOp model) {
  unsigned tensors = model.getInputs().size() + model.getOutputs().size();
  Region &body = model.getBody();
  if (body.getNumArguments() != tensors + ModelOp::kMemories)
    return model.emitOpError("requires ")
           << tensors << " arguments for inputs and outputs and three for its memory, but found "
           << body.getNumArguments();
  unsigned number = 0;
  for (ArrayAttr list : {model.getInputs(), model.getOutputs()})
    for (auto tensor : list.getAsRange<TensorAttr>())
      if (failed(verifyBuffer(model, number++, tensor)))
        return failure();
  for (auto memory : {ModelOp::Arena, ModelOp::Scratch, ModelOp::Weights}) {
    Type type = body.getArgument(number).getType(), byte = IntegerType::get(model.getContext(), 8);
    if (type != MemRefType::get({model.getMemoryBytes(memory)}, byte))
      return model.emitOpError("requires ")
             << model.getMemoryBytes(memory) << " bytes as argument " << number << ", but found " << type;
    ++number;
  }
  return success();
}

/// Either all that the buffer phase leaves, or functions alone.
static LogicalResult verifyBody(ModelOp model) {
  Region &body = model.getBody();
  if (body.empty())
    return success();
  bool hasBodies = llvm::any_of(body.getOps(), [](Operation &op) {
    auto step = dyn_cast<StepOp>(op);
    return !step || (!step.getFunctions() && !step.getBody().empty());
  });
  if (!hasBodies && body.getNumArguments() == 0)
    return success();
  for (StepOp step : body.getOps<StepOp>())
    if (step.getFunctions())
      return step.emitOpError("requires a body, as its model has arguments or other ops");
  return verifyArguments(model);
}

static LogicalResult verifyWeights(ModelOp model) {
  if (model.getWeights().size() != model.getOffsets().size())
    return model.emitOpError("requires an offset for each of ")
           << model.getWeights().size() << " weights, but found " << model.getOffsets().size();
  int64_t end = 0;
  for (auto [weight, offset] : llvm::zip_equal(model.getWeights(), model.getOffsets())) {
    ShapedType type = cast<ElementsAttr>(weight).getShapedType();
    std::optional<int64_t> bytes = countBytes(type);
    if (!isa<DenseIntOrFPElementsAttr, DenseResourceElementsAttr>(weight) || !bytes)
      return model.emitOpError("requires numbers as weights, but found ") << type << " at " << offset;
    if (offset < end || offset > model.getMemoryBytes(ModelOp::Weights) - *bytes)
      return model.emitOpError("requires weights one behind the other in ")
             << model.getWeightsBytes() << " bytes, but found " << *bytes << " at " << offset << ", behind " << end;
    end = offset + *bytes;
  }
  return success();
}

LogicalResult ModelOp::verify() {
  for (Memory memory : {Arena, Scratch, Weights})
    if (int64_t bytes = getMemoryBytes(memory); bytes < 0 || bytes > kMostBytes)
      return emitOpError("requires sizes from 0 to ") << kMostBytes << " bytes, but found " << bytes;
  return failure(failed(verifyWeights(*this)) || failed(verifyBody(*this)));
}

ModelOp cnnc::kernel::requireModel(ModuleOp module) {
  auto models = module.getOps<ModelOp>();
  if (llvm::hasSingleElement(models))
    return *models.begin();
  module.emitError() << "requires one kernel.model, but found " << std::distance(models.begin(), models.end());
  return {};
}
