#!/usr/bin/env bash
# Makes a Debian 12 machine with Node 20, npm and git ready for Kindling: installs the Debian packages and npm
# modules that are missing, mounts tracefs and bpffs where they are not. Says nothing when there is nothing to do.
#
#   scripts/setup.sh [--demo] [--test] [--bench] [--no-mounts]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib/say.sh
. scripts/lib/apt.sh

sets=base
mounts=yes
for argument in "$@"; do
  case "$argument" in
    --demo|--test|--bench) sets="$sets ${argument#--}" ;;
    --no-mounts) mounts=no ;;
    *) fail "setup: unknown option $argument (known: --demo --test --bench --no-mounts)" ;;
  esac
done

check_node() {
  command -v node >/dev/null || fail "Node is not installed; Kindling needs Node 20 or later: https://nodejs.org/en/download"
  command -v npm >/dev/null || fail "npm is not installed; it comes with Node 20: https://nodejs.org/en/download"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || fail "Node $(node -v) is too old; Kindling needs Node 20 or later: https://nodejs.org/en/download"
}

install_modules() {
  node scripts/lib/modules-current.mjs && return 0
  say "installing npm modules (the embedded database is the largest, about 550 MB)"
  local log
  log=$(mktemp)
  if ! npm ci --no-audit --no-fund >"$log" 2>&1; then
    grep -v -e '^npm warn' -e '^npm error *$' "$log" | head -n 20 >&2
    rm -f "$log"
    fail "npm ci failed (above). Without network? Then run it once where the npm registry can be reached."
  fi
  rm -f "$log"
  node scripts/lib/modules-current.mjs --record
}

# Tracepoints are looked up in tracefs; bpffs is where pinned maps live. Root only, and harmless when refused: a
# container may not mount, `kindling doctor` then says what that costs.
mount_if_missing() {
  local type=$1 directory=$2
  grep -qs " $directory $type " /proc/mounts && return 0
  [ "$(id -u)" = 0 ] && [ -d "$directory" ] || return 0
  mount -t "$type" "$type" "$directory" 2>/dev/null || say "could not mount $type on $directory; going on without it"
}

check_node
install_packages "$sets"
install_modules
if [ "$mounts" = yes ]; then
  mount_if_missing tracefs /sys/kernel/tracing
  mount_if_missing bpf /sys/fs/bpf
fi
