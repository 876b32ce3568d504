# SPDX-License-Identifier: GPL-2.0-only
#
# How model code, the code that runs in the threads of a model, has to be compiled, and how a program that
# explores models has to be linked. Used by gupcheck's own build and installed with the package.
#
#   gupcheck_model(TARGET)        compiles all sources of TARGET as model code; an executable is also linked
#                                 the way the engine needs it

# A local state of a thread is the bytes of its live stack, so how these are laid out decides how many states
# there are. -Og and -fno-inline keep dead values out of the frames; no red zone, because the engine wipes what is
# below the stack pointer; frame pointers, because traces show the function stack; no exceptions, because one
# cannot be unwound through a visible step.
set(gupcheck_model_options -Og -fno-inline -fno-omit-frame-pointer -fno-stack-protector -mno-red-zone
                           -fcf-protection=none -fno-pie -g)

function(gupcheck_model target)
  target_compile_options(${target} PRIVATE ${gupcheck_model_options} -fno-exceptions)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    # Traces name functions from the symbol table (exported symbols survive strip(1)); the arena lies at a fixed
    # low address.
    set_target_properties(${target} PROPERTIES ENABLE_EXPORTS ON)
    target_link_options(${target} PRIVATE -no-pie)
  endif()
endfunction()
