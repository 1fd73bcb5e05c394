#!/usr/bin/env bash
# Progress of a long read: on a terminal, and nowhere else.
#   progress.sh CLAMBAKE SIMULATED_GITHUB
set -euo pipefail
clambake=$1 simulated=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
unset "${!CLAMBAKE_@}" "${!GITHUB_@}" NO_COLOR
export GH_TOKEN=ghp_simulated0000000000000000000000000
fail() { echo "FAILED: $1"; exit 1; }

coproc server { exec "$simulated" large 0 5; }
read -r url <&"${server[0]}"

# Each with a cache of its own: all are long reads.
fetch() {
  export XDG_CACHE_HOME=$scratch/cache.$1
  command=("$clambake" fetch --repo octo/hello --api-url "$url" -o "$scratch/$1.json" "${@:2}")
}
on_terminal() {
  fetch "$@"
  script -qec "$(printf '%q ' "${command[@]}")" /dev/null </dev/null >"$scratch/$1" || fail "$1: exit $?"
}
no_progress() { if grep -qa 'reading\|requests' "$scratch/$1"; then fail "$1: $(cat "$scratch/$1")"; fi; }

on_terminal shown
grep -qaE 'reading lists: [0-9]+ of about [0-9]+ requests' "$scratch/shown" || fail "shown: $(cat "$scratch/shown")"
[ "$(tail -c 4 "$scratch/shown")" = $'\r\e[K' ] || fail "the line was not cleared: $(tail -c 80 "$scratch/shown")"
on_terminal hidden --no-progress
no_progress hidden
on_terminal quiet --quiet
no_progress quiet
fetch piped
"${command[@]}" >"$scratch/piped" 2>&1
no_progress piped
echo "progress is shown on a terminal, and nowhere else"
