#!/usr/bin/env bash
# npm test: installs what is missing, builds, checks the sources, runs all tests. Needs root (BPF, cgroups, servers
# under another user). Its last line is `N passed, N failed, N skipped`.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/setup.sh --demo --test
bash scripts/build.sh
status=0
node scripts/check.mjs || status=1
node scripts/run-tests.mjs "${@:-all}" || status=1
exit $status
