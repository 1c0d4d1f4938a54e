# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cnnc_aarch64_program(<name> SOURCES <file>... INCLUDES <folder>...)
# Cross-builds a C and C++ program with clang and lld to aarch64/bin/<name> of the build folder, as target
# <name>-aarch64. Its C++ library is linked in, so that only libc is needed where it runs. Without Debian's
# libstdc++-12-dev-arm64-cross there is no such target.
find_program(CNNC_CLANGXX NAMES clang++-22 HINTS /usr/lib/llvm-22/bin)
find_path(CNNC_AARCH64_HEADERS stdio.h PATHS /usr/aarch64-linux-gnu/include NO_DEFAULT_PATH)
find_path(CNNC_AARCH64_CXX_HEADERS string PATHS /usr/aarch64-linux-gnu/include/c++/12 NO_DEFAULT_PATH)

function(cnnc_aarch64_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;INCLUDES" ${ARGN})
  if(NOT CNNC_CLANGXX OR NOT CNNC_AARCH64_HEADERS OR NOT CNNC_AARCH64_CXX_HEADERS)
    message(STATUS "No C++ library for aarch64: ${name} is not cross-built (libstdc++-12-dev-arm64-cross has it)")
    return()
  endif()
  list(TRANSFORM arg_INCLUDES PREPEND -I)
  set(flags --target=aarch64-linux-gnu -O2 -fPIE ${arg_INCLUDES})
  set(objects)
  foreach(source IN LISTS arg_SOURCES)
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${source})
    set(object ${PROJECT_BINARY_DIR}/aarch64/${path}.o)
    get_filename_component(folder ${object} DIRECTORY)
    set(language ${CNNC_CLANGXX} -std=c++17 -fno-exceptions)
    if(source MATCHES "\\.c$")
      set(language ${CNNC_CLANGXX} -x c -std=c11)
    endif()
    add_custom_command(OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
      COMMAND ${language} ${flags} -MD -MF ${object}.d -c ${source} -o ${object}
      DEPENDS ${source} DEPFILE ${object}.d COMMENT "aarch64 ${path}" VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(program ${PROJECT_BINARY_DIR}/aarch64/bin/${name})
  add_custom_command(OUTPUT ${program}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/aarch64/bin
    COMMAND ${CNNC_CLANGXX} --target=aarch64-linux-gnu -fuse-ld=lld -pie -static-libstdc++ -static-libgcc ${objects}
            -ldl -lpthread -o ${program}
    DEPENDS ${objects} COMMENT "Linking aarch64/bin/${name}" VERBATIM)
  add_custom_target(${name}-aarch64 ALL DEPENDS ${program})
endfunction()
