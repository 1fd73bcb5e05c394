target_sources(simulation_test PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/simulation/baton.cc")
