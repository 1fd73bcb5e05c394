#!/usr/bin/env bash
# verify_units.sh SYSTEMD_ANALYZE FOLDER: fails on any word of systemd's about
# the units, and is seen to fail on a unit with a misspelt setting.
set -euo pipefail
analyze=$1 folder=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$folder"/*.service "$folder"/*.timer "$work"
sed -i 's|/usr/bin/clambake|/bin/true|' "$work"/*.service # not installed here
said=$("$analyze" verify "$work"/*.service "$work"/*.timer 2>&1)
[ -z "$said" ] || { printf '%s\n' "$said"; exit 1; }
sed -i 's/^LoadCredential=/LoadCredentials=/' "$work"/clambake.service
said=$("$analyze" verify "$work"/clambake.service 2>&1 || true)
[ -n "$said" ] || { echo "a misspelt setting is not noticed"; exit 1; }
