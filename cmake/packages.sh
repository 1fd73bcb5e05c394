#!/usr/bin/env bash
# Installs what the build needs, from the distribution's packages.
#   cmake/packages.sh build    to build the library and the command
#   cmake/packages.sh test     to build and run the tests, too
# Does nothing where all of it is there; needs root where something is missing.
set -euo pipefail
packages=(g++ cmake ninja-build pkg-config libabsl-dev libfmt-dev libcli11-dev rapidjson-dev libssl-dev
  libcurl4-openssl-dev libsqlite3-dev libpq-dev)
case ${1-} in
build) ;;
test)
  packages+=(git catch2 libcpp-httplib-dev postgresql npm chromium doxygen zsh fish man-db)
  packages+=(clang libclang-rt-dev libgumbo-dev nlohmann-json3-dev) # fuzzing, and other people's parsers
  ;;
*) echo "usage: cmake/packages.sh build|test" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  [ "$package" != npm ] || ! command -v npm >/dev/null || continue # it may come from elsewhere
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "this script knows Debian's packages only; please install: ${missing[*]}" >&2
  exit 2
fi
if [ "$(id -u)" != 0 ]; then
  echo "not root; please run: sudo apt-get install ${missing[*]}" >&2
  exit 2
fi
echo "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
