#!/usr/bin/env bash
# postgres.sh start DIR | stop DIR: a PostgreSQL of its own in DIR, on a free port. DIR/env says how to reach it. One that was stopped starts
# again on the same data and port.
# postgres.sh pause DIR | resume DIR: it keeps its connections and answers nothing.
# postgres.sh fill DIR | clear DIR: no file of it grows beyond 16 MiB and a little, as if the disk were full there. Its log of transactions is
# written in files of just 16 MiB and goes on; the little makes the server find that part of a page fitted, which it calls a full disk.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/ports.sh"
command=$1 directory=$2

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1) || true
[[ -n $bin ]] || { echo "PostgreSQL is not installed" >&2; exit 1; }

# The server refuses to run as root.
as_postgres() {
  if [[ $EUID -eq 0 ]]; then (cd "$directory" && exec runuser -u postgres -- "$@"); else "$@"; fi
}

create() {
  mkdir -p "$directory"
  free_port >"$directory/port"
  if [[ $EUID -eq 0 ]]; then chown postgres "$directory"; fi
  as_postgres "$bin/initdb" --no-sync --auth trust --username postgres --encoding UTF8 --locale C.UTF-8 \
    --pgdata "$directory/data" >"$directory.log" 2>&1
}

start() {
  local port
  if [[ ! -d $directory/data ]]; then create; fi
  port=$(<"$directory/port")
  as_postgres "$bin/pg_ctl" --wait --pgdata "$directory/data" --log "$directory/log" \
    --options "-p $port -k '$directory' -c listen_addresses=127.0.0.1 -c fsync=${VAKA_PEER_FSYNC:-off} -c full_page_writes=${VAKA_PEER_FSYNC:-off} -c max_connections=300" \
    start >>"$directory.log" 2>&1 </dev/null
  echo "export VAKA_TEST_POSTGRES='Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres'" >"$directory/env"
}

stop() {
  as_postgres "$bin/pg_ctl" --wait --mode immediate --pgdata "$directory/data" stop >/dev/null 2>&1
}

# The server is one process for each connection, below the first.
processes() {
  local first
  first=$(head -1 "$directory/data/postmaster.pid")
  echo "$first" $(ps -o pid= --ppid "$first")
}

signal() {
  kill "-$1" $(processes)
}

limit() {
  local process
  for process in $(processes); do as_postgres prlimit --pid "$process" --fsize="$1:" 2>/dev/null || [[ ! -d /proc/$process ]]; done
}

pause() {
  signal STOP
}

resume() {
  signal CONT
}

fill() {
  limit $((16 * 1024 * 1024 + 100))
}

clear() {
  limit unlimited
}

"$command"
