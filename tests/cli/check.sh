#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Verdicts and their forms: text, JSON, JUnit, trace files; exit statuses 0, 1 and 3.
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

# member EXPRESSION: of the JSON on the last run's stdout.
member() { python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$place/out" "$1"; }
is() { [[ $(member "$1") == "$2" ]] || fail "$1 is $(member "$1"), not $2"; }

run 0 list
for word in gup-micro kernels checks pin-placement 'memory models'; do says "$word"; done
run 0 list --json
is '"gup-micro" in [s["name"] for s in d["scenarios"]]' True
is '"livelock" in d["checks"]' True

run 0 check gup-micro --kernel retry
says 'gup-micro, kernel retry, 2 threads, 1 page: HOLDS'
says 'every interleaving was explored'
[[ ! -s $place/err ]] || fail 'something is on stderr'

run 1 check gup-micro --kernel seed
says 'gup-micro, kernel seed, 2 threads, 1 page: BROKEN'
says 'no schedule is shorter, none as short has fewer switches'
says 'BROKEN    pin-placement'
! grep -q $'\x1b' out || fail 'there is colour although stdout is no terminal'
(($(wc -L <out) <= 100)) || fail 'a line is longer than 100 columns'

# stdout is JSON and nothing else.
run 1 check gup-micro --kernel seed --json -
is 'd["version"], d["verdict"], d["stopped_by"]' "(1, 'broken', 'first-broken')"
is '[c["verdict"] for c in d["checks"] if c["name"] == "pin-placement"]' "['broken']"
is '{c["verdict"] for c in d["checks"] if c["name"] != "pin-placement"}' "{'incomplete'}"
run 1 check gup-micro --kernel seed --all --json -
is '{c["verdict"] for c in d["checks"] if c["name"] != "pin-placement"}' "{'holds'}"
run 0 check gup-micro --kernel seed --without pin-placement --json -
is 'd["verdict"], d["without"]' "('holds', ['pin-placement'])"
is '"pin-placement" in [c["name"] for c in d["checks"]]' False
run 0 check gup-micro gup-micro --json -
is 'len(d)' 2

# The engine's options do not change the answer.
for how in '--engine raw' --no-quotient '--search bfs' '--locks fifo' '--fairness none --without livelock,starvation'; do
  # shellcheck disable=SC2086 # options and their values
  run 1 check gup-micro --kernel seed $how --json -
  is '[c["name"] for c in d["checks"] if c["verdict"] == "broken"]' "['pin-placement']"
done

# Neither do the ways to visit fewer states, nor how many cores there are.
run 0 check gup-micro --no-reduction --without livelock,starvation --json -
is 'd["states"], d["transitions"]' '(513, 867)'
for how in --no-transactions '--no-sleep-sets --without livelock,starvation' --no-symmetry --no-reduction '--no-reduction --no-quotient'; do
  # shellcheck disable=SC2086 # options and their values
  run 1 check gup-micro --kernel seed $how --json -
  is '[c["name"] for c in d["checks"] if c["verdict"] == "broken"]' "['pin-placement']"
done
run 0 check gup-micro --threads 3 --jobs 1 --json -
one_job=$(python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["states"], d["transitions"], d["depth"])' <"$place/out")
run 0 check gup-micro --threads 3 --jobs 3 --json -
is '" ".join(map(str, (d["states"], d["transitions"], d["depth"])))' "$one_job"

run 3 check gup-micro --threads 3 --max-states 100 --json -
is 'd["verdict"], d["stopped_by"]' "('incomplete', 'max-states')"
is '{c["verdict"] for c in d["checks"]}' "{'incomplete'}"
run 3 check gup-micro --threads 6 --pages 3 --timeout 200ms
says 'INCOMPLETE' && says 'stopped by --timeout'
run 3 check gup-micro --threads 6 --pages 3 --max-memory 8M
says 'stopped by --max-memory'

# JUnit: one suite a run, one case a check.
run 1 check gup-micro --kernel seed --all --junit results.xml
python3 - results.xml <<'END' || fail 'the JUnit file is not as it should be'
import sys, xml.etree.ElementTree as tree
suites = tree.parse(sys.argv[1]).getroot().findall("testsuite")
cases = suites[0].findall("testcase")
failed = [case.get("name") for case in cases if case.find("failure") is not None]
assert len(suites) == 1 and len(cases) == int(suites[0].get("tests")), suites
assert failed == ["pin-placement"] and suites[0].get("failures") == "1", failed
END
