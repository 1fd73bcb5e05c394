#!/usr/bin/env bash
# The README shows real output: every ```console block is a transcript.
#   readme.sh [--update] BINARY_DIR
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readme=$here/../../README.md
update=
[ "$1" != --update ] || { update=--update; shift; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Blocks become numbered transcripts; an empty line inside one is a blank there.
awk -v work="$work" '
  /^```console$/ { inside = 1; file = sprintf("%s/%03d.t", work, ++n); next }
  inside && /^```$/ { inside = 0; close(file); next }
  inside { sub(/^$/, " "); print > file }' "$readme"
[ -f "$work/001.t" ] || { echo "README.md has no console block" >&2; exit 1; }
bash "$here/golden.sh" $update "$1" "$work"/*.t
[ -n "$update" ] || exit 0
awk -v work="$work" '
  /^```console$/ { print; file = sprintf("%s/%03d.t", work, ++n)
                   while ((getline line < file) > 0) { sub(/^ $/, "", line); print line }
                   inside = 1; next }
  inside && /^```$/ { inside = 0 }
  !inside { print }' "$readme" >"$work/README.md"
cp "$work/README.md" "$readme"
