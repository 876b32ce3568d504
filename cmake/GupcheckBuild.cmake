# SPDX-License-Identifier: GPL-2.0-only
#
# gupcheck's own build: warnings, sanitizers, and the functions that the folders' CMakeLists.txt use.
#
#   gupcheck_library(NAME [MODEL] SOURCES files...)   static library gupcheck_NAME, alias gupcheck::NAME
#   gupcheck_executable(TARGET SOURCES files...)      an executable that explores models
#   gupcheck_model_sources(TARGET [EXCEPTIONS])       compiles the sources of TARGET as model code

set(GUPCHECK_SANITIZE "" CACHE STRING "Comma-separated sanitizers for everything, e.g. undefined")

add_library(gupcheck_warnings INTERFACE)
target_compile_options(gupcheck_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms on std::string's operator+ (GCC bug 105651).
  target_compile_options(gupcheck_warnings INTERFACE -Wno-restrict)
endif()

# The same flags as gupcheck_model(), as a target, for whoever prefers to link them.
add_library(gupcheck_model_flags INTERFACE)
add_library(gupcheck::model_flags ALIAS gupcheck_model_flags)
target_compile_options(gupcheck_model_flags INTERFACE ${gupcheck_model_options} -fno-exceptions)

# Nothing is position-independent: the arena is at a fixed address and code addresses are compared across runs.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
add_compile_options(-fno-pie)

# Source locations are part of a trace: they name files as seen from the root of the tree, on every machine.
add_compile_options("-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")

if(GUPCHECK_SANITIZE)
  add_compile_options(-fsanitize=${GUPCHECK_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GUPCHECK_SANITIZE})
  # Warnings about what the instrumentation makes of the code are not about the code.
  target_compile_options(gupcheck_warnings INTERFACE -Wno-error)
endif()

# Tests use EXPECT_THROW beside their model code, so they keep exceptions; nothing throws inside a thread there.
function(gupcheck_model_sources target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EXCEPTIONS" "" "")
  target_compile_options(${target} PRIVATE ${gupcheck_model_options})
  if(GUPCHECK_SANITIZE)
    # A sanitizer's checks fill the frames, and so multiply states; and it would report faults before the engine.
    target_compile_options(${target} PRIVATE -fno-sanitize=all)
  endif()
  if(NOT arg_EXCEPTIONS)
    target_compile_options(${target} PRIVATE -fno-exceptions)
  endif()
endfunction()

function(gupcheck_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "MODEL" "" "SOURCES")
  if(NOT arg_SOURCES) # a layer without a source file, only headers
    add_library(gupcheck_${name} INTERFACE)
  else()
    add_library(gupcheck_${name} STATIC ${arg_SOURCES})
    target_link_libraries(gupcheck_${name} PRIVATE $<BUILD_INTERFACE:gupcheck_warnings>)
    if(arg_MODEL)
      gupcheck_model_sources(gupcheck_${name})
    endif()
  endif()
  add_library(gupcheck::${name} ALIAS gupcheck_${name})
  set_target_properties(gupcheck_${name} PROPERTIES EXPORT_NAME ${name})
endfunction()

# Links `dependencies` to gupcheck_NAME for itself and for whoever uses it.
function(gupcheck_link name)
  get_target_property(type gupcheck_${name} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    target_link_libraries(gupcheck_${name} INTERFACE ${ARGN})
  else()
    target_link_libraries(gupcheck_${name} PUBLIC ${ARGN})
  endif()
endfunction()

function(gupcheck_executable target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES")
  add_executable(${target} ${arg_SOURCES})
  # Traces name the functions of a stack from the symbol table; exported symbols survive strip(1).
  set_target_properties(${target} PROPERTIES ENABLE_EXPORTS ON)
  target_link_options(${target} PRIVATE -no-pie)
  target_link_libraries(${target} PRIVATE gupcheck_warnings)
endfunction()
