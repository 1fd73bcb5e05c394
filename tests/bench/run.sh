#!/usr/bin/env bash
# Builds the release preset and runs the benchmarks.
#   tests/bench/run.sh [DATA_FOLDER]
# DATA_FOLDER holds real material (backlog-beads.json, stg/, pcmax/, rcpsp/);
# without it, only generated input is measured.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
data=${1-}
cmake --preset release -DCLAMBAKE_BUILD_BENCHMARKS=ON >/dev/null
cmake --build --preset release
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
build/release/tests/bench/backlog_bench "$scratch" ${data:+"$data/backlog-beads.json"}
build/release/tests/bench/planner_bench sizes
build/release/tests/bench/planner_bench replan
if [ -n "$data" ]; then
  for material in stg pcmax rcpsp replay; do
    build/release/tests/bench/planner_bench "$material" "$data"
  done
fi
