target_compile_definitions(run_test PRIVATE CLAMBAKE_PROGRAM="$<TARGET_FILE:clambake_cli>")
add_dependencies(run_test clambake_cli)
