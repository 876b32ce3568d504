# SPDX-License-Identifier: GPL-2.0-only
#
# What is installed: the program, and the engine and the traces as a package for find_package(gupcheck).
#
# Headers keep their paths (model/engine/suite.hpp) below include/gupcheck, which is on the include path beside
# include itself, so that ours include each other as in the source tree and users write <gupcheck/gupcheck.hpp>.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/gupcheck")

install(TARGETS gupcheck_engine gupcheck_traces EXPORT gupcheck-targets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT gupcheck-targets NAMESPACE gupcheck:: DESTINATION "${package_dir}")

foreach(folder IN ITEMS model/engine traces)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/gupcheck/${folder}"
          FILES_MATCHING PATTERN "*.hpp")
endforeach()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.hpp")

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/gupcheck-config.cmake.in"
  "${PROJECT_BINARY_DIR}/gupcheck-config.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/gupcheck-config-version.cmake" COMPATIBILITY ExactVersion)
install(FILES "${PROJECT_BINARY_DIR}/gupcheck-config.cmake" "${PROJECT_BINARY_DIR}/gupcheck-config-version.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/GupcheckModel.cmake"
        DESTINATION "${package_dir}")

if(TARGET gupcheck)
  install(TARGETS gupcheck RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
