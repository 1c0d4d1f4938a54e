/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Opens any compiled model, says what it is, and runs it once on zeros, in memory of its own.
 *
 *   cnnc model.onnx
 *   cc describe.c -lcnnc -o describe && ./describe model.so */
#include "cnnc/cnnc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void print_tensor(const char *role, const cnnc_tensor *tensor) {
  printf("%s %s: %s", role, tensor->name, cnnc_type_name(tensor->type));
  for (uint32_t i = 0; i < tensor->rank; ++i)
    printf("%s%" PRId64 "%s%s", i ? " x " : " ", tensor->shape[i], tensor->symbols[i] ? " " : "",
           tensor->symbols[i] ? tensor->symbols[i] : "");
  printf("\n");
}

/* A zeroed buffer for each tensor; NULL when there is no memory. A program that runs often keeps its buffers. */
static void **make_buffers(const cnnc_library *library, uint32_t count,
                           const cnnc_tensor *(*tensor_at)(const cnnc_library *, uint32_t)) {
  void **buffers = calloc(count + 1, sizeof *buffers);
  for (uint32_t i = 0; buffers && i < count; ++i)
    if (!(buffers[i] = calloc(1, tensor_at(library, i)->bytes + 1)))
      return NULL;
  return buffers;
}

static void free_buffers(void **buffers, uint32_t count) {
  for (uint32_t i = 0; buffers && i < count; ++i)
    free(buffers[i]);
  free(buffers);
}

static int run_once(cnnc_library *library) {
  const uint64_t bytes = cnnc_context_bytes(library, 1);
  /* aligned_alloc takes multiples of the alignment. */
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  const cnnc_context_options options = {
      .struct_size = sizeof options, .threads = 1, .memory = memory, .memory_bytes = bytes};
  cnnc_context *context = NULL;
  int status = cnnc_context_create(library, &options, &context);
  if (status == CNNC_OK) {
    void **inputs = make_buffers(library, cnnc_input_count(library), cnnc_input);
    void **outputs = make_buffers(library, cnnc_output_count(library), cnnc_output);
    status = cnnc_run(context, inputs, outputs);
    if (status == CNNC_OK)
      printf("ran on %s, in %" PRIu64 " bytes of memory\n", cnnc_context_isa(context), bytes);
    free_buffers(inputs, cnnc_input_count(library));
    free_buffers(outputs, cnnc_output_count(library));
  }
  cnnc_context_destroy(context);
  free(memory);
  return status;
}

int main(int argc, char **argv) {
  cnnc_library *library;
  if (argc != 2) {
    fprintf(stderr, "usage: describe model.so\n");
    return 2;
  }
  if (cnnc_open(argv[1], &library) != CNNC_OK) {
    fprintf(stderr, "%s\n", cnnc_last_error());
    return 1;
  }
  printf("%s, %" PRIu32 " steps, compiled by %s with the flags \"%s\"\n", cnnc_model_name(library),
         cnnc_step_count(library), cnnc_model_compiler(library), cnnc_model_flags(library));
  for (uint32_t i = 0; i < cnnc_input_count(library); ++i)
    print_tensor("input", cnnc_input(library, i));
  for (uint32_t i = 0; i < cnnc_output_count(library); ++i)
    print_tensor("output", cnnc_output(library, i));
  const int status = run_once(library);
  if (status != CNNC_OK)
    fprintf(stderr, "%s\n", cnnc_last_error());
  cnnc_close(library);
  return status != CNNC_OK;
}
