#!/usr/bin/env bash
# npm run bench: builds, then measures. Needs root (network namespace, cgroups, BPF). --help lists the parts.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -f scripts/build.sh ]; then bash scripts/build.sh; else npx tsc -p tsconfig.json; fi
exec node dist/bench/main.js "$@"
