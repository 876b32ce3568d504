#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Output that cannot be written, and runs that are interrupted: never half a file, never a false verdict.
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

# A full disk.
run 2 check gup-micro --json /dev/full
complains '/dev/full: cannot be written: No space left on device'
[[ -c /dev/full ]] || fail '/dev/full was replaced'
status=0
"$gupcheck" list >/dev/full 2>err || status=$?
((status == 2)) || fail "exit status $status instead of 2 when stdout is full"
complains 'stdout: cannot be written'

# What is known beforehand is refused before the run.
refused 'none/results.json: cannot be written: No such file or directory' check gup-micro --json none/results.json
refused 'cannot be written: Is a directory' check gup-micro --json .
refused 'cannot be written' check gup-micro --traces /dev/null/traces
refused '--json: must not be empty' check gup-micro --json ''

# A file that was there keeps what it had until the new one is whole: with a limit on file sizes, as on a disk
# that fills up, the old one stays and nothing is left beside it.
echo old >results.json
status=0
(trap '' XFSZ; ulimit -f 1; exec "$gupcheck" check gup-micro gup-micro gup-micro gup-micro --json results.json) \
  2>err | cat >out || status=$?
((status == 2)) || fail "exit status $status instead of 2 when the file gets too large"
complains 'results.json: cannot be written: File too large'
[[ $(<results.json) == old ]] || fail 'the old file is gone'
compgen -G 'results.json.*' >/dev/null && fail 'a temporary file is left behind'
run 0 check gup-micro --json results.json
[[ $(<results.json) == '{'* ]] || fail 'the file was not replaced'

# A symbolic link stays one, and the file it leads to is replaced.
ln -s results.json link.json
run 0 check gup-micro --threads 1 --json link.json
[[ -L link.json && $(<results.json) == *'"threads": 1'* ]] || fail 'the link was replaced'
rm results.json
run 0 check gup-micro --threads 1 --json link.json # also where what it leads to is not there yet
[[ -L link.json && $(<results.json) == *'"threads": 1'* ]] || fail 'the link that led nowhere was replaced'
ln -s loop loop
run 2 check gup-micro --json loop
complains 'loop: cannot be written: Too many levels'

# Nothing is written over anything else that was asked for.
run 2 check gup-micro --json both --junit ./both
complains 'need two files'
run 3 check gup-micro --threads 4 --pages 2 --max-states 20000 --checkpoint point
run 2 resume point --json point
complains 'point: is the checkpoint'
run 2 check gup-micro --checkpoint point --junit point
complains 'point: is the checkpoint'
run 0 resume point

# A result is told even if its traces cannot be written.
mkdir traces
mkdir traces/gup-micro-seed-2x1-pin-placement.json
run 2 check gup-micro --kernel seed --traces traces --json traced.json
says BROKEN
complains 'traces/gup-micro-seed-2x1-pin-placement.json'
grep -q '"verdict": "broken"' traced.json || fail 'the JSON file has no result'
rm -r traces

# Workers cost memory.
run 2 check gup-micro --jobs 100000
complains 'from 1 to 256'

# Ctrl-C and SIGTERM: incomplete, with whatever output was asked for.
for signal in INT TERM; do
  rm -f stopped.json
  # In a job-control subshell of its own, because a background job of a script ignores SIGINT.
  status=0
  timeout --preserve-status --signal="$signal" 0.5 "$gupcheck" check gup-micro --threads 7 --pages 3 --json stopped.json \
    >out 2>err || status=$?
  ((status == 3)) || fail "exit status $status instead of 3 after SIG$signal"
  says INCOMPLETE
  says 'stopped by a signal'
  grep -q '"verdict": "incomplete"' stopped.json || fail 'the JSON file does not say incomplete'
done
