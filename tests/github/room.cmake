# The command line is no library: what it does in Actions is compiled in here.
target_sources(github_test PRIVATE
  "${CMAKE_CURRENT_SOURCE_DIR}/github/write_cases.cc" "${PROJECT_SOURCE_DIR}/cli/github_actions.cc")
