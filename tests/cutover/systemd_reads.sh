#!/usr/bin/env bash
# Rolls back an EnvironmentFile with quotes, continued lines and comments, and
# lets systemd's own reader of that grammar say what it holds.
#   systemd_reads.sh GENERATOR CLAMBAKE
# GENERATOR reads environment.d/*.conf, in the same grammar, with the same code.
set -euo pipefail
generator=$1 clambake=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset "${!CLAMBAKE_@}" "${!GITHUB_@}"
export XDG_CONFIG_HOME=$work
mkdir "$work/environment.d"
file=$work/environment.d/99-flags.conf
cat >"$file" <<'EOF'
CLAMBAKE_NEW_PLANNER=true
# a comment that goes on \
CLAMBAKE_NEW_PLANNER=true
CLAMBAKE_NEW_EXECUT\
OR=true
CLAMBAKE_NEW_EXECUTOR="tr"ue
CLAMBAKE_TEST_NOTE='quoted
CLAMBAKE_BUNDLER_V2=true
over lines'
 CLAMBAKE_BUNDLER_V2 = tr\
ue
EOF
printf 'CLAMBAKE_TEST_OPEN="to the end\\' >>"$file"
read_back() { "$generator" | grep '^CLAMBAKE_' | sort; }
read_back | grep -qx CLAMBAKE_NEW_PLANNER=true # or it reads nothing of ours
"$clambake" cutover rollback all --repo octo/repo --state "$work/state.db" --env-file "$file" --readonly >/dev/null
diff <(read_back) - <<'EOF'
CLAMBAKE_BUNDLER_V2=false
CLAMBAKE_MIGRATION_PHASE=legacy
CLAMBAKE_NEW_EXECUTOR=false
CLAMBAKE_NEW_PLANNER=false
CLAMBAKE_READONLY=true
CLAMBAKE_TEST_NOTE="quoted\nCLAMBAKE_BUNDLER_V2=true\nover lines"
CLAMBAKE_TEST_OPEN="to the end"
EOF
