/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "libc.h"
#include "machine.h"
#include "remark.h"
#include "table.h"

#if defined(__x86_64__)

typedef struct cnnc_cpuid {
  uint32_t eax, ebx, ecx, edx;
} cnnc_cpuid;

static cnnc_cpuid cnnc_cpuid_read(uint32_t leaf, uint32_t subleaf) {
  cnnc_cpuid r;
  __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
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

/* What registers of 256 and 512 bits allow, where the system saves them. */
static uint64_t cnnc_wide_features(uint32_t leaf1_ecx) {
  const uint32_t v3_ecx = BIT(12) | BIT(22) | BIT(27) | BIT(28) | BIT(29); /* FMA MOVBE OSXSAVE AVX F16C */
  const uint32_t v3_ebx = BIT(3) | BIT(5) | BIT(8);                        /* BMI1 AVX2 BMI2 */
  const uint32_t v4_ebx = BIT(16) | BIT(17) | BIT(28) | BIT(30) | BIT(31); /* AVX-512 F DQ CD BW VL */
  const uint32_t lzcnt = BIT(5);
  if (cnnc_cpuid_read(0, 0).eax < 7 || cnnc_cpuid_read(0x80000000u, 0).eax < 0x80000001u ||
      !cnnc_has(leaf1_ecx, v3_ecx))
    return 0;
  const cnnc_cpuid leaf7 = cnnc_cpuid_read(7, 0);
  const uint32_t state = cnnc_saved_state();
  if (!cnnc_has(leaf7.ebx, v3_ebx) || !cnnc_has(cnnc_cpuid_read(0x80000001u, 0).ecx, lzcnt) || !cnnc_has(state, 0x6))
    return 0;
  uint64_t features = CNNC_FEATURE_X86_64_V3;
  if (leaf7.eax >= 1 && cnnc_has(cnnc_cpuid_read(7, 1).eax, BIT(4)))
    features |= CNNC_FEATURE_AVX_VNNI;
  if (!cnnc_has(leaf7.ebx, v4_ebx) || !cnnc_has(state, 0xe6))
    return features;
  features |= CNNC_FEATURE_X86_64_V4;
  return cnnc_has(leaf7.ecx, BIT(11)) ? features | CNNC_FEATURE_AVX512_VNNI : features;
}

uint64_t cnnc_machine_features(void) {
  const uint32_t v2_ecx =
      BIT(0) | BIT(9) | BIT(13) | BIT(19) | BIT(20) | BIT(23); /* SSE3 SSSE3 CX16 SSE4.1 4.2 POPCNT */
  const uint32_t ecx = cnnc_cpuid_read(1, 0).ecx;
  return cnnc_has(ecx, v2_ecx) ? CNNC_FEATURE_X86_64_V2 | cnnc_wide_features(ecx) : 0;
}

#else

uint64_t cnnc_machine_features(void) {
  const unsigned long dotprod = 1ul << 20; /* HWCAP_ASIMDDP */
  return CNNC_FEATURE_NEON | (getauxval(CNNC_AT_HWCAP) & dotprod ? CNNC_FEATURE_NEON_DOTPROD : 0);
}

#endif

static void cnnc_isa_remark(const char *wanted, const char *why, const char *used) {
  static _Atomic uint32_t remarked;
  char line[256];
  snprintf(line, sizeof line, "cnnc: CNNC_ISA=%.60s is ignored: %s; running %.60s\n", wanted, why, used);
  cnnc_remark_once(&remarked, line);
}

int cnnc_level_select(const cnnc_abi_model *model) {
  const uint64_t machine = cnnc_machine_features();
  const char *wanted = getenv("CNNC_ISA");
  int best = -1, named = -1;
  for (uint32_t i = 0; i < model->level_count; ++i) {
    const cnnc_abi_level *level = cnnc_level_at(model, i);
    if ((level->needs & ~machine) == 0)
      best = (int)i;
    if (wanted && strcmp(wanted, level->name) == 0)
      named = (int)i;
  }
  if (best < 0 || !wanted || !*wanted)
    return best;
  if (named >= 0 && (cnnc_level_at(model, (uint32_t)named)->needs & ~machine) == 0)
    return named;
  cnnc_isa_remark(wanted, named < 0 ? "the model has no such level" : "this processor lacks it",
                  cnnc_level_at(model, (uint32_t)best)->name);
  return best;
}
