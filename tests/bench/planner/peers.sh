#!/bin/sh
# Other engines on the same instances, beside our own, in one run: independent
# issues, and task graphs (with precedence; CP-SAT alone). Takes what is
# installed of cbc, glpsol and minizinc (with Gecode), and CP-SAT from an npm
# package or-tools-wasm whose folder the variable CP_SAT names.
#
# usage: peers.sh PLANNER_BENCH DATA_FOLDER [SECONDS] [FILE…]
#   PLANNER_BENCH  the built benchmark program
#   DATA_FOLDER    holds pcmax/*.txt (agents, issues, then minutes) and stg/
#   SECONDS        time limit of each engine (default 10)
#   FILE           of pcmax/, or FILE:AGENTS of stg/
set -eu
bench=$1
folder=$2
limit=${3:-10}
if [ $# -gt 3 ]; then shift 3; else
  set -- PCMAX_U_1_0100_10_0.txt PCMAX_U_2_0100_10_0.txt PCMAX_U_3_0100_10_0.txt PCMAX_NU_2_0100_10_0.txt \
    50/rand0114.stg:4 100/rand0060.stg:2 100/rand0088.stg:2 100/rand0112.stg:8
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One binary for each issue and agent; minimise the makespan c.
write_lp() {
  awk '{ for (i = 1; i <= NF; i++) v[n++] = $i }
  END {
    m = v[0]; jobs = v[1]
    print "Minimize\n obj: c\nSubject To"
    for (j = 0; j < jobs; j++) { printf " a%d:", j; for (k = 0; k < m; k++) printf " + x%d_%d", j, k; print " = 1" }
    for (k = 0; k < m; k++) { printf " l%d:", k; for (j = 0; j < jobs; j++) printf " + %d x%d_%d", v[j + 2], j, k; print " - c <= 0" }
    print "Binary"
    for (j = 0; j < jobs; j++) for (k = 0; k < m; k++) printf " x%d_%d\n", j, k
    print "End"
  }' "$1" > "$2"
}

write_mzn() {
  awk '{ for (i = 1; i <= NF; i++) v[n++] = $i }
  END {
    printf "include \"bin_packing_load.mzn\";\narray[1..%d] of int: p = [", v[1]
    for (j = 0; j < v[1]; j++) printf "%d,", v[j + 2]
    printf "];\narray[1..%d] of var 1..%d: x;\narray[1..%d] of var 0..sum(p): load;\n", v[1], v[0], v[0]
    print "constraint bin_packing_load(load, x, p);\nvar 0..sum(p): c = max(load);"
    print "solve :: int_search(x, input_order, indomain_random) :: restart_luby(500) minimize c;\noutput [show(c), \"\\n\"];"
  }' "$1" > "$2"
}

# Makespan, bound and seconds, as the script prints them.
cp_sat() {
  if [ -z "${CP_SAT:-}" ]; then return 0; fi
  node "$(dirname "$0")/peers_cp_sat.mjs" "$CP_SAT" "$limit" "$@" > "$work/log"
  awk '{ printf "  %-8s %10s %8s s, bound %s\n", "cp-sat", $1, $3, $2 }' "$work/log"
}

report() { printf '  %-8s %10s %8s s\n' "$1" "${2:--}" "$3"; }
seconds() { date +%s.%N; }
since() { echo "$1 $(seconds)" | awk '{ printf "%.2f", $2 - $1 }'; }

for file in "$@"; do
  echo "$file (limit $limit s)"
  if [ "$file" != "${file%:*}" ]; then
    "$bench" stg-one "$folder/stg/${file%:*}" "${file#*:}" | sed 's/^/  /'
    cp_sat "$folder/stg/${file%:*}" "${file#*:}"
    continue
  fi
  "$bench" pcmax-one "$folder/pcmax/$file" | sed 's/^/  /'
  write_lp "$folder/pcmax/$file" "$work/model.lp"
  if command -v cbc > "$work/which"; then
    start=$(seconds)
    cbc "$work/model.lp" sec "$limit" solve printingOptions normal solution "$work/cbc.sol" > "$work/log" 2>&1 || true
    report cbc "$(awk 'NR == 1 { print $NF }' "$work/cbc.sol")" "$(since "$start")"
  fi
  if command -v glpsol > "$work/which"; then
    start=$(seconds)
    glpsol --lp "$work/model.lp" --tmlim "$limit" -o "$work/glpk.sol" > "$work/log" 2>&1 || true
    report glpk "$(awk '/^Objective/ { print $4 }' "$work/glpk.sol")" "$(since "$start")"
  fi
  if command -v minizinc > "$work/which"; then
    write_mzn "$folder/pcmax/$file" "$work/model.mzn"
    start=$(seconds)
    minizinc --solver gecode -t "$((limit * 1000))" -a "$work/model.mzn" > "$work/log" 2>&1 || true
    report gecode "$(awk '/^[0-9]+$/ { best = $1 } END { print best }' "$work/log")" "$(since "$start")"
  fi
  cp_sat "$folder/pcmax/$file"
done
