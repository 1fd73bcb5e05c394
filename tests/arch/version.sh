#!/usr/bin/env bash
# The version stands in CMakeLists.txt; whatever repeats it says the same.
set -euo pipefail
source_dir=$1
version=$(sed -n 's/^project(clambake VERSION \([0-9]*\.[0-9]*\.[0-9]*\).*/\1/p' "$source_dir/CMakeLists.txt")
[ -n "$version" ]
check() { grep -qF "$version" <<<"$2" || { echo "$1 says \"$2\", not $version" >&2; exit 1; }; }
check vcpkg.json "$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$source_dir/vcpkg.json")"
check "clambake --version" "$("$2/cli/clambake" --version)"
check clambake.pc "$(grep ^Version "$2/clambake.pc")"
check clambakeConfigVersion.cmake "$(grep 'set(PACKAGE_VERSION "' "$2/clambakeConfigVersion.cmake")"
check "the manual" "$("$2/cli/clambake" manual | head -1)"
