#!/usr/bin/env bash
# The GitHub client's benchmarks, out of a build that exists.
#   run.sh BUILD_DIR
# Without npm the peer is left out.
set -euo pipefail
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$build/tests/bench/queue_bench"
work=$build/tests/bench/octokit
mkdir -p "$work"
cp "$here/package.json" "$here/octokit_fetch.mjs" "$work/"
if command -v npm >/dev/null && (cd "$work" && npm install --no-audit --no-fund --silent); then
  "$build/tests/bench/fetch_bench" 50 node "$work/octokit_fetch.mjs"
else
  echo "npm is missing: without the peer"
  "$build/tests/bench/fetch_bench" 50
fi
