#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The reader of trace files against damaged, huge and hostile ones: one line, exit status 2, bounded time and
# memory; and against the seeds of the fuzz target, so that these stay what their names say.
seeds=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../fuzz/corpus/trace_reader")
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

# A reader that needs more than 3 GB of addresses or a minute fails; the sanitizers need more addresses.
grep -q '__ubsan' "$gupcheck" || ulimit -v 3000000
ulimit -t 60

# The seeds. When the format changes: tests/fuzz/make_corpus.py
accepted=0
for seed in "$seeds"/*; do
  case ${seed##*/} in
    valid-*)
      run 0 trace show "$seed"
      run 0 trace export "$seed" --format json --output again.json
      run 0 trace export again.json --format json
      cmp -s out again.json || fail 'exporting as JSON a second time changes it'
      accepted=$((accepted + 1))
      ;;
    bad-*) refused "${seed##*/}: " trace show "$seed" ;;
    *) fail "$seed: is neither valid-* nor bad-*" ;;
  esac
done
((accepted >= 20)) || fail 'the valid seeds are gone'

# Huge ones.
# repeat COUNT TEXT
repeat() { (yes "$2" || true) | head -n "$1" | tr -d '\n'; }
# with_stem COUNT TEXT: the smallest trace with so many times this text in its stem, and a 0 at its end.
with_stem() {
  sed 's/"stem":\[.*/"stem":[/' "$seeds/valid-small.json"
  repeat "$1" "$2"
  printf '0]'
  sed 's/.*\(,"cycle":\)/\1/' "$seeds/valid-small.json"
}

repeat 68157440 ' ' >blanks.json
refused 'is larger than 64 MB' trace show blanks.json
with_stem 1000000 0, >steps.json
refused 'stem: has 1000001 elements, at most 1000000 are allowed' trace show steps.json
with_stem 999999 0, >most.json
refused 'stem[0]: must be an object' trace show most.json
with_stem 30000000 0, >values.json
refused 'values, too many for a trace' trace show values.json
with_stem 7000000 '{"":0},' >objects.json
refused 'values, too many for a trace' trace show objects.json
with_stem 100000 '[' >deep.json
refused 'nested too deeply' trace show deep.json
{ repeat 100000 '[' && repeat 100000 ']'; } >brackets.json
refused 'nested too deeply' trace show brackets.json
repeat 100000 '{"a":' >braces.json
refused 'nested too deeply' trace show braces.json
{ printf '{"format": "' && repeat 62914560 x && printf '"}'; } >string.json
refused 'is not a trace' trace show string.json
{ printf '{"format": "gupcheck-trace", "version": 1, "' && repeat 62914560 x && printf '": 0}'; } >name.json
refused 'name.json: ' trace show name.json
(($(wc -c <err) < 500)) || fail 'the complaint is too long'
repeat 62914560 1 >number.json
refused 'a number is out of range' trace show number.json

# Places that are no files, and a file that may not be read.
mkfifo pipe
(exec 3>pipe; printf '{' >&3) &
refused 'the file ends too early' trace show pipe
wait
ln -s loop loop
refused 'loop: cannot be opened' trace show loop
refused 'cannot be opened' trace show "$(printf 'x%.0s' {1..5000})"
refused 'cannot be opened' trace show ''
