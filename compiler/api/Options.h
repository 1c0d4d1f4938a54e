// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What compile() is asked for: a field for each row of Options.def, whose flag and help say what it means.
#ifndef CNNC_COMPILER_API_OPTIONS_H
#define CNNC_COMPILER_API_OPTIONS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace cnnc::api {

/// `threads` of 0 are as many as this process may use. `tune` is the tuning record's path: it is read where it exists;
/// an empty one stands for no file, and what was measured is an artifact alone.
struct Options {
#define OPTION(field, type, initial, flag, rule, value, help) type field = initial;
#include "compiler/api/Options.def"
};

/// Whether each field has a value that it takes; the error names the flag, its value and what would be right.
llvm::Error validate(const Options &options);

/// Those that the model depends on and that are not as by default: "-target=aarch64 --dim batch=4".
std::string describeModelOptions(const Options &options);

/// What a model is called after its file: "resnet50-v1.5.so" is resnet50_v1_5.
std::string getModelName(llvm::StringRef path);

/// The ending of the main artifact's name, with its dot: ".so".
llvm::StringRef getExtension(const Options &options);

/// That of the second one's: the header of a library, the weights of a text; empty where there is none.
llvm::StringRef getSecondExtension(const Options &options);

/// Whether the artifact is the module's text after a phase.
bool isText(const Options &options);

} // namespace cnnc::api

#endif
