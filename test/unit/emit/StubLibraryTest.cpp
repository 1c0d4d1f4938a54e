// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/StubLibrary.h"
#include <dlfcn.h>
#include <gtest/gtest.h>

using namespace llvm;
using namespace cnnc::emit;

namespace {

TEST(StubLibrary, VersionsExistInTheSystemsLibc) {
  for (const StubLibrary &library : libcStubs(Triple("x86_64-unknown-linux-gnu"))) {
    void *loaded = dlopen(library.soname.str().c_str(), RTLD_NOW);
    ASSERT_TRUE(loaded) << dlerror();
    for (const StubSymbol &symbol : library.symbols)
      EXPECT_TRUE(dlvsym(loaded, symbol.name.str().c_str(), symbol.version.str().c_str()))
          << symbol.name.str() << "@" << symbol.version.str();
    dlclose(loaded);
  }
}

TEST(StubLibrary, Aarch64BeginsAt217) {
  for (const StubLibrary &library : libcStubs(Triple("aarch64-unknown-linux-gnu")))
    for (const StubSymbol &symbol : library.symbols) {
      EXPECT_NE(symbol.version, "GLIBC_2.2.5");
      EXPECT_NE(symbol.version, "GLIBC_2.14");
    }
}

} // namespace
