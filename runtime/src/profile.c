/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "context.h"
#include "libc.h"
#include "table.h"

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

/* The bytes of the character at `text`, as UTF-8 has it; 0 where it is none, or moves a cursor, or turns letters round.
 */
static size_t cnnc_character_shown(const unsigned char *text) {
  const unsigned char first = *text;
  if (first < 0x80)
    return first >= 0x20 && first != 0x7f;
  const size_t bytes = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  uint32_t point = first & (0x7fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((text[i] & 0xc0) != 0x80)
      return 0;
    point = point << 6 | (text[i] & 0x3fu);
  }
  const bool hidden = point < 0xa0 || point == 0xad || point == 0x61c || (point >= 0x200b && point <= 0x200f) ||
                      (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) || point == 0xfeff ||
                      (point >= 0xd800 && point <= 0xdfff) || (bytes == 3 && point < 0x800) ||
                      (bytes == 4 && (point < 0x10000 || point > 0x10ffff));
  return hidden ? 0 : bytes;
}

/* As much of a name as fits, with \xNN for each byte that is not shown as it is. */
static const char *cnnc_text_escape(char *to, size_t bytes, const char *text) {
  size_t length = 0;
  for (const unsigned char *c = (const unsigned char *)cnnc_text(text); *c && length + 5 < bytes;) {
    const size_t shown = cnnc_character_shown(c);
    for (size_t i = 0; i < shown; ++i)
      to[length++] = (char)c[i];
    if (!shown)
      length += (size_t)snprintf(to + length, bytes - length, "\\x%02x", *c);
    c += shown ? shown : 1;
  }
  to[length] = '\0';
  return to;
}

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

  char line[512], name[121];
  int length = snprintf(line, sizeof line, "%s, %s, %u threads, mean of %llu runs\n%-48s %-20s %10s %9s %7s\n",
                        cnnc_text(model->name), cnnc_text(cnnc_level_at(model, context->level)->name), context->threads,
                        (unsigned long long)profile->runs, "step", "algorithm", "ms", "GFLOP/s", "share");
  cnnc_line_write(line, length, sizeof line);
  const double runs = (double)profile->runs;
  int64_t macs = 0;
  for (uint32_t i = 0; i < model->step_count; ++i) {
    const cnnc_abi_step *step = cnnc_step_at(model, i);
    const double mean = (double)profile->steps[i].nanoseconds / runs;
    const double share = total ? 100.0 * (double)profile->steps[i].nanoseconds / (double)total : 0;
    macs += step->macs;
    length = snprintf(line, sizeof line, "%-48s %-20.60s %10.4f %9.2f %6.1f%%\n",
                      cnnc_text_escape(name, sizeof name, step->name), cnnc_text(step->algorithm), mean / 1e6,
                      cnnc_gflops(step->macs, mean), share);
    cnnc_line_write(line, length, sizeof line);
  }
  const double mean = (double)total / runs;
  length = snprintf(line, sizeof line, "%-48s %-20s %10.4f %9.2f %6.1f%%\n", "total", "", mean / 1e6,
                    cnnc_gflops(macs, mean), 100.0);
  cnnc_line_write(line, length, sizeof line);
}
