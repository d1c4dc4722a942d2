#!/usr/bin/env bash
# Builds the two addons with the C++ compiler alone: Node's headers lie beside its binary. Extra flags (a sanitizer) as arguments.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${KINDLING_ADDON_FOLDER:-dist/native}
include=$(node -p "require('path').resolve(process.execPath, '../../include/node')")
[ -f "$include/node_api.h" ] || { echo "Node's headers are not in $include: install Node with its headers (the nodesource package has them)" >&2; exit 1; }
mkdir -p "$folder"
flags=(-std=c++17 -O2 -g1 -fPIC -shared -Wall -Wextra -Wno-missing-field-initializers -DNAPI_VERSION=8 -DNAPI_CPP_EXCEPTIONS "$@"
  -I"$include" -Inode_modules/node-addon-api)

# addon NAME SOURCE... -- LIBRARY...
addon() {
  local out=$folder/$1.node
  shift
  local sources=()
  while [ "$1" != -- ]; do sources+=("$1"); shift; done
  shift
  g++ "${flags[@]}" "${sources[@]}" -o "$out.tmp" "$@"
  mv "$out.tmp" "$out"
}

addon kindling native/addon.cc -- -lbpf -lelf -lz
addon symbols native/symbols/*.cc -- -ldw -lelf -llzma -liberty
