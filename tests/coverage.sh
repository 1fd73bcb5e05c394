#!/usr/bin/env bash
# Line and branch coverage of the library by its tests, by room, as text and as
# HTML (build/coverage/report/index.html).
#   tests/coverage.sh [ROOM...]      only the tests of these rooms; default: all
# Needs gcovr. Branches that only an exception takes and those that the compiler
# proves unreachable do not count. Fails if a branch of the decisions (planner,
# bundler, judge, journal, flags) is not taken, and lists it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v gcovr >/dev/null || { echo "gcovr is not installed" >&2; exit 2; }
build=build/coverage report=build/coverage/report
decisions='lib/(planner/.*|bundler/.*|flags/.*|cutover/(judge.*|evidence)|executor/(journaled_run|verdict|lanes|schedule))\.(cc|h)$'

cmake --preset coverage >/dev/null
if [ $# -gt 0 ]; then
  cmake --build --preset coverage --target "${@/%/_test}" | tail -n 1
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

# The branches of decisions that no test takes: "file:line".
python3 - "$build/coverage.json" "$decisions" <<'EOF'
import json, re, sys
missing, total = [], 0
for file in json.load(open(sys.argv[1]))["files"]:
    if not re.search(sys.argv[2], file["file"]):
        continue
    for line in file["lines"]:
        if line.get("gcovr/noncode"):
            continue
        branches = [b for b in line["branches"] if not b["throw"]]
        total += len(branches)
        untaken = sum(b["count"] == 0 for b in branches)
        if untaken:
            missing.append(f"{file['file']}:{line['line_number']}: {untaken} of {len(branches)} branches")
print(f"decisions: {total} branches, not taken on {len(missing)} lines")
print("\n".join(missing))
sys.exit(bool(missing))
EOF
