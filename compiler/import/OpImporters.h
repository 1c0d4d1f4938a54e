// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The functions named by OpImporters.def, and how a node finds its row.
#ifndef CNNC_COMPILER_IMPORT_OPIMPORTERS_H
#define CNNC_COMPILER_IMPORT_OPIMPORTERS_H

#include "compiler/import/Node.h"

namespace cnnc::importing {

/// The newest opset whose operators the table describes.
constexpr int64_t kNewestOpset = 28;

#define ROW(op, since, until, minInputs, maxInputs, function) void function(Node &node);
#include "compiler/import/OpImporters.def"

struct OpImporter {
  llvm::StringRef op;
  int64_t since, until;
  unsigned minInputs, maxInputs;
  void (*function)(Node &node);
};

llvm::ArrayRef<OpImporter> getOpImporters();

/// The row for the operator at an opset; null if there is none.
const OpImporter *findOpImporter(llvm::StringRef op, int64_t opset);

/// "opsets 7 to 12, 14 to 28", or empty if the operator is in no row.
std::string getSupportedOpsets(llvm::StringRef op);

} // namespace cnnc::importing

#endif
