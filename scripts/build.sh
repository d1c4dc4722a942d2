#!/usr/bin/env bash
# Builds what has changed: BPF objects, native addon, the tests' small C programs, TypeScript, page. A step is skipped while the names, sizes and
# times of its inputs are those of its last good run (.cache/build/STEP) and its output is still there.
#
#   scripts/build.sh [--force] [STEP...]      steps: bpf native programs ts ui
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib/say.sh

stamps=.cache/build
mkdir -p "$stamps"

fingerprint() {
  find "$@" \( -name node_modules -o -name dist -o -name build \) -prune -o -type f -not -name '*.o' -printf '%p %T@ %s\n' 2>/dev/null |
    LC_ALL=C sort | sha256sum
}

# step NAME OUTPUT COMMAND INPUT... : OUTPUT is a file or folder that must exist.
step() {
  local name=$1 output=$2 command=$3 now log
  shift 3
  case " $steps " in *" $name "*) ;; *) return 0 ;; esac
  now="$(fingerprint "$@") $command"
  if [ "$force" = no ] && [ -e "$output" ] && [ "$(cat "$stamps/$name" 2>/dev/null)" = "$now" ]; then return 0; fi
  say "building $name"
  log=$(mktemp)
  if ! $command >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log" "$stamps/$name"
    fail "building $name failed (above); the command was: $command"
  fi
  rm -f "$log"
  printf '%s' "$now" >"$stamps/$name"
}

force=no
steps=
for argument in "$@"; do
  case "$argument" in
    --force) force=yes ;;
    bpf|native|programs|ts|ui) steps="$steps $argument" ;;
    *) fail "build: unknown step $argument (known: bpf native programs ts ui, --force)" ;;
  esac
done
[ -n "$steps" ] || steps='bpf native programs ts ui'

# Two builds at once would write the same files.
exec 9>"$stamps/lock"
flock 9

if [ -f bpf/Makefile ]; then step bpf dist/bpf/kindling.bpf.o 'make -s -C bpf' bpf; fi
if [ -f native/build.sh ]; then step native dist/native/symbols.node 'bash native/build.sh' native bpf/events.h; fi
step programs dist/test/kernel/programs 'make -s -C test/kernel/programs' test/kernel/programs
step ts dist/src 'npm run --silent build:ts' src test bench scripts demo ui tsconfig.json package-lock.json
# What `bin` in package.json points at; the compiler makes plain files.
if [ -f dist/src/cli/main.js ]; then chmod 755 dist/src/cli/main.js; fi
if [ -f ui/vite.config.ts ]; then step ui dist/ui 'npm run --silent build:ui' ui src/server src/profile src/requests src/protocols package-lock.json; fi
