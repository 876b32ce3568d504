#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The counterexample in README.md is what its commands print today, and its pictures are there. To renew them: paste what the
# commands print, and run tools/picture.sh.
# shellcheck source-path=SCRIPTDIR source=common.bash
root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

# The first indented block with a prompt, up to the next line of prose.
awk '/^    \$ gupcheck / { on = 1 }
     on && /^[^ ]/ { exit }
     on { sub(/^    /, ""); print }' "$root/README.md" >block
grep '^\$ ' block | sed 's/^\$ //' >commands
# Without the blank line before the prose; $() takes it from both.
shown=$(grep -v '^\$ ' block)
(($(wc -l <commands) == 2)) && [[ $shown == 'broken    '* ]] || fail 'README.md shows no counterexample'

last='the commands of README.md'
status=0
PATH="$(dirname "$gupcheck"):$PATH" bash commands >"$place/out" 2>"$place/err" </dev/null || status=$?
((status == 0)) || fail "exit status $status"
diff <(printf '%s\n' "$shown") <(printf '%s\n' "$(<"$place/out")") >&2 || fail 'README.md shows something else'

while IFS= read -r picture; do
  [[ -s $root/$picture ]] || fail "README.md shows $picture, which is not there"
  (($(stat -c %s "$root/$picture") < 200000)) || fail "$picture is large"
done < <(grep -o '(docs/[^)]*\.png)' "$root/README.md" | tr -d '()' | sort -u)
