#!/usr/bin/env bash
# Builds the fuzz targets with clang and runs each for some seconds, two at a
# time; what fails is kept in build/fuzz/findings/NAME.
#   tests/fuzz/run.sh [SECONDS_PER_TARGET [TARGET...]]      default: 60, all
# What new inputs reach is kept in build/fuzz/corpus/NAME and taken up by the
# next run. Whatever it finds goes to corpus/NAME with its fix: from then on
# every ordinary build replays it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seconds=${1:-60}
shift || true
build=$here/../../build/fuzz
if ! command -v clang++ >/dev/null || [ ! -e "$(clang++ -print-runtime-dir 2>/dev/null)/libclang_rt.fuzzer-$(uname -m).a" ]; then
  echo "fuzzing is left out: clang or its libFuzzer (libclang-rt-dev) is not installed" >&2
  [ -z "${CI-}" ] || exit 1 # there it must be
  exit 77
fi
cd "$here/../.."
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz | tail -n 1

[ $# -gt 0 ] || set -- $(cd "$here" && ls *_fuzz.cc | sed 's/_fuzz\.cc$//' | grep -vx canary)

# fuzz TARGET SECONDS [option...]
fuzz() {
  local target=$1 time=$2 dictionary=$here/dictionaries/$1.dict
  shift 2
  mkdir -p "$build/corpus/$target" "$build/findings/$target"
  [ ! -e "$dictionary" ] || set -- "$@" "-dict=$dictionary"
  # Without seeds: the planted fault is not to be handed over.
  [ "$target" = canary ] || set -- "$@" "$here/corpus/$target"
  "$build/tests/fuzz/${target}_fuzz" -max_total_time="$time" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
    -print_final_stats=1 -artifact_prefix="$build/findings/$target/" "$build/corpus/$target" "$@" \
    >"$build/$target.log" 2>&1
}

# What is planted must be found, or the rest means nothing.
if fuzz canary 60 || ! grep -q 'does not hold' "$build/canary.log"; then
  echo "the planted fault was not found: see $build/canary.log" >&2
  exit 1
fi
echo "the planted fault was found"

report() { # TARGET: one line, and the failure if there is one
  local log=$build/$1.log
  printf '%-20s %10s executions, %5s features\n' "$1" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
    "$(grep -oE 'ft: [0-9]+' "$log" | tail -n 1 | cut -c5-)"
}
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
failed=()
for target; do
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || true; done
  rm -f "$build/$target.passed"
  { fuzz "$target" "$seconds" && touch "$build/$target.passed"; } &
done
wait
for target; do
  report "$target"
  [ -e "$build/$target.passed" ] || failed+=("$target")
done
for target in ${failed+"${failed[@]}"}; do
  echo "== $target failed: its input is in $build/findings/$target" >&2
  grep -vE '^#[0-9]+|^stat::|^DICT' "$build/$target.log" | tail -n 40 >&2
done
[ ${#failed[@]} = 0 ]
