#!/usr/bin/env bash
# The command line against a simulated GitHub on loopback, end to end.
#   command_line.sh CLAMBAKE SIMULATED_GITHUB
set -euo pipefail
clambake=$1 simulated=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
unset "${!CLAMBAKE_@}" "${!GITHUB_@}" NO_COLOR
export XDG_CACHE_HOME=$scratch/cache GH_TOKEN=ghp_simulated0000000000000000000000000
fail() { echo "FAILED: $1"; exit 1; }

coproc server { exec "$simulated" small; }
read -r url <&"${server[0]}"
github=(--repo octo/hello --api-url "$url")

"$clambake" fetch "${github[@]}" -o "$scratch/backlog.json" --verbose 2>"$scratch/notes"
grep -q 'octo/hello: 3 issues, 1 pull request, 1 branch' "$scratch/notes" || fail "the note: $(cat "$scratch/notes")"
grep -q '"blocked_by":\[{"issue":2,"blocked_by":\[1\]' "$scratch/backlog.json" || fail "blockers"

# Either source gives the same plan; nothing was written.
CLAMBAKE_NEW_PLANNER=true "$clambake" plan --json --from "$scratch/backlog.json" >"$scratch/from_file"
CLAMBAKE_NEW_PLANNER=true "$clambake" plan --json "${github[@]}" >"$scratch/from_github"
cmp "$scratch/from_file" "$scratch/from_github" || fail "the plans differ"

# In a job of GitHub Actions.
GITHUB_ACTIONS=true GITHUB_REPOSITORY=octo/hello GITHUB_API_URL=$url GITHUB_OUTPUT=$scratch/output \
  GITHUB_STEP_SUMMARY=$scratch/summary "$clambake" fetch -o "$scratch/again.json"
cmp "$scratch/backlog.json" "$scratch/again.json" || fail "the saved backlog was not used"
grep -q '^issues<<' "$scratch/output" && grep -q '^3$' "$scratch/output" || fail "outputs"
grep -q '3 issues' "$scratch/summary" || fail "summary"

# What is not there, and who may not look.
code=0; "$clambake" fetch --repo octo/absent --api-url "$url" >"$scratch/out" 2>&1 || code=$?
[ "$code" = 5 ] && grep -q private "$scratch/out" || fail "404: exit $code, $(cat "$scratch/out")"
code=0; GH_TOKEN=ghp_wrong "$clambake" fetch "${github[@]}" >"$scratch/out" 2>&1 || code=$?
[ "$code" = 4 ] || fail "401: exit $code, $(cat "$scratch/out")"

# The token is nowhere: in no file, no output, no cache.
if grep -r "$GH_TOKEN" "$scratch"; then fail "the token was written down"; fi
[ -z "$(find "$scratch/cache/clambake" -perm /077)" ] || fail "the cache is not private"
echo "the command line and GitHub agree"
