# The simulated system, for the tests and for the certificate.
if(NOT TARGET clambake_simulation)
  add_library(clambake_simulation STATIC
    simulation/baton.cc simulation/scenario.cc simulation/world.cc simulation/invariants.cc
    simulation/process.cc simulation/instance.cc simulation/agents.cc simulation/people.cc
    simulation/operators.cc simulation/simulation.cc)
  target_link_libraries(clambake_simulation PUBLIC clambake_test_support PRIVATE clambake_warnings SQLite::SQLite3)
  add_executable(certify_simulation simulation/certify_main.cc)
  target_link_libraries(certify_simulation PRIVATE clambake_simulation clambake_warnings)
endif()
target_link_libraries(simulation_test PRIVATE clambake_simulation)
