#!/usr/bin/env bash
# The example workflows keep what they promise: actions pinned by commit, least
# permissions, nothing from a pull request is run, no secret on a command line;
# every clambake command in them is one that this build understands. Each rule
# is seen to fail on a planted breach.
set -euo pipefail
source_dir=$1 clambake=$2/cli/clambake work=$3
rm -rf "$work" && mkdir -p "$work"

# Prints what is wrong with a workflow, a line each.
problems() {
  local file=$1 line
  local code
  code=$(sed 's/^ *#.*//; s/ #.*//' "$file")
  grep -nE 'pull_request_target|workflow_run' <<<"$code" | sed 's/^/runs with secrets on foreign input: /' || true
  grep -nE 'uses: ' <<<"$code" | grep -vE 'uses: [^@ ]+@[0-9a-f]{40}$' | sed 's/^/not pinned by commit: /' || true
  grep -qE '^permissions:' <<<"$code" || echo "no permissions for the whole workflow"
  grep -nE '(write-all|read-all|contents: write|: write)' <<<"$code" | sed 's/^/more than reading: /' || true
  # An expression inside a script is code that somebody else writes.
  awk '/^ *run:/ {in_run = 1} /^ *(- |[a-z-]+:)/ && !/run:/ {in_run = 0} in_run' <<<"$code" |
    grep -nF '${{' | sed 's/^/an expression in a script: /' || true
  grep -nE 'timeout-minutes' <<<"$code" >/dev/null || echo "no time limit"
  grep -oE '(run: |^ +)clambake .*' <<<"$code" | sed 's/^.*clambake //' | while read -r line; do
    check_command "$line"
  done
}

# Every option of the command is one of its help or of the global help.
check_command() {
  local words=($1) option path
  "$clambake" "${words[0]}" --help >"$work/help" 2>&1 || true
  grep -q "^Usage: clambake ${words[0]} " "$work/help" || { echo "no such command: ${words[0]}"; return; }
  # Words that follow are the names of subcommands, as long as there are any.
  path=("${words[0]}")
  while grep -q '^Subcommands:' "$work/help"; do
    path+=("${words[${#path[@]}]:-}")
    "$clambake" "${path[@]}" --help >"$work/help" 2>&1 || true
    grep -q "^Usage: clambake ${path[*]} " "$work/help" || { echo "no such command: ${path[*]}"; return; }
  done
  "$clambake" --help >>"$work/help"
  for option in "${words[@]}"; do
    case $option in
    -*) grep -qE -- "(^|[ ,])${option%%=*}([ ,=]|\$)" "$work/help" || echo "no such option: ${path[*]} $option" ;;
    esac
  done
}

failed=0
for file in "$source_dir"/examples/github-actions/*.yml; do
  found=$(problems "$file")
  [ -z "$found" ] || { printf '%s:\n%s\n' "$file" "$found"; failed=1; }
done

# plant WHAT SED-SCRIPT [WORKFLOW]: the breach is found.
plant() {
  sed "$2" "$source_dir/examples/github-actions/${3:-plan.yml}" >"$work/planted.yml"
  problems "$work/planted.yml" | grep -q "$1" || { echo "not found: $1" >&2; failed=1; }
}
plant 'foreign input' 's/^  workflow_dispatch:/  pull_request_target:/'
plant 'not pinned' 's/@b7c566a772e6b6bfb58ed0dc250532a479d7789f/@v6/'
plant 'no permissions' 's/^permissions:/rights:/'
plant 'more than reading' 's/issues: read/issues: write/'
plant 'an expression in a script' 's/--agents 12/--agents ${{ inputs.agents }}/'
plant 'no such option' 's/--compare/--compere/'
plant 'no such command' 's/clambake fetch/clambake fetsh/'
plant 'no such option: cutover judge' 's/judge planner --state/judge planner --stat/' cutover.yml
plant 'no such command: cutover juge' 's/cutover judge/cutover juge/' cutover.yml
plant 'no time limit' '/timeout-minutes/d'
exit $failed
