# CLAMBAKE_SANITIZE applies to everything in the build, tests included.
if(CLAMBAKE_SANITIZE)
  add_compile_options(-fsanitize=${CLAMBAKE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CLAMBAKE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_compile_options(-fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/cmake/sanitizers_ignored.txt)
  elseif(CLAMBAKE_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=builtin) # gcc has no such list
  endif()
endif()
