#!/usr/bin/env bash
# The Debian package installs and runs in a root of its own that holds nothing
# but the package and what its Depends say, taken from this machine's packages:
# a dependency that is missing is missing there, too.
set -euo pipefail
source_dir=$1 build_dir=$2 work=$3
for tool in cpack dpkg-deb dpkg-shlibdeps; do
  command -v "$tool" >/dev/null || { echo "skipped: needs $tool"; exit 77; }
done
rm -rf "$work" && mkdir -p "$work/root"
(cd "$build_dir" && cpack -G DEB -B "$work" >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; exit 1; }
package=$(find "$work" -maxdepth 1 -name 'clambake_*.deb')
dpkg-deb -x "$package" "$work/root"
dpkg-deb -f "$package" Depends | tee "$work/depends"
for library in libc6 libfmt libcurl libssl git; do grep -q "$library" "$work/depends"; done
version=$(sed -n 's/^project(clambake VERSION \([0-9.]*\).*/\1/p' "$source_dir/CMakeLists.txt")
[ "$(dpkg-deb -f "$package" Version)" = "$version" ]
root=$work/root
for file in bin/clambake include/clambake/factory.h share/man/man1/clambake.1 \
  share/bash-completion/completions/clambake share/zsh/vendor-completions/_clambake \
  share/fish/vendor_completions.d/clambake.fish; do
  [ -s "$root/usr/$file" ] || { echo "the package lacks /usr/$file" >&2; exit 1; }
done
cp "$source_dir/examples/backlog.json" "$root/backlog.json"
chroot=$(PATH=$PATH:/usr/sbin:/sbin command -v chroot || true)
if [ "$(id -u)" != 0 ] || [ -z "$chroot" ]; then
  echo "no chroot: run beside the system's libraries, not in a root of its own"
  "$root/usr/bin/clambake" plan --from "$root/backlog.json" >/dev/null
  exit
fi
# Installed packages that the named ones need, themselves included.
closure() {
  local known=" " queue="$*" package
  while [ -n "$queue" ]; do
    read -r package queue <<<"$queue"
    case $known in *" $package "*) continue ;; esac
    known+="$package "
    queue+=" $(dpkg-query -W -f '${Pre-Depends}, ${Depends}' "$package" 2>/dev/null | tr ',' '\n' |
      sed -E 's/[|].*//; s/\(.*\)//; s/:any//; s/ //g' | tr '\n' ' ')"
  done
  echo "$known"
}

# A root with these packages, ours on top.
make_root() {
  local root=$1 package
  shift
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{tmp,etc,dev} && touch "$root/dev/null"
  for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
  echo "root:x:0:0:root:/tmp:/bin/sh" >"$root/etc/passwd"
  for package in $(closure "$@"); do
    dpkg -L "$package" 2>/dev/null | grep -vE '^/usr/share/(doc|man|locale|perl)' | while read -r file; do
      if [ -L "$file" ] || [ -f "$file" ]; then echo "$file"; fi
    done
  done | tar -c --files-from=- --absolute-names --ignore-failed-read 2>/dev/null | tar -x -C "$root" --keep-directory-symlink
  dpkg-deb -x "$package_file" "$work/unpacked" && cp -a "$work/unpacked/usr/." "$root/usr/"
}
package_file=$package
depends=$(sed -E 's/\([^)]*\)//g; s/,/ /g' "$work/depends")
root=$work/clean
make_root "$root" $depends
cp "$source_dir/examples/backlog.json" "$root/backlog.json"
env -i "$chroot" "$root" /usr/bin/clambake --version | grep -qx "clambake $version"
env -i CLAMBAKE_NEW_PLANNER=true "$chroot" "$root" /usr/bin/clambake plan --from /backlog.json >"$work/plan.out"
grep -q agent001 "$work/plan.out"
env -i "$chroot" "$root" /usr/bin/clambake report --from /backlog.json -o /report.html
[ -s "$root/report.html" ]
# What is loaded at its first use is there: the connection fails, not the library.
env -i GH_TOKEN=x "$chroot" "$root" /usr/bin/clambake fetch --repo o/r --api-url http://127.0.0.1:1 2>&1 | tee "$work/fetch.out" || true
grep -q "connect" "$work/fetch.out"
env -i "$chroot" "$root" /usr/bin/clambake state init --repo o/r --state 'postgresql://127.0.0.1:1/x' 2>&1 | tee "$work/pg.out" || true
grep -qi "connection" "$work/pg.out"
env -i HOME=/tmp "$chroot" "$root" /usr/bin/git --version

echo "== a missing dependency is noticed"
make_root "$work/poor" $(echo " $depends " | sed -E 's/ (libcurl4|libsqlite3-0|git|libpq5)( |$)/ /g; s/ (libcurl4|libsqlite3-0|git|libpq5)( |$)/ /g')
if env -i GH_TOKEN=x "$chroot" "$work/poor" /usr/bin/clambake fetch --repo o/r --api-url http://127.0.0.1:1 >"$work/poor.out" 2>&1 ||
  grep -q "Couldn't connect" "$work/poor.out"; then
  echo "it runs without what it depends on: this test proves nothing" >&2
  exit 1
fi
