# shellcheck shell=bash
# Packs the guest's first file system: busybox, init, the modules needed to reach the host's folders, and the part of
# /etc that the programs run in it read.

# In the order in which they must be loaded. fscache became part of netfs in 6.8.
readonly BOOT_MODULES="virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_console netfs fscache 9pnet 9pnet_virtio 9p overlay"
readonly ABSENT_IN_SOME_KERNELS=" fscache "

# No secrets: the guest gets neither shadow nor keys.
readonly GUEST_ETC="passwd group login.defs pam.conf pam.d security environment hosts nsswitch.conf services protocols localtime ld.so.cache ld.so.conf ld.so.conf.d alternatives nginx redis mysql postgresql postgresql-common ssl/openssl.cnf ssl/certs/ca-certificates.crt dnsmasq.conf terminfo os-release debian_version"

# build_initramfs KERNEL_DIR TARGET
build_initramfs() {
  local kernel=$1 target=$2 root module entry
  root=$(mktemp -d "${target%/*}/initramfs.XXXXXX")
  mkdir -p "$root/bin" "$root/modules" "$root/guest-etc"
  cp "$(command -v busybox)" "$root/bin/busybox"
  cp "$VM_FOLDER/guest/init" "$root/init"
  cp "$VM_FOLDER/guest/session" "$root/session"
  chmod 755 "$root/init" "$root/session"
  for module in $BOOT_MODULES; do
    add_module "$kernel/modules" "$module" "$root/modules" || { rm -rf "$root"; return 3; }
  done
  for entry in $GUEST_ETC; do
    # Unreadable or missing parts belong to programs that are not installed here.
    (cd /etc && [ -r "$entry" ] && find "$entry" -readable -not -name '*.key' -not -name opasswd -print0 | cpio -0 -pdm --quiet "$root/guest-etc") || true
  done
  (cd "$root" && find . -print0 | cpio -0 -o -H newc -R 0:0 --quiet) > "$target"
  rm -rf "$root"
}

add_module() {
  local modules=$1 name=$2 into=$3 file
  file=$(find "$modules/kernel" -name "$name.ko" -o -name "$name.ko.xz" -o -name "$name.ko.zst" | head -n 1)
  case $file in
    *.ko) cp "$file" "$into/$name.ko" ;;
    *.xz) xz -dc "$file" > "$into/$name.ko" ;;
    *.zst) zstd -qdc "$file" > "$into/$name.ko" ;;
    *)
      if grep -q "/$name\.ko" "$modules/modules.builtin" || [[ $ABSENT_IN_SOME_KERNELS == *" $name "* ]]; then return 0; fi
      fail 3 "kernel $KERNEL_VERSION has no module '$name', without which the guest cannot reach the host's folders"
      return
      ;;
  esac
  echo "$name" >> "$into/order"
}
