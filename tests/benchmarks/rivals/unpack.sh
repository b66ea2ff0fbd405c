#!/bin/sh
# Unpacks the rivals' Debian packages beside the virtual environment: installing them would start daemons.
# Usage: unpack.sh VENV. They are run, never linked or copied from.
set -eu
venv="$(cd "$1" && pwd)"

# name of the folder, a file that must be there, packages
unpack() {
    folder="$venv/$1" wanted="$2"
    shift 2
    [ -e "$folder/$wanted" ] && return
    debs="$(mktemp -d)"
    (cd "$debs" && apt-get download -qq "$@" 2>/dev/null)
    for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$folder"; done
    rm -r "$debs"
}
library="$(apt-cache depends smstools | sed -n 's/.*Depends: \(libmm[0-9a-z]*\)$/\1/p')"
# shellcheck disable=SC2086  # no library, no argument
unpack smstools usr/sbin/smsd smstools $library
unpack gammu-smsd usr/bin/gammu-smsd \
    gammu-smsd libgsmsd8 libgammu8 libdbi1 libdbd-sqlite3 libodbc2 libmariadb3 libpq5 libltdl7
[ -n "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] ||
    echo "gammu-smsd's outbox is PostgreSQL: sudo apt-get install postgresql" >&2
