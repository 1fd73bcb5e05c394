target_sources(store_test PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/store/fault_vfs.cc")
target_link_libraries(store_test PRIVATE SQLite::SQLite3)
