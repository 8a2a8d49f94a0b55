#!/usr/bin/env bash
# Builds a release into dist/: the Debian package, a tarball, an OCI image and SHA256SUMS. The
# tarball and the image have the files of the package, so that all three install the same. Needs no
# root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=$(sed -n 's/.*static let number = "\(.*\)"$/\1/p' Sources/remindd/Version.swift)
grep -qE "^## $version \([0-9-]+\)$" CHANGELOG.md || {
  echo "release: CHANGELOG.md has no section '## $version (DATE)'" >&2
  exit 1
}
rm -rf dist
packaging/deb.sh
packaging/tarball.sh
packaging/image.sh
(
  cd dist
  find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS
  sha256sum --check --quiet SHA256SUMS
)
printf '\nThe release %s is in dist/:\n' "$version"
(cd dist && ls -l --human-readable | sed -n 's/^\S* *\S* \S* *\S* *\(\S*\) .* \(\S*\)$/  \1  \2/p')
