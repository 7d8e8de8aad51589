# Sourced by run-postgres, run-redis and run-azurite: where things are, and the life of the one server process.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
modules=$(cd "$here/../.." && pwd)/node_modules

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 64
}

# open_directory <data directory | memory>: sets $data, and holds its lock. The server inherits the lock with all its
# processes, so that a successor waits until the last of them is gone.
open_directory() {
  if [ "$1" = memory ]; then
    data=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")" "mail-$(basename "$0").XXXXXX") || exit 1
    trap 'rm -rf "$data"' EXIT
  else
    mkdir -p "$1" && data=$(cd "$1" && pwd) || fail "$1 cannot be created"
  fi
  exec 9>"$data/lock"
  flock --timeout 60 9 || fail "$data is in use by another server"
}

# supervise <signal> <command> [arguments]: runs the command as the only child and exits with its status. The command
# gets the signal when this script is told to stop (TERM, INT, HUP), when this script is killed, and when the process
# that started this script is gone.
supervise() {
  local signal=$1 status=0
  shift
  trap 'kill -s "$signal" "$server" 2>/dev/null' TERM INT HUP
  "$@" &
  server=$!
  tail --pid="$PPID" -f /dev/null >/dev/null 2>&1 9>&- &
  watch=$!

  wait -n "$server" "$watch"
  kill -0 "$watch" 2>/dev/null || kill -s "$signal" "$server" 2>/dev/null
  # A trapped signal interrupts a wait; the server is gone when the wait returns its own status.
  while kill -0 "$server" 2>/dev/null; do wait "$server"; done
  wait "$server" || status=$?
  kill "$watch" 2>/dev/null
  exit "$status"
}
