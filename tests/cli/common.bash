# SPDX-License-Identifier: GPL-2.0-only
#
# For the end-to-end tests of the command line: run gupcheck and say what must come of it.
#
#   run STATUS ARGUMENT...   runs gupcheck; stdout and stderr go to $place/out and $place/err
#   says TEXT, complains TEXT   stdout, stderr has it
#   complains_once           stderr is one line that begins with the program's name; stdout is empty
set -euo pipefail

gupcheck=$(realpath "$1")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"

fail() {
  printf 'FAILED: gupcheck %s: %s\n' "${last:-}" "$*" >&2
  sed 's/^/  out: /' "$place/out" >&2
  sed 's/^/  err: /' "$place/err" >&2
  exit 1
}

run() {
  local expected=$1 status=0
  shift
  last="$*"
  "$gupcheck" "$@" >"$place/out" 2>"$place/err" </dev/null || status=$?
  ((status == expected)) || fail "exit status $status instead of $expected"
}

says() { [[ $(<"$place/out") == *"$1"* ]] || fail "does not say: $1"; }
complains() { [[ $(<"$place/err") == *"$1"* ]] || fail "does not complain: $1"; }
complains_once() {
  (($(wc -l <"$place/err") == 1)) || fail "does not complain in one line"
  [[ $(<"$place/err") == "gupcheck: "* ]] || fail "the complaint does not begin with the program's name"
  [[ ! -s $place/out ]] || fail "there is something on stdout"
}
# refused TEXT ARGUMENT...: exit status 2, one line on stderr that has the text, nothing on stdout.
refused() {
  local text=$1
  shift
  run 2 "$@"
  complains "$text"
  complains_once
}
