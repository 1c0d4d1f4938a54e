# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Finds LLVM, MLIR and lld, and mends their exported targets so that one program can link all three.
find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
find_package(LLD REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/lld)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS} ${LLD_INCLUDE_DIRS})
separate_arguments(LLVM_DEFINITIONS_LIST NATIVE_COMMAND "${LLVM_DEFINITIONS}")
add_definitions(${LLVM_DEFINITIONS_LIST})

# Debian's MLIR targets want libLLVM.so, its lld targets LLVM's archives; both in one program register every option twice.
if(CNNC_STATIC_LLVM)
  # Archives all the way. lld reads bitcode for any target, so it names them all.
  llvm_map_components_to_libnames(llvm_archives AllTargetsCodeGens AllTargetsAsmParsers AllTargetsDescs AllTargetsInfos
    Passes BitReader BitWriter Linker ObjCopy Option LTO DTLTO)
  foreach(target ${MLIR_EXPORTED_TARGETS} ${LLD_EXPORTED_TARGETS})
    get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
    if(links)
      list(REMOVE_ITEM links LLVM MLIR "$<LINK_ONLY:LLVM>")
      list(TRANSFORM links REPLACE "zstd::libzstd_shared" "zstd::libzstd_static")
      set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "${links};${llvm_archives}")
    endif()
  endforeach()
  # The linker takes from the archives what is called; the shared ones among the exported targets would bring libLLVM.so.
  set(CNNC_MLIR_LIBRARIES)
  foreach(target ${MLIR_EXPORTED_TARGETS})
    get_target_property(type ${target} TYPE)
    if(type STREQUAL STATIC_LIBRARY AND NOT target MATCHES "^MLIRCAPI|Test")
      list(APPEND CNNC_MLIR_LIBRARIES ${target})
    endif()
  endforeach()
  list(APPEND CNNC_MLIR_LIBRARIES ${llvm_archives})
  # Several times faster than GNU ld on a hundred megabytes, and it drops what no one calls.
  add_link_options(-fuse-ld=lld -Wl,--gc-sections,--as-needed $<$<LINK_LANGUAGE:CXX>:-static-libstdc++> -static-libgcc)
else()
  foreach(target lldCommon lldELF)
    set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "LLVM;z;zstd")
  endforeach()
  set(CNNC_MLIR_LIBRARIES MLIR LLVM)
endif()
set(CNNC_LLD_LIBRARIES lldELF lldCommon)
