# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cnnc_unit_test(NAME SOURCES a.cpp ... LINK ...): a gtest program in bin/, known to ctest.
find_package(GTest REQUIRED)

function(cnnc_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
