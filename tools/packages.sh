# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by quickstart.sh and test.sh: which Debian packages gupcheck needs, and how to get those that are
# missing. Touches nothing when nothing is missing; everything it prints goes to stderr.

# shellcheck disable=SC2034 # used by those who source this
build_packages=(
  g++ cmake ninja-build
  libboost-dev libboost-context-dev libfmt-dev libspdlog-dev libcli11-dev nlohmann-json3-dev libxxhash-dev libdw-dev
  libncurses-dev
)
# shellcheck disable=SC2034
test_packages=(
  libgtest-dev libbenchmark-dev clang clang-format clang-tidy libclang-rt-14-dev shellcheck python3 tmux
  graphviz chromium chromium-driver
)

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 2
}

is_installed() {
  [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Whether the package lists name all of them (apt-cache is content when it finds one).
all_known() {
  local package
  for package in "$@"; do
    apt-cache show "$package" >/dev/null 2>&1 || return 1
  done
}

is_root() { ((EUID == 0)); }

apt_get() {
  local command=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -y "$@")
  if is_root; then
    "${command[@]}" >&2
  elif [[ -t 0 ]]; then
    sudo "${command[@]}" >&2
  else
    sudo -n "${command[@]}" >&2
  fi
}

# Installs those of its arguments that are missing.
install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    die "this is not a Debian system: install the equivalents of '$*' and run again with --no-install"
  fi

  local package missing=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0

  if ! is_root && ! command -v sudo >/dev/null; then
    die "packages are missing, and neither root nor sudo can install them: apt-get install ${missing[*]}"
  fi
  printf 'Installing %s\n' "${missing[*]}" >&2

  # Package lists may be absent (fresh images) or old: fetch them only then.
  if all_known "${missing[@]}" && apt_get install --no-install-recommends "${missing[@]}"; then return; fi
  apt_get update || die "apt-get update failed"
  apt_get install --no-install-recommends "${missing[@]}" || die "apt-get could not install: ${missing[*]}"
}

# Configures the preset $1 with the further arguments, with Ninja where there is one.
configure() {
  if [[ -z ${CMAKE_GENERATOR:-} ]] && command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
  fi
  cmake --preset "$@" >&2
}

build() {
  cmake --build --preset "$1" --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" "${@:2}" >&2
}
