# A check that cannot fail is no check. Runs SCRIPT on the planted breaches and
# passes only if it fails and says each sentence of EXPECTED.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND "${CMAKE_COMMAND}" -D "ROOT=${ROOT}" -D "CXX=${CXX}" -P "${SCRIPT}"
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0)
  message(FATAL_ERROR "${SCRIPT} found nothing wrong with ${ROOT}")
endif()
foreach(sentence IN LISTS EXPECTED)
  string(FIND "${output}" "${sentence}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "${SCRIPT} does not say \"${sentence}\", but:\n${output}")
  endif()
endforeach()
