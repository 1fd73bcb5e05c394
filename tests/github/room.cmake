target_sources(github_test PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/github/write_cases.cc")
