#!/usr/bin/env bash
# Builds both addons with AddressSanitizer and runs native/exercise*.mjs with them. Memory errors anywhere, and leaks of which an
# addon is the origin, fail it (Node itself frees little at its end). Needs root, as loading BPF programs does.
#   asan.sh [exercise.mjs|exercise-symbols.mjs]...   default: both
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
KINDLING_ADDON_FOLDER=$folder bash native/build.sh -fsanitize=address,undefined -fno-omit-frame-pointer -O1
export KINDLING_ADDON=$folder/kindling.node KINDLING_SYMBOLS_ADDON=$folder/symbols.node
KINDLING_SCOPE_OFFSET=$(node --input-type=module -e "import { Config } from './dist/src/events/layout.generated.js'; console.log(Config.scope)")
KINDLING_SCOPE_TREE=$(node --input-type=module -e "import { Scope } from './dist/src/events/layout.generated.js'; console.log(Scope.TREE)")
export KINDLING_SCOPE_OFFSET KINDLING_SCOPE_TREE
log=$folder/asan

exercise() {
  local code=0 reports errors leaks
  rm -f "$log".*
  LD_PRELOAD="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libubsan.so)" \
    ASAN_OPTIONS="detect_leaks=1,log_path=$log,abort_on_error=0,exitcode=0,fast_unwind_on_malloc=0" \
    UBSAN_OPTIONS="log_path=$log,print_stacktrace=1" \
    LSAN_OPTIONS="exitcode=0,max_leaks=0" \
    node --expose-gc "native/$1" || code=$?
  # Leak reports name each origin's stack, blocks apart: those that pass through an addon or its libraries count.
  reports=$(cat "$log".* 2> /dev/null || true)
  errors=$(grep -E 'ERROR: AddressSanitizer|runtime error' <<< "$reports" || true)
  leaks=$(awk 'BEGIN { RS = ""; } /leak of/ && /kindling\.node|symbols\.node|libbpf|libdw|libelf/ { print; print "" }' <<< "$reports")
  if [ "$code" = 0 ] && [ -z "$errors" ] && [ -z "$leaks" ]; then return 0; fi
  if [ -n "$errors" ]; then head -60 <<< "$reports" >&2; else echo "$leaks" | head -60 >&2; fi
  echo "asan: $1 failed (exit code $code, errors: $(grep -c . <<< "$errors" || true), leaks through the addons: $(grep -c 'leak of' <<< "$leaks" || true))" >&2
  exit 1
}

[ $# -gt 0 ] || set -- exercise.mjs exercise-symbols.mjs
for one in "$@"; do exercise "$one"; done
echo 'asan: no memory errors, no leaks'
