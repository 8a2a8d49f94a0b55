#!/usr/bin/env bash
# Builds dist/remindd-VERSION-image-ARCH/, an OCI image layout, and a .tar of it.
# #
# # It uses the Debian package in dist/. The first layer has the shared libraries of the program,
# certificates and time zones, copied from Debian packages of this machine. The second layer has the
# program. Neither has a shell or a package manager. `umoci` adds each layer as a tar archive, so
# that neither a container engine nor root is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

package=$(echo dist/remindd_*.deb)
version=$(dpkg-deb --field "$package" Version)
architecture=$(dpkg-deb --field "$package" Architecture)
layout=dist/remindd-$version-image-$architecture
# The number that images without a shell commonly use for their user. Kubernetes needs a number to
# recognise that the user is not root.
user=65532
commit=$(git log -1 --format=%H)
epoch=$(git log -1 --format=%ct)
date=$(date --utc --date="@$epoch" +%Y-%m-%dT%H:%M:%SZ)
stage=$(mktemp --directory)
trap 'rm -rf "$stage"' EXIT
deb=$stage/deb
system=$stage/system
program=$stage/program
dpkg-deb --extract "$package" "$deb"

# The loader and the libraries, below usr/lib as in Debian.
mkdir -p "$system"/{dev,etc,proc,run,sys,tmp,usr/lib,usr/bin,var/lib/dpkg/status.d}
chmod 1777 "$system/tmp"
ln -s usr/lib "$system/lib"
owners=(ca-certificates tzdata)
while read -r library; do
  install -D --mode=755 "$library" "$system/usr${library#/usr}"
  owners+=("$(packaging/owner.sh "$library")")
done < <(ldd "$deb/usr/bin/remindd" | grep -o '/[^ ]*')
[ ! -d "$system/usr/lib64" ] || ln -s usr/lib64 "$system/lib64"

# Only Debian's certificates, because this machine may trust others.
mkdir -p "$system/etc/ssl/certs" "$system/usr/share"
cat /usr/share/ca-certificates/mozilla/*.crt >"$system/etc/ssl/certs/ca-certificates.crt"
cp --archive /usr/share/zoneinfo "$system/usr/share/"
rm -rf "$system"/usr/share/zoneinfo/{posix,right,localtime,posixrules}
printf '%s\n' "root:x:0:0:root:/:/" "remindd:x:$user:$user:remindd:/var/lib/remindd:/" >"$system/etc/passwd"
printf '%s\n' "root:x:0:" "remindd:x:$user:" >"$system/etc/group"
printf '%s\n' "passwd: files" "group: files" "hosts: files dns" >"$system/etc/nsswitch.conf"

# The licences, and the versions in the place where vulnerability scanners read them.
for owner in $(printf '%s\n' "${owners[@]}" | sort --unique); do
  install -D --mode=644 "/usr/share/doc/$owner/copyright" "$system/usr/share/doc/$owner/copyright"
  dpkg-query --status "$owner" >"$system/var/lib/dpkg/status.d/$owner"
done
(. /etc/os-release && printf 'ID=%s\nVERSION_ID="%s"\nPRETTY_NAME="%s, libraries of remindd"\n' "$ID" "$VERSION_ID" "$PRETTY_NAME") \
  >"$system/etc/os-release"

mkdir -p "$program"/{etc/remindd/plans,etc/remindd/recipients,etc/remindd/working-days,usr/bin,usr/share/doc/remindd} \
  "$program"/{run/remindd,var/lib/remindd,var/lib/dpkg/status.d}
install --mode=755 "$deb/usr/bin/remindd" "$program/usr/bin/remindd"
install --mode=644 "$deb/etc/remindd/remindd.yaml" "$program/etc/remindd/remindd.yaml"
cp --recursive "$deb/usr/share/remindd" "$program/usr/share/"
install --mode=644 packaging/debian/copyright "$program/usr/share/doc/remindd/copyright"
{ dpkg-deb --field "$package" && echo "Status: install ok installed"; } >"$program/var/lib/dpkg/status.d/remindd"
chmod 700 "$program/var/lib/remindd"
chmod 750 "$program"/{run/remindd,etc/remindd,etc/remindd/*/}

archive() {
  local folder=$1 layer=$2
  shift 2
  tar --append --file "$layer" --directory "$folder" --sort=name --mtime="@$epoch" --numeric-owner "$@"
}
archive "$system" "$stage/system.tar" --owner=0 --group=0 .
# The user owns the state and the runtime folder and may read the configuration.
own=(./run/remindd ./var/lib/remindd)
archive "$program" "$stage/program.tar" --owner=0 --group=0 --exclude=./etc/remindd "${own[@]/#/--exclude=}" .
archive "$program" "$stage/program.tar" --owner=0 --group=$user ./etc/remindd
archive "$program" "$stage/program.tar" --owner=$user --group=$user --no-recursion "${own[@]}"

rm -rf "$layout" "$layout.tar"
image=$layout:$version
umoci init --layout "$layout"
umoci new --image "$image"
umoci raw add-layer --image "$image" --history.created="$date" --history.created_by="libraries of Debian" "$stage/system.tar"
umoci raw add-layer --image "$image" --history.created="$date" --history.created_by="$(basename "$package")" "$stage/program.tar"
umoci config --image "$image" --no-history --created "$date" --os linux --architecture "$architecture" \
  --config.user $user:$user --config.workingdir / --config.entrypoint /usr/bin/remindd --config.cmd run \
  --config.volume /etc/remindd --config.volume /var/lib/remindd --config.stopsignal SIGTERM \
  --config.env PATH=/usr/bin --config.env LIBDISPATCH_LOG=NO \
  --config.label org.opencontainers.image.title=remindd \
  --config.label org.opencontainers.image.version="$version" \
  --config.label org.opencontainers.image.revision="$commit" \
  --config.label org.opencontainers.image.licenses=Apache-2.0 \
  --config.label org.opencontainers.image.description="$(dpkg-deb --field "$package" Description | head -n 1)"
umoci gc --layout "$layout"
# podman and docker give the image this name when they load the archive.
python3 - "$layout/index.json" "localhost/remindd:$version" <<'EOF'
import json, sys
with open(sys.argv[1]) as file:
    index = json.load(file)
index["manifests"][0]["annotations"]["io.containerd.image.name"] = sys.argv[2]
with open(sys.argv[1], "w") as file:
    json.dump(index, file)
EOF
tar --create --file "$layout.tar" --directory "$layout" --sort=name --owner=0 --group=0 --mtime="@$epoch" oci-layout index.json blobs
printf '%s: %s bytes, unpacked %s KiB: the program %s, its libraries, certificates and zones %s\n' "$layout.tar" \
  "$(stat -c %s "$layout.tar")" "$(du -skc "$system" "$program" | tail -n 1 | cut -f 1)" \
  "$(du -sk "$program" | cut -f 1)" "$(du -sk "$system" | cut -f 1)"
