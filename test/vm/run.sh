#!/usr/bin/env bash
# Boots a Debian kernel in QEMU (software emulation, so it needs no KVM), runs a command in it with this machine's /usr and this
# project, and returns the command's exit code. See README.md.
set -euo pipefail

VM_FOLDER=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
PROJECT=$(cd "$VM_FOLDER/../.." && pwd -P)

say() { echo "test:vm: $*" >&2; }
# fail CODE MESSAGE: says why and returns the code, for the caller to pass on.
fail() {
  local code=$1
  shift
  say "$*"
  return "$code"
}

# shellcheck source=kernel.sh
source "$VM_FOLDER/kernel.sh"
# shellcheck source=initramfs.sh
source "$VM_FOLDER/initramfs.sh"
# shellcheck source=machine.sh
source "$VM_FOLDER/machine.sh"

usage() {
  cat <<'TEXT'
usage: bash test/vm/run.sh [6.1|6.12|all] [--shell] [--limit SECONDS] [-- COMMAND [ARGUMENT...]]

Runs COMMAND (default: node scripts/run-tests.mjs kernel) in a virtual machine with Debian's kernel.

  6.1 (default)   the kernel of Debian 12
  6.12            the kernel of bookworm-backports
  all             both, one after the other
  --shell         an interactive shell in the machine instead of COMMAND
  --limit S       stop the machine after S seconds (default 1800; a shell has no limit)

exit code: the command's; 2 bad usage, 3 no kernel or a tool missing, 4 bookworm-backports cannot be reached,
           124 time limit reached, 125 the machine stopped before the command ended
TEXT
}

parse_arguments() {
  SERIES=(6.1) SHELL_WANTED='' LIMIT_SECONDS=${KINDLING_VM_LIMIT_SECONDS:-1800}
  COMMAND=(node scripts/run-tests.mjs kernel)
  while [ $# -gt 0 ]; do
    case $1 in
      6.1 | 6.12) SERIES=("$1") ;;
      all) SERIES=(6.1 6.12) ;;
      --shell) SHELL_WANTED=1 ;;
      --limit)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { fail 2 "--limit needs a number of seconds"; return; }
        LIMIT_SECONDS=$2
        shift
        ;;
      --)
        shift
        [ $# -gt 0 ] || { fail 2 "nothing after '--': give the command to run"; return; }
        COMMAND=("$@")
        return
        ;;
      -h | --help) usage; exit 0 ;;
      *) usage >&2; fail 2 "unknown argument '$1'"; return ;;
    esac
    shift
  done
}

require_tools() {
  local tool package missing=''
  while read -r tool package; do
    command -v "$tool" > /dev/null || missing+=" $package"
  done <<'TOOLS'
qemu-system-x86_64 qemu-system-x86
busybox busybox-static
cpio cpio
xz xz-utils
zstd zstd
apt-get apt
TOOLS
  [ -z "$missing" ] || { fail 3 "missing: install with 'apt-get install$missing'"; return; }
  # A dynamically linked busybox finds no libraries in the initramfs.
  ! ldd "$(command -v busybox)" > /dev/null 2>&1 || { fail 3 "busybox is not static: apt-get install busybox-static"; return; }
  [[ $(readlink -f "$(command -v node)") == /usr/* ]] || fail 3 "node must be installed under /usr, which is what the machine shares; found $(command -v node || echo none)"
}

cache_folder() {
  if [ "$(id -u)" = 0 ]; then echo /var/cache/kindling/vm; else echo "${XDG_CACHE_HOME:-$HOME/.cache}/kindling/vm"; fi
}

main() {
  local series code worst=0
  parse_arguments "$@"
  require_tools
  for series in "${SERIES[@]}"; do
    code=0
    run_in_machine "$series" "$(cache_folder)" || code=$?
    [ "$code" = 0 ] || worst=$code
  done
  return "$worst"
}

main "$@"
