#!/usr/bin/env bash
# Progress is for people: on a terminal, on standard error, and gone at the end.
#   progress.sh BINARY_DIR
set -euo pipefail
command -v script >/dev/null || { echo "skipped: needs script (Debian: apt-get install bsdutils)"; exit 77; }
unset "${!CLAMBAKE_@}" "${!GITHUB_@}" "${!GIT_@}"
export PATH=$1:$PATH GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/clone" && cd "$work/clone"
commit() { git add -A && git -c user.name=a -c user.email=a@example.com commit -qm "$1"; }
git init -q -b main
seq 1 9 >lines && commit base
for i in 1 2 3; do
  git checkout -q -b "agent00$i/$i" main
  echo "$i" >"file$i" && commit "$i"
  echo "agent00$i/$i" >>../heads.txt
done
export CLAMBAKE_NEW_PLANNER=true CLAMBAKE_BUNDLER_V2=true
command="bundle --heads ../heads.txt --base main"

clambake $command >../plain.out 2>../plain.err
[ ! -s ../plain.err ] || { echo "progress without a terminal"; cat -v ../plain.err; exit 1; }
script -qec "clambake $command >../shown.out" /dev/null </dev/null >../shown.err
grep -q 'bundling 3 heads: git has merged 0 of 1 pair' ../shown.err
[ "$(tail -c 4 ../shown.err | od -An -c | tr -d ' ')" = '\r033[K' ] || { echo "the line stays"; cat -v ../shown.err; exit 1; }
cmp ../plain.out ../shown.out
for option in --no-progress --quiet; do
  script -qec "clambake $command $option >../shown.out" /dev/null </dev/null >../shown.err
  [ ! -s ../shown.err ] || { echo "progress with $option"; cat -v ../shown.err; exit 1; }
done

# Reading, planning, drawing and the state's rows likewise.
cat >../backlog.json <<'EOF'
{"schema":"clambake.backlog/1","repository":"octo/repo","issues":[
 {"number":1,"title":"t","state":"open","labels":[{"name":"route:ready"}]}]}
EOF
head -c 9000000 /dev/zero | tr '\0' ' ' >>../backlog.json
state="--repo octo/repo --state ../state.db"
clambake state init $state >../plain.out
shown() { # WORDS COMMAND...: the words are shown and gone again, and the answer is the same
  local words=$1
  shift
  clambake "$@" >../plain.out 2>../plain.err
  [ ! -s ../plain.err ] || { echo "progress without a terminal: $*"; cat -v ../plain.err; exit 1; }
  script -qec "clambake $* >../shown.out" /dev/null </dev/null >../shown.err
  grep -q "$words" ../shown.err || { echo "not shown: $words"; cat -v ../shown.err; exit 1; }
  [ "$(tail -c 4 ../shown.err | od -An -c | tr -d ' ')" = '\r033[K' ] || { echo "the line stays: $*"; exit 1; }
  cmp ../plain.out ../shown.out
}
shown 'reading ../backlog.json: 8 of 9 MB' plan --from ../backlog.json
shown 'planning 1 issue' plan --from ../backlog.json
shown 'drawing the report' report --from ../backlog.json -o -
shown 'reading every row of the state' state snapshot ../snapshot.json $state
# What the doctor finds (free bytes) need not be the same twice.
script -qec "clambake doctor --from ../backlog.json $state >../shown.out" /dev/null </dev/null >../shown.err || true
grep -q 'asking GitHub and the state' ../shown.err || { echo "the doctor shows nothing"; exit 1; }
script -qec "clambake plan --from ../backlog.json --no-progress >../shown.out" /dev/null </dev/null >../shown.err
[ ! -s ../shown.err ] || { echo "progress with --no-progress"; cat -v ../shown.err; exit 1; }
