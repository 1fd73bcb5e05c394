#!/usr/bin/env bash
# Line and branch coverage of the library by its tests, by room, as text and as
# HTML (build/coverage/report/index.html).
#   tests/coverage.sh [ROOM...]      only the tests of these rooms; default: all
# Needs gcovr. Branches that only an exception takes and those that the compiler
# proves unreachable do not count, nor does the way past a switch that names
# every value of its enum. Fails if a branch of the decisions (below) is not
# taken, and lists it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v gcovr >/dev/null || { echo "gcovr is not installed" >&2; exit 2; }
build=build/coverage report=build/coverage/report

# The files that decide: every branch of them is taken by a test. A line each:
# what they decide, the rooms whose tests take them, the files below lib/. A `~`
# before the rooms: not there yet, what is left is listed and fails nothing.
decisions='
flags    flags                  flags/feature_flags.cc
judge    cutover                cutover/judge.cc cutover/evidence.cc
journal  executor,contract      executor/journaled_run.cc executor/verdict.cc executor/schedule.cc executor/lanes.h executor/v2_executor.cc
sql      executor,contract,store  store/journal.cc
bundler  bundler,differential  bundler/*
planner  ~planner               planner/*
'

# Nets below the decisions: what no test can fall into, and why. A line each:
# the file below lib/, words of the line, the reason.
nets='
planner/issue_table.cc | backlog.issues.size() > kMaxIssues | half a billion issues
planner/path_table.cc | paths_[slots_[row].number] != path | two paths whose hashes begin alike, of a hash that each process seeds anew
planner/v2_planner.cc | if (kept.has_value() | no previous plan is known that takes too many turns to repair
planner/v2_planner.cc | if (ValidatePlan(request, plan).ok()) | no repair is known that breaks a rule
'

cmake --preset coverage >/dev/null
if [ $# -gt 0 ]; then
  # The command, too: scripts of some rooms run it.
  cmake --build --preset coverage --target "${@/%/_test}" clambake_cli | tail -n 1
  labels="^($(IFS='|'; echo "$*"))$"
else
  cmake --build --preset coverage | tail -n 1
  labels=.
fi
find $build -name '*.gcda' -delete # counts of older runs
ctest --preset coverage -L "$labels" -LE build -Q -O $build/ctest.log || { tail -n 30 $build/ctest.log; exit 1; }

mkdir -p $report
# measure [option...]: files of the library outside of the legacy generation
measure() {
  gcovr --root . --object-directory $build -f lib/ -e lib/legacy/ --exclude-throw-branches \
    --exclude-unreachable-branches "$@" $build/lib
}
measure --csv $build/files.csv --html-details $report/index.html --txt $report/files.txt \
  --json $build/coverage.json >/dev/null
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
  { split($column["filename"], part, "/"); room = part[2]
    lines[room] += $column["line_total"]; lines_hit[room] += $column["line_covered"]
    branches[room] += $column["branch_total"]; branches_hit[room] += $column["branch_covered"] }
  function percent(a, b) { return b == 0 ? "–" : sprintf("%.1f", 100 * a / b) }
  END { for (room in lines) printf "| %s | %d | %s | %d | %s |\n", room, lines[room],
    percent(lines_hit[room], lines[room]), branches[room], percent(branches_hit[room], branches[room]) }' \
  $build/files.csv | sort | sed '1i | room | lines | % | branches | % |\n|---|---:|---:|---:|---:|' | tee $report/rooms.txt

# The decisions: a line for each kind, then "file:line" of what no test takes.
python3 - "$build/coverage.json" "$decisions" "$nets" "$@" <<'EOF' | tee $report/decisions.txt
import fnmatch, json, sys

def is_exhaustive(source, number):
    """Whether the switch that begins on this line names all cases: -Wswitch sees to it."""
    if not source[number - 1].lstrip().startswith("switch ("):
        return False
    depth = 0
    for line in source[number - 1:]:
        if line.lstrip().startswith("default:"):
            return False
        depth += line.count("{") - line.count("}")
        if depth <= 0:
            return True

def is_net(file, line):
    return any(file == "lib/" + net and words in line for net, words, _ in nets)

def branches_of(file):
    """(line, branches, taken) for each line that has some and is no net."""
    source = open(file["file"]).read().split("\n")
    for line in file["lines"]:
        if line.get("gcovr/noncode") or is_net(file["file"], source[line["line_number"] - 1]):
            continue
        branches = [b for b in line["branches"] if not b["throw"]]
        if is_exhaustive(source, line["line_number"]):
            branches = branches[:-1]
        if branches:
            yield line["line_number"], len(branches), sum(b["count"] > 0 for b in branches)

def judge(files, patterns):
    """(branches, taken, names of the complete files, lines of what is missing)"""
    total = taken = 0
    complete, missing = [], []
    for pattern in patterns:
        found = [f for f in files if fnmatch.fnmatch(f["file"], "lib/" + pattern)]
        if not found:
            missing.append(f"  lib/{pattern}: no such file was measured")
        for file in found:
            lines = list(branches_of(file))
            total += sum(count for _, count, _ in lines)
            taken += sum(hit for _, _, hit in lines)
            left = [f"  {file['file']}:{n}: {count - hit} of {count}" for n, count, hit in lines if hit < count]
            missing += left
            if not left:
                complete.append(file["file"].split("/")[-1])
    return total, taken, complete, missing

files = json.load(open(sys.argv[1]))["files"]
nets = [[part.strip() for part in row.split(" | ")] for row in filter(None, sys.argv[3].split("\n"))]
ran = set(sys.argv[4:])
failed = False
for row in filter(None, sys.argv[2].split("\n")):
    kind, rooms, *patterns = row.split()
    if ran and not set(rooms.lstrip("~").split(",")) <= ran:
        print(f"{kind}: not judged, for that the tests of {rooms.lstrip('~')} are needed")
        continue
    total, taken, complete, missing = judge(files, patterns)
    is_due = not rooms.startswith("~")
    failed = failed or (is_due and missing)
    print(f"{kind}: {taken} of {total} branches" + ("" if is_due else f"; complete: {' '.join(complete)}"))
    print("".join(line + "\n" for line in missing), end="")
for net, words, why in nets:
    if words not in open("lib/" + net).read():
        print(f"no such net: lib/{net}: {words}")
        failed = True
    print(f"a net that no test falls into: lib/{net}: {words}: {why}")
sys.exit(1 if failed else 0)
EOF
