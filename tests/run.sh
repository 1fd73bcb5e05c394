#!/usr/bin/env bash
# Installs what is missing, builds, and passes all tests.
#   tests/run.sh [ctest options]      e.g. tests/run.sh -LE build   (without the checks that build again)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash cmake/packages.sh test
cmake --preset dev
cmake --build --preset dev
ctest --preset dev "$@"
