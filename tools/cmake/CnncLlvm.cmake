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
foreach(target lldCommon lldELF)
  set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "LLVM;z;zstd")
endforeach()
set(CNNC_MLIR_LIBRARIES MLIR LLVM)
set(CNNC_LLD_LIBRARIES lldELF lldCommon)
