#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes docs/counterexample.png, the picture of the README: finds the counterexample, and takes a picture of its page.
# Needs Debian's chromium and pngquant; looks best with fonts-dejavu.
#
#   tools/picture.sh [GUPCHECK]     (default: build/release/bin/gupcheck)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

gupcheck=${1:-build/release/bin/gupcheck}
step=14 # where the page stands
as_root=()
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

status=0
"$gupcheck" check concurrent-pins --kernel 1aaf8c --traces "$place" >/dev/null || status=$?
((status == 1)) || { printf 'picture.sh: gupcheck finds no counterexample\n' >&2 && exit 1; }
pages=("$place"/*.html)
((EUID != 0)) || as_root=(--no-sandbox)
chromium --headless "${as_root[@]}" --hide-scrollbars --force-device-scale-factor=1 --window-size=1100,1541 \
  --user-data-dir="$place/profile" --screenshot="$place/shot.png" "file://${pages[0]}#step-$step" 2>"$place/err" ||
  { cat "$place/err" >&2 && exit 1; }
pngquant --force --strip --speed 1 --output docs/counterexample.png 256 "$place/shot.png"
