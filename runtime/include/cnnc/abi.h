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

#define CNNC_ABI_VERSION 1u
#define CNNC_MAX_LEVELS 4

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

/* What a kernel level needs of the CPU; the runtime picks the last level whose need is met. */
enum cnnc_isa { CNNC_ISA_ANY = 0, CNNC_ISA_X86_64_V2 = 2, CNNC_ISA_X86_64_V3 = 3, CNNC_ISA_X86_64_V4 = 4 };

/* A graph input or output: dense, row major, of the ONNX model's own shape. */
typedef struct cnnc_abi_tensor {
  const char *name;
  const int64_t *shape;       /* rank extents, all known */
  const char *const *symbols; /* rank entries: the ONNX dimension's symbol, or NULL where it had a number */
  uint64_t bytes;
  uint32_t rank;
  uint32_t type; /* enum cnnc_type */
} cnnc_abi_tensor;

/* One task of one step. `io` holds the inputs' pointers, then the outputs'. Buffers in the arena, the scratch and the
 * weights are 64-byte aligned; those in io have the alignment of their element. */
typedef void (*cnnc_step_fn)(char *arena, const char *weights, void *const *io, char *scratch, int64_t task);

typedef struct cnnc_abi_step {
  cnnc_step_fn kernel[CNNC_MAX_LEVELS]; /* one per level of the model; the rest NULL */
  const char *name;                     /* the ONNX node's */
  const char *algorithm;                /* e.g. "direct", "winograd_4_3", "generic" */
  int64_t tasks;                        /* independent, any order; the result does not depend on who runs them */
  int64_t macs;                         /* multiply-accumulates of the layer as the model writes it */
  int64_t bytes;                        /* operands and results, once each */
} cnnc_abi_step;

struct cnnc_rt_api; /* runtime/src: what the linked-in runtime offers */

typedef struct cnnc_abi_model {
  uint32_t abi_version; /* CNNC_ABI_VERSION */
  uint32_t struct_size; /* sizeof(cnnc_abi_model) */
  const char *name;     /* the model file's stem */
  const struct cnnc_rt_api *api;
  const cnnc_abi_tensor *inputs;
  const cnnc_abi_tensor *outputs;
  const cnnc_abi_step *steps;
  const int64_t *weights_delta; /* weights = (const char *)weights_delta + *weights_delta */
  uint64_t weights_bytes;
  uint64_t arena_bytes;   /* per context */
  uint64_t scratch_bytes; /* per thread of a context */
  uint32_t input_count;
  uint32_t output_count;
  uint32_t step_count;
  uint32_t level_count;
  uint32_t level_isa[CNNC_MAX_LEVELS];     /* enum cnnc_isa, ascending */
  const char *level_name[CNNC_MAX_LEVELS]; /* e.g. "x86-64-v3" */
} cnnc_abi_model;

#ifdef __cplusplus
#define CNNC_ASSERT(c) static_assert(c, #c)
#else
#define CNNC_ASSERT(c) _Static_assert(c, #c)
#endif
CNNC_ASSERT(sizeof(cnnc_abi_tensor) == 40);
CNNC_ASSERT(sizeof(cnnc_abi_step) == 72);
CNNC_ASSERT(sizeof(cnnc_abi_model) == 144);

#ifdef __cplusplus
}
#endif
#endif
