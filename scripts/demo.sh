#!/usr/bin/env bash
# npm run demo: installs what is missing, builds, starts a small shop of real servers with load on it, and traces it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib/say.sh
case " $* " in
  *' --help '*|*' -h '*) ;;
  *) [ "$(id -u)" = 0 ] || fail "the demo makes a cgroup and loads BPF programs: run it as root, for example: sudo npm run demo" ;;
esac
bash scripts/setup.sh --demo
bash scripts/build.sh
exec node dist/demo/run.js "$@"
