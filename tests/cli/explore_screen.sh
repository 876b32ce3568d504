#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gupcheck explore on a full screen, driven by keys in a tmux of its own: what the screen shows.
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

screens=0
socket=$place/tmux.0
mux() { env -u TMUX tmux -S "$socket" -f /dev/null "$@"; }
trap 'mux kill-server 2>/dev/null || true; rm -rf "$place"' EXIT
: >err

# open COLUMNS ROWS ARGUMENT...: a fresh screen with `gupcheck explore ARGUMENT...` on it.
open() {
  local columns=$1 rows=$2
  shift 2
  last="explore $*"
  mux kill-server 2>/dev/null || true
  # Its own socket: the server of the last screen may still be about to exit, and would take this one with it.
  socket=$place/tmux.$((++screens))
  mux new-session -d -x "$columns" -y "$rows" \
    "${environment:-env} '$gupcheck' explore $*; printf 'ended with %s\n' \$?; sleep 100"
}
press() { mux send-keys "$@"; }
# shows TEXT: at once or within 20 seconds, machines are slow.
shows() {
  local i
  for ((i = 0; i < 200; ++i)); do
    mux capture-pane -p >out
    if grep -qF -- "$1" out; then return; fi
    sleep 0.1
  done
  fail "the screen does not show: $1"
}
hides() { ! grep -qF -- "$1" out || fail "the screen shows: $1"; }

open 80 24 gup-micro --kernel seed
shows 'explore: gup-micro, kernel seed, 2 threads, 1 page'
shows '>1 T0: lock page_table_lock'
shows ' 2 T1: lock page_table_lock'
shows 'page[0]: ref 1, on lru'
shows 'q quit'
press 1
shows '>   1 T0: lock page_table_lock'
shows '- T1: waits: lock page_table_lock (held'
press 2
shows 'T1 is blocked: lock page_table_lock'
press u
shows '>   0 the beginning'
shows '1 T0: lock page_table_lock (ahead)'
press r
shows '>   1 T0: lock page_table_lock'
press BSpace Down Up Enter # the second thread is selected, since its key was pressed
shows '>   1 T1: lock page_table_lock'
shows '>2 T1: read pte[0]'
press u f
shows 'pin-placement breaks in 10 steps, no fewer'
press j
shows 'BROKEN pin-placement: a pinned movable page is returned'
shows 'step 10'
press u
shows 'step 9 of 10'
hides BROKEN
press g 1 0 Enter
shows 'BROKEN pin-placement'
press PPage
shows '>   0 the beginning'
press NPage s
shows 'save as:'
press 'my trace.jsonx' BSpace Enter
shows '10 steps written to my trace.json'
press s 'nowhere/x' Enter
shows 'nowhere/x: cannot be written'
press : 'finish dedlock' Enter
shows 'did you mean `deadlock`?'
press : 'goto 3'
shows ':goto 3'
press Escape
shows 'step 10'
press x
shows 'no such key'
press C-c
shows 'q quits'
press '?'
shows 'Commands after `:`'
press '?'
shows 'step 10'

# Another size: too small for anything, and large.
mux resize-window -x 30 -y 8
shows 'needs 40x12'
mux resize-window -x 130 -y 40
shows 'explore: gup-micro'
(($(wc -L <out) > 100)) || fail 'the screen is not used'
press q
shows 'ended with 0'
run 0 trace replay 'my trace.json'
says 'pin-placement breaks'

# A choice is asked for; eight threads still fit.
open 80 24 gup-micro --threads 8
shows '8 T7: lock page_table_lock'
shows '>   0 the beginning'
press 8
shows '>   1 T7: lock page_table_lock'
press q
shows 'ended with 0'

# From a trace. NO_COLOR: no colour, which is told by the escape sequences of the screen.
for environment in env 'env NO_COLOR=1'; do
  open 80 24 --from "'my trace.json'"
  shows 'step 0 of 10'
  shows '(ahead)'
  press j
  shows 'BROKEN pin-placement'
  mux capture-pane -p -e >out
  if [[ $environment == env ]]; then
    grep -q $'\x1b\\[[0-9;]*3[12]m' out || fail 'no colour'
  else
    ! grep -q $'\x1b\\[[0-9;]*3[0-7]m' out || fail 'colour in spite of NO_COLOR'
  fi
  press q
  shows 'ended with 0'
done
environment='env'

# Ctrl-C stops a search; SIGTERM ends the session and leaves the terminal as it was.
open 80 24 gup-micro --kernel retry --threads 8 --pages 3
shows '>   0 the beginning'
press f
shows 'Ctrl-C stops it'
sleep 1
press C-c
shows 'stopped by interrupt after'
sleep 1
shows 'stopped by interrupt after' # still: that Ctrl-C was not for the keyboard
press 1
shows '>   1 T0'
pid=$(mux list-panes -F '#{pane_pid}')
kill -TERM "$(pgrep -P "$pid" gupcheck || echo "$pid")"
shows 'ended with 0'

# No terminal that can be drawn on: lines.
environment='env TERM=dumb'
open 80 24 gup-micro
press state Enter
shows '{"command":"state"'
environment='env TERM=nonsense'
open 80 24 gup-micro
shows 'no description of the terminal nonsense'
shows 'ended with 2'
