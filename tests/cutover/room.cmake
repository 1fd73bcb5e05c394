# examples/migration, against the library as it is built here.
if(CLAMBAKE_HAS_LEGACY)
  add_executable(three_weeks "${PROJECT_SOURCE_DIR}/examples/migration/three_weeks.cc")
  target_link_libraries(three_weeks PRIVATE clambake clambake_warnings)
  add_test(NAME "cutover: the three-week script prints the state after each day"
           COMMAND bash -c "diff '${CMAKE_CURRENT_SOURCE_DIR}/cutover/three_weeks.txt' <('$<TARGET_FILE:three_weeks>' 1)")
  add_test(NAME "cutover: the three-week script loses nothing, in whatever order things go wrong"
           COMMAND bash -c "for seed in 2 3 4; do '$<TARGET_FILE:three_weeks>' $seed || exit 1; done")
  set_tests_properties("cutover: the three-week script prints the state after each day"
                       "cutover: the three-week script loses nothing, in whatever order things go wrong"
                       PROPERTIES LABELS cutover TIMEOUT 600)
endif()

# What a roll-back leaves, as systemd itself reads it.
find_program(CLAMBAKE_SYSTEMD_GENERATOR 30-systemd-environment-d-generator
             PATHS /usr/lib/systemd/user-environment-generators /lib/systemd/user-environment-generators)
if(CLAMBAKE_SYSTEMD_GENERATOR AND CLAMBAKE_HAS_LEGACY AND TARGET clambake_cli)
  add_test(NAME "cutover: systemd reads a rolled-back environment file as everything off"
           COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/cutover/systemd_reads.sh" "${CLAMBAKE_SYSTEMD_GENERATOR}"
                   "$<TARGET_FILE:clambake_cli>")
  set_tests_properties("cutover: systemd reads a rolled-back environment file as everything off"
                       PROPERTIES LABELS cutover TIMEOUT 60)
endif()

# The units, as systemd itself reads them.
find_program(CLAMBAKE_SYSTEMD_ANALYZE systemd-analyze)
if(CLAMBAKE_SYSTEMD_ANALYZE)
  add_test(NAME "cutover: systemd understands the units"
           COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/cutover/verify_units.sh" "${CLAMBAKE_SYSTEMD_ANALYZE}"
                   "${PROJECT_SOURCE_DIR}/examples/systemd")
  set_tests_properties("cutover: systemd understands the units" PROPERTIES LABELS cutover TIMEOUT 60)
endif()
