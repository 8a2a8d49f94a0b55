#!/usr/bin/env bash
# Installs the Debian packages for building, showing and testing remindd, if they are missing.
#
#   packaging/setup.sh build    the requirements of a build
#   packaging/setup.sh demo     build, and the mail receiver of `make demo`
#   packaging/setup.sh test     demo, and the real servers and mail readers of `make test` (default)
#   packaging/setup.sh bench    test, and the programs that remindd is compared with
#   packaging/setup.sh package  demo, and tools to make the Debian package and test it under systemd
#   packaging/setup.sh pictures demo, and tools to draw the pictures of the documents
#   packaging/setup.sh release  package, and tools to make and test the tarball and the image
#
# Uses sudo unless it runs as root. It starts no service and disables those that packages enable.
# The Swift toolchain does not come from Debian. The script checks for it but does not install it.
set -euo pipefail

build=(
  ca-certificates git make pkg-config
  g++                  # C and C++ headers and the linker, for the toolchain
  libcurl4-openssl-dev # CCurl: mail and webhooks
  libsqlite3-dev       # GRDB: the ledger
  libssl-dev           # CCrypto: SHA-256 and HMAC
  libsystemd-dev       # CSystemd: readiness, watchdog, journal
  python3 tzdata       # the demo, the oracles; time zone rules
)
demo=(
  python3-aiosmtpd # receives the rehearsed year's mail
)
test=(
  postfix sasl2-bin libsasl2-modules openssl # a real mail server: STARTTLS, implicit TLS, logins
  nginx                                      # a real webhook receiver
  postgrey libidn12                          # greylisting for Postfix; Exim's library, see below
  libemail-mime-perl mblaze                  # two more mail parsers beside Python's
  curl prometheus                            # requests to the control socket; promtool
  sqlite3 strace systemd                     # reading a ledger, injecting faults, systemd-analyze
  e2fsprogs mount util-linux                 # small disks for disk faults
  python3-jsonschema python3-yaml iproute2   # independent JSON Schema checks; network namespaces
  weasyprint fonts-liberation2 poppler-utils # the printed year, and reading its PDF
  python3-icalendar libical-dev              # two parsers of calendar files
)
bench=(
  gcc libc6-dev                              # the yardsticks
  prometheus-alertmanager apprise remind     # alternatives to remindd
  python3-apscheduler python3-sqlalchemy
  python3-venv                               # PyPI's Apprise beside Debian's
  python3-matplotlib                         # the plot of growth
)
package=(
  debhelper dpkg-dev lintian # the Debian package and its checks
  pandoc                     # the manual pages, from docs/man
  debootstrap systemd-container # a minimal Debian with a real systemd
)
pictures=(
  chromium pngquant                     # the pictures of a mail, of the demo and of the year
  weasyprint fonts-liberation2 poppler-utils # the printed year
  fonts-liberation fonts-jetbrains-mono # fonts with correct Vietnamese accents
)
release=(
  binutils          # the requirements of the tarball's program
  umoci             # the image
  runc              # runs the image in its test, if the machine allows it
)

case ${1:-test} in
  build) wanted=("${build[@]}") ;;
  demo) wanted=("${build[@]}" "${demo[@]}") ;;
  test) wanted=("${build[@]}" "${demo[@]}" "${test[@]}") ;;
  bench) wanted=("${build[@]}" "${demo[@]}" "${test[@]}" "${bench[@]}") ;;
  package) wanted=("${build[@]}" "${demo[@]}" "${package[@]}") ;;
  pictures) wanted=("${build[@]}" "${demo[@]}" "${pictures[@]}") ;;
  release) wanted=("${build[@]}" "${demo[@]}" "${package[@]}" "${release[@]}") ;;
  *)
    echo "usage: packaging/setup.sh build|demo|test|bench|package|pictures|release" >&2
    exit 64
    ;;
esac

say() { printf 'setup: %s\n' "$*"; }

# Prints the packages among its arguments that are not installed.
missing_of() {
  local installed
  # dpkg-query fails if it does not know one of them, after it has printed the others.
  installed=$({ dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true; } \
    | sed -n 's/^installed //p')
  printf '%s\n' "$@" | { grep -vxF "${installed:-none}" || true; }
}

# Installing a Debian server starts it and enables it at boot. The tests start their own servers in
# their own folders, so the installed ones must not run. While apt works, a policy refuses every
# start, unless the machine has a policy already. `systemctl disable` then disables services that
# were not there before.
policy=/usr/sbin/policy-rc.d
quiet_on() {
  own_policy=
  [ ! -e $policy ] || return 0
  printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
  as_root chmod 755 $policy
  own_policy=yes
  trap quiet_off EXIT
}
quiet_off() {
  [ -z "$own_policy" ] || as_root rm -f $policy
  own_policy=
}
quiet_services() {
  local package
  command -v systemctl >/dev/null || return 0
  for package in "$@"; do
    case $package in
      nginx | postfix | prometheus | prometheus-alertmanager) as_root systemctl disable "$package.service" ;;
      postgrey) as_root systemctl disable postgrey.service ;;
      sasl2-bin) as_root systemctl disable saslauthd.service ;;
    esac
  done >>"$log" 2>&1 || true
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}
apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet -o Dpkg::Use-Pty=0 "$@"; }

install() {
  apt install --yes --no-install-recommends "$@" >"$log" 2>&1 </dev/null
}

mapfile -t missing < <(missing_of "${wanted[@]}")
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || {
    say "this is no Debian; please install by hand what these Debian packages hold: ${missing[*]}" >&2
    exit 1
  }
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || {
    say "needs root or sudo to install: ${missing[*]}" >&2
    exit 1
  }
  say "installing ${missing[*]}"
  log=$(mktemp)
  if printf '%s\n' "${missing[@]}" | grep -qx postfix; then
    # No configuration, because the tests write their own and the machine must not accept mail.
    echo 'postfix postfix/main_mailer_type select No configuration' | as_root debconf-set-selections
  fi
  quiet_on
  # If package lists are missing (new machine) or outdated (package gone), fetches them and tries
  # again.
  if ! install "${missing[@]}"; then
    say "fetching the package lists"
    apt update >"$log" 2>&1 </dev/null || { cat "$log" >&2; say "apt-get update failed" >&2; exit 1; }
    install "${missing[@]}" || { tail -n 30 "$log" >&2; say "apt-get install failed" >&2; exit 1; }
  fi
  quiet_off
  quiet_services "${missing[@]}"
  rm -f "$log"
  say "done"
fi

# Debian does not allow two mail servers at the same time, so Exim is unpacked into the checkout.
exim=$(dirname "$0")/../.build/exim
if [[ " ${wanted[*]} " == *" postgrey "* ]] && [ ! -x "$exim/usr/sbin/exim4" ] && command -v apt-get >/dev/null; then
  say "unpacking Exim into .build/exim"
  mkdir -p "$exim"
  (
    cd "$exim"
    apt-get --quiet --quiet download exim4-daemon-light 2>/dev/null \
      || { apt update >/dev/null && apt-get --quiet --quiet download exim4-daemon-light; }
    dpkg-deb --extract exim4-daemon-light_*.deb . && rm -f exim4-daemon-light_*.deb
  )
  # Exim looks up its user by name, and only its package would have created that user.
  id Debian-exim >/dev/null 2>&1 \
    || as_root useradd --system --no-create-home --shell /usr/sbin/nologin Debian-exim
fi

toolchain='remindd needs a Swift 6 toolchain, with the libraries its page lists: https://www.swift.org/install/linux/'
if ! command -v swift >/dev/null; then
  say "no 'swift' on the PATH. $toolchain" >&2
  exit 1
fi
if ! told=$(swift --version 2>&1); then
  say "'swift --version' fails: $told. $toolchain" >&2
  exit 1
fi
version=$(sed -n 's/.*Swift version \([0-9]*\).*/\1/p' <<<"$told" | head -n 1)
if [ "${version:-0}" -lt 6 ]; then
  say "this Swift is too old: ${told%%$'\n'*}. $toolchain" >&2
  exit 1
fi
