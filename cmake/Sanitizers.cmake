# CLAMBAKE_SANITIZE applies to everything in the build, tests included.
if(CLAMBAKE_SANITIZE)
  add_compile_options(-fsanitize=${CLAMBAKE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CLAMBAKE_SANITIZE})
endif()
