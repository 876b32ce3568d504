#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Trace files: written, shown, converted, replayed; and refused when they are damaged or foreign.
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

run 1 check gup-micro --kernel seed --traces traces/new
trace=traces/new/gup-micro-seed-2x1-pin-placement.json
says "$trace"
[[ -s $trace && -s ${trace%.json}.txt && -s ${trace%.json}.html ]] || fail 'the traces are not there'

run 0 trace show "$trace"
cmp -s out "${trace%.json}.txt" || fail 'show and the text file differ'
run 0 trace export "$trace" --format json
cmp -s out "$trace" || fail 'exporting as JSON is not the identity'
run 0 trace export "$trace" --format json --output copy.json
[[ ! -s out ]] && cmp -s copy.json "$trace" || fail 'the exported file differs'
run 0 trace replay "$trace"
says 'followed, 10 steps; pin-placement breaks'

# A page has the source lines of the directory that is named.
run 0 trace export "$trace" --format html --output page.html
[[ ! -s out ]] || fail 'the page is on stdout'
run 0 trace export "$trace" --format html
cmp -s out page.html && cmp -s out "${trace%.json}.html" || fail 'the pages differ'
mkdir -p empty other/checks/scenarios
run 0 trace export "$trace" --format html --source empty
says '"sources":{}'
seq 1000 >other/checks/scenarios/gup_micro.cpp
run 0 trace export "$trace" --format html --source other
says '"43":"43"'
refused '--source none: is not a directory' trace export "$trace" --format html --source none

# A program that no longer follows it: exit status 1, and the step is named.
sed '0,/"words": "2"/s//"words": "3"/' "$trace" >changed.json
run 1 trace replay changed.json
complains 'no longer followed: step 3 (T0)'
complains_once
sed 's/"check": "pin-placement"/"check": "refcount"/' "$trace" >other.json
run 1 trace replay other.json
complains 'pin-placement breaks'

# Bad files.
refused 'none.json: cannot be opened' trace show none.json
refused 'traces: is a directory' trace show traces
refused '/dev/zero: is larger than' trace show /dev/zero
: >empty.json
refused 'empty.json: line 1, column 1: the file ends too early' trace show empty.json
for size in 1 100 1000 5000; do
  head -c "$size" "$trace" >cut.json
  refused 'cut.json: ' trace show cut.json
  refused 'the file ends too early' trace replay cut.json
done
head -c 5000 /dev/urandom >noise.json
refused 'noise.json: ' trace show noise.json
printf '{"traceEvents": []}' >foreign.json
refused 'is not a trace' trace show foreign.json
sed 's/"version": 2/"version": 3/' "$trace" >newer.json
refused 'reads version 2 only' trace show newer.json
sed '0,/"thread": 0/s//"thread": 5/' "$trace" >thread.json
refused 'stem[0].thread: is 5, but there are 2 threads' trace show thread.json
printf -v escape '\\u001b[2J'
sed "s/a pinned/${escape//\\/\\\\}/" "$trace" >escape.json
refused 'message: has a control character' trace show escape.json
sed 's/"scenario": "gup-micro"/"scenario": "gup-mini"/' "$trace" >scenario.json
refused 'scenario.json: unknown scenario `gup-mini`' trace replay scenario.json
sed 's/"kernel": "seed"/"kernel": ""/' "$trace" >kernel.json
refused 'kernel.json: unknown kernel' trace replay kernel.json
for bad in 0 99 -1 x ''; do
  sed "s/\"threads\": \"2\"/\"threads\": \"$bad\"/" "$trace" >threads.json
  refused 'threads.json: ' trace replay threads.json
done
refused 'unknown --format `gif`' trace export "$trace" --format gif
