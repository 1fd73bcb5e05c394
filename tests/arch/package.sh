#!/usr/bin/env bash
# The Debian package installs and runs in a root of its own that holds nothing
# but the package and the libraries it depends on.
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
ldd "$root/usr/bin/clambake" | grep -oE '/[^ ]+' | while read -r library; do
  mkdir -p "$root/$(dirname "$library")" && cp -L "$library" "$root/$library"
done
env -i "$chroot" "$root" /usr/bin/clambake --version | grep -qx "clambake $version"
env -i CLAMBAKE_NEW_PLANNER=true "$chroot" "$root" /usr/bin/clambake plan --from /backlog.json >"$work/plan.out"
grep -q agent001 "$work/plan.out"
env -i "$chroot" "$root" /usr/bin/clambake report --from /backlog.json -o /report.html
[ -s "$root/report.html" ]
