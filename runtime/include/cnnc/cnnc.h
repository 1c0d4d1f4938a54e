/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The interface of libcnnc: open a compiled model, look at it, run it. C11 and C++.
 *
 *   cnnc_library *library;
 *   cnnc_context *context;
 *   if (cnnc_open("model.so", &library) || cnnc_context_create(library, NULL, &context))
 *     puts(cnnc_last_error());
 *   cnnc_run(context, inputs, outputs);
 *   cnnc_context_destroy(context);
 *   cnnc_close(library);
 *
 * Ownership: what a function creates, the caller destroys with its counterpart; contexts go before their library and
 * before a pool that was passed in. Buffers and caller-supplied memory stay the caller's. Strings and descriptions that
 * a function returns belong to the library and live until it is closed.
 *
 * Threads: every function may be called from any thread. A context runs one inference at a time; for more at once, make
 * more contexts. Creating and destroying the same object is not to be raced. A run takes as many threads as its work
 * pays for: one for a small model, but where runs follow each other at once. Workers that have nothing to do sleep;
 * they leave the program's signals to its own threads, but for those of a fault of their own.
 *
 * Forking: a child uses what its parent made. Its first run starts workers of its own, and a context that another
 * thread ran during the fork is free. A handler of a signal that interrupts cnnc_run must not fork a child that returns
 * into it.
 *
 * Trust: a model is a program. To open one is to run its code, with all that the process may do.
 *
 * Failure: a function that can fail returns a cnnc_status, sets nothing in its out-parameters, and leaves a sentence
 * for cnnc_last_error() on the calling thread. What describes an object says nothing of a NULL one: 0, "" or NULL. No
 * function aborts, throws or prints, but for the profile of CNNC_PROFILE=1 and a remark, once, about an unusable
 * CNNC_ISA or CNNC_NUM_THREADS, on stderr. Environment: CNNC_NUM_THREADS, CNNC_ISA and CNNC_PROFILE are read when a
 * context is created. */
#ifndef CNNC_CNNC_H
#define CNNC_CNNC_H

#include "cnnc/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(CNNC_SHARED) && defined(__GNUC__)
#define CNNC_API __attribute__((visibility("default")))
#else
#define CNNC_API
#endif

typedef enum cnnc_status {
  CNNC_OK = 0,
  CNNC_INVALID_ARGUMENT = 1,    /* a NULL pointer, or a size or an alignment that does not fit */
  CNNC_OVERLAPPING_BUFFERS = 2, /* an output overlaps an input, another output or the context's memory */
  CNNC_OUT_OF_MEMORY = 3,
  CNNC_UNSUPPORTED_CPU = 4, /* the model has no code for this processor */
  CNNC_LOAD_FAILED = 5,     /* the dynamic loader refused the file */
  CNNC_NOT_A_MODEL = 6,     /* a library without a cnnc model, or with one of another ABI version */
  CNNC_BUSY = 7             /* the context is running on another thread */
} cnnc_status;

typedef struct cnnc_library cnnc_library; /* an opened model */
typedef struct cnnc_context cnnc_context; /* the memory of one inference at a time */
typedef struct cnnc_pool cnnc_pool;       /* worker threads, which models and contexts may share */
typedef cnnc_abi_tensor cnnc_tensor;      /* name, shape, symbols, bytes, rank, type, image_bytes */

typedef struct cnnc_context_options {
  uint32_t struct_size; /* sizeof(cnnc_context_options) */
  uint32_t threads;     /* 0: CNNC_NUM_THREADS, else the processors that affinity and cgroup allow */
  cnnc_pool *pool;      /* NULL: the library's own */
  void *memory;         /* NULL: the context maps its own; else 64-byte aligned */
  uint64_t memory_bytes;
  uint32_t profile; /* nonzero: measure every step; see cnnc_step_profile_get */
  uint32_t reserved;
} cnnc_context_options;

typedef struct cnnc_step_profile {
  const char *name;      /* the ONNX node's */
  const char *algorithm; /* e.g. "winograd_4_3" */
  int64_t macs;          /* multiply-accumulates of one run */
  int64_t bytes;         /* operands and results of one run */
  double milliseconds;   /* mean of one run; 0 before the first */
} cnnc_step_profile;

/* What the status means, in a few words; never NULL, static. */
CNNC_API const char *cnnc_status_text(cnnc_status status);

/* The sentence about the last failure on this thread; "" before the first; valid until this thread's next failure. */
CNNC_API const char *cnnc_last_error(void);

/* Loads the model at `path`, which runs its code: open what you would execute. A name without a slash is looked for in
 * the current folder, not on the loader's path. A file that is no model, or that another version of cnnc wrote, is
 * refused. While a library of this path is open, the system gives the one that is loaded, even if the file has been
 * replaced since: to load the new one beside it, give it another name; or close every library of the old one first. */
CNNC_API cnnc_status cnnc_open(const char *path, cnnc_library **library);

/* The same over the table of a model that is linked into the program. */
CNNC_API cnnc_status cnnc_open_linked(const cnnc_abi_model *table, cnnc_library **library);

/* Joins the library's threads and unloads the model. NULL is allowed. */
CNNC_API void cnnc_close(cnnc_library *library);

CNNC_API const char *cnnc_model_name(const cnnc_library *library);

/* What compiled the model, e.g. "cnnc 0.1.0", and the flags that its code depends on, as on the command line; "" where
 * all were the defaults. */
CNNC_API const char *cnnc_model_compiler(const cnnc_library *library);
CNNC_API const char *cnnc_model_flags(const cnnc_library *library);

CNNC_API uint32_t cnnc_input_count(const cnnc_library *library);
CNNC_API uint32_t cnnc_output_count(const cnnc_library *library);

/* The index-th graph input or output; NULL when there is none. */
CNNC_API const cnnc_tensor *cnnc_input(const cnnc_library *library, uint32_t index);
CNNC_API const cnnc_tensor *cnnc_output(const cnnc_library *library, uint32_t index);

/* The bytes of one element, 0 for an unknown type; and its name as NumPy writes it, e.g. "float32". */
CNNC_API uint32_t cnnc_type_bytes(uint32_t type);
CNNC_API const char *cnnc_type_name(uint32_t type);

/* The threads that a context gets where its options say 0. */
CNNC_API uint32_t cnnc_default_threads(void);

/* The memory that a context of so many threads (0: the default) needs: arena + threads x scratch + a few hundred bytes.
 * 0 when the sum does not fit an address space. */
CNNC_API uint64_t cnnc_context_bytes(const cnnc_library *library, uint32_t threads);

/* `options` may be NULL: default threads, own memory. Fewer threads than asked for may start where the system has no
 * more; results never depend on their number. */
CNNC_API cnnc_status cnnc_context_create(cnnc_library *library, const cnnc_context_options *options,
                                         cnnc_context **context);

/* Not while the context runs. NULL is allowed. */
CNNC_API void cnnc_context_destroy(cnnc_context *context);

CNNC_API uint32_t cnnc_context_threads(const cnnc_context *context);

/* The name of the instruction set level that the context runs, e.g. "x86-64-v3". */
CNNC_API const char *cnnc_context_isa(const cnnc_context *context);

/* One inference. `inputs` and `outputs` hold a pointer per graph input and output, each to `bytes` of its description,
 * dense and row major, aligned as its element. Inputs are only read. Contexts that share a pool and run at once share
 * its workers, an equal part each. */
CNNC_API cnnc_status cnnc_run(cnnc_context *context, void *const *inputs, void *const *outputs);

/* Steps of the model in order of execution. */
CNNC_API uint32_t cnnc_step_count(const cnnc_library *library);

/* Fills the profile of the index-th step. CNNC_INVALID_ARGUMENT where the context does not measure. */
CNNC_API cnnc_status cnnc_step_profile_get(const cnnc_context *context, uint32_t index, cnnc_step_profile *profile);

/* Writes the table of steps on stderr: name, algorithm, ms, GFLOP/s, share. Nothing where the context does not measure.
 */
CNNC_API void cnnc_profile_print(const cnnc_context *context);

/* `threads` counts the thread that calls cnnc_run; 0 is the default number. */
CNNC_API cnnc_status cnnc_pool_create(uint32_t threads, cnnc_pool **pool);

/* Joins the workers. After the contexts that use it. NULL is allowed. */
CNNC_API void cnnc_pool_destroy(cnnc_pool *pool);

#ifdef __cplusplus
}
#endif
#endif
