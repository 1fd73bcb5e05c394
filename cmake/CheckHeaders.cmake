# Every public header compiles on its own. Run as
#   cmake -D ROOT=<source folder> -D CXX=<compiler> -P cmake/CheckHeaders.cmake
cmake_minimum_required(VERSION 3.25)
file(GLOB headers "${ROOT}/lib/include/clambake/*.h")
if(NOT headers)
  message(FATAL_ERROR "no header below ${ROOT}/lib/include/clambake")
endif()
set(failed "")
foreach(header IN LISTS headers)
  execute_process(
    COMMAND "${CXX}" -std=c++20 -fsyntax-only -Wall -Wextra -Werror -Wno-missing-field-initializers
            -Wno-pragma-once-outside-header -I "${ROOT}/lib/include" -x c++ "${header}"
    RESULT_VARIABLE result ERROR_VARIABLE errors)
  if(NOT result EQUAL 0)
    list(APPEND failed "${header}")
    message("${errors}")
  endif()
endforeach()
if(failed)
  list(JOIN failed "\n  " text)
  message(FATAL_ERROR "not self-contained:\n  ${text}")
endif()
