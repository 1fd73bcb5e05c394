# The simulated system, for the tests and for the certificate.
add_library(clambake_simulation STATIC
  simulation/agents.cc simulation/baton.cc simulation/instance.cc simulation/invariants.cc
  simulation/operators.cc simulation/people.cc simulation/process.cc simulation/scenario.cc
  simulation/simulation.cc simulation/world.cc)
target_link_libraries(clambake_simulation
  PUBLIC clambake_test_support PRIVATE clambake_warnings SQLite::SQLite3)
target_link_libraries(simulation_test PRIVATE clambake_simulation)

add_executable(certify_simulation simulation/certify_main.cc)
target_link_libraries(certify_simulation PRIVATE clambake_simulation clambake_warnings SQLite::SQLite3)
# A certificate of as many migrations as a minute holds; see lib/README.md for a long one.
add_test(NAME "simulation: a certificate"
         COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/simulation/certify" "$<TARGET_FILE:certify_simulation>" 1000 1 60)
set_tests_properties("simulation: a certificate" PROPERTIES LABELS simulation TIMEOUT 300 PROCESSORS 2)
