# clambake_warnings: an interface target that our own targets link privately,
# so that warnings never leak to those who link the library.
add_library(clambake_warnings INTERFACE)
target_compile_options(clambake_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wno-missing-field-initializers  # designated initializers name what they mean
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<BOOL:${CLAMBAKE_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc 12 reports false positives out of libstdc++ and Abseil at -O2.
  target_compile_options(clambake_warnings INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()

if(CLAMBAKE_CLANG_TIDY)
  find_program(CLAMBAKE_CLANG_TIDY_EXE NAMES clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY "${CLAMBAKE_CLANG_TIDY_EXE};--quiet;--extra-arg=-Wno-unknown-warning-option") # gcc's own are on the line, too
endif()
