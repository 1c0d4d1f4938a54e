// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/GraphImporter.h"

#include "dialects/cnn/Shapes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <set>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

using Reporter = llvm::function_ref<void(Severity, const llvm::Twine &)>;

/// Stands for an extent that nothing gives yet.
static constexpr int64_t kUnknown = -1;

namespace {

/// What `--shape` and `--dim` say.
struct InputFlags {
  std::map<std::string, SmallVector<int64_t>> shapes;
  std::map<std::string, int64_t> dims;
};

} // namespace

static InputFlags parseFlags(const ImportOptions &options, Reporter report) {
  InputFlags flags;
  for (StringRef text : options.shapes) {
    auto [name, extents] = text.rsplit('=');
    SmallVector<StringRef> parts;
    SmallVector<int64_t> shape;
    // A scalar has no extents.
    if (!extents.empty())
      extents.split(parts, 'x');
    for (StringRef part : parts)
      if (int64_t extent; llvm::to_integer(part, extent, 10) && extent > 0)
        shape.push_back(extent);
    if (!text.contains('=') || shape.size() != parts.size())
      report(Severity::Error, "--shape requires name=1x3x224x224, but found " + text);
    flags.shapes[name.str()] = shape;
  }
  for (StringRef text : options.dims) {
    auto [name, number] = text.rsplit('=');
    int64_t value = 0;
    if (!llvm::to_integer(number, value, 10) || value < 1)
      report(Severity::Error, "--dim requires name=4, but found " + text);
    flags.dims[name.str()] = value;
  }
  return flags;
}

static bool readInput(const onnx::ValueInfoProto &info, const InputFlags &flags, Reporter report, InputShape &input) {
  input.name = info.name();
  std::string quoted = "input " + quote(info.name()) + " ";
  if (!info.type().has_tensor_type()) {
    report(Severity::Error, quoted + "is no tensor");
    return false;
  }
  const onnx::TypeProto_Tensor &tensor = info.type().tensor_type();
  input.type.onnx = tensor.elem_type();
  if (!input.type.isSupported()) {
    report(Severity::Error, quoted + "has the element type " + input.type.getName() + ", which is not supported");
    return false;
  }
  auto given = flags.shapes.find(info.name());
  if (!tensor.has_shape()) {
    if (given == flags.shapes.end()) {
      report(Severity::Error, quoted + "has no shape in the model: give it with --shape " + info.name() + "=<extents>");
      return false;
    }
    input.shape = given->second;
    input.symbols.resize(input.shape.size());
    return true;
  }
  for (const onnx::TensorShapeProto_Dimension &dim : tensor.shape().dim()) {
    input.shape.push_back(dim.has_dim_value() ? dim.dim_value() : kUnknown);
    input.symbols.push_back(dim.has_dim_value() ? "" : dim.dim_param());
    if (input.shape.back() < kUnknown) {
      report(Severity::Error,
             quoted + "requires extents that are not negative, but found " + llvm::Twine(input.shape.back()));
      return false;
    }
  }
  return true;
}

/// Fills unknown extents of `input` from `--shape`, and remembers what that says about symbols.
static void applyShape(InputShape &input, ArrayRef<int64_t> given, std::map<std::string, int64_t> &values,
                       Reporter report) {
  std::string flag = "--shape " + input.name + "=" + cnn::toString(given);
  if (given.size() != input.shape.size()) {
    report(Severity::Error, flag + " has " + llvm::Twine(given.size()) + " extents, but the model has " +
                                llvm::Twine(input.shape.size()));
    return;
  }
  for (size_t i = 0; i < given.size(); ++i) {
    // Some exporters write 0 for an extent that they do not know.
    if (input.shape[i] != kUnknown && input.shape[i] != 0 && input.shape[i] != given[i])
      report(Severity::Error, flag + " gives " + llvm::Twine(given[i]) + " for dimension " + llvm::Twine(i) +
                                  ", but the model fixes it to " + llvm::Twine(input.shape[i]));
    input.shape[i] = given[i];
    if (input.symbols[i].empty())
      continue;
    auto [value, isNew] = values.try_emplace(input.symbols[i], given[i]);
    if (!isNew && value->second != given[i])
      report(Severity::Error, flag + " gives " + llvm::Twine(given[i]) + " for " + quote(input.symbols[i]) +
                                  ", which is also " + llvm::Twine(value->second));
  }
}

/// A batch without a value is one image.
static void bindBatches(std::vector<InputShape> &inputs, std::map<std::string, int64_t> &values, Reporter report) {
  for (InputShape &input : inputs) {
    if (input.shape.empty() || input.shape[0] != kUnknown)
      continue;
    const std::string &symbol = input.symbols[0];
    if (!symbol.empty() && values.count(symbol))
      continue;
    if (!symbol.empty())
      values[symbol] = 1;
    input.shape[0] = 1;
    report(Severity::Remark,
           "the batch" + (symbol.empty() ? std::string() : " " + quote(symbol)) + " of input " + quote(input.name) +
               " is compiled as 1; " +
               (symbol.empty() ? "--shape " + input.name + "=<extents>" : "--dim " + symbol + "=<number>") +
               " sets another");
  }
}

static void checkFlags(const std::vector<InputShape> &inputs, const InputFlags &flags, Reporter report) {
  std::set<std::string> names, symbols;
  for (const InputShape &input : inputs) {
    names.insert(input.name);
    symbols.insert(input.symbols.begin(), input.symbols.end());
  }
  for (const auto &[name, shape] : flags.shapes)
    if (!names.count(name))
      report(Severity::Error,
             "--shape names " + quote(name) + ", but the model's inputs are: " + llvm::join(names, ", "));
  symbols.erase("");
  for (const auto &[name, value] : flags.dims)
    if (!symbols.count(name))
      report(Severity::Error, "--dim names " + quote(name) + ", but the model's symbolic dimensions are: " +
                                  (symbols.empty() ? std::string("none") : llvm::join(symbols, ", ")));
}

static void checkResolved(const std::vector<InputShape> &inputs, Reporter report) {
  std::set<std::string> open;
  for (const InputShape &input : inputs) {
    std::string reason;
    for (size_t i = 0; i < input.shape.size(); ++i)
      if (input.shape[i] == kUnknown)
        open.insert(input.symbols[i].empty()
                        ? "dimension " + std::to_string(i) + " of " + quote(input.name) + " (--shape " + input.name +
                              "=<extents>)"
                        : quote(input.symbols[i]) + " of " + quote(input.name) + " (--dim " + input.symbols[i] +
                              "=<number> or --shape " + input.name + "=<extents>)");
    if (llvm::is_contained(input.shape, kUnknown))
      continue;
    if (failed(cnn::checkShape(input.shape, reason)))
      report(Severity::Error, "input " + quote(input.name) + " " + reason);
    else if (llvm::is_contained(input.shape, 0))
      report(Severity::Warning, "input " + quote(input.name) + " has no elements: " + cnn::toString(input.shape) +
                                    "; if 0 stands for an extent that is not known, give it with --shape " +
                                    input.name + "=<extents>");
  }
  if (!open.empty())
    report(Severity::Error, "the model leaves dimensions open that must be fixed: " + llvm::join(open, ", "));
}

std::vector<InputShape> cnnc::importing::resolveInputs(const onnx::GraphProto &graph, const ImportOptions &options,
                                                       Reporter report) {
  InputFlags flags = parseFlags(options, report);
  llvm::StringSet<> initializers;
  for (const onnx::TensorProto &tensor : graph.initializer())
    initializers.insert(tensor.name());
  std::vector<InputShape> inputs;
  std::map<std::string, int64_t> values = flags.dims;
  llvm::StringSet<> names;
  for (const onnx::ValueInfoProto &info : graph.input()) {
    if (initializers.contains(info.name()))
      continue;
    if (!names.insert(info.name()).second)
      report(Severity::Error, "two inputs have the name " + quote(info.name()));
    if (StringRef(info.name()).contains('\0'))
      report(Severity::Error, "input " + quote(info.name()) + " has a NUL in its name");
    InputShape input;
    if (!readInput(info, flags, report, input))
      continue;
    if (auto given = flags.shapes.find(input.name); given != flags.shapes.end())
      applyShape(input, given->second, values, report);
    inputs.push_back(std::move(input));
  }
  checkFlags(inputs, flags, report);
  bindBatches(inputs, values, report);
  for (InputShape &input : inputs)
    for (size_t i = 0; i < input.shape.size(); ++i)
      if (auto value = values.find(input.symbols[i]); input.shape[i] == kUnknown && value != values.end())
        input.shape[i] = value->second;
  checkResolved(inputs, report);
  return inputs;
}
