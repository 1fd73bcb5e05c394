#!/usr/bin/env bash
# Writes the reference of the public headers; any warning of Doxygen is an error.
#   reference.sh OUTPUT_DIR VERSION [HEADERS_DIR]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
headers=${3:-$here/../lib/include/clambake}
mkdir -p "$1"
doxygen - <<CONFIG
PROJECT_NAME = Clambake
PROJECT_NUMBER = $2
OUTPUT_DIRECTORY = "$1"
INPUT = "$headers"
FILE_PATTERNS = *.h
INPUT_FILTER = "awk -f $here/reference.awk"
STRIP_FROM_PATH = "$headers/.."
JAVADOC_AUTOBRIEF = YES
MARKDOWN_SUPPORT = NO
AUTOLINK_SUPPORT = NO
EXTRACT_ALL = YES
HAVE_DOT = NO
CLASS_GRAPH = NO
GENERATE_LATEX = NO
QUIET = YES
WARN_AS_ERROR = FAIL_ON_WARNINGS
CONFIG
