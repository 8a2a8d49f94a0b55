#!/usr/bin/env bash
# Prints the Debian package that a file belongs to. Debian lists some files of /usr/lib below /lib.
set -euo pipefail
for path in "$1" "/usr${1#/usr}" "${1#/usr}" "$(realpath "$1")"; do
  if owner=$(dpkg-query --search "$path" 2>/dev/null); then
    owner=${owner%%: *}
    echo "${owner%%[:,]*}"
    exit
  fi
done
echo "owner: $1 belongs to no Debian package" >&2
exit 1
