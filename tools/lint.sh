#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Checks the sources without running them; exit status 1 when something is found. Changes nothing, except `fix`.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tools/lint.sh format|fix|shell
       tools/lint.sh tidy|tidy-model [BUILD_FOLDER]

  format   clang-format agrees with every source file
  fix      makes it agree
  shell    shellcheck accepts every script
  tidy     clang-tidy accepts every source file of the compile commands in BUILD_FOLDER (default build/release);
           files that passed and have not changed since, nor any header, are not looked at again
  tidy-model   the same for model/ and checks/ only, which takes seconds instead of minutes
TEXT
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Tracked files and new ones that are not ignored; in an unpacked archive, all files outside build/.
list_files() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@"
  else
    local pattern names=()
    for pattern in "$@"; do names+=(-o -path "./$pattern"); done
    find . -path ./build -prune -o -type f \( "${names[@]:1}" \) -printf '%P\n'
  fi | while IFS= read -r file; do [[ ! -e $file ]] || printf '%s\n' "$file"; done
}

check_format() {
  list_files '*.cpp' '*.hpp' | xargs -r -d '\n' clang-format --dry-run -Werror
}

fix_format() {
  list_files '*.cpp' '*.hpp' | xargs -r -d '\n' clang-format -i
}

check_shell() {
  list_files '*.sh' '.ci/run' | xargs -r -d '\n' shellcheck --external-sources
}

# check_tidy BUILD_FOLDER PATTERN...
check_tidy() {
  local build=$1
  shift
  if [[ ! -e $build/compile_commands.json ]]; then
    printf 'lint.sh: no compile_commands.json in %s: configure it first\n' "$build" >&2
    return 2
  fi
  local stamps=$build/tidy newest
  mkdir -p "$stamps"
  # The newest of what any file may depend on.
  newest=$({ list_files '*.hpp' && list_files '*.clang-tidy' 'tools/tidy/*'; } |
    tr '\n' '\0' | xargs -0 ls -t | head -n 1 || true)

  local file stamp files=()
  while IFS= read -r file; do
    stamp=$stamps/${file//\//_}.passed
    if [[ ! $stamp -nt $file || ! $stamp -nt $newest ]] &&
      grep -qF "\"file\": \"$PWD/$file\"" "$build/compile_commands.json"; then
      files+=("$file" "$stamp")
    fi
  done < <(list_files "$@")
  ((${#files[@]} > 0)) || return 0

  # clang does not know all of gcc's options, and that is no finding.
  printf '%s\0' "${files[@]}" | xargs -0 -n 2 -P "$(nproc)" bash -c '
    if output=$(clang-tidy -p "$1" --quiet --extra-arg-before=-isystem"$PWD/tools/tidy" \
        --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ignored-optimization-argument \
        "$2" 2>/dev/null); then
      touch "$3"
    else
      printf "%s\n" "$output"
      exit 1
    fi' _ "$build"
}

case ${1:-} in
  format) check_format ;;
  fix) fix_format ;;
  shell) check_shell ;;
  tidy) check_tidy "${2:-build/release}" '*.cpp' ;;
  tidy-model) check_tidy "${2:-build/release}" 'model/*.cpp' 'checks/*.cpp' ;;
  -h | --help) usage ;;
  *) usage >&2 && exit 2 ;;
esac
