/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "libc.h"
#include "machine.h"
#include "remark.h"

#if defined(__x86_64__)

typedef struct cnnc_cpuid {
  uint32_t eax, ebx, ecx, edx;
} cnnc_cpuid;

static cnnc_cpuid cnnc_cpuid_read(uint32_t leaf) {
  cnnc_cpuid r;
  __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(0));
  return r;
}

/* The state that the system saves: bits 1, 2 for the AVX registers, 5 to 7 for the AVX-512 ones. */
static uint32_t cnnc_saved_state(void) {
  uint32_t eax, edx;
  __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
  return eax;
}

static bool cnnc_has(uint32_t word, uint32_t mask) { return (word & mask) == mask; }
#define BIT(n) (1u << (n))

/* The levels of the x86-64 psABI. */
uint32_t cnnc_machine_isa(void) {
  const uint32_t v2_ecx =
      BIT(0) | BIT(9) | BIT(13) | BIT(19) | BIT(20) | BIT(23);             /* SSE3 SSSE3 CX16 SSE4.1 4.2 POPCNT */
  const uint32_t v3_ecx = BIT(12) | BIT(22) | BIT(27) | BIT(28) | BIT(29); /* FMA MOVBE OSXSAVE AVX F16C */
  const uint32_t v3_ebx = BIT(3) | BIT(5) | BIT(8);                        /* BMI1 AVX2 BMI2 */
  const uint32_t v4_ebx = BIT(16) | BIT(17) | BIT(28) | BIT(30) | BIT(31); /* AVX-512 F DQ CD BW VL */
  const uint32_t lzcnt = BIT(5);

  const uint32_t leaves = cnnc_cpuid_read(0).eax;
  const uint32_t extended_leaves = cnnc_cpuid_read(0x80000000u).eax;
  const uint32_t ecx = cnnc_cpuid_read(1).ecx;
  if (!cnnc_has(ecx, v2_ecx))
    return CNNC_ISA_ANY;
  if (leaves < 7 || extended_leaves < 0x80000001u || !cnnc_has(ecx, v3_ecx))
    return CNNC_ISA_X86_64_V2;

  const uint32_t ebx = cnnc_cpuid_read(7).ebx;
  const uint32_t state = cnnc_saved_state();
  if (!cnnc_has(ebx, v3_ebx) || !cnnc_has(cnnc_cpuid_read(0x80000001u).ecx, lzcnt) || !cnnc_has(state, 0x6))
    return CNNC_ISA_X86_64_V2;
  if (!cnnc_has(ebx, v4_ebx) || !cnnc_has(state, 0xe6))
    return CNNC_ISA_X86_64_V3;
  return CNNC_ISA_X86_64_V4;
}

#else

uint32_t cnnc_machine_isa(void) { return CNNC_ISA_ANY; }

#endif

static void cnnc_isa_remark(const char *wanted, const char *why, const char *used) {
  static _Atomic uint32_t remarked;
  char line[256];
  snprintf(line, sizeof line, "cnnc: CNNC_ISA=%.60s is ignored: %s; running %.60s\n", wanted, why, used);
  cnnc_remark_once(&remarked, line);
}

int cnnc_level_select(const cnnc_abi_model *model) {
  const uint32_t machine = cnnc_machine_isa();
  int best = -1;
  for (uint32_t i = 0; i < model->level_count; ++i)
    if (model->level_isa[i] <= machine)
      best = (int)i;

  const char *wanted = getenv("CNNC_ISA");
  if (best < 0 || !wanted || !*wanted)
    return best;
  for (uint32_t i = 0; i < model->level_count; ++i) {
    if (strcmp(wanted, model->level_name[i]) != 0)
      continue;
    if ((int)i <= best)
      return (int)i;
    cnnc_isa_remark(wanted, "this processor lacks it", model->level_name[best]);
    return best;
  }
  cnnc_isa_remark(wanted, "the model has no such level", model->level_name[best]);
  return best;
}
