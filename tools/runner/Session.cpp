// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Session.h"

#include "tools/runner/File.h"
#include "tools/runner/Npy.h"
#include "tools/runner/TensorProto.h"
#include "tools/runner/Text.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace cnnc::runner {

double nowMilliseconds() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

namespace {

bool endsWith(const std::string &text, const char *ending) {
  const std::string_view view(ending);
  return text.size() >= view.size() && text.compare(text.size() - view.size(), view.size(), view) == 0;
}

std::optional<Tensor> readInputFile(const std::string &path, const cnnc_tensor &description, const Options &options,
                                    std::string &error) {
  const std::optional<std::string> bytes = readFile(path, error);
  if (!bytes)
    return std::nullopt;
  std::optional<Tensor> tensor;
  if (endsWith(path, ".npy"))
    tensor = readNpy(*bytes, error);
  else if (endsWith(path, ".pb"))
    tensor = readTensorProto(*bytes, error);
  else if (endsWith(path, ".png") || endsWith(path, ".jpg") || endsWith(path, ".jpeg"))
    tensor = readPicture(*bytes, description, options.picture, error);
  else
    error = "requires .npy, .pb, .png or .jpg";
  if (tensor)
    tensor = adaptTo(description, std::move(*tensor), error);
  if (!tensor)
    error = path + ": " + error;
  return tensor;
}

/// Uniform in [-1, 1), or 0 to 255 for uint8: the high bits of a 64-bit linear congruential generator (Knuth's MMIX).
void fillRandom(Tensor &tensor, uint64_t seed) {
  if (!isFloat(tensor.type) && tensor.type != CNNC_UINT8)
    return;
  uint64_t state = seed;
  const int64_t count = *elementCount(tensor.shape);
  for (int64_t i = 0; i < count; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double unit = static_cast<double>(state >> 40) / (1 << 24);
    setElement(tensor, i, tensor.type == CNNC_UINT8 ? static_cast<int>(unit * 256) : 2 * unit - 1);
  }
}

Tensor fillInput(const cnnc_tensor &description, bool zeros, uint32_t index) {
  Tensor tensor = makeTensor(description);
  if (!zeros)
    fillRandom(tensor, index + 1);
  std::fprintf(stderr, "cnnc-run: input \"%s\": no file given, filled with %s\n", escapeText(description.name).c_str(),
               zeros ? "zeros" : "random numbers");
  return tensor;
}

const InputFile *findInput(const std::vector<InputFile> &inputs, const char *name) {
  for (const InputFile &input : inputs)
    if (input.input == name)
      return &input;
  return nullptr;
}

bool checkInputNames(const Options &options, const Library &library, std::string &error) {
  for (const InputFile &input : options.inputs) {
    bool known = false;
    std::string names;
    for (uint32_t i = 0; i < library.inputCount(); ++i) {
      known |= input.input == library.input(i).name;
      names += (i ? ", \"" : "\"") + std::string(library.input(i).name) + "\"";
    }
    if (!known) {
      error = "the model has no input \"" + input.input + "\"; it has " + names;
      return false;
    }
  }
  return true;
}

template <typename Tensors> std::vector<void *> pointersOf(Tensors &tensors) {
  std::vector<void *> pointers;
  for (auto &tensor : tensors)
    pointers.push_back(tensor.data.data());
  return pointers;
}

} // namespace

/// A level that was asked for is run or is an error: who compares levels must not compare one with itself.
static bool checkLevel(const Context &context, std::string &error) {
  const char *wanted = std::getenv("CNNC_ISA");
  if (!wanted || !*wanted || std::strcmp(wanted, context.isa()) == 0)
    return true;
  error = "CNNC_ISA=" + std::string(wanted) + " cannot be had: the model runs " + context.isa() + " here";
  return false;
}

std::optional<Session> Session::open(const Options &options, std::string &error) {
  Session session;
  const double begin = nowMilliseconds();
  session.model = Library::open(options.model.c_str());
  if (session.model) {
    cnnc_context_options wanted = {};
    wanted.struct_size = sizeof wanted;
    wanted.threads = options.threads;
    wanted.profile = options.profile;
    session.state = session.model.createContext(&wanted);
  }
  session.loaded = nowMilliseconds() - begin;
  if (!session.state) {
    error = cnnc_last_error();
    return std::nullopt;
  }
  if (!checkLevel(session.state, error))
    return std::nullopt;
  for (uint32_t i = 0; i < session.model.outputCount(); ++i)
    session.results.push_back(makeTensor(session.model.output(i)));
  return session;
}

bool Session::readInputs(const Options &options, std::string &error) {
  if (!checkInputNames(options, model, error))
    return false;
  for (uint32_t i = 0; i < model.inputCount(); ++i) {
    const cnnc_tensor &description = model.input(i);
    const InputFile *file = findInput(options.inputs, description.name);
    if (!file && options.testData.empty()) {
      arguments.push_back(fillInput(description, options.fillWithZeros, i));
      continue;
    }
    const std::string path = file ? file->path : options.testData + "/input_" + std::to_string(i) + ".pb";
    std::optional<Tensor> tensor = readInputFile(path, description, options, error);
    if (!tensor) {
      error = "input \"" + std::string(description.name) + "\": " + error;
      return false;
    }
    arguments.push_back(std::move(*tensor));
  }
  return true;
}

std::optional<double> Session::run(std::string &error) {
  const std::vector<void *> inputs = pointersOf(arguments), outputs = pointersOf(results);
  const double begin = nowMilliseconds();
  const cnnc_status status = state.run(inputs.data(), outputs.data());
  const double end = nowMilliseconds();
  if (status != CNNC_OK) {
    error = cnnc_last_error();
    return std::nullopt;
  }
  return end - begin;
}

} // namespace cnnc::runner
