# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A room of the house is one static library: one call, its files listed.
include_directories(${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR}/runtime/include)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions> $<$<COMPILE_LANGUAGE:CXX>:-Wall> $<$<COMPILE_LANGUAGE:CXX>:-Wextra>
                    $<$<COMPILE_LANGUAGE:CXX>:-Wno-unused-parameter>)

find_program(CNNC_CCACHE ccache)
if(CNNC_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CNNC_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CNNC_CCACHE})
endif()

# One precompiled header with the parts of MLIR that every room reads: a file then compiles in seconds.
add_library(cnnc_headers OBJECT ${PROJECT_SOURCE_DIR}/tools/cmake/Headers.cpp)
target_precompile_headers(cnnc_headers PRIVATE ${PROJECT_SOURCE_DIR}/tools/cmake/Headers.h)
target_compile_options(cnnc_headers PRIVATE -Xclang -fno-pch-timestamp)

# cnnc_room(NAME SOURCES a.cpp ... LINK other ...): static library NAME, with the precompiled header.
function(cnnc_room name)
  cmake_parse_arguments(ARG "NO_PRECOMPILED" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(NOT ARG_NO_PRECOMPILED)
    target_precompile_headers(${name} REUSE_FROM cnnc_headers)
    target_compile_options(${name} PRIVATE -Xclang -fno-pch-timestamp)
  endif()
endfunction()

# cnnc_tool(NAME SOURCES main.cpp LINK ...): a program in bin/.
function(cnnc_tool name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
endfunction()

# cnnc_tablegen(TARGET FILE.td OUTPUT FLAGS...)+ : generated headers of a dialect or a pass room, in the mirrored build folder.
function(cnnc_tablegen target source)
  set(LLVM_TARGET_DEFINITIONS ${source})
  foreach(pair ${ARGN})
    string(REPLACE "|" ";" pair ${pair})
    list(POP_FRONT pair output)
    mlir_tablegen(${output} ${pair})
  endforeach()
  add_public_tablegen_target(${target})
  add_dependencies(cnnc_headers ${target})
endfunction()

# cnnc_dialect_docs(NAME FILE.td): the target `docs` writes docs/NAME.md of the build folder from the records' descriptions.
add_custom_target(docs)
function(cnnc_dialect_docs name source)
  set(output ${PROJECT_BINARY_DIR}/docs/${name}.md)
  get_property(includes DIRECTORY PROPERTY INCLUDE_DIRECTORIES)
  list(TRANSFORM includes PREPEND -I)
  add_custom_command(OUTPUT ${output} DEPENDS ${source}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/docs
    COMMAND ${MLIR_TABLEGEN_EXE} -gen-dialect-doc -dialect=${name} -I${CMAKE_CURRENT_SOURCE_DIR} ${includes} ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${output})
  add_custom_target(docs-${name} DEPENDS ${output})
  add_dependencies(docs docs-${name})
endfunction()
