// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// On one thread a run allocates nothing, takes no lock and calls no system; on several it calls futex and nothing else.
#include "Fixture.h"

// Its malloc comes before libc's, and so does a sanitizer's, whose own system calls would be counted too.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

#include <atomic>
#include <chrono>
#include <cstddef>
#include <dlfcn.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cnnc::test;

static std::atomic<long> allocations, locks;

// The program's definitions come before libc's for all that is linked here.
extern "C" {
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);

void *malloc(size_t bytes) {
  ++allocations;
  return __libc_malloc(bytes);
}
void *calloc(size_t count, size_t bytes) {
  ++allocations;
  return __libc_calloc(count, bytes);
}
void *realloc(void *block, size_t bytes) {
  ++allocations;
  return __libc_realloc(block, bytes);
}
int pthread_mutex_lock(pthread_mutex_t *mutex) {
  using Lock = int (*)(pthread_mutex_t *);
  static const Lock next = reinterpret_cast<Lock>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  ++locks;
  return next(mutex);
}
}

TEST(OneThread, AllocatesNothingAndTakesNoLock) {
  RuntimeContext context(1);
  Buffers buffers;
  ASSERT_EQ(context.run(buffers), CNNC_OK);
  const long before = allocations, locksBefore = locks;
  for (int i = 0; i < 10; ++i)
    cnnc_rt_run_in(&test_model, context.context, buffers.inputs.data(), buffers.outputs.data());
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(locks, locksBefore);
  expectReference(buffers);
}

/// From here on every system call of any thread but exit_group and `allowed` kills the process.
static bool forbidSystemCalls(unsigned allowed = SYS_exit_group) {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  const sock_fprog filter = {sizeof program / sizeof *program, program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0;
}

enum ChildStatus { Fine = 0, Wrong = 1, NoFilter = 2 };

/// Runs the function in a child that may make no system call; the status that waitpid gives.
template <typename Function> static int runForbidden(Function function) {
  const pid_t child = fork();
  if (child == 0) {
    if (!forbidSystemCalls())
      syscall(SYS_exit_group, NoFilter);
    syscall(SYS_exit_group, function() ? Fine : Wrong);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

TEST(OneThread, CallsNoSystem) {
  RuntimeContext context(1);
  Buffers buffers;
  ASSERT_EQ(cnnc_rt_api.context_threads(context.context), 1u);
  const int control = runForbidden([] { return getppid() != 0; });
  if (WIFEXITED(control) && WEXITSTATUS(control) == NoFilter)
    GTEST_SKIP() << "the system allows no filter of system calls";
  EXPECT_TRUE(WIFSIGNALED(control)) << "the filter must see a system call";

  const int status = runForbidden([&] {
    for (int i = 0; i < 10; ++i)
      if (cnnc_rt_run_in(&test_model, context.context, buffers.inputs.data(), buffers.outputs.data()) != CNNC_OK)
        return false;
    return true;
  });
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == Fine) << "status " << status;
}

TEST(OneThread, TheDefaultContextToo) {
  Environment threads("CNNC_NUM_THREADS", "1");
  Buffers buffers;
  ASSERT_EQ(cnnc_rt_run_default(&test_model, buffers.inputs.data(), buffers.outputs.data()), CNNC_OK);
  const int status = runForbidden(
      [&] { return cnnc_rt_run_default(&test_model, buffers.inputs.data(), buffers.outputs.data()) == CNNC_OK; });
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != Wrong) << "status " << status;
}

static thread_local bool isCaller;
static std::atomic<int> tasksOfWorkers;

/// Not a sleep, which would be a system call.
static void spin(std::chrono::microseconds time) {
  for (const auto end = std::chrono::steady_clock::now() + time; std::chrono::steady_clock::now() < end;)
    ;
}

static void busyTask(char *, const char *, void *const *, char *, int64_t) {
  spin(std::chrono::microseconds(50));
  tasksOfWorkers += !isCaller;
}

/// Two wide steps and a narrow one between them, of a millisecond together: worth a wake of every worker.
static cnnc_step_fn busyFunction = busyTask;
static cnnc_abi_step busySteps[] = {{"wide", "test", &busyFunction, 16, 1 << 25, 0, CNNC_STEP_CALL, 0},
                                    {"narrow", "test", &busyFunction, 4, 0, 0, CNNC_STEP_CALL, 0},
                                    {"wide", "test", &busyFunction, 16, 1 << 25, 0, CNNC_STEP_CALL, 0}};

TEST(SeveralThreads, CallFutexAndNothingElse) {
  cnnc_abi_model model = modelOfSteps(busySteps, sizeof busySteps / sizeof *busySteps);
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    isCaller = true;
    cnnc_context *context = nullptr;
    if (createContext(model, 4, &context) != CNNC_OK)
      syscall(SYS_exit_group, Wrong);
    usleep(20000); // the workers have started
    if (!forbidSystemCalls(SYS_futex))
      syscall(SYS_exit_group, NoFilter);
    // On a busy machine workers come late; they come before the alarm.
    for (int i = 0; i < 100 || tasksOfWorkers < 100; ++i) {
      if (cnnc_rt_api.run(context, nullptr, nullptr) != CNNC_OK)
        syscall(SYS_exit_group, Wrong);
      spin(std::chrono::microseconds(i % 2 ? 500 : 5)); // the workers sleep, or not
    }
    syscall(SYS_exit_group, Fine);
  }
  int status = -1;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == NoFilter)
    GTEST_SKIP() << "the system allows no filter of system calls";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == Fine) << "status " << status;
}

#endif
