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
set(CPACK_DEBIAN_PACKAGE_DEPENDS "git (>= 1:2.39)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libabsl-dev, libfmt-dev, libssl-dev, libcurl4-openssl-dev, libsqlite3-dev, libpq-dev")
include(CPack)
