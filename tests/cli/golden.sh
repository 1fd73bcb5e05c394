#!/usr/bin/env bash
# Golden tests of the command line. A transcript (*.t) holds lines
#   $ command            run by bash in examples/, output as it came
# each followed by what the command printed (standard error after standard
# output) and "[exit N]" where N is not 0.
#   golden.sh [--update] BINARY_DIR TRANSCRIPT...
# Without --update it fails on the first difference, and prints it.
set -euo pipefail
update=no
[ "$1" != --update ] || { update=yes; shift; }
PATH=$(cd "$1" && pwd):$PATH
shift
examples=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../examples" && pwd)
unset "${!CLAMBAKE_@}" "${!GITHUB_@}" GH_TOKEN NO_COLOR
export LC_ALL=C.UTF-8
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export SCRATCH=$scratch/files

replay() {
  local line code
  while IFS= read -r line; do
    case $line in
      '$ '*) ;;
      '#'*) printf '%s\n' "$line"; continue ;;
      '') printf '\n'; continue ;;
      *) continue ;;
    esac
    printf '%s\n' "$line"
    code=0
    (cd "$examples" && bash -c "${line#'$ '}" >"$scratch/out" 2>"$scratch/err" </dev/null) || code=$?
    sed 's/^$/ /' "$scratch/out" "$scratch/err" # an empty line would end the output: show it as a blank
    [ "$code" = 0 ] || printf '[exit %s]\n' "$code"
  done <"$1"
}

for transcript; do
  rm -rf "$SCRATCH" && mkdir "$SCRATCH" # what one transcript leaves, another must not see
  replay "$transcript" | sed "s|$SCRATCH|\$SCRATCH|g" >"$scratch/actual"
  if [ "$update" = yes ]; then
    cp "$scratch/actual" "$transcript"
  elif ! diff -u "$transcript" "$scratch/actual"; then
    echo "differs: $transcript (golden.sh --update rewrites it)" >&2
    exit 1
  fi
done
