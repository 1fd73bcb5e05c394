#!/usr/bin/env bash
# Installs the build into a fresh prefix, then builds and runs the embedding
# example against it, by find_package and by pkg-config; and sees that a broken
# installation is noticed.
set -euo pipefail
source_dir=$1 build_dir=$2 work=$3
rm -rf "$work" && mkdir -p "$work"
cmake --install "$build_dir" --prefix "$work/prefix" >"$work/install.log"

grep '^CMAKE_BUILD_TYPE\|^CMAKE_CXX_COMPILER:\|^CLAMBAKE_SANITIZE' "$build_dir/CMakeCache.txt" >"$work/cache.txt"
compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[^=]*=//p' "$work/cache.txt")
sanitize=$(sed -n 's/^CLAMBAKE_SANITIZE:[^=]*=//p' "$work/cache.txt")
sanitize_flag=${sanitize:+-fsanitize=$sanitize}

echo "== find_package(clambake CONFIG)"
cmake -S "$source_dir/examples/embed" -B "$work/embed" -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS="$sanitize_flag" >"$work/configure.log"
cmake --build "$work/embed" >"$work/build.log" || { cat "$work/build.log"; exit 1; }
"$work/embed/embed" "$source_dir/examples/backlog.json" | tee "$work/embed.out"
grep -q '#[0-9]* → agent[0-9]*' "$work/embed.out"

echo "== extension points"
cmake -S "$source_dir/examples/extend" -B "$work/extend" -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS="$sanitize_flag" >"$work/configure_extend.log"
cmake --build "$work/extend" >"$work/build_extend.log" || { cat "$work/build_extend.log"; exit 1; }
"$work/extend/planner" "$source_dir/examples/backlog.json" | tee "$work/planner.out"
grep -q '^first-come hands out 3, and differs from v2 in [0-9]* of [0-9]* issues$' "$work/planner.out"
"$work/extend/sink" "$source_dir/examples/backlog.json" | tee "$work/sink.out"
printf 'plan: 2 timed\nrun: 1 timed\n' | diff - "$work/sink.out"
"$work/extend/store" "$work/example.db" | tee "$work/store.out"
printf 'octo/repo: example cutover.start\nocto/repo: example cutover.rollback\nthe planner is latched\n' |
  diff - "$work/store.out"
"$work/extend/transport" | tee "$work/transport.out"
printf '#7: Answer from memory\n#8: UNAVAILABLE\n' | diff - "$work/transport.out"

echo "== pkg-config clambake"
pkgconfig=$(dirname "$(find "$work/prefix" -name clambake.pc)")
# shellcheck disable=SC2046
"$compiler" $sanitize_flag -o "$work/by_pkg_config" "$source_dir/examples/embed/main.cc" \
  $(PKG_CONFIG_PATH=$pkgconfig pkg-config --define-prefix --cflags --libs clambake)
"$work/by_pkg_config" "$source_dir/examples/backlog.json" | diff - "$work/embed.out"

echo "== the installed command"
"$work/prefix/bin/clambake" --version | grep -q '^clambake [0-9]*\.[0-9]*\.[0-9]*$'

echo "== a missing header is noticed"
rm "$work/prefix/include/clambake/model.h"
if cmake --build "$work/embed" --clean-first >"$work/broken.log" 2>&1; then
  echo "the example still builds without model.h: this test proves nothing" >&2
  exit 1
fi
