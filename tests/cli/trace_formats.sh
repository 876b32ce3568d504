#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What each format makes of the traces in tests/golden/traces: byte for byte what tests/golden/FORMAT has, and
# accepted by whoever reads it (Graphviz; tests/formats for the others; herd7 where there is one). And what none of
# them takes.
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

# The same of a page, for its data: the page itself is in the tree. Without source lines.
mkdir nothing
compare_page() {
  run 0 trace export "$golden/traces/$1.json" --format html --source nothing --output page.html
  python3 - page.html >"html-$1" <<'PYTHON' || fail 'the data of the page is not JSON'
import json, re, sys

page = open(sys.argv[1], encoding="utf-8").read()
data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1]
print(json.dumps(json.loads(data), indent=1))
PYTHON
  if [[ ${GUPCHECK_GOLDEN:-} == write ]]; then
    mkdir -p "$golden/html"
    cp "html-$1" "$golden/html/$1"
  fi
  cmp "html-$1" "$golden/html/$1" >&2 || fail "is not golden/html/$1 any more"
}

# The formats of the table; json is what the traces are.
run 2 trace export none.json --format none
formats=$(sed -n 's/.*possible: //p' err | tr -d ,)
for format in $formats; do
  [[ $format == json || -d $golden/$format || ${GUPCHECK_GOLDEN:-} == write ]] || fail "no golden files for $format"
done

command -v dot >/dev/null || fail 'the package graphviz is missing'
draw() {
  dot -Tsvg -o "$1.svg" -Tjson -o "$1.drawn.json" "dot-$1" || fail "dot does not take $1"
}

for trace in "$golden"/traces/*.json; do
  name=$(basename "$trace" .json)
  for format in $formats; do
    case $format in
      json)
        run 0 trace export "$trace" --format json --output same.json
        cmp same.json "$trace" >&2 || fail 'exporting as JSON is not the identity'
        ;;
      html) [[ ! -e $golden/html/$name ]] || compare_page "$name" ;;
      litmus) compare litmus "$name" --max-steps 64 ;;
      *) compare "$format" "$name" ;;
    esac
  done

  draw "$name"
  python3 "$tests/formats/check_dot.py" "$trace" "$name.svg" "$name.drawn.json" || fail 'the drawing is wrong'
  run 0 trace export "$trace" --format dot --unfold --output "dot-$name-unfolded"
  draw "$name-unfolded"
  python3 "$tests/formats/check_dot.py" "$trace" "$name-unfolded.svg" "$name-unfolded.drawn.json" --unfold || fail 'the drawing is wrong'

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

# Too long for herd7.
refused 'has 14 steps, more than --max-steps 8' \
  trace export "$golden/traces/stem.json" --format litmus --max-steps 8 --output long.litmus
[[ ! -e long.litmus ]] || fail 'there is a file although nothing was exported'
refused 'max-steps' trace export "$golden/traces/stem.json" --format litmus --max-steps 0

# No format, and none for a terminal.
refused 'unknown --format `nonsense`' trace export "$golden/traces/stem.json" --format nonsense
refused 'unknown --format `dot`' trace show "$golden/traces/stem.json" --format dot

# refused_and_kept TEXT ARGUMENT...: is refused, and the output file is the old one.
refused_and_kept() {
  printf 'old\n' >kept
  refused "$@" --output kept
  [[ $(<kept) == old ]] || fail 'the output file is no longer the old one'
}

# Damaged traces, and places that cannot be written, with each format.
head -c 1000 "$golden/traces/stem.json" >cut.json
sed '0,/"thread": 0/s//"thread": 7/' "$golden/traces/stem.json" >thread.json
mkdir folder
for format in $formats; do
  refused_and_kept 'cut.json: ' trace export cut.json --format "$format"
  refused_and_kept 'thread.json: stem[0].thread: is 7' trace export thread.json --format "$format"
  whole=(trace export "$golden/traces/deadlock.json" --format "$format" --output)
  refused 'none/out: cannot be written' "${whole[@]}" none/out
  refused 'folder: cannot be written' "${whole[@]}" folder
  refused '/dev/full: cannot be written' "${whole[@]}" /dev/full
done
for left in kept.* folder.* none*; do
  [[ ! -e $left ]] || fail "leaves $left behind"
done

# Too long: 10001 steps that matter; 2000 of them, and fewer, each on a location of its own with long values.
# long COUNT WORDS
long() {
  python3 - "$golden/traces/deadlock.json" "$@" <<'PYTHON'
import copy, json, sys

trace = json.load(open(sys.argv[1], encoding="utf-8"))
count, words = int(sys.argv[2]), sys.argv[3]
for number in range(count - len(trace["stem"])):
    step = copy.deepcopy(trace["stem"][0])
    step["operation"].update(kind="store", location=f"x[{number}]")
    step["after"]["words"] = words
    trace["stem"].insert(0, step)
print(json.dumps(trace))
PYTHON
}
long 10001 1 >long.json
for format in html dot perfetto; do
  refused_and_kept 'has 10001 steps, and a' trace export long.json --format "$format"
done
refused_and_kept 'has 10001 steps, more than' trace export long.json --format litmus
long 2000 "$(printf 'word %.0s' {1..1000})" >long.json
refused_and_kept 'of it has 2000 steps, and Graphviz draws 1000 at most' trace export long.json --format dot
refused_and_kept 'is larger than 64 MB' trace export long.json --format itf
