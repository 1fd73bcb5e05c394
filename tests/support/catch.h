// Catch2 as Debian 12 has it (2.13) or as newer systems have it (3.x).
#ifndef CLAMBAKE_TESTS_SUPPORT_CATCH_H_
#define CLAMBAKE_TESTS_SUPPORT_CATCH_H_

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
inline auto ContainsSubstring(const std::string& text) { return Catch::Matchers::Contains(text); }
#endif

#endif  // CLAMBAKE_TESTS_SUPPORT_CATCH_H_
