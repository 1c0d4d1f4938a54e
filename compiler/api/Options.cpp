// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Options.h"

#include "compiler/api/OptionRules.h"
#include "compiler/emit/Emit.h"
#include "compiler/emit/Identifier.h"
#include "compiler/pipeline/TextFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace cnnc;
using namespace cnnc::api;

Error cnnc::api::validate(const Options &options) {
  const Options defaults;
#define OPTION(field, type, initial, flag, rule, value, help)                                                          \
  if (options.field != defaults.field)                                                                                 \
    if (Error error = check(rule, flag, options.field))                                                                \
      return error;
#include "compiler/api/Options.def"
  return Error::success();
}

std::string cnnc::api::describeModelOptions(const Options &options) {
  const Options defaults;
  std::vector<std::string> flags;
#define MODEL_OPTION(field, type, initial, flag, rule, value, help)                                                    \
  if (options.field != defaults.field)                                                                                 \
    flags.push_back(print(rule, flag, options.field));
#include "compiler/api/Options.def"
  return join(flags, " ");
}

std::string cnnc::api::getModelName(StringRef path) { return emit::stemIdentifier(sys::path::stem(path)); }

bool cnnc::api::isText(const Options &options) { return !options.stopAfter.empty() || options.emit == "mlir"; }

StringRef cnnc::api::getExtension(const Options &options) {
  return isText(options) ? ".mlir" : fileExtension(*emit::parseEmitKind(options.emit));
}

StringRef cnnc::api::getSecondExtension(const Options &options) {
  if (isText(options))
    return pipeline::kWeightsExtension;
  return options.emit == "so" || options.emit == "a" ? ".h" : "";
}
