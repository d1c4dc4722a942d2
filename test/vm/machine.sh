# shellcheck shell=bash
# One virtual machine from start to power-off. Its process is ended by its id whatever happens.

readonly GUEST_MEMORY=${KINDLING_VM_MEMORY:-3G}
readonly KILL_GRACE_SECONDS=5
RUN_FOLDER='' QEMU_PID='' COPIER_PID=''

clean_up() {
  if [ -n "$QEMU_PID" ]; then
    kill "$QEMU_PID" 2>/dev/null || true
    wait "$QEMU_PID" 2>/dev/null || true
    QEMU_PID=''
  fi
  [ -z "$COPIER_PID" ] || kill "$COPIER_PID" 2>/dev/null || true
  [ -z "$RUN_FOLDER" ] || rm -rf "$RUN_FOLDER"
  RUN_FOLDER=''
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

run_in_machine() {
  local series=$1 cache=$2 code started
  fetch_kernel "$series" "$cache" || return $?
  RUN_FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/kindling-vm.XXXXXX")
  mkdir "$RUN_FOLDER/out"
  build_initramfs "$KERNEL_DIR" "$RUN_FOLDER/initramfs" || return $?
  copy_project "$RUN_FOLDER/project"
  write_command > "$RUN_FOLDER/out/command"
  started=$(date +%s)
  code=0
  boot || code=$?
  say "kernel $KERNEL_VERSION: exit code $code after $(($(date +%s) - started)) s"
  clean_up
  return "$code"
}

# A copy, because the guest remembers what it has read: a build during the run would mix old and new.
copy_project() {
  mkdir -p "$1/node_modules"
  tar -C "$PROJECT" --exclude=./node_modules --exclude=./.git --exclude=./.cache --exclude=./artifacts -cf - . | tar -C "$1" -xf -
}

# The command as a script, so that arguments arrive exactly as given. KINDLING_* settings of the host go along.
write_command() {
  local name
  for name in $(compgen -e | grep -E '^(KINDLING_|NODE_|FORCE_COLOR$|NO_COLOR$|CI$)' | grep -v '^KINDLING_VM_'); do
    printf 'export %s=%q\n' "$name" "${!name}"
  done
  printf 'export KINDLING_VM=1 KINDLING_VM_OUTPUT=/out KINDLING_TEST_SLOW=%q\n' "${KINDLING_TEST_SLOW:-8}"
  printf 'cd %q\n' "$PROJECT"
  [ -n "$SHELL_WANTED" ] || printf '%q ' "${COMMAND[@]}"
  echo
}

boot() {
  local code=0 append="console=ttyS0 loglevel=4 panic=-1 oops=panic mitigations=off no_timer_check random.trust_cpu=on"
  append+=" kindling.project=$PROJECT kindling.kernel=$KERNEL_VERSION"
  local -a qemu=(
    qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
    -machine pc -accel tcg,thread=multi -cpu max -smp 2 -m "$GUEST_MEMORY"
    -kernel "$KERNEL_DIR/vmlinuz" -initrd "$RUN_FOLDER/initramfs"
    -chardev "file,id=console,path=$RUN_FOLDER/console" -serial chardev:console
    -device virtio-serial-pci
  )
  qemu+=($(share usr /usr on) $(share project "$RUN_FOLDER/project" on) $(share node_modules "$PROJECT/node_modules" on) $(share modules "$KERNEL_DIR/modules" on) $(share out "$RUN_FOLDER/out" off))
  if [ -n "$SHELL_WANTED" ]; then
    append+=" kindling.shell"
    qemu+=(-chardev stdio,id=output,signal=off -device virtconsole,chardev=output,name=kindling.shell -append "$append")
    "${qemu[@]}" <&0 &
    QEMU_PID=$!
  else
    qemu+=(-chardev stdio,id=output,signal=off -device virtserialport,chardev=output,name=kindling.output -append "$append")
    start_streaming "${qemu[@]}"
  fi
  wait "$QEMU_PID" || code=$?
  QEMU_PID=''
  [ -z "$COPIER_PID" ] || wait "$COPIER_PID" || true
  COPIER_PID=''
  report_end "$code"
}

# QEMU drops output once its input has ended, and makes both non-blocking for whoever shares them: so it gets an input
# that never ends and a pipe of its own.
start_streaming() {
  mkfifo "$RUN_FOLDER/input" "$RUN_FOLDER/output"
  exec {never_ending}<> "$RUN_FOLDER/input"
  cat "$RUN_FOLDER/output" &
  COPIER_PID=$!
  timeout --foreground --kill-after="$KILL_GRACE_SECONDS" "$LIMIT_SECONDS" "$@" <&"$never_ending" > "$RUN_FOLDER/output" &
  QEMU_PID=$!
  exec {never_ending}>&-
}

share() {
  local tag=$1 path=$2 read_only=$3
  [[ $path != *[\ ,]* ]] || fail 2 "the path '$path' holds a space or a comma, which QEMU's options cannot express" || exit
  echo "-virtfs local,id=$tag,mount_tag=$tag,path=$path,security_model=none,multidevs=remap,readonly=$read_only"
}

# The guest's own exit code when there is one; otherwise what stopped it.
report_end() {
  local qemu_code=$1
  if [ -s "$RUN_FOLDER/out/exit-code" ]; then
    keep_output
    return "$(cat "$RUN_FOLDER/out/exit-code")"
  fi
  if [ "$qemu_code" = 124 ]; then
    show_console
    fail 124 "stopped after the limit of $LIMIT_SECONDS s: raise it with --limit SECONDS"
    return
  fi
  show_console
  fail 125 "the machine stopped before the command ended (QEMU's exit code $qemu_code)"
}

# Files the command wrote to $KINDLING_VM_OUTPUT go where KINDLING_VM_ARTEFACTS says, if it says.
keep_output() {
  [ -n "${KINDLING_VM_ARTEFACTS:-}" ] || return 0
  mkdir -p "$KINDLING_VM_ARTEFACTS/$KERNEL_VERSION"
  find "$RUN_FOLDER/out" -mindepth 1 -maxdepth 1 -not -name command -not -name exit-code -exec cp -r -t "$KINDLING_VM_ARTEFACTS/$KERNEL_VERSION" {} +
}

show_console() {
  say "the end of the console:"
  tail -n 30 "$RUN_FOLDER/console" >&2 || true
}
