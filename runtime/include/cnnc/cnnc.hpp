// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libcnnc for C++11 and later: the same functions, with owners that clean up. Nothing throws; an owner that could not
// be made is empty, and cnnc_last_error() says why.
//
//   cnnc::Library library = cnnc::Library::open("model.so");
//   cnnc::Context context = library.createContext();
//   if (!context)
//     std::puts(cnnc_last_error());
//   context.run(inputs, outputs);
#ifndef CNNC_CNNC_HPP
#define CNNC_CNNC_HPP

#include "cnnc/cnnc.h"

#include <memory>

namespace cnnc {

struct ContextDeleter {
  void operator()(cnnc_context *context) const { cnnc_context_destroy(context); }
};

struct LibraryDeleter {
  void operator()(cnnc_library *library) const { cnnc_close(library); }
};

struct PoolDeleter {
  void operator()(cnnc_pool *pool) const { cnnc_pool_destroy(pool); }
};

/// Worker threads for several contexts; outlives them.
using Pool = std::unique_ptr<cnnc_pool, PoolDeleter>;

inline Pool createPool(uint32_t threads = 0) {
  cnnc_pool *pool = nullptr;
  cnnc_pool_create(threads, &pool);
  return Pool(pool);
}

/// One inference at a time. Must not outlive its Library, nor a Pool that it was given: declare it after them.
class Context {
public:
  Context() = default;
  explicit Context(cnnc_context *context) : handle(context) {}

  explicit operator bool() const { return handle != nullptr; }
  cnnc_context *get() const { return handle.get(); }
  uint32_t threads() const { return cnnc_context_threads(get()); }
  const char *isa() const { return cnnc_context_isa(get()); }

  /// A pointer per graph input and output.
  cnnc_status run(void *const *inputs, void *const *outputs) { return cnnc_run(get(), inputs, outputs); }

private:
  std::unique_ptr<cnnc_context, ContextDeleter> handle;
};

/// An opened model.
class Library {
public:
  Library() = default;

  static Library open(const char *path) {
    Library library;
    cnnc_library *opened = nullptr;
    if (cnnc_open(path, &opened) == CNNC_OK)
      library.handle.reset(opened);
    return library;
  }

  explicit operator bool() const { return handle != nullptr; }
  cnnc_library *get() const { return handle.get(); }
  const char *name() const { return cnnc_model_name(get()); }
  const char *compiler() const { return cnnc_model_compiler(get()); }
  const char *flags() const { return cnnc_model_flags(get()); }
  uint32_t inputCount() const { return cnnc_input_count(get()); }
  uint32_t outputCount() const { return cnnc_output_count(get()); }

  /// Of an index that the model has not, or of an empty library: a tensor without name, shape and bytes.
  const cnnc_tensor &input(uint32_t index) const { return orNone(cnnc_input(get(), index)); }
  const cnnc_tensor &output(uint32_t index) const { return orNone(cnnc_output(get(), index)); }

  /// An empty context when this library is empty or the context cannot be made.
  Context createContext(const cnnc_context_options *options = nullptr) {
    cnnc_context *context = nullptr;
    cnnc_context_create(get(), options, &context);
    return Context(context);
  }

private:
  static const cnnc_tensor &orNone(const cnnc_tensor *tensor) {
    static const cnnc_tensor none = {"", nullptr, nullptr, 0, 0, 0, 0};
    return tensor ? *tensor : none;
  }

  std::unique_ptr<cnnc_library, LibraryDeleter> handle;
};

} // namespace cnnc

#endif
