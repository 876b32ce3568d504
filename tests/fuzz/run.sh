#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs a fuzz target for some seconds on a copy of its corpus and of more seeds: run.sh PROGRAM SECONDS [FILE...].
# The tree stays as it is.
# An input that breaks a promise, crashes, takes 10 seconds or 2 GB fails; it is kept beside the program, and how
# to run it again is printed.
set -euo pipefail

program=$(realpath "${1:?usage: run.sh PROGRAM SECONDS [FILE...]}")
seconds=${2:?usage: run.sh PROGRAM SECONDS [FILE...]}
name=$(basename "$program" _fuzz)
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
kept=$program.crashes

cp -r "$here/corpus/$name" "$place/corpus"
(($# == 2)) || cp "${@:3}" "$place/corpus"
mkdir "$place/crashes"
status=0
"$program" "$place/corpus" -dict="$here/$name.dict" -max_total_time="$seconds" -max_len=65536 -timeout=10 \
  -rss_limit_mb=2048 -malloc_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$place/crashes/" \
  >"$place/log" 2>&1 || status=$?

if ((status != 0)); then
  mkdir -p "$kept"
  tail -n 60 "$place/log"
  printf '\nFAILED: %s found an input that must not do that. To reproduce:\n' "$name"
  for input in "$place"/crashes/*; do
    [[ -e $input ]] || continue
    cp "$input" "$kept/"
    printf '  %s %s\n' "$program" "$kept/$(basename "$input")"
    (($(wc -c <"$input") > 4096)) || base64 "$input"
  done
  exit 1
fi
grep -E '^(#.*(INITED|DONE)|stat::|Done)' "$place/log"
