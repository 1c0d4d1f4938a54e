/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "libc.h"
#include "machine.h"
#include "remark.h"

#include <limits.h>

/* Reads the start of a file as text. Returns its length, 0 when it cannot be read. */
static size_t cnnc_file_read(const char *path, char *text, size_t bytes) {
  int file = open(path, CNNC_O_RDONLY_CLOEXEC);
  if (file < 0)
    return 0;
  long count = read(file, text, bytes - 1);
  close(file);
  if (count < 0)
    count = 0;
  text[count] = '\0';
  return (size_t)count;
}

/* Reads a decimal number and steps over it; -1 when there is none. Large ones saturate. */
static int64_t cnnc_number_parse(const char **cursor) {
  const char *c = *cursor;
  if (*c < '0' || *c > '9')
    return -1;
  int64_t value = 0;
  for (; *c >= '0' && *c <= '9'; ++c)
    if (value < INT64_MAX / 100)
      value = value * 10 + (*c - '0');
  *cursor = c;
  return value;
}

uint32_t cnnc_quota_threads(int64_t quota, int64_t period) {
  if (quota <= 0 || period <= 0)
    return UINT_MAX;
  const int64_t whole = quota / period;
  return whole < 1 ? 1 : whole < UINT_MAX ? (uint32_t)whole : UINT_MAX;
}

/* "200000 100000" or "max 100000", as cgroup v2 writes it. */
static uint32_t cnnc_quota_of_group(const char *folder) {
  char path[600], text[64];
  snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", folder);
  if (!cnnc_file_read(path, text, sizeof text))
    return UINT_MAX;
  const char *cursor = text;
  int64_t quota = cnnc_number_parse(&cursor);
  if (quota < 0 || *cursor != ' ')
    return UINT_MAX;
  ++cursor;
  return cnnc_quota_threads(quota, cnnc_number_parse(&cursor));
}

static uint32_t cnnc_quota_v1(void) {
  char quota_text[32], period_text[32];
  if (!cnnc_file_read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", quota_text, sizeof quota_text) ||
      !cnnc_file_read("/sys/fs/cgroup/cpu/cpu.cfs_period_us", period_text, sizeof period_text))
    return UINT_MAX;
  const char *quota = quota_text, *period = period_text;
  return cnnc_quota_threads(cnnc_number_parse(&quota), cnnc_number_parse(&period));
}

/* The folder of this process in the v2 hierarchy, from the line "0::<folder>"; "" when there is none. */
static void cnnc_group_find(char *folder, size_t bytes) {
  char text[4096] = "";
  folder[0] = '\0';
  cnnc_file_read("/proc/self/cgroup", text, sizeof text);
  for (const char *line = text; *line;) {
    size_t length = 0;
    while (line[length] && line[length] != '\n')
      ++length;
    if (length > 3 && line[0] == '0' && line[1] == ':' && line[2] == ':' && length - 3 < bytes) {
      memcpy(folder, line + 3, length - 3);
      folder[length - 3] = '\0';
    }
    line += length + (line[length] == '\n');
  }
}

/* The quota of a group bounds its descendants, so the least on the way to the root counts. */
static uint32_t cnnc_quota_processors(void) {
  char folder[512];
  cnnc_group_find(folder, sizeof folder);
  uint32_t least = cnnc_quota_v1();
  for (size_t length = strlen(folder);;) {
    uint32_t quota = cnnc_quota_of_group(folder);
    if (quota < least)
      least = quota;
    if (length == 0)
      return least;
    do
      --length;
    while (length > 0 && folder[length] != '/');
    folder[length] = '\0';
  }
}

static uint32_t cnnc_affinity_processors(void) {
  uint64_t mask[CNNC_MASK_WORDS] = {0};
  if (sched_getaffinity(0, sizeof mask, mask) < 0)
    return 1;
  uint32_t count = 0;
  for (size_t i = 0; i < sizeof mask / sizeof *mask; ++i)
    for (uint64_t bits = mask[i]; bits; bits &= bits - 1)
      ++count;
  return count ? count : 1;
}

uint32_t cnnc_machine_processors(void) {
  const uint32_t affinity = cnnc_affinity_processors(), quota = cnnc_quota_processors();
  return quota < affinity ? quota : affinity;
}

uint32_t cnnc_threads_default(void) {
  static _Atomic uint32_t remarked;
  const char *const wanted = getenv("CNNC_NUM_THREADS"), *cursor = wanted;
  const int64_t number = wanted ? cnnc_number_parse(&cursor) : -1;
  if (number > 0 && *cursor == '\0')
    return number < CNNC_MAX_THREADS ? (uint32_t)number : CNNC_MAX_THREADS;
  const uint32_t processors = cnnc_machine_processors();
  const uint32_t count = processors < CNNC_MAX_THREADS ? processors : CNNC_MAX_THREADS;
  if (wanted && *wanted) {
    char line[160];
    snprintf(line, sizeof line, "cnnc: CNNC_NUM_THREADS=%.60s is ignored: no number of threads; running on %u\n",
             wanted, count);
    cnnc_remark_once(&remarked, line);
  }
  return count;
}

bool cnnc_profile_wanted(void) {
  const char *text = getenv("CNNC_PROFILE");
  return text && *text && strcmp(text, "0") != 0;
}
