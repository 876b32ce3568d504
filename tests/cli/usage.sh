#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Wrong usage: one clear line on stderr that names what and where, exit status 2, nothing on stdout.
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

refused 'unknown command `chekc` (did you mean `check`?)' chekc
refused '--nonsense' list --nonsense
refused 'SCENARIO is required' check
refused 'possible: show, replay, export' trace
refused 'FILE is required' trace show

refused 'unknown scenario `gup-mikro` (did you mean `gup-micro`?); possible: ' check gup-mikro
refused 'unknown kernel for gup-micro `sead` (did you mean `seed`?); possible: seed, retry' check gup-micro --kernel sead
refused 'unknown check `refcout` (did you mean `refcount`?)' check gup-micro --without refcout
refused 'unknown --memory `tso`; possible: sc' check gup-micro --memory tso
refused 'unknown --fairness `string`' check gup-micro --fairness string
refused 'unknown --locks `ticket`' check gup-micro --locks ticket
refused 'unknown --engine `jit`' check gup-micro --engine jit
refused 'unknown --search `ids`' check gup-micro --search ids

refused 'gup-micro takes 1 to 8 threads, not 9' check gup-micro --threads 9
refused 'pages, not 77' check gup-micro --pages 77
for bad in 0 -1 x 1x 1.5 99999999999999999999; do
  refused "above 0, not \`$bad\`" check gup-micro "--threads=$bad"
  refused "above 0, not \`$bad\`" check gup-micro "--max-states=$bad"
done
for option in kernel json junit traces timeout max-memory; do
  refused "--$option: must not be empty" check gup-micro "--$option" ''
done
for bad in 0 -1 M 5X 1.5G 99999999999G 5MM; do refused '512M' check gup-micro "--max-memory=$bad"; done
for bad in 0 -1 s 5x nan inf 1e99; do refused '30s' check gup-micro "--timeout=$bad"; done
refused '--first excludes --all' check gup-micro --first --all
refused 'cannot both' check gup-micro --json - --junit -

refused '--html before a command' --html page.html list
refused '--html: must not be empty' --html ''
refused '--html needs a file' --html -
refused 'none/page.html: cannot be written' --html none/page.html

# Everything is checked before the first run, so nothing of an earlier scenario comes out.
refused 'unknown scenario `none`' check gup-micro none

run 0 --help && says 'Exit status' && says matrix
run 0 check --help && says --max-memory
run 0 --version && says 'gupcheck '
