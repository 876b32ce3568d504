#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tools/packages.sh touches the system only when it has to, and says so clearly when it cannot. dpkg-query, apt and
# sudo are stand-ins here that write down how they were called.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

fail() {
  printf 'install_test.sh: %s\n' "$*" >&2
  sed 's/^/    /' "$place/output" "$place/calls" >&2
  exit 1
}

# stand_in NAME SCRIPT: a command of that name on the path of the next run.
stand_in() {
  printf '#!/bin/bash\nprintf "%%s\\n" "%s $*" >>"%s/calls"\n%s\n' "$1" "$place" "$2" >"$place/bin/$1"
  chmod +x "$place/bin/$1"
}

# run STATUS: install_packages alpha beta, as root or not (root=true|false).
run() {
  local status=0
  : >"$place/calls"
  PATH=$place/bin root=$root /bin/bash -c '
    source tools/packages.sh
    is_root() { $root; }
    install_packages alpha beta' install </dev/null >"$place/output" 2>&1 || status=$?
  ((status == $1)) || fail "$name: exit status $status instead of $1"
}

called() { grep -qE -- "$1" "$place/calls" || fail "$name: nobody called '$1'"; }
not_called() { ! grep -qE -- "$1" "$place/calls" || fail "$name: somebody called '$1'"; }
said() { [[ $(cat "$place/output") == *"$1"* ]] || fail "$name: it does not say '$1'"; }

fresh() {
  name=$1 root=true
  rm -rf "${place:?}/bin"
  mkdir "$place/bin"
  ln -s "$(command -v env)" "$place/bin/env"
  ln -s /bin/bash "$place/bin/bash"
  stand_in dpkg-query '[[ ${*: -1} == alpha ]] && printf installed || exit 1'
  stand_in apt-get ''
  stand_in apt-cache ''
}

fresh "nothing is missing"
stand_in dpkg-query 'printf installed'
run 0
not_called '^apt'

fresh "one is missing and known"
run 0
called '^apt-get .*install .*beta$'
not_called 'alpha beta'
not_called '^apt-get .*update'

fresh "the package lists are absent"
stand_in apt-cache 'exit 100'
run 0
called '^apt-get .*update'
called '^apt-get .*install .*beta$'

fresh "the package lists know one of two"
stand_in dpkg-query 'exit 1'
stand_in apt-cache '[[ ${*: -1} == alpha ]]'
run 0
called '^apt-get .*update'

fresh "the package lists are old"
stand_in apt-get '[[ $* == *update* ]] && : >"'"$place"'/bin/updated"; [[ $* == *update* || -e '"$place"'/bin/updated ]]'
run 0
called '^apt-get .*update'

fresh "apt fails"
stand_in apt-get 'exit 100'
run 2
said 'apt-get update failed'

fresh "removed but not purged"
stand_in dpkg-query 'printf config-files'
run 0
called '^apt-get .*install .*alpha beta$'

fresh "not root, with sudo"
root=false
stand_in sudo 'while [[ $1 == -* ]]; do shift; done; exec "$@"'
run 0
called '^sudo -n env DEBIAN_FRONTEND=noninteractive apt-get .*install .*beta$'

fresh "not root, no sudo"
root=false
run 2
said 'neither root nor sudo'
said 'apt-get install beta'
not_called '^apt-get'

fresh "not Debian"
rm "$place/bin/dpkg-query" "$place/bin/apt-get"
run 2
said 'not a Debian system'

printf 'install_test.sh: passed\n'
