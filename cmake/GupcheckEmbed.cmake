# SPDX-License-Identifier: GPL-2.0-only
#
# Files that become part of a library.
#
#   gupcheck_read_files(CONTENT HASH FILE...)   sets CONTENT to what is in the files, one after the other, and HASH
#                                               to its SHA-256 in base64; CMake runs again when a file changes

set(gupcheck_base64_digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

# Of 32 bytes as hexadecimal digits: 21 groups of 3 digits, two base64 digits each, and the 64th by itself.
function(gupcheck_base64_of_sha256 hex result)
  set(text "")
  foreach(start RANGE 0 63 3)
    string(SUBSTRING "${hex}00" ${start} 3 group)
    math(EXPR high "0x${group} >> 6")
    math(EXPR low "0x${group} & 63")
    foreach(digit IN ITEMS ${high} ${low})
      string(SUBSTRING "${gupcheck_base64_digits}" ${digit} 1 character)
      string(APPEND text "${character}")
    endforeach()
  endforeach()
  string(SUBSTRING "${text}" 0 43 text)
  set(${result} "${text}=" PARENT_SCOPE)
endfunction()

function(gupcheck_read_files content hash)
  set(all "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(READ "${file}" text)
    string(APPEND all "${text}")
  endforeach()
  string(SHA256 hex "${all}")
  gupcheck_base64_of_sha256(${hex} base64)
  set(${content} "${all}" PARENT_SCOPE)
  set(${hash} ${base64} PARENT_SCOPE)
endfunction()
