# find_package(clambake CONFIG) → clambake::clambake, and pkg-config clambake.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/clambake")
install(TARGETS clambake EXPORT clambakeTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(TARGETS clambake_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/lib/include/clambake" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(EXPORT clambakeTargets NAMESPACE clambake:: DESTINATION "${package_dir}")

configure_package_config_file(cmake/clambakeConfig.cmake.in clambakeConfig.cmake INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(clambakeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/clambakeConfig.cmake" "${PROJECT_BINARY_DIR}/clambakeConfigVersion.cmake"
        DESTINATION "${package_dir}")

configure_file(cmake/clambake.pc.in clambake.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/clambake.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# What the program says of itself: completion and manual, made by it.
if(NOT CMAKE_CROSSCOMPILING)
  set(share "${PROJECT_BINARY_DIR}/share")
  file(MAKE_DIRECTORY "${share}")
  set(made "")
  foreach(entry IN ITEMS "completion bash|clambake" "completion zsh|_clambake" "completion fish|clambake.fish" "manual|clambake.1")
    string(REGEX MATCH "^([^|]*)\\|(.*)$" matched "${entry}")
    set(file "${share}/${CMAKE_MATCH_2}")
    separate_arguments(arguments UNIX_COMMAND "${CMAKE_MATCH_1}")
    add_custom_command(OUTPUT "${file}" COMMAND clambake_cli ${arguments} > "${file}" DEPENDS clambake_cli VERBATIM)
    list(APPEND made "${file}")
  endforeach()
  add_custom_target(clambake_share ALL DEPENDS ${made})
  install(FILES "${share}/clambake" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
  install(FILES "${share}/_clambake" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions")
  install(FILES "${share}/clambake.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
  install(FILES "${share}/clambake.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
endif()
