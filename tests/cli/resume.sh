#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs that survive: killed at any moment, stopped, out of disk, and gone on with to the same result.
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

# result: of the JSON on the last run's stdout, all that must not depend on how often a run was interrupted.
result() {
  python3 -c '
import json, sys
run = json.load(open(sys.argv[1]))
for name in ("seconds", "peak_memory_bytes", "jobs"): del run[name]
for check in run["checks"]: del check["trace"]
print(run)' "$place/out"
}
is_as_uninterrupted() { [[ $(result) == "$whole" ]] || fail "not what an uninterrupted run says: $whole"; }

model=(gup-micro --kernel seed --threads 6 --pages 2 --without "livelock,starvation,pin-placement")
run 0 check "${model[@]}" --json -
whole=$(result)

# A checkpoint costs nothing of the answer.
run 0 check "${model[@]}" --json - --checkpoint saved --checkpoint-interval 200ms
is_as_uninterrupted

# kill -9 at moments that nothing has to do with; as often as it takes.
rm -f saved
kills=0
for delay in 0.25 0.4 0.55 0.35 0.5 0.7 0.45 0.6 1 2 4 8 16 60; do
  if [[ -e saved ]]; then
    command=(resume saved --json - --jobs $((1 + kills % 2)) --checkpoint-interval 50ms)
  else
    command=(check "${model[@]}" --json - --checkpoint saved --checkpoint-interval 50ms)
  fi
  last="${command[*]}"
  status=0
  { timeout -s KILL "$delay" "$gupcheck" "${command[@]}" >out 2>err </dev/null || status=$?; } 2>shell
  ((status == 137)) || break
  kills=$((kills + 1))
done
((status == 0 && kills > 0)) || fail "status $status after $kills kills"
is_as_uninterrupted
[[ ! -e saved.tmp ]] || fail 'the last run left a temporary file'

# A signal: one more checkpoint, which says how to go on.
rm -f saved
status=0
timeout -s TERM 0.5 "$gupcheck" check "${model[@]}" --json - --checkpoint saved >out 2>err </dev/null || status=$?
((status == 124)) || fail "status $status"
[[ $(result) == *"'stopped_by': 'interrupt'"* ]] || fail 'it does not say that it was interrupted'
complains 'gupcheck resume saved goes on with it'
run 3 resume saved --timeout 100ms --json -
run 0 resume saved --json - --jobs 2 --checkpoint other
is_as_uninterrupted

# The trace of a counterexample is the same, too.
broken=(gup-micro --kernel seed --threads 4 --pages 2 --no-reduction)
run 1 check "${broken[@]}" --traces whole --json -
whole=$(result)
rm -f saved
run 3 check "${broken[@]}" --max-states 5000 --checkpoint saved
run 1 resume saved --traces gone-on --json -
is_as_uninterrupted
diff -r whole gone-on || fail 'the traces differ'

# A full disk: the run stops, the last good checkpoint stays.
run 3 check "${model[@]}" --max-states 300000 --checkpoint saved
sum=$(sha256sum saved)
(
  ulimit -f 8 # KB
  run 3 resume saved --max-states 900000 --json -
)
[[ $(<out) == *'saved: the checkpoint cannot be written: File too large'* ]] || fail 'no reason'
[[ $(sha256sum saved) == "$sum" && ! -e saved.tmp ]] || fail 'the last good checkpoint is not intact'

# What cannot be gone on with is refused.
head -c 1000 saved >short && refused 'short: was cut off: 1000 bytes instead of' resume short
: >empty && refused 'empty: is empty' resume empty
refused 'none: cannot be read: No such file' resume none
refused 'is a directory' resume .
printf 'something else that is long enough to be looked at' >foreign
refused 'foreign: is no checkpoint of gupcheck' resume foreign
python3 -c 'b = bytearray(open("saved", "rb").read()); b[len(b) // 2] ^= 1; open("damaged", "wb").write(b)'
refused 'damaged: is damaged' resume damaged
# The same program, but other bytes.
cp "$gupcheck" other-build && printf ' ' >>other-build
original=$gupcheck gupcheck=$place/other-build
refused 'saved: was written by another build of gupcheck' resume saved
gupcheck=$original

refused '--checkpoint is for one scenario at a time' check gup-micro gup-micro --checkpoint saved
refused '--checkpoint is for one exploration; --all' check gup-micro --all --checkpoint saved
refused '--checkpoint is for --search bfs' check gup-micro --search dfs --checkpoint saved
refused '--checkpoint is for --engine memo' check gup-micro --engine raw --checkpoint saved
refused '--checkpoint-interval means nothing without --checkpoint' check gup-micro --checkpoint-interval 1s
refused 'is no regular file' check gup-micro --checkpoint /dev/full
refused 'is no regular file' check gup-micro --checkpoint .
refused 'cannot be written: No such file' check gup-micro --checkpoint none/saved
refused 'FILE is required' resume
run 0 resume --help && says 'yours to remove'
