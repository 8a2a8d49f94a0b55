#!/usr/bin/env bash
# Builds dist/remindd-VERSION-linux-ARCH.tar.gz from the Debian package in dist/. It has the same
# files below usr/ and etc/, the licence, and a README.md with the program's requirements.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

package=$(echo dist/remindd_*.deb)
version=$(dpkg-deb --field "$package" Version)
architecture=$(dpkg-deb --field "$package" Architecture)
name=remindd-$version-linux-$architecture
stage=$(mktemp --directory)
trap 'rm -rf "$stage"' EXIT
tree=$stage/$name
dpkg-deb --extract "$package" "$tree"

# When unpacked over a system, a folder lib/ would replace the link /lib to usr/lib.
[ ! -d "$tree/lib" ] || { cp -r "$tree/lib" "$tree/usr/" && rm -r "$tree/lib"; }
rm -rf "$tree/usr/share/lintian"
gunzip --recursive "$tree/usr/share/man" "$tree/usr/share/doc"
cp LICENSE CHANGELOG.md "$tree/"
cp packaging/debian/copyright "$tree/COPYRIGHT"

# The libraries that the program loads, each with its Debian package, and the newest glibc symbol
# version.
program=$tree/usr/bin/remindd
needed=$(objdump --private-headers "$program" | sed -n 's/^ *NEEDED *//p')
glibc=$(objdump --dynamic-syms "$program" | grep -o 'GLIBC_[0-9.]*' | sort --version-sort | tail -n 1)
glibcxx=$(objdump --dynamic-syms "$program" | grep -o 'GLIBCXX_[0-9.]*' | sort --version-sort | tail -n 1)
for library in $needed; do
  owner=$(packaging/owner.sh "$(ldd "$program" | awk -v name="$library" '$1 == name || $1 ~ "/" name "$" { print $3 ~ /^\// ? $3 : $1; exit }')")
  case $library in
    libc.so.*) note=", with the symbols of ${glibc/_/ } or later" ;;
    libstdc++.so.*) note=${glibcxx:+", with the symbols of $glibcxx or later"} ;;
    libcurl.so.*) note=", version 7.87 or later, with OpenSSL" ;;
    *) note= ;;
  esac
  echo "- \`$library\` (Debian package \`$owner\`$note)"
done | LC_ALL=C sort >"$stage/libraries"
sed -e "s/@VERSION@/$version/g" -e "s/@NAME@/$name/g" -e '/^@LIBRARIES@$/{' -e "r $stage/libraries" -e 'd' -e '}' \
  packaging/tarball.md >"$tree/README.md"

epoch=$(git log -1 --format=%ct)
tar --create --directory "$stage" --sort=name --owner=root:0 --group=root:0 --mtime="@$epoch" "$name" \
  | gzip -9 --no-name >"dist/$name.tar.gz"
printf '%s: %s bytes, unpacked %s KiB\n' "dist/$name.tar.gz" "$(stat -c %s "dist/$name.tar.gz")" "$(du -sk "$tree" | cut -f 1)"
