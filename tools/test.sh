#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs the packages that are missing, builds everything, and runs every test. Exit status 0 when all of it
# passes, 1 when something fails, 2 when it cannot start.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tools/test.sh [--no-install] [--tidy-all] [--preset release|debug|ubsan]

  --no-install   take what is installed
  --tidy-all     clang-tidy on every source file, not on model/ and checks/ only; takes some minutes more
  --preset       what to build and test (default: release)
TEXT
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/packages.sh
source tools/packages.sh

install=true
checks=(format shell tidy-model)
preset=release
while (($# > 0)); do
  case $1 in
    --no-install) install=false ;;
    --tidy-all) checks=(format shell tidy) ;;
    --preset)
      [[ ${2:-} =~ ^(release|debug|ubsan)$ ]] || die "--preset takes release, debug or ubsan, not '${2:-}'"
      preset=$2
      shift
      ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && die "unknown argument: $1" ;;
  esac
  shift
done

if $install; then install_packages "${build_packages[@]}" "${test_packages[@]}"; fi

configure "$preset" -DGUPCHECK_TESTS=ON -DGUPCHECK_BENCHMARKS=ON
build "$preset" || die "the build failed"

failed=()
for check in "${checks[@]}"; do
  tools/lint.sh "$check" "build/$preset" || failed+=("$check")
done
ctest --preset "$preset" --parallel "$(nproc)" || failed+=(ctest)

if ((${#failed[@]} > 0)); then
  printf 'FAILED: %s\n' "${failed[*]}"
  exit 1
fi
printf 'All passed: %s\n' "${checks[*]} ctest"
