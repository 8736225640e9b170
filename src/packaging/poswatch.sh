#!/bin/sh
# Starts Poswatch: the program that lies beside this file, by the Node that lies there too.
set -eu
here=$(dirname "$(readlink -f "$0")")
exec "$here/node" --max-semi-space-size=4 "$here/app/code/commands.main.js" "$@"
