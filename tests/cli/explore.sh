#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gupcheck explore at a pipe: a line of JSON for each command, errors too; what is saved is replayed.
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

# session STATUS ARGUMENT... <<COMMANDS: stdout is $place/out, and each line of it must be a JSON object.
session() {
  local expected=$1 status=0
  shift
  last="explore $*"
  "$gupcheck" explore "$@" >"$place/out" 2>"$place/err" || status=$?
  ((status == expected)) || fail "exit status $status instead of $expected"
  python3 -c 'import json, sys
for line in sys.stdin: assert isinstance(json.loads(line), dict)' <"$place/out" || fail 'not JSON lines'
}
# answer N EXPRESSION: of the Nth answer (from 1), as `a`, this holds.
answer() {
  python3 - "$1" "$2" "$place/out" <<'PYTHON' || fail "answer $1: not so: $2"
import json, sys
number, expression, path = sys.argv[1:]
a = json.loads(open(path, encoding="utf-8").read().splitlines()[int(number) - 1])
sys.exit(0 if eval(expression, {"a": a}) else 1)
PYTHON
}
answers() { (($(wc -l <"$place/out") == $1)) || fail "$(wc -l <"$place/out") answers instead of $1"; }

# Steps, back, redo, by name and by number; what is blocked says for what and by whom.
session 0 gup-micro --kernel seed <<'COMMANDS'
state
step T0
step 1
step 0
back
redo
back 2
redo 2
goto 1
history
help
quit
state
COMMANDS
answers 12
answer 1 'a["step"] == 0 and a["scenario"] == "gup-micro" and a["kernel"] == "seed" and a["broken"] is None'
answer 1 '[t["status"] for t in a["threads"]] == ["enabled"] * 2 and a["threads"][0]["source"]["line"] > 0'
answer 1 'a["picture"] and a["last"] is None'
answer 2 'a["step"] == 1 and a["last"]["name"] == "T0" and a["ahead"] == 0'
answer 2 'a["threads"][1]["status"] == "blocked" and a["threads"][1]["waits_for"]["thread"] == 0'
answer 3 'a["error"].startswith("T1 is blocked: lock page_table_lock")'
answer 5 'a["step"] == 1 and a["ahead"] == 1'
answer 6 'a["step"] == 2 and a["last"]["thread"] == 0'
answer 7 'a["step"] == 0 and a["ahead"] == 2'
answer 9 'a["step"] == 1 and a["ahead"] == 1'
answer 10 '[s["thread"] for s in a["steps"]] == [0] and a["ahead"][0]["thread"] == 0'
answer 11 'len(a["commands"]) == 11'
answer 12 'a == {"command": "quit"}'

# "Finish this" says what `check` says, from the beginning; the result is saved and is the same trace.
run 1 check gup-micro --kernel seed --traces found
session 0 gup-micro --kernel seed <<'COMMANDS'
finish
jump
save jumped.json
back 4
redo
finish pin-placement
finish deadlock
save middle.json
COMMANDS
answer 1 'a["finish"]["verdict"] == "broken" and a["finish"]["steps"] == 10 and a["finish"]["shortest"]'
answer 2 'a["broken"]["check"] == "pin-placement" and a["step"] == 10'
answer 6 'a["finish"]["steps"] == 3'
answer 7 'a["finish"]["verdict"] == "holds" and a["finish"]["asked_for"] == "deadlock" and a["ahead"] == 3'
cmp -s jumped.json found/gup-micro-seed-2x1-pin-placement.json || fail 'not the trace that check writes'
run 0 trace replay jumped.json && says 'pin-placement breaks'
run 0 trace replay middle.json && says 'followed, 7 steps; nothing breaks'
run 0 trace show middle.json && says 'broken    nothing'
[[ $(<"$place/out") != *'how  '* && $(<"$place/out") != *' without influence '* ]] || fail 'what breaks nothing is explained'

# From a state of an asymmetric run: no shorter than from the beginning, and the same without symmetry.
for first in 'step 0' 'step 1' $'step 0\nstep 0\nstep 0\nstep 1'; do
  printf '%s\nfinish\njump\nsave end.json\n' "$first" | session 0 gup-micro --kernel seed --threads 3
  count=$(grep -c step <<<"$first")
  answer $((count + 1)) "a['finish']['verdict'] == 'broken' and a['finish']['steps'] + $count >= 10"
  run 0 trace replay end.json
done

# Nothing can be broken, and it is exhaustive; or it was stopped.
printf 'finish\nstep 0\nfinish\nfinish refcount\n' | session 0 concurrent-pins --kernel 517f496
for i in 1 3 4; do answer "$i" 'a["finish"]["verdict"] == "holds" and a["finish"]["stopped_by"] is None'; done
printf 'finish\nstep 0\n' | session 0 concurrent-pins --kernel 517f496 --max-states 20
answer 1 'a["finish"]["verdict"] == "incomplete" and a["finish"]["stopped_by"] == "max-states"'
answer 2 'a["step"] == 1'

# A trace: its steps lie ahead; one can leave it and go on.
session 0 --from jumped.json <<'COMMANDS'
state
redo 3
jump
goto 2
step T1
state
COMMANDS
answer 1 'a["step"] == 0 and a["ahead"] == 10 and a["kernel"] == "seed"'
answer 2 'a["step"] == 3 and a["ahead"] == 7'
answer 3 'a["step"] == 10 and a["broken"]["check"] == "pin-placement"'
session 0 jumped.json <<<'jump'
answer 1 'a["broken"]["check"] == "pin-placement"'
sed '0,/"words": "2"/s//"words": "3"/' jumped.json >changed.json
session 0 changed.json <<<'redo 10'
complains 'no longer followed: step 3'
answer 1 'a["step"] == 10'

# Past a broken promise: its check is left out, also in what is saved, until one goes back before it.
session 0 --from jumped.json <<'COMMANDS'
jump
step 0
step 1
save past.json
finish pin-placement
goto 9
redo
COMMANDS
answer 2 'a["step"] == 11 and a["broken"] is None and a["left_out"] == ["pin-placement"]'
answer 2 '"broke" not in a["last"]'
answer 5 '"broke with step 10 already" in a["error"]'
answer 7 'a["broken"]["check"] == "pin-placement" and a["left_out"] == []'

run 0 trace replay past.json && says 'nothing breaks'
grep -q '"pin-placement"' past.json || fail 'the trace does not say what was left out'

# Errors are answers, and the session goes on.
long=$(printf '%5000s' '' | tr ' ' x)
printf '%s\n' stepp step 'step T7' 'step 0 1' 'step 9' 'step 0 x' 'back' 'back 0' 'redo' 'goto' 'goto 5' 'goto -1' \
  'finish livelock' 'finish refcout' 'save' 'save -' 'save /nonexistent/x.json' 'state now' '' "$long" \
  'step 99999999999999999999' $'st\xffep' $'\x1b[2J' state | session 0 gup-micro
answers 24
(($(grep -c '^{"error":"[^"]' out) == 23)) || fail 'not an error each'
answer 1 '"did you mean `step`" in a["error"]'
answer 24 'a["step"] == 0'
printf 'st\0te\nstate\n' | session 0 gup-micro
answer 1 '"NUL" in a["error"]'
answer 2 '"step" in a'
printf 'state\nsave hal' | session 0 gup-micro
answers 2
answer 2 '"in the middle" in a["error"]'
[[ ! -e hal ]] || fail 'half a command was executed'
session 0 gup-micro </dev/null
answers 0
head -c 100000 /dev/urandom | tr -d '\n' | session 0 gup-micro
answers 1
printf 'state\r\n' | session 0 gup-micro
answer 1 'a["step"] == 0'

# A full disk is one line, not half an answer.
status=0
"$gupcheck" explore gup-micro <<<'state' >/dev/full 2>err || status=$?
((status == 2)) && [[ $(wc -l <err) == 1 ]] || fail 'a full disk'

# SIGINT stops a search, and the session goes on.
mkfifo commands
"$gupcheck" explore gup-micro --kernel retry --threads 8 --pages 3 <commands >out 2>err &
child=$!
exec 9>commands
printf 'finish\n' >&9
sleep 2
kill -INT "$child"
printf 'state\nquit\n' >&9
exec 9>&-
wait "$child" || fail 'does not end well'
answers 3
answer 1 'a["finish"]["verdict"] == "incomplete" and a["finish"]["stopped_by"] == "interrupt"'
answer 2 'a["step"] == 0'

# Wrong usage, before it starts.
refused 'SCENARIO or --from TRACE is required' explore
refused 'unknown scenario `gup-mikro` (did you mean `gup-micro`?)' explore gup-mikro
refused 'one too many' explore gup-micro --from jumped.json
refused '--kernel means nothing with a trace' explore jumped.json --kernel seed
refused 'none.json: cannot be opened' explore none.json
refused 'gup-micro takes 1 to 8 threads, not 9' explore gup-micro --threads 9
refused 'unknown check' explore gup-micro --without refcout
refused '30s' explore gup-micro --timeout=x
run 0 explore --help && says --from
