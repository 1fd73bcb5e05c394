#!/usr/bin/env bash
# Conformance by someone else's word: Prism, with GitHub's own OpenAPI
# description, stands between our client and our simulated GitHub, and checks
# requests and responses of every operation.
#   run.sh BINARY_DIR WORK_DIR API_VERSION
# Exit 77 (skipped) where npm is missing; never in CI.
set -euo pipefail
binaries=$1 work=$2 version=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "skipped: $1"
  [ -z "${CI:-}" ] || { echo "in CI nothing may be missing"; exit 1; }
  exit 77
}
command -v npm >/dev/null && command -v node >/dev/null || skip "npm and node are not installed"

mkdir -p "$work"
cp "$here/package.json" "$work/"
if ! [ -d "$work/node_modules/@stoplight/prism-cli" ]; then
  (cd "$work" && timeout 300 npm install --no-audit --no-fund --silent) || skip "npm could not install Prism"
fi
description=$work/node_modules/@octokit/openapi/generated/api.github.com.json
node "$here/trim_openapi.mjs" "$description" "$version" "$work/github-$version.json"

port=$((20000 + RANDOM % 20000))
coproc server { exec "$binaries/simulated_github" small 0 0 "http://127.0.0.1:$port"; }
read -r upstream <&"${server[0]}"
timeout 300 node "$work/node_modules/@stoplight/prism-cli/dist/index.js" proxy "$work/github-$version.json" \
  "$upstream" --port "$port" --host 127.0.0.1 >"$work/prism-$version.log" 2>&1 &
prism=$!
trap 'kill "$prism" 2>/dev/null || true; wait "$prism" 2>/dev/null || true' EXIT
for _ in $(seq 300); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
  kill -0 "$prism" 2>/dev/null || { cat "$work/prism-$version.log"; exit 1; }
  sleep 0.2
done
"$binaries/conformance_client" "http://127.0.0.1:$port" "$version"
