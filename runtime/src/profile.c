/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "context.h"
#include "libc.h"

cnnc_profile *cnnc_profile_create(const cnnc_abi_model *model, bool print_at_close) {
  const uint64_t bytes = sizeof(cnnc_profile) + (uint64_t)model->step_count * sizeof(cnnc_step_time);
  cnnc_profile *profile =
      mmap(NULL, bytes, CNNC_PROT_READ | CNNC_PROT_WRITE, CNNC_MAP_PRIVATE | CNNC_MAP_ANONYMOUS, -1, 0);
  if (profile == CNNC_MAP_FAILED)
    return NULL;
  profile->bytes = bytes;
  profile->print_at_close = print_at_close;
  return profile;
}

void cnnc_profile_destroy(cnnc_profile *profile) {
  if (profile)
    munmap(profile, profile->bytes);
}

static void cnnc_line_write(const char *line, int length, size_t capacity) {
  if (length > 0)
    (void)!write(2, line, (size_t)length < capacity ? (size_t)length : capacity - 1);
}

static const char *cnnc_text(const char *text) { return text ? text : ""; }

/* Two operations per multiply-accumulate; per nanosecond that is GFLOP/s. */
static double cnnc_gflops(int64_t macs, double nanoseconds) {
  return nanoseconds > 0 ? 2.0 * (double)macs / nanoseconds : 0;
}

void cnnc_profile_write(const cnnc_context *context) {
  const cnnc_profile *profile = context->profile;
  const cnnc_abi_model *model = context->model;
  if (!profile || profile->runs == 0)
    return;
  uint64_t total = 0;
  for (uint32_t i = 0; i < model->step_count; ++i)
    total += profile->steps[i].nanoseconds;

  char line[512];
  int length = snprintf(line, sizeof line, "%s, %s, %u threads, mean of %llu runs\n%-48s %-20s %10s %9s %7s\n",
                        cnnc_text(model->name), cnnc_text(model->level_name[context->level]), context->threads,
                        (unsigned long long)profile->runs, "step", "algorithm", "ms", "GFLOP/s", "share");
  cnnc_line_write(line, length, sizeof line);
  const double runs = (double)profile->runs;
  int64_t macs = 0;
  for (uint32_t i = 0; i < model->step_count; ++i) {
    const cnnc_abi_step *step = &model->steps[i];
    const double mean = (double)profile->steps[i].nanoseconds / runs;
    const double share = total ? 100.0 * (double)profile->steps[i].nanoseconds / (double)total : 0;
    macs += step->macs;
    length = snprintf(line, sizeof line, "%-48.120s %-20.60s %10.4f %9.2f %6.1f%%\n", cnnc_text(step->name),
                      cnnc_text(step->algorithm), mean / 1e6, cnnc_gflops(step->macs, mean), share);
    cnnc_line_write(line, length, sizeof line);
  }
  const double mean = (double)total / runs;
  length = snprintf(line, sizeof line, "%-48s %-20s %10.4f %9.2f %6.1f%%\n", "total", "", mean / 1e6,
                    cnnc_gflops(macs, mean), 100.0);
  cnnc_line_write(line, length, sizeof line);
}
