#!/usr/bin/env bash
# Builds dist/remindd_VERSION_ARCH.deb. It has the program with the Swift runtime linked in, the
# unit, the user, a configuration that starts and sends nothing, samples and completions. Prints the
# sizes of the package and the findings of lintian. The version is the program's, and
# debian/changelog is made from CHANGELOG.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scratch=${SCRATCH:-.build}/static

swift build --configuration release --product remindd --static-swift-stdlib --scratch-path $scratch
program=$scratch/release/remindd
version=$($program --version)
stage=$(mktemp --directory)
trap 'rm -rf "$stage"' EXIT
source=$stage/remindd-$version
mkdir -p "$source/completions" "$source/share" "$source/units"
cp -r packaging/debian "$source/debian"
packaging/changelog.py "$version" >"$source/debian/changelog"
install -m 755 $program "$source/remindd"
install -m 644 packaging/remindd.yaml README.md docs/administrator/microsoft-365.md "$source/"
cp -r config/* "$source/share/"
install -m 644 systemd/credentials.conf.example "$source/share/"
install -m 644 systemd/remindd.service "$source/debian/remindd.service"
install -m 644 systemd/remindd-retry.service systemd/remindd-retry.timer "$source/units/"
install -m 644 systemd/remindd.sysusers "$source/debian/remindd.sysusers"
install -m 644 systemd/remindd.tmpfiles "$source/debian/remindd.tmpfiles"
$program --generate-completion-script bash | sed 1d >"$source/completions/remindd"
$program --generate-completion-script zsh >"$source/completions/_remindd"
sed 's/^./    &/' config/remindd.yaml >"$stage/reference"
for page in docs/man/*.md docs/man/vi/*.md; do
  name=$(basename "$page" .md)
  case $page in */vi/*) name=${name%.*}.vi.${name##*.} ;; esac
  # The configuration's reference is the commented sample itself, set as an example.
  sed -e '/^@config\/remindd.yaml@$/{' -e "r $stage/reference" -e 'd' -e '}' "$page" \
    | pandoc --standalone --from markdown --to man --output "$source/$name"
  echo "$name" >>"$source/debian/manpages"
done

(cd "$source" && DEB_BUILD_OPTIONS=noautodbgsym dpkg-buildpackage --build=binary --no-sign >"$stage/log" 2>&1) || {
  cat "$stage/log" >&2
  exit 1
}
package=remindd_${version}_$(dpkg --print-architecture).deb
mkdir -p dist
rm -f dist/remindd_*.deb
cp "$stage/$package" dist/
package=dist/$package
printf '%s: %s bytes, installed %s KiB\n' "$package" "$(stat -c %s "$package")" "$(dpkg-deb --field "$package" Installed-Size)"
if command -v lintian >/dev/null; then lintian --allow-root --fail-on error,warning "$package" && echo "lintian: clean"; fi
