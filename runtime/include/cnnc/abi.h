/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The contract between generated code and the runtime. Standalone C11, versioned, sizes asserted.
 * passes/llvm/EmitModelTable writes these structures field by field; the runtime only reads them.
 * Whoever changes a field changes CNNC_ABI_VERSION, the assertions below and EmitModelTable together. */
#ifndef CNNC_ABI_H
#define CNNC_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CNNC_ABI_VERSION 2u

/* Element types, numbered as in ONNX's TensorProto.DataType. */
enum cnnc_type {
  CNNC_FLOAT32 = 1,
  CNNC_UINT8 = 2,
  CNNC_INT8 = 3,
  CNNC_UINT16 = 4,
  CNNC_INT16 = 5,
  CNNC_INT32 = 6,
  CNNC_INT64 = 7,
  CNNC_BOOL = 9,
  CNNC_FLOAT16 = 10,
  CNNC_FLOAT64 = 11,
  CNNC_UINT32 = 12,
  CNNC_UINT64 = 13,
  CNNC_BFLOAT16 = 16
};

/* What a level may need of the machine: bits of a set. A level of the x86-64 psABI is one of them. */
enum cnnc_feature {
  CNNC_FEATURE_X86_64_V2 = 1 << 0,
  CNNC_FEATURE_X86_64_V3 = 1 << 1,
  CNNC_FEATURE_X86_64_V4 = 1 << 2,
  CNNC_FEATURE_AVX_VNNI = 1 << 3,
  CNNC_FEATURE_AVX512_VNNI = 1 << 4,
  CNNC_FEATURE_NEON = 1 << 16,
  CNNC_FEATURE_NEON_DOTPROD = 1 << 17
};

/* One of the sets of step functions that a model carries. The runtime takes the last one whose needs are all met. */
typedef struct cnnc_abi_level {
  const char *name; /* e.g. "x86-64-v3" */
  uint64_t needs;   /* of enum cnnc_feature, and bits that a later one has */
} cnnc_abi_level;

/* A graph input or output: dense, row major, of the ONNX model's own shape. */
typedef struct cnnc_abi_tensor {
  const char *name;
  const int64_t *shape;       /* rank extents, all known */
  const char *const *symbols; /* rank entries: the ONNX dimension's symbol, or NULL where it had a number */
  uint64_t bytes;
  uint32_t rank;
  uint32_t type;        /* enum cnnc_type */
  uint64_t image_bytes; /* of one image, where a run may get more images than `shape` says; 0: it may not */
} cnnc_abi_tensor;

/* One task of one step. `io` holds the inputs' pointers, then the outputs'. Buffers in the arena, the scratch and the
 * weights are 64-byte aligned; those in io have the alignment of their element. */
typedef void (*cnnc_step_fn)(char *arena, const char *weights, void *const *io, char *scratch, int64_t task);

/* What the walk over the steps does at one. The runtime of this version knows the first; the others are reserved. */
enum cnnc_step_kind {
  CNNC_STEP_CALL = 0,   /* calls the function once for each task */
  CNNC_STEP_LAUNCH = 1, /* starts a kernel on a device */
  CNNC_STEP_GUARD = 2,  /* goes on only where a value in the arena says so */
  CNNC_STEP_JUMP = 3    /* goes on at another step */
};

typedef struct cnnc_abi_step {
  const char *name;              /* the ONNX node's */
  const char *algorithm;         /* e.g. "direct", "winograd_4_3", "generic" */
  const cnnc_step_fn *functions; /* one for each level of the model */
  int64_t tasks;                 /* independent, any order; the result does not depend on who runs them */
  int64_t macs;                  /* multiply-accumulates of the layer as the model writes it */
  int64_t bytes;                 /* operands and results, once each */
  uint32_t kind;                 /* enum cnnc_step_kind */
  uint32_t reserved;             /* 0 */
} cnnc_abi_step;

struct cnnc_rt_api; /* runtime/src: what the linked-in runtime offers */

/* Structures grow at their end, and this one says how large each is in this model: who reads elements of an array goes
 * by these sizes, so that a libcnnc runs models of a later compiler. A field that changes its meaning is a new version.
 */
typedef struct cnnc_abi_model {
  uint32_t abi_version; /* CNNC_ABI_VERSION */
  uint32_t struct_size; /* sizeof(cnnc_abi_model) */
  const char *name;     /* what the model's symbols begin with */
  const char *compiler; /* name and version, e.g. "cnnc 0.1.0" */
  const char *flags;    /* that it was compiled with, as on the command line, where they are not the defaults */
  const struct cnnc_rt_api *api;
  const cnnc_abi_level *levels;
  const cnnc_abi_tensor *inputs;
  const cnnc_abi_tensor *outputs;
  const cnnc_abi_step *steps;
  const int64_t *weights_delta; /* weights = (const char *)weights_delta + *weights_delta */
  uint64_t weights_bytes;
  uint64_t arena_bytes;   /* per context */
  uint64_t scratch_bytes; /* per thread of a context */
  uint32_t level_count;
  uint32_t input_count;
  uint32_t output_count;
  uint32_t step_count;
  uint32_t level_size; /* sizeof(cnnc_abi_level), and so on */
  uint32_t tensor_size;
  uint32_t step_size;
  uint32_t reserved; /* 0 */
} cnnc_abi_model;

#ifdef __cplusplus
#define CNNC_ASSERT(c) static_assert(c, #c)
#else
#define CNNC_ASSERT(c) _Static_assert(c, #c)
#endif
CNNC_ASSERT(sizeof(cnnc_abi_level) == 16);
CNNC_ASSERT(sizeof(cnnc_abi_tensor) == 48);
CNNC_ASSERT(sizeof(cnnc_abi_step) == 56);
CNNC_ASSERT(sizeof(cnnc_abi_model) == 136);

#ifdef __cplusplus
}
#endif
#endif
