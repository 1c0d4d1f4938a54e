/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "open/types.h"

typedef struct cnnc_type_row {
  uint32_t type;
  uint32_t bytes;
  const char *name;
} cnnc_type_row;

static const cnnc_type_row type_rows[] = {
#define ELEMENT_TYPE(id, onnx, name, bits, kind, c, numpy) {CNNC_##id, (bits + 7) / 8, name},
#include "dialects/target/Types.def"
};

#define ELEMENT_TYPE(id, onnx, name, bits, kind, c, numpy)                                                             \
  _Static_assert(CNNC_##id == onnx, "abi.h numbers the types as ONNX does");
#include "dialects/target/Types.def"

static const cnnc_type_row *cnnc_type_find(uint32_t type) {
  for (unsigned i = 0; i < sizeof type_rows / sizeof *type_rows; ++i)
    if (type_rows[i].type == type)
      return &type_rows[i];
  return 0;
}

uint32_t cnnc_type_bytes(uint32_t type) {
  const cnnc_type_row *row = cnnc_type_find(type);
  return row ? row->bytes : 0;
}

const char *cnnc_type_name(uint32_t type) {
  const cnnc_type_row *row = cnnc_type_find(type);
  return row ? row->name : "unknown";
}

bool cnnc_tensor_bytes(const cnnc_abi_tensor *tensor, uint64_t *bytes) {
  *bytes = cnnc_type_bytes(tensor->type);
  bool fits = *bytes != 0;
  for (uint32_t i = 0; fits && i < tensor->rank; ++i)
    fits = tensor->shape[i] >= 0 && !__builtin_mul_overflow(*bytes, (uint64_t)tensor->shape[i], bytes);
  return fits;
}
