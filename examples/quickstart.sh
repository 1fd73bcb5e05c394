#!/usr/bin/env bash
# From a fresh machine to a first plan: installs what is missing, builds, and
# plans the backlog beside this script. Writes nothing outside build/; needs no
# token and no server.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash cmake/packages.sh build
[ -f build/release/CMakeCache.txt ] || cmake --preset release -DCLAMBAKE_BUILD_TESTS=OFF -DCLAMBAKE_BUILD_BENCHMARKS=OFF
cmake --build --preset release --target clambake_cli
PATH=$PWD/build/release/cli:$PATH

show() {
  printf '\n$ %s\n' "$*"
  "$@"
}
export CLAMBAKE_READONLY=true
show clambake flags
show clambake plan --readonly --from examples/backlog.json --agents 6
export CLAMBAKE_NEW_PLANNER=true
show clambake plan --readonly --from examples/backlog.json --agents 6
unset CLAMBAKE_NEW_PLANNER
show clambake compare --from examples/backlog.json --agents 6
printf '\nDone. The command is build/release/cli/clambake; try: clambake plan --help\n'
