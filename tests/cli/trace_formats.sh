#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What each format makes of the traces in tests/golden/traces: byte for byte what tests/golden/FORMAT has, and
# accepted by whoever reads it (Graphviz; tests/formats for the others; herd7 where there is one).
#
#   GUPCHECK_GOLDEN=write tests/cli/trace_formats.sh GUPCHECK    writes tests/golden/FORMAT anew
#   GUPCHECK_LKMM=DIR     the kernel's tools/memory-model: herd7 must reach the clause of each litmus test
# shellcheck source-path=SCRIPTDIR source=common.bash
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$tests/cli/common.bash"

golden=$tests/golden

# compare FORMAT NAME ARGUMENT...: exports traces/NAME.json and compares
compare() {
  local format=$1 name=$2
  shift 2
  run 0 trace export "$golden/traces/$name.json" --format "$format" "$@" --output "$format-$name"
  if [[ ${GUPCHECK_GOLDEN:-} == write ]]; then
    mkdir -p "$golden/$format"
    cp "$format-$name" "$golden/$format/$name"
  fi
  cmp "$format-$name" "$golden/$format/$name" >&2 || fail "is not golden/$format/$name any more"
}

# The formats of the table; html has its own tests, json is what the traces are.
run 2 trace export none.json --format none
formats=$(sed -n 's/.*possible: //p' err | tr -d ,)
for format in $formats; do
  [[ $format == json || $format == html || -d $golden/$format || ${GUPCHECK_GOLDEN:-} == write ]] ||
    fail "no golden files for $format"
done

command -v dot >/dev/null || fail 'the package graphviz is missing'
draw() {
  dot -Tsvg "dot-$1" >"$1.svg" || fail "dot does not take $1"
  dot -Tpng "dot-$1" >"$1.png" || fail "dot does not draw $1"
  [[ -s $1.png ]] || fail "nothing is drawn of $1"
}

for trace in "$golden"/traces/*.json; do
  name=$(basename "$trace" .json)
  for format in $formats; do
    case $format in
      json | html) ;;
      litmus) compare litmus "$name" --max-steps 64 ;;
      *) compare "$format" "$name" ;;
    esac
  done

  draw "$name"
  python3 "$tests/formats/check_dot.py" "$trace" "$name.svg" || fail 'the drawing is wrong'
  run 0 trace export "$trace" --format dot --unfold --output "dot-$name-unfolded"
  draw "$name-unfolded"
  python3 "$tests/formats/check_dot.py" "$trace" "$name-unfolded.svg" --unfold || fail 'the drawing is wrong'

  python3 "$tests/formats/check_perfetto.py" "$trace" "perfetto-$name" || fail 'the timeline is wrong'
  python3 "$tests/formats/check_itf.py" "$trace" "itf-$name" || fail 'the ITF trace is wrong'

  python3 "$tests/formats/check_litmus.py" "litmus-$name" || fail 'the litmus test is wrong'
  run 0 trace export "$trace" --format litmus --unfold --max-steps 64 --output unfolded.litmus
  python3 "$tests/formats/check_litmus.py" unfolded.litmus || fail 'the unfolded litmus test is wrong'
  if command -v herd7 >/dev/null && [[ -n ${GUPCHECK_LKMM:-} ]] && (($(grep -c '// step' "litmus-$name") <= 15)); then
    (cd "$GUPCHECK_LKMM" && herd7 -conf linux-kernel.cfg "$place/litmus-$name") >herd.out 2>&1
    grep -qE '^Observation .* (Sometimes|Always) ' herd.out || fail "herd7 does not reach the clause: $(<herd.out)"
  fi
done

# Too long for herd7 is refused, and nothing is written.
refused 'has 40 steps, more than --max-steps 32' \
  trace export "$golden/traces/cycle.json" --format litmus --output long.litmus
[[ ! -e long.litmus ]] || fail 'there is a file although nothing was exported'
refused 'max-steps' trace export "$golden/traces/stem.json" --format litmus --max-steps 0
refused 'unknown --format `dot`' trace show "$golden/traces/stem.json" --format dot
