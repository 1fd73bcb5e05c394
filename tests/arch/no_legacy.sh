#!/usr/bin/env bash
# The cleanup, rehearsed: a copy of the sources without lib/legacy builds and
# passes its tests with no other edit, and so does -DCLAMBAKE_WITH_LEGACY=OFF.
set -euo pipefail
source_dir=$1 build_dir=$2 work=$3
rm -rf "$work" && mkdir -p "$work/source"
generator=$(sed -n 's/^CMAKE_GENERATOR:[^=]*=//p' "$build_dir/CMakeCache.txt")
compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[^=]*=//p' "$build_dir/CMakeCache.txt")
launcher=$(sed -n 's/^CMAKE_CXX_COMPILER_LAUNCHER:[^=]*=//p' "$build_dir/CMakeCache.txt")
tar -C "$source_dir" --exclude='./build*' --exclude=./.git -cf - . | tar -C "$work/source" -xf -
build_type=$(sed -n 's/^CMAKE_BUILD_TYPE:[^=]*=//p' "$build_dir/CMakeCache.txt")
debug_flags=$(sed -n 's/^CMAKE_CXX_FLAGS_DEBUG:[^=]*=//p' "$build_dir/CMakeCache.txt")
configure() {
  cmake -S "$work/source" -B "$work/build" -G "$generator" -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" -DCMAKE_BUILD_TYPE="$build_type" \
    -DCMAKE_CXX_FLAGS_DEBUG="$debug_flags" -DCLAMBAKE_BUILD_BENCHMARKS=OFF "$@" >"$work/configure.log"
  cmake --build "$work/build" >"$work/build.log" || { tail -n 50 "$work/build.log"; exit 1; }
}

# Rooms that know no generation are not asked again: the store, its races and
# crashes, parsers, browsers, the wire.
echo "== -DCLAMBAKE_WITH_LEGACY=OFF"
configure -DCLAMBAKE_BUILD_TESTS=ON -DCLAMBAKE_WITH_LEGACY=OFF
ctest --test-dir "$work/build" -LE 'build|store|race|crash|fuzz|browser|conformance|github' --no-tests=error \
  --output-on-failure -j2 | tail -n 12

echo "== rm -r lib/legacy"
rm -r "$work/source/lib/legacy"
configure -DCLAMBAKE_BUILD_TESTS=ON -DCLAMBAKE_WITH_LEGACY=ON
ctest --test-dir "$work/build" -L 'arch|base|flags|model|planner|factory|pipeline|cli' -LE build --no-tests=error \
  --output-on-failure -j2 | tail -n 12

echo "== legacy is refused, and named"
clambake=$work/build/cli/clambake
"$clambake" plan --from "$source_dir/examples/backlog.json" --json | grep -q '"planner":"v2"'
if CLAMBAKE_NEW_PLANNER=false "$clambake" plan --from "$source_dir/examples/backlog.json" 2>"$work/refused.txt"; then
  echo "a build without legacy planned as legacy" >&2
  exit 1
fi
grep -q 'no legacy generation' "$work/refused.txt"
