#!/usr/bin/env bash
# Golden tests of the command line. A transcript (*.t) holds lines
#   $ command            run by bash in examples/, output as it came
# each followed by what the command printed (standard error after standard
# output) and "[exit N]" where N is not 0.
#   golden.sh [--update|--valgrind] BINARY_DIR TRANSCRIPT...
# Without --update it fails on the first difference, and prints it. With
# --valgrind every command runs under memcheck, and an error or a leak fails;
# what is printed is not compared, for memcheck shows: where a program to start
# is missing, it tells the parent later than the system does.
set -euo pipefail
update=no valgrind=no
case $1 in
--update) update=yes; shift ;;
--valgrind) valgrind=yes; shift ;;
esac
binaries=$(cd "$1" && pwd)
PATH=$binaries:$PATH
shift
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
unset "${!CLAMBAKE_@}" "${!GITHUB_@}" GH_TOKEN NO_COLOR
export LC_ALL=C.UTF-8
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export SCRATCH=$scratch/files
# A copy, in no clone: where this one comes from must not matter.
mkdir -p "$scratch/project/tests"
cp -r "$source/examples" "$scratch/project/examples"
cp -r "$source/tests/cli" "$scratch/project/tests/cli"
examples=$scratch/project/examples

# In the place of the program: itself, watched. The log is empty unless
# something is wrong; children that become another program are not followed.
watch() {
  mkdir "$scratch/watched" "$scratch/logs"
  cat >"$scratch/watched/clambake" <<EOF
#!/bin/sh
exec valgrind --quiet --leak-check=full --show-leak-kinds=definite --child-silent-after-fork=no \
  --log-file="$scratch/logs/%p" "$binaries/clambake" "\$@"
EOF
  chmod +x "$scratch/watched/clambake"
  PATH=$scratch/watched:$PATH
}
[ "$valgrind" = no ] || watch

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
  elif [ "$valgrind" = no ] && ! diff -u "$transcript" "$scratch/actual"; then
    echo "differs: $transcript (golden.sh --update rewrites it)" >&2
    exit 1
  fi
  if [ "$valgrind" = yes ]; then
    runs=$(ls "$scratch/logs" | wc -l)
    if [ "$runs" = 0 ] || ! find "$scratch/logs" -type f -size +0 -exec cat {} + | awk '{ print } END { exit NR > 0 }'; then
      echo "not clean under valgrind: $transcript ($runs runs)" >&2
      exit 1
    fi
    echo "clean under valgrind: $transcript ($runs runs)"
    rm "$scratch/logs"/*
  fi
done
