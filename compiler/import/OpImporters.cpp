// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/OpImporters.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace cnnc;
using namespace cnnc::importing;

constexpr unsigned kAny = ~0u;
constexpr int64_t kNewest = kNewestOpset;

static constexpr OpImporter importers[] = {
#define ROW(op, since, until, minInputs, maxInputs, function) {op, since, until, minInputs, maxInputs, function},
#include "compiler/import/OpImporters.def"
};

llvm::ArrayRef<OpImporter> cnnc::importing::getOpImporters() { return importers; }

const OpImporter *cnnc::importing::findOpImporter(llvm::StringRef op, int64_t opset) {
  const OpImporter *row = llvm::find_if(
      importers, [&](const OpImporter &row) { return row.op == op && row.since <= opset && opset <= row.until; });
  return row == std::end(importers) ? nullptr : row;
}

std::string cnnc::importing::getSupportedOpsets(llvm::StringRef op) {
  // Rows of one operator follow one another; those that touch are one range.
  std::string text;
  int64_t until = -1;
  auto close = [&] {
    if (until >= 0)
      text += " to " + std::to_string(until);
  };
  for (const OpImporter &row : importers) {
    if (row.op != op)
      continue;
    if (row.since != until + 1 || until < 0) {
      close();
      text += (text.empty() ? "" : ", ") + std::to_string(row.since);
    }
    until = row.until;
  }
  close();
  return text;
}

void cnnc::importing::printSupportedOps(llvm::raw_ostream &stream) {
  stream << "| operator | opsets |\n|---|---|\n";
  llvm::StringRef last;
  for (const OpImporter &row : importers)
    if (row.op != last) {
      last = row.op;
      stream << "| " << row.op << " | " << getSupportedOpsets(row.op) << " |\n";
    }
  stream
      << "\nTensors of float, float16 and bfloat16 are computed in float, of double in double; integers and bool as "
         "they "
         "are.\nA Cast to float16 or bfloat16 rounds. A float cast to an integer loses its fraction, stops at the "
         "type's bounds, and is 0 where it\nis no number. Integers wrap around; a quotient or remainder by 0 is 0.\n";
}
