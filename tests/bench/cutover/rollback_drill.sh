#!/usr/bin/env bash
# The roll-back as an operator does it at night, with the command itself: latch
# and EnvironmentFile, the service's restart, and a look whether it is back.
#   rollback_drill.sh CLAMBAKE [ROUNDS]
# Prints the slowest round beside the bound of 5 s; fails beyond it.
set -euo pipefail
clambake=$1 rounds=${2:-20}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
state=(--repo octo/repo --state "$folder/state.db")
restarted() { env -i HOME="$folder" $(cat "$folder/flags.env") "$clambake" "$@"; }
slowest=0
for ((i = 0; i < rounds; ++i)); do
  "$clambake" cutover clear planner "${state[@]}" --reason drill >/dev/null 2>&1 || true
  "$clambake" cutover start planner "${state[@]}" --reason drill >/dev/null
  printf 'CLAMBAKE_NEW_PLANNER=true\n' >"$folder/flags.env"
  restarted flags | grep -q '^ *planner *v2'
  start=$(date +%s%N)
  "$clambake" cutover rollback all "${state[@]}" --env-file "$folder/flags.env" --reason drill >/dev/null
  restarted flags check >/dev/null
  restarted flags | grep -q '^ *planner *legacy'
  restarted cutover status "${state[@]}" --json | grep -q '"holds":true,"trigger":"operator"'
  took=$((($(date +%s%N) - start) / 1000000))
  slowest=$((took > slowest ? took : slowest))
  "$clambake" cutover clear bundler "${state[@]}" --reason drill >/dev/null
  "$clambake" cutover clear executor "${state[@]}" --reason drill >/dev/null
done
echo "rolled back, restarted and seen to be back: at most $slowest ms of $rounds rounds, bound 5000 ms"
[ "$slowest" -lt 5000 ]
