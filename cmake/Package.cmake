# A Debian package: cpack -G DEB in the build folder. Shared libraries become
# dependencies by dpkg-shlibdeps; what the headers need is recommended.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME clambake)
set(CPACK_PACKAGE_CONTACT "The Clambake authors <clambake@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# libcurl and libpq are loaded by name, which dpkg-shlibdeps cannot see.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "git (>= 1:2.39), libcurl4, libpq5")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libabsl-dev, libfmt-dev, libssl-dev, libsqlite3-dev")
include(CPack)
