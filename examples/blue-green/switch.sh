#!/usr/bin/env bash
# Hands the work of one state profile over to the other: see README.md.
#   switch.sh [--back] DIR OWNER/NAME
# DIR holds blue.db and green.db. Stop the timer of the profile that is left.
set -euo pipefail
from=blue to=green
[ "$1" != --back ] || { from=green to=blue; shift; }
dir=$1 repo=$2
snapshot=$dir/$from-$(date -u +%Y%m%dT%H%M%SZ).json
clambake state audit --repo "$repo" --state "$dir/$from.db"
clambake state reconcile --repo "$repo" --state "$dir/$from.db"
clambake state snapshot "$snapshot" --repo "$repo" --state "$dir/$from.db" >/dev/null
clambake state init --repo "$repo" --state "$dir/$to.db" >/dev/null
clambake state restore "$snapshot" --repo "$repo" --state "$dir/$to.db" >/dev/null
clambake state reconcile --return 24h --repo "$repo" --state "$dir/$to.db"
clambake state audit --repo "$repo" --state "$dir/$to.db"
echo "$to has the work now: start its timer"
