// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// --tune among the phases.
#ifndef CNNC_COMPILER_API_TUNING_H
#define CNNC_COMPILER_API_TUNING_H

#include "compiler/api/Compilation.h"

namespace cnnc::api {

/// Lets this machine choose where that is asked for. Returns the record to be written, if there is something new.
llvm::Expected<std::optional<output::OutputFile>> tuneModel(Compilation &compilation, mlir::ModuleOp module);

} // namespace cnnc::api

#endif
