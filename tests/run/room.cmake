target_compile_definitions(run_test PRIVATE CLAMBAKE_PROGRAM="$<TARGET_FILE:clambake_cli>")
add_dependencies(run_test clambake_cli)
# Of the command itself, what has no public header; and another's JSON parser.
find_package(nlohmann_json REQUIRED)
target_sources(run_test PRIVATE "${PROJECT_SOURCE_DIR}/cli/hook.cc")
target_link_libraries(run_test PRIVATE nlohmann_json::nlohmann_json)
