#!/usr/bin/env bash
# Builds the addon with AddressSanitizer and runs native/exercise.mjs with it. Memory errors anywhere, and leaks of which the
# addon is the origin, fail it (Node itself frees little at its end). Needs root, as loading BPF programs does.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
KINDLING_ADDON_FOLDER=$folder bash native/build.sh -fsanitize=address,undefined -fno-omit-frame-pointer -O1
export KINDLING_ADDON=$folder/kindling.node
KINDLING_SCOPE_OFFSET=$(node --input-type=module -e "import { Config } from './dist/src/events/layout.generated.js'; console.log(Config.scope)")
KINDLING_SCOPE_TREE=$(node --input-type=module -e "import { Scope } from './dist/src/events/layout.generated.js'; console.log(Scope.TREE)")
export KINDLING_SCOPE_OFFSET KINDLING_SCOPE_TREE
log=$folder/asan
code=0
LD_PRELOAD="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libubsan.so)" \
  ASAN_OPTIONS="detect_leaks=1,log_path=$log,abort_on_error=0,exitcode=0,fast_unwind_on_malloc=0" \
  UBSAN_OPTIONS="log_path=$log,print_stacktrace=1" \
  LSAN_OPTIONS="exitcode=0,max_leaks=0" \
  node --expose-gc native/exercise.mjs || code=$?
# Leak reports name each origin's stack, blocks apart: those that pass through the addon or libbpf count.
reports=$(cat "$log".* 2> /dev/null || true)
errors=$(grep -E 'ERROR: AddressSanitizer|runtime error' <<< "$reports" || true)
leaks=$(awk 'BEGIN { RS = ""; } /leak of/ && /kindling\.node|libbpf/ { print; print "" }' <<< "$reports")
if [ "$code" != 0 ] || [ -n "$errors" ] || [ -n "$leaks" ]; then
  if [ -n "$errors" ]; then head -60 <<< "$reports" >&2; else echo "$leaks" | head -60 >&2; fi
  echo "asan: failed (exit code $code, errors: $(grep -c . <<< "$errors" || true), leaks through the addon: $(grep -c 'leak of' <<< "$leaks" || true))" >&2
  exit 1
fi
echo 'asan: no memory errors, no leaks'
