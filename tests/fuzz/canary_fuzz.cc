// The test of the tests: this property is wrong, and fuzzing must find that out.
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(input) { FUZZ_CHECK(input.substr(0, 3) != "<b>"); }
