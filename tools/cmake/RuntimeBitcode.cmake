# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cnnc_add_runtime_bitcode(<target> OUTPUT_STEM <stem> ARCHITECTURES <arch>... SOURCES <file>... HEADERS <file>...)
# Compiles the C sources for each architecture without any of its headers and links them to <stem>_<arch>.bc in the
# current binary folder. <target> builds all of them.

find_program(CNNC_CLANG NAMES clang-22 HINTS /usr/lib/llvm-22/bin REQUIRED)
find_program(CNNC_LLVM_LINK NAMES llvm-link-22 llvm-link HINTS /usr/lib/llvm-22/bin REQUIRED)

set(CNNC_BITCODE_FLAGS -std=c11 -O2 -fPIC -ffreestanding -nostdlibinc -fno-stack-protector -fno-unwind-tables
    -fno-asynchronous-unwind-tables -fvisibility=hidden -Wall -Wextra -Werror -emit-llvm)

function(cnnc_add_runtime_bitcode target)
  cmake_parse_arguments(arg "" "OUTPUT_STEM" "ARCHITECTURES;SOURCES;HEADERS" ${ARGN})
  set(linked)
  foreach(architecture IN LISTS arg_ARCHITECTURES)
    set(flags --target=${architecture}-linux-gnu ${CNNC_BITCODE_FLAGS})
    if(architecture STREQUAL "aarch64")
      list(APPEND flags -mno-outline-atomics)
    endif()
    set(parts)
    foreach(source IN LISTS arg_SOURCES)
      get_filename_component(name ${source} NAME_WE)
      set(part ${CMAKE_CURRENT_BINARY_DIR}/bitcode/${architecture}/${name}.bc)
      add_custom_command(OUTPUT ${part}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/bitcode/${architecture}
        COMMAND ${CNNC_CLANG} ${flags} -Iinclude -c ${source} -o ${part}
        WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
        DEPENDS ${source} ${arg_HEADERS}
        COMMENT "Runtime bitcode ${architecture}/${name}.bc" VERBATIM)
      list(APPEND parts ${part})
    endforeach()
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${arg_OUTPUT_STEM}_${architecture}.bc)
    add_custom_command(OUTPUT ${output} COMMAND ${CNNC_LLVM_LINK} ${parts} -o ${output} DEPENDS ${parts}
      COMMENT "Linking ${arg_OUTPUT_STEM}_${architecture}.bc" VERBATIM)
    list(APPEND linked ${output})
  endforeach()
  add_custom_target(${target} ALL DEPENDS ${linked})
endfunction()

# cnnc_compile_bitcode(<bitcode> <object> ARCHITECTURE <arch>): position-independent machine code, a section a function.
function(cnnc_compile_bitcode bitcode object)
  cmake_parse_arguments(arg "" "ARCHITECTURE" "" ${ARGN})
  add_custom_command(OUTPUT ${object}
    COMMAND ${CNNC_CLANG} --target=${arg_ARCHITECTURE}-linux-gnu -O2 -fPIC -ffunction-sections -fdata-sections
            -Wno-override-module -x ir -c ${bitcode} -o ${object}
    DEPENDS ${bitcode} cnnc_rt_bitcode COMMENT "Compiling ${object}" VERBATIM)
endfunction()
