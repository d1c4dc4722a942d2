#!/usr/bin/env bash
# Builds the addon with the C++ compiler alone: Node's headers lie beside its binary. Extra flags (a sanitizer) as arguments.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${KINDLING_ADDON_OUT:-dist/native/kindling.node}
include=$(node -p "require('path').resolve(process.execPath, '../../include/node')")
[ -f "$include/node_api.h" ] || { echo "Node's headers are not in $include: install Node with its headers (the nodesource package has them)" >&2; exit 1; }
mkdir -p "$(dirname "$out")"
g++ -std=c++17 -O2 -g1 -fPIC -shared -Wall -Wextra -Wno-missing-field-initializers -DNAPI_VERSION=8 -DNAPI_CPP_EXCEPTIONS "$@" \
  -I"$include" -Inode_modules/node-addon-api native/addon.cc -o "$out.tmp" -lbpf -lelf -lz
mv "$out.tmp" "$out"
