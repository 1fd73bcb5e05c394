# The simulated GitHub's loopback server.
find_package(PkgConfig REQUIRED)
pkg_check_modules(CPP_HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
target_link_libraries(clambake_test_support PUBLIC PkgConfig::CPP_HTTPLIB)
