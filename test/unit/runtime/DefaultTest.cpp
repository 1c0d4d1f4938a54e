// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The default contexts: many callers at once, and the end of the program.
#include "Fixture.h"
#include "Interposed.h"

#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace cnnc::test;

namespace {

uint64_t contextBytes;
std::atomic<int> contextsMapped, callersInside, callersWanted;

void countContexts(size_t bytes) { contextsMapped += bytes == contextBytes; }

/// Holds each caller in its run until all are.
void meetInside() {
  ++callersInside;
  while (callersInside < callersWanted)
    usleep(100);
}

void callAtOnce(int count) {
  callersInside = 0;
  callersWanted = count;
  std::vector<std::thread> callers;
  for (int i = 0; i < count; ++i)
    callers.emplace_back([i] {
      Buffers buffers(i);
      EXPECT_EQ(cnnc_rt_run_default(&test_model, buffers.inputs.data(), buffers.outputs.data()), CNNC_OK);
      expectReference(buffers);
    });
  for (std::thread &caller : callers)
    caller.join();
}

TEST(Default, ContextsAreKeptForAsManyCallersAsCame) {
  Environment threads("CNNC_NUM_THREADS", "2");
  contextBytes = cnnc_rt_context_bytes(&test_model, 2);
  test_model_hook = meetInside;
  callAtOnce(80);
  mmapHook = countContexts;
  for (int round = 0; round < 3; ++round)
    callAtOnce(80);
  mmapHook = nullptr;
  test_model_hook = nullptr;
  EXPECT_EQ(contextsMapped, 0);
}

void runDefault() {
  Buffers buffers;
  if (cnnc_rt_run_default(&test_model, buffers.inputs.data(), buffers.outputs.data()) != CNNC_OK)
    _exit(3);
}

TEST(Default, ThreadsMayRunWhileTheProgramExits) {
  Environment threads("CNNC_NUM_THREADS", "3");
  for (int i = 0; i < 100; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      std::thread([] {
        for (;;)
          runDefault();
      }).detach();
      runDefault();
      usleep(i * 37 % 1000);
      exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    ASSERT_EQ(status, 0) << "exit " << i;
  }
}

std::atomic<bool> creating;

/// The pool is there, the context that will use it is not yet.
void holdUpContexts(size_t bytes) {
  if (bytes != contextBytes)
    return;
  creating = true;
  usleep(200000);
}

std::atomic<bool> lingers, ran;

/// The last of the program's own finalisers, after the runtime's: gives the other thread time to fall over.
void linger() {
  for (int i = 0; lingers && !ran && i < 5000; ++i)
    usleep(1000);
}
__attribute__((used, section(".fini_array.00101"))) void (*const lingerEntry)() = linger;

/// Ends the program while another thread is between the pool and its context.
[[noreturn]] void exitWhileCreating() {
  contextBytes = cnnc_rt_context_bytes(&test_model, 3);
  mmapHook = holdUpContexts;
  lingers = true;
  std::thread([] {
    runDefault();
    ran = true;
  }).detach();
  while (!creating)
    usleep(100);
  exit(0);
}

TEST(DefaultDeathTest, ThePoolStaysForAThreadThatIsAboutToUseIt) {
  Environment threads("CNNC_NUM_THREADS", "3");
  // A program of its own, without the contexts of other tests.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(exitWhileCreating(), testing::ExitedWithCode(0), "");
}

} // namespace
