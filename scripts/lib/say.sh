# How the shell scripts speak: progress on stderr, so that stdout stays a command's own output.
say() { printf '\033[2m[kindling]\033[0m %s\n' "$*" >&2; }
fail() { printf '[kindling] error: %s\n' "$*" >&2; exit 1; }
if [ ! -t 2 ]; then say() { printf '[kindling] %s\n' "$*" >&2; }; fi
