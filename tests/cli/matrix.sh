#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernel version x promise: what is found is what history says, wherever history says something.
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

run 0 matrix --json matrix.json
for word in cma-5.10 seed-v1 6.1.0 517f496 placement integrity progress; do says "$word"; done
! grep -qF '(!)' out || fail 'history and what is found differ'
(($(wc -L <out) <= 100)) || fail 'a line is longer than 100 columns'
python3 - matrix.json <<'END' || fail 'the matrix is not as it should be'
import json, sys
cells = json.load(open(sys.argv[1]))["cells"]
on_record = [cell for cell in cells if cell["history"] != "-"]
assert len(on_record) == 22 and all(cell["history"] == cell["found"] for cell in on_record), cells
assert {cell["found"] for cell in on_record} == {"holds", "broken"}
END
refused 'says something about' matrix --scenario gup-micro
refused 'unknown scenario' matrix --scenario none
run 3 matrix --scenario overlapping-pins --timeout 1ms
