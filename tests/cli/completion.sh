#!/usr/bin/env bash
# Completion in the shells themselves, and the manual page through groff.
#   completion.sh BINARY_DIR
# Shells that are not installed are left out, and named.
set -euo pipefail
PATH=$(cd "$1" && pwd):$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
touch backlog.json
failures=0
# expect WHAT WANTED LINES: the lines are the candidates
expect() {
  grep -qxF -- "$2" <<<"$3" || { echo "$1: \"$2\" is not offered, but: $(tr '\n' ' ' <<<"$3")"; failures=$((failures + 1)); }
}
refuse() {
  ! grep -qxF -- "$2" <<<"$3" || { echo "$1: \"$2\" is offered"; failures=$((failures + 1)); }
}
every() { # name of the shell; a function `candidates` answers with one candidate a line
  expect "$1" plan "$(candidates clambake pl)"
  expect "$1" --explain "$(candidates clambake plan --ex)"
  expect "$1" --color "$(candidates clambake plan --co)"
  expect "$1" always "$(candidates clambake --color al)"
  expect "$1" soft "$(candidates clambake plan --overlap s)"
  expect "$1" check "$(candidates clambake flags ch)"
  expect "$1" fish "$(candidates clambake completion f)"
  expect "$1" backlog.json "$(candidates clambake plan --from back)"
  refuse "$1" check "$(candidates clambake plan ch)"
  echo "$1 completes"
}

clambake completion bash >bash.sh
candidates() {
  bash -c 'source ./bash.sh; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _clambake; printf "%s\n" "${COMPREPLY[@]}"' _ "$@"
}
every bash

clambake completion zsh >zsh.sh
if command -v zsh >/dev/null; then
  candidates() { # compadd filters by what was typed; here the last word does
    zsh -fc 'compdef() { :; }; typed=${argv[-1]}
      compadd() { shift; print -rl -- ${(M)@:#$typed*}; }; _files() { print -rl -- ${typed}*(N); }
      source ./zsh.sh; words=("$@"); CURRENT=$#; _clambake' _ "$@"
  }
  every zsh
else
  echo "zsh is not installed: left out"
fi

clambake completion fish >fish.sh
if command -v fish >/dev/null; then
  candidates() {
    HOME=$work fish --no-config -c 'source ./fish.sh; complete -C (string join " " -- $argv)' -- "$@" | cut -f1
  }
  every fish
else
  echo "fish is not installed: left out"
fi

# Nothing that --help shows is missing from the manual or a script.
clambake manual >clambake.1
for command in "" $(clambake --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
  for option in $(clambake $command --help | grep -oE '^  (-[a-z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
    for file in bash.sh zsh.sh; do
      grep -qF -- "$option" "$file" || { echo "$file lacks $option"; failures=$((failures + 1)); }
    done
    grep -qF -- "-l ${option#--} " fish.sh || { echo "fish.sh lacks $option"; failures=$((failures + 1)); }
    grep -qF -- "${option//-/\\-}" clambake.1 || { echo "the manual lacks $option"; failures=$((failures + 1)); }
  done
done
# Every command teaches by an example of its own, which the manual has, too.
teach() {
  local help
  help=$(clambake "$@" --help)
  sed -n '/^Examples:/,$p' <<<"$help" | grep -qF -- "clambake $*" ||
    { echo "clambake $*: no example of its own"; failures=$((failures + 1)); }
  local command
  for command in $(sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p' <<<"$help"); do teach "$@" "$command"; done
}
for command in $(clambake --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do teach "$command"; done
# Arguments are named, and a URL's colon ends no value.
for words in '.SS clambake cutover start \fIcomponent\fR' 'PATH|postgresql://'; do
  grep -qF -- "$words" clambake.1 || { echo "the manual lacks $words"; failures=$((failures + 1)); }
done
if command -v groff >/dev/null; then
  groff -man -Tutf8 -ww -z clambake.1 2>groff.log || true
  if [ -s groff.log ]; then cat groff.log; failures=$((failures + 1)); else echo "the manual is clean"; fi
else
  echo "groff is not installed: the manual's macros are not checked"
fi
[ "$failures" = 0 ]
