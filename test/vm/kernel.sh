# shellcheck shell=bash
# Finds Debian's newest kernel of a series (6.1 or 6.12), fetches its package and unpacks it into the cache.
# Nothing is installed, and apt's own lists and sources are only read.
#
# Exit codes: 3 when the package cannot be found or fetched, 4 when the suite that holds it cannot be reached.

readonly BACKPORTS_MIRROR=${KINDLING_VM_MIRROR:-http://deb.debian.org/debian}

# Sets KERNEL_DIR (the unpacked package) and KERNEL_VERSION (as `uname -r` will print it).
fetch_kernel() {
  local series=$1 cache=$2 package
  local -a apt_options=()
  mkdir -p "$cache"
  case $series in
    6.1) package=$(newest_package '^linux-image-6\.1\.0-[0-9]+-amd64$') ;;
    6.12)
      prepare_backports "$cache/apt" || return $?
      package=$(newest_package '^linux-image-6\.12\.[0-9.]+\+deb12(\.[0-9]+)?-amd64$')
      ;;
  esac
  if [ -z "$package" ]; then
    fail 3 "no Linux $series package in apt's lists: run 'apt-get update' on a Debian 12 (amd64) machine and try again"
    return
  fi
  KERNEL_VERSION=${package#linux-image-}
  KERNEL_DIR=$cache/$KERNEL_VERSION
  [ -e "$KERNEL_DIR/complete" ] || unpack_kernel "$package" "$cache"
}

# apt_options selects whose lists are searched: empty for the system's.
newest_package() {
  apt-cache "${apt_options[@]}" search --names-only "$1" | cut -d' ' -f1 | sort -V -u | tail -n 1
}

# An apt world of our own for bookworm-backports, so that the system's sources stay as they are.
prepare_backports() {
  local apt=$1
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $BACKPORTS_MIRROR bookworm-backports main" > "$apt/sources.list"
  apt_options=(
    -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State=$apt/state" -o "Dir::Cache=$apt/cache" -o Dir::State::status=/var/lib/dpkg/status
    -o Acquire::Retries=2 -o Acquire::http::Timeout=20
  )
  # apt-get update calls an unreachable suite a warning unless told otherwise.
  if ! apt-get "${apt_options[@]}" -o APT::Update::Error-Mode=any -o APT::Sandbox::User=root update > "$apt/update.log" 2>&1; then
    fail 4 "SUITE-UNREACHABLE: bookworm-backports at $BACKPORTS_MIRROR cannot be reached (see $apt/update.log), so there is no 6.12 kernel to boot; set KINDLING_VM_MIRROR to a Debian mirror that carries it"
  fi
}

unpack_kernel() {
  local package=$1 cache=$2 work
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  say "fetching $package into $cache"
  if ! (cd "$work" && apt-get "${apt_options[@]}" -o APT::Sandbox::User=root -q download "$package" > download.log 2>&1); then
    fail 3 "cannot fetch $package: $(tail -n 1 "$work/download.log"); if apt's lists are old, run 'apt-get update'"
    rm -rf "$work"
    return 3
  fi
  dpkg -x "$work"/*.deb "$work/root"
  local modules=$work/root/lib/modules/$KERNEL_VERSION
  [ -d "$modules" ] || modules=$work/root/usr/lib/modules/$KERNEL_VERSION
  mkdir "$work/kernel"
  mv "$work/root/boot/vmlinuz-$KERNEL_VERSION" "$work/kernel/vmlinuz"
  mv "$modules" "$work/kernel/modules"
  index_modules "$work"
  touch "$work/kernel/complete"
  # Two runs may race for the same folder: the first to finish wins, both contents are the same.
  mv -T "$work/kernel" "$KERNEL_DIR" 2>/dev/null || [ -e "$KERNEL_DIR/complete" ]
  rm -rf "$work"
}

# modprobe needs an index, which the package's installation would have made.
index_modules() {
  local work=$1
  mkdir -p "$work/index/lib/modules"
  ln -s "$work/kernel/modules" "$work/index/lib/modules/$KERNEL_VERSION"
  busybox depmod -b "$work/index" "$KERNEL_VERSION"
}
