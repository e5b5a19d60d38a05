# SPDX-License-Identifier: GPL-3.0-or-later
# Sets what find_package(Torch) does, from the folder MANIERA_LIBTORCH. The configuration inside PyPI's
# package asks for a CUDA toolkit, which neither building nor running Maniera needs.
set(TORCH_INCLUDE_DIRS ${MANIERA_LIBTORCH}/include ${MANIERA_LIBTORCH}/include/torch/csrc/api/include)
find_file(LIBTORCH_VERSION_HEADER NAMES torch/headeronly/version.h torch/version.h
          PATHS ${TORCH_INCLUDE_DIRS} NO_DEFAULT_PATH NO_CACHE REQUIRED)
file(STRINGS ${LIBTORCH_VERSION_HEADER} lines REGEX "define TORCH_VERSION_(MAJOR|MINOR) ")
string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1.\\2" Torch_VERSION "${lines}")
if(Torch_VERSION VERSION_LESS 2.7)
  message(FATAL_ERROR "PyPI's torch ${Torch_VERSION} was built with the C++ ABI from before GCC 5, "
                      "which Debian's OpenCV was not; take torch 2.7 or later.")
endif()
# Nothing refers to the CUDA libraries: being loaded is how they announce their operators.
set(TORCH_LIBRARIES -Wl,--no-as-needed)
foreach(name c10 torch_cpu c10_cuda torch_cuda torch)
  find_library(LIBTORCH_${name} ${name} PATHS ${MANIERA_LIBTORCH}/lib NO_DEFAULT_PATH)
  if(LIBTORCH_${name})
    list(APPEND TORCH_LIBRARIES ${LIBTORCH_${name}})
  elseif(NOT name MATCHES "cuda|^torch$") # libtorch.so holds nothing but the names of the others
    message(FATAL_ERROR "There is no lib${name} in ${MANIERA_LIBTORCH}/lib.")
  endif()
endforeach()
list(APPEND TORCH_LIBRARIES -Wl,--as-needed)
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
