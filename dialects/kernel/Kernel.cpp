// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/Kernel.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc::kernel;

#include "dialects/kernel/KernelDialect.cpp.inc"
#include "dialects/kernel/KernelEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/kernel/KernelAttrs.cpp.inc"

/// `, type` for the bias, where there is one, then for each extra operand.
static ParseResult parseEpilogueTypes(OpAsmParser &parser, std::optional<OpAsmParser::UnresolvedOperand> bias,
                                      Type &biasType, SmallVectorImpl<Type> &extraTypes) {
  if (bias && (parser.parseComma() || parser.parseType(biasType)))
    return failure();
  while (succeeded(parser.parseOptionalComma()))
    if (parser.parseType(extraTypes.emplace_back()))
      return failure();
  return success();
}

static void printEpilogueTypes(OpAsmPrinter &printer, Operation *, Value, Type biasType, TypeRange extraTypes) {
  if (biasType)
    printer << ", " << biasType;
  for (Type type : extraTypes)
    printer << ", " << type;
}

#define GET_OP_CLASSES
#include "dialects/kernel/KernelOps.cpp.inc"

void KernelDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/kernel/KernelAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/kernel/KernelOps.cpp.inc"
      >();
}
