#!/usr/bin/env bash
# The reference has no warning and holds what the headers say; a comment that
# describes a parameter that does not exist is noticed.
set -euo pipefail
source_dir=$1 work=$3
command -v doxygen >/dev/null || { echo "skipped: needs doxygen"; exit 77; }
rm -rf "$work" && mkdir -p "$work/headers"
bash "$source_dir/cmake/reference.sh" "$work/reference" 1.2.3
grep -q 'Reads .*clambake.backlog/1' "$work/reference/html/model_8h.html"
grep -q 'never 0, practically never twice' "$work/reference/html/"*IdSource.html
printf '// A file.\n#ifndef CLAMBAKE_X_H_\n/** @param nothing is not there. */\nvoid F(int something);\n#endif\n' \
  >"$work/headers/x.h"
if bash "$source_dir/cmake/reference.sh" "$work/broken" 1.2.3 "$work/headers" >"$work/broken.log" 2>&1; then
  echo "a wrong comment is not noticed: this test proves nothing" >&2
  exit 1
fi
