target_sources(crash_test PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/crash/kill_at.cc")
set(room_properties LABELS "crash" TIMEOUT ${long_room_timeout})
