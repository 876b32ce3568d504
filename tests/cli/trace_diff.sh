#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gupcheck trace diff: two versions of the loop on one schedule, and two stored traces.
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

find_trace() {
  run 1 check "$@" --traces traces
  trace=$(sed -n 's/.*\(traces\/[^ ]*\.json\).*/\1/p' out | head -n 1)
  [[ -s $trace ]] || fail 'the trace is not there'
}

# 1aaf8c returns when nothing could be isolated; 517f496 drops its pins and tries again.
find_trace concurrent-pins --kernel 1aaf8c
fix=$trace
run 0 trace diff "$fix" 1aaf8c
says 'and the same comes of it'
run 0 trace diff "$fix" "$fix"
run 1 trace diff "$fix" 517f496
says '16 steps; pin-placement breaks'
says '11 common steps'
says 'after step 15 of A, 16 of B'
says 'A ends    pin-placement breaks'
says 'B ends    nothing breaks, every thread has finished'
cp out first
run 1 trace diff "$fix" 517f496 --output second
[[ ! -s out ]] && cmp -s first second || fail 'the same command gives another output'
run 1 trace diff "$fix" 517f496 --format json
python3 - out <<'PYTHON' || fail 'the JSON is not what the text says'
import json, sys
diff = json.load(open(sys.argv[1]))
assert diff["format"] == "gupcheck-trace-diff" and not diff["same"] and not diff["schedules_part"]
assert diff["rows"][diff["parting"]]["differs"] in ("only_a", "only_b")
assert diff["a"]["trace"]["kernel"] == "1aaf8c" and diff["b"]["trace"]["kernel"] == "517f496"
assert diff["a"]["ending"] == "broken" and diff["b"]["ending"] == "finished"
PYTHON

# V1 against V6, where the isolation differs early on.
find_trace concurrent-pins --kernel seed-v1
run 1 trace diff "$trace" 5.13
says 'nothing in common'
says 'B ends    nothing breaks'
# V2 asks another question, with the same answer here.
run 0 trace diff "$trace" v2

# A cycle, a choice, a lock with a queue, faults of the modelled kernel.
find_trace gup-micro --kernel retry --fairness weak
run 0 trace diff "$trace" retry
run 1 trace diff "$trace" seed
find_trace pin-alloc-failure --kernel seed-v1
run 0 trace diff "$trace" seed-v1
find_trace concurrent-pins --kernel v2 --locks fifo
run 0 trace diff "$trace" v2

# Two stored traces whose schedules differ.
find_trace gup-micro --kernel seed --threads 2
sed '0,/"thread": 0/s//"thread": 1/' "$trace" >other.json
run 1 trace diff "$trace" other.json
says 'it is the schedule that parts, not the program'

refused 'none.json: is no file; unknown kernel `none.json`' trace diff "$trace" none.json
refused 'unknown kernel for gup-micro' trace diff "$trace" 5.13
refused 'none.json: cannot be opened' trace diff none.json 5.13
refused 'they have different scenarios' trace diff "$trace" "$fix"
refused 'unknown --format `dot`' trace diff "$trace" seed --format dot
refused 'is one of the traces' trace diff "$trace" retry --output "$trace"
refused 'B is required' trace diff "$trace"
printf '{' >cut.json
refused 'the file ends too early' trace diff "$trace" cut.json
run 2 trace diff "$trace" retry --output /dev/full
complains '/dev/full: cannot be written'
run 0 trace diff --help
says '1 they part'
