#!/bin/sh
# Starts Poswatch by the Node that lies beside it. Installed, it takes the version that has proved itself; before there is
# one, that which was installed.
set -eu
export POSWATCH_PROGRAMS=/opt/poswatch POSWATCH_DATA=/var/lib/poswatch
here=$(dirname "$(readlink -f "$0")")
if [ ! -d "$here/app" ]; then
  export DATA_DIR="${DATA_DIR:-$POSWATCH_DATA}"
  for folder in "$POSWATCH_DATA" "$here"; do
    version=$(cat "$folder/version.txt" 2>/dev/null) || continue
    case $version in '' | .* | *[!0-9A-Za-z.+-]*) continue ;; esac
    if [ -d "$here/versions/$version/app" ]; then break; fi
  done
  here="$here/versions/$version"
fi
exec "$here/node" --max-semi-space-size=4 --heap-growing-percent=30 "$here/app/code/commands.main.js" "$@"
