#!/usr/bin/env bash
# npm run bench:causes: installs what is missing, builds, then plays the causes. Needs root. --help says how.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash scripts/setup.sh --bench >&2
bash scripts/build.sh >&2
exec node dist/bench/causes/main.js "$@"
