#!/usr/bin/env bash
# Makes reports and takes them through a real Chromium.
#   report.sh BINARY_DIR SHOTS_DIR MAKE_STATE
#   report.sh --page PAGE EXPECTED    the page must be found wanting, with these words
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$chromium" ] || ! command -v node >/dev/null; then
  echo "skipped: needs chromium and node (Debian: apt-get install chromium nodejs)"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset "${!CLAMBAKE_@}" "${!GITHUB_@}"

if [ "$1" = --page ]; then
  if node "$here/report.mjs" "$chromium" "$work/profile" page "$2" >"$work/out" 2>&1; then
    echo "nothing was found wrong with $2" >&2
    exit 1
  fi
  cat "$work/out"
  grep -qF "$3" "$work/out"
  exit
fi

clambake=$1/clambake
mkdir -p "$2"
node "$here/backlogs.mjs" "$work"
export CLAMBAKE_NEW_PLANNER=true HOME=$work
# Thousands of commits: in memory, where the machine lets us.
state=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work" "$state"' EXIT
"$3" "$state/state.db" example/farm
for name in small large hostile; do
  "$clambake" report --from "$work/$name.json" --agents 12 -o "$work/$name.html"
done
"$clambake" report --from "$work/small.json" --agents 3 --bundles "$here/bundles.json" --run "$here/run.json" \
  --state "$state/state.db" --compare -o "$work/small.html"
node "$here/report.mjs" "$chromium" "$work/profile" report "$work" "$2"
