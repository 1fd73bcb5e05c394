# Every dependency comes from the distribution's packages. Those that appear
# in public headers (Abseil) are also named in clambakeConfig.cmake.in.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
find_package(CLI11 REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(SQLite3 REQUIRED)
# Optional: without libpq, `--state postgresql://…` is refused with a clear error.
# Debian's libpq-dev lacks the server's headers, which the module would insist on.
set(PostgreSQL_ADDITIONAL_VERSIONS 15 16 17)
if(NOT DEFINED PostgreSQL_TYPE_INCLUDE_DIR)
  set(PostgreSQL_TYPE_INCLUDE_DIR /usr/include/postgresql)
endif()
find_package(PostgreSQL)
if(CLAMBAKE_BUILD_TESTS)
  find_package(Catch2 REQUIRED)
endif()

# RapidJSON is header-only and used inside the library alone. System headers
# keep its warnings out of ours.
find_path(CLAMBAKE_RAPIDJSON_INCLUDE_DIR rapidjson/document.h REQUIRED)
add_library(clambake_rapidjson INTERFACE)
target_include_directories(clambake_rapidjson SYSTEM INTERFACE ${CLAMBAKE_RAPIDJSON_INCLUDE_DIR})
# Not RAPIDJSON_SSE2: with it, version 1.1.0 writes some control characters
# (U+001A to U+001F) as they are, which is no JSON; our parsers gain hardly anything by it.
target_compile_definitions(clambake_rapidjson INTERFACE RAPIDJSON_HAS_STDSTRING=1)

# Abseil comes as some forty shared objects, and loading them takes longer than
# most commands do: link the archives where the distribution ships them.
function(clambake_prefer_archive target)
  foreach(config NONE RELEASE RELWITHDEBINFO DEBUG)
    get_target_property(location ${target} IMPORTED_LOCATION_${config})
    if(location)
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${location}")
      if(EXISTS "${archive}")
        set_target_properties(${target} PROPERTIES IMPORTED_LOCATION_${config} "${archive}")
      endif()
    endif()
  endforeach()
endfunction()
get_property(imported DIRECTORY PROPERTY IMPORTED_TARGETS)
foreach(target IN LISTS imported)
  get_target_property(type ${target} TYPE)
  if(target MATCHES "^absl::" AND type STREQUAL "SHARED_LIBRARY")
    clambake_prefer_archive(${target})
  endif()
endforeach()
