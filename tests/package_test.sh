#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The installed package serves a project outside the tree: installs BUILD_FOLDER to a temporary prefix, copies
# examples/ away, builds them with find_package(gupcheck) and looks at their verdicts.
set -euo pipefail

build=$(realpath "${1:?usage: package_test.sh BUILD_FOLDER}")
source_dir=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

fail() {
  printf 'package_test.sh: %s\n' "$*" >&2
  exit 1
}

# expect STATUS PATTERN COMMAND...: the exit status, and a line of stdout or stderr that matches the pattern.
expect() {
  local expected=$1 pattern=$2 status=0
  shift 2
  "$@" >"$place/output" 2>&1 || status=$?
  cat "$place/output"
  ((status == expected)) || fail "exit status $status instead of $expected: $*"
  grep -qE "$pattern" "$place/output" || fail "no line like '$pattern' in the output of: $*"
}

cmake --install "$build" --prefix "$place/prefix" >/dev/null
if grep -rlF --include="*.cmake" --include="*.hpp" "$source_dir" "$place/prefix"; then
  fail "these installed files name the source tree"
fi

cp -r "$source_dir/examples" "$place/examples"
cmake -S "$place/examples" -B "$place/build" -DCMAKE_PREFIX_PATH="$place/prefix" -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$place/build" --parallel "$(nproc)"

expect 0 '^Peterson: holds in all of [0-9]+ states' "$place/build/peterson" Peterson
expect 1 'mutual-exclusion' "$place/build/peterson" PetersonBroken
expect 1 '^PetersonBroken: broken' "$place/build/peterson"
expect 0 '^Treiber<true>: holds in all of [0-9]+ states' "$place/build/treiber" 'Treiber<true>'
expect 1 'single-owner' "$place/build/treiber" 'Treiber<false>'
grep -q 'pop' "$place/output" || fail "the trace does not name the functions of the threads"
expect 2 "no suite 'Dekker'; there are: 'Peterson' 'PetersonBroken'" "$place/build/peterson" Dekker

# The installed program works from where it is.
if [[ -x $place/prefix/bin/gupcheck ]]; then
  expect 0 'gupcheck' "$place/prefix/bin/gupcheck" --help
fi
