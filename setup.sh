#!/bin/sh
# Make .venv and install analoghop into it, with the extra that is named: `sh setup.sh`, `sh setup.sh test`.
# Debian keeps the part of Python that makes virtual environments in a package of its own: fetched if missing.
set -eu
cd "$(dirname "$0")"

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -q
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3-venv
fi
[ -x .venv/bin/pip ] || python3 -m venv .venv
.venv/bin/pip install -q -e ".${1:+[$1]}"
