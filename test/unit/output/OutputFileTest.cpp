// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/output/OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <gtest/gtest.h>
#include <set>
#include <sys/stat.h>

using namespace llvm;
using namespace cnnc::output;

namespace {

class OutputFileTest : public testing::Test {
protected:
  void SetUp() override {
    SmallString<128> path;
    ASSERT_FALSE(sys::fs::createUniqueDirectory("cnnc-output", path));
    folder = path.str().str();
  }
  void TearDown() override { sys::fs::remove_directories(folder); }

  std::string path(StringRef name) { return folder + "/" + name.str(); }

  /// net.so and net.h, each with its own name in it.
  std::vector<OutputFile> openPair() {
    std::vector<OutputFile> files = cantFail(OutputFile::createPair(path("net.so"), /*executable=*/true, ".h"));
    for (OutputFile &file : files)
      cantFail(file.write(file.name(), 0));
    return files;
  }

  std::set<std::string> names() {
    std::set<std::string> found;
    std::error_code code;
    for (sys::fs::directory_iterator entry(folder, code), end; entry != end; entry.increment(code))
      found.insert(sys::path::filename(entry->path()).str());
    return found;
  }

  std::string contents(StringRef name) { return (*MemoryBuffer::getFile(path(name)))->getBuffer().str(); }

  std::string folder;
};

TEST_F(OutputFileTest, PairAppearsTogether) {
  {
    std::vector<OutputFile> files = openPair();
    ASSERT_EQ(files.size(), 2u);
    cantFail(OutputFile::commit(files));
  }
  EXPECT_EQ(names(), (std::set<std::string>{"net.h", "net.so"}));
  EXPECT_EQ(contents("net.h"), "net.h");
}

TEST_F(OutputFileTest, ReplacedFileKeepsItsMode) {
  for (mode_t mode : {0600, 0640, 0755}) {
    std::vector<OutputFile> first = openPair();
    cantFail(OutputFile::commit(first));
    ASSERT_EQ(::chmod(path("net.so").c_str(), mode), 0);
    std::vector<OutputFile> files = openPair();
    cantFail(OutputFile::commit(files));
    struct stat status;
    ASSERT_EQ(::stat(path("net.so").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, mode);
  }
}

TEST_F(OutputFileTest, LongestNameIsWritten) {
  std::string longest(252, 'x');
  OutputFile file = cantFail(OutputFile::create(path(longest + ".so"), /*executable=*/true));
  cantFail(OutputFile::commit(file));
  EXPECT_EQ(names(), std::set<std::string>{longest + ".so"});
}

TEST_F(OutputFileTest, WithoutCommitNothingIsLeft) {
  openPair();
  EXPECT_EQ(names(), std::set<std::string>());
}

TEST_F(OutputFileTest, NewFileIsRemovedWhereTheOtherCannotAppear) {
  {
    std::vector<OutputFile> files = openPair();
    ASSERT_FALSE(sys::fs::create_directory(path("net.h")));
    EXPECT_EQ(toString(OutputFile::commit(files)), "cannot write '" + path("net.h") + "': Is a directory");
  }
  EXPECT_EQ(names(), (std::set<std::string>{"net.h"}));
}

TEST_F(OutputFileTest, PairOfOneNameIsRefused) {
  EXPECT_EQ(toString(OutputFile::createPair(path("net.h"), true, ".h").takeError()),
            "cannot write '" + path("net.h") + "': the file beside it would have the same name");
  EXPECT_EQ(names(), std::set<std::string>());
}

TEST_F(OutputFileTest, NothingStandsBesideADevice) {
  EXPECT_EQ(cantFail(OutputFile::createPair("/dev/null", true, ".h")).size(), 1u);
  EXPECT_EQ(cantFail(OutputFile::createPair("-", true, ".h")).size(), 1u);
}

TEST_F(OutputFileTest, WhatHasNoPlaceIsReadAndLeavesNothing) {
  std::string bytes(1 << 20, 'x'), temporary;
  std::unique_ptr<MemoryBuffer> buffer;
  {
    OutputFile file = cantFail(OutputFile::createUnplaced("net.so"));
    temporary = file.temporaryPath();
    cantFail(file.write(bytes, 0));
    cantFail(OutputFile::commit(file));
    EXPECT_EQ(file.name(), "net.so");
    EXPECT_FALSE(file.replaces("net.so"));
    buffer = cantFail(file.map());
  }
  EXPECT_FALSE(sys::fs::exists(temporary));
  EXPECT_TRUE(buffer->getBuffer() == bytes);
}

TEST_F(OutputFileTest, KnowsWhatItReplaces) {
  cantFail(OutputFile::commit(openPair().front()));
  std::vector<OutputFile> files = openPair();
  EXPECT_TRUE(files[0].replaces(path("./net.so")));
  EXPECT_FALSE(files[1].replaces(path("net.so")));
}

} // namespace
