#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# From a fresh clone to the answer: installs the packages that are missing, builds, runs gupcheck.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tools/quickstart.sh [--no-install] [gupcheck's own arguments]

Installs the Debian packages that are missing (as root or through sudo), builds gupcheck and runs it.
With --no-install it takes what is there. stdout carries gupcheck's output and nothing else.
TEXT
}

here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
# shellcheck source=tools/packages.sh
source tools/packages.sh

case ${1:-} in
  -h | --help) usage && exit 0 ;;
  --no-install) shift ;;
  *) install_packages "${build_packages[@]}" ;;
esac

configure release -DGUPCHECK_TESTS=OFF -DGUPCHECK_BENCHMARKS=OFF
build release --target gupcheck || die "the build failed"

# Where the user is, since gupcheck writes its traces there.
cd "$here"
exec "$root/build/release/bin/gupcheck" "$@"
