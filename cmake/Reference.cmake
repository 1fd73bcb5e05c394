# The reference of the public headers: cmake --build build/dev --target reference
find_program(CLAMBAKE_DOXYGEN doxygen)
if(CLAMBAKE_DOXYGEN)
  add_custom_target(reference
    COMMAND bash "${PROJECT_SOURCE_DIR}/cmake/reference.sh" "${PROJECT_BINARY_DIR}/reference" "${PROJECT_VERSION}"
    VERBATIM)
endif()
