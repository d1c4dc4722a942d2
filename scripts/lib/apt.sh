# Installs what is missing of scripts/packages.txt, without letting Debian start the servers that come with it.

policy_file=/usr/sbin/policy-rc.d
policy_saved=/usr/sbin/policy-rc.d.before-kindling

# Packages of the given sets, one a line.
packages_of() {
  awk -v wanted=" $1 " '
    /^[[:space:]]*(#|$)/ { next }
    { n = split($2, sets, ","); for (i = 1; i <= n; i++) if (index(wanted, " " sets[i] " ")) { print $1; next } }
  ' scripts/packages.txt
}

missing_of() {
  dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null |
    awk 'NR == FNR { if ($2 == "installed") have[$1] = 1; next } !($1 in have)' - <(packages_of "$1")
}

# invoke-rc.d asks this file whether it may start a service; 101 means no. What stood there before comes back
# afterwards, also when an earlier run was killed in between.
forbid_service_starts() {
  if grep -qs '^# Written by kindling/' "$policy_file"; then rm -f "$policy_file"; fi
  [ -e "$policy_saved" ] && mv -f "$policy_saved" "$policy_file"
  if [ -e "$policy_file" ]; then mv -f "$policy_file" "$policy_saved"; fi
  printf '#!/bin/sh\n# Written by kindling/scripts/setup.sh, removed when it ends.\nexit 101\n' >"$policy_file"
  chmod 755 "$policy_file"
}

allow_service_starts() {
  if [ -e "$policy_saved" ]; then mv -f "$policy_saved" "$policy_file"; else rm -f "$policy_file"; fi
}

# Units that our packages bring along. Those that were not enabled before are not to start at the next boot either.
server_units='nginx redis-server postgresql mariadb'

enabled_units() {
  command -v systemctl >/dev/null || return 0
  local unit
  for unit in $server_units; do
    if systemctl is-enabled --quiet "$unit" 2>/dev/null; then echo "$unit"; fi
  done
}

disable_new_units() {
  local unit
  for unit in $(enabled_units); do
    case " $1 " in *" $unit "*) ;; *) systemctl disable --quiet "$unit" 2>/dev/null || true ;; esac
  done
}

apt_quiet() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@" </dev/null
}

# Package lists are fetched when the installed ones do not know a package, or do not lead to files any more.
try_install() {
  local log=$1
  shift
  if apt-get install -s "$@" >/dev/null 2>&1 &&
    apt_quiet install --no-install-recommends "$@" >"$log" 2>&1; then return 0; fi
  say "fetching package lists"
  apt_quiet update >"$log" 2>&1 || return 1
  apt_quiet install --no-install-recommends "$@" >"$log" 2>&1
}

install_packages() {
  command -v dpkg-query >/dev/null || fail "this is not a Debian system: install the packages of scripts/packages.txt ($1) by hand, see docs/dependencies.md"
  local missing log units status=0
  mapfile -t missing < <(missing_of "$1")
  [ "${#missing[@]}" -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || fail "these packages are missing and only root can install them: ${missing[*]}"$'\n'"  run this command as root, or: sudo apt-get install --no-install-recommends ${missing[*]}"
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  log=$(mktemp)
  units=$(enabled_units | tr '\n' ' ')
  trap 'allow_service_starts' EXIT
  trap 'exit 130' INT TERM
  forbid_service_starts
  try_install "$log" "${missing[@]}" || status=$?
  allow_service_starts
  trap - EXIT INT TERM
  if [ "$status" != 0 ]; then
    grep -E '^(E|Err|W):|Failed|Unable' "$log" | tail -n 12 >&2 || tail -n 12 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install ${missing[*]} (above). Without network? Check it with: apt-get update"
  fi
  rm -f "$log"
  disable_new_units "$units"
}
