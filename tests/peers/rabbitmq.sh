#!/usr/bin/env bash
# rabbitmq.sh start DIR | stop DIR: a RabbitMQ of its own in DIR, on free ports of 127.0.0.1. DIR/env says how to reach it. One that was stopped
# starts again on the same data and ports.
# rabbitmq.sh kill DIR | restart DIR: ended without a word, as by a power cut; (ended if need be and) started again.
# rabbitmq.sh pause DIR | resume DIR: it keeps its connections and answers nothing.
# The daemons keep whatever they inherit open: their output goes to files, never into a pipe.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/ports.sh"
command=$1 directory=$2

server=/usr/lib/rabbitmq/bin/rabbitmq-server
[[ -x $server ]] || { echo "RabbitMQ is not installed" >&2; exit 1; }

# Nothing of the machine's own broker is read: neither its settings nor its cookie, and names are found by an epmd of our own.
as_rabbitmq() {
  local settings=(
    "PATH=$PATH" "HOME=$directory" LANG=C.UTF-8
    ERL_EPMD_ADDRESS=127.0.0.1 "ERL_EPMD_PORT=$epmd"
    RABBITMQ_NODENAME=vaka@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 "RABBITMQ_NODE_PORT=$port" "RABBITMQ_DIST_PORT=$distribution"
    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1} -setcookie vaka"
    RABBITMQ_CONF_ENV_FILE=/dev/null "RABBITMQ_CONFIG_FILE=$directory/rabbitmq.conf" RABBITMQ_ADVANCED_CONFIG_FILE=/dev/null
    "RABBITMQ_ENABLED_PLUGINS_FILE=$directory/plugins" "RABBITMQ_MNESIA_BASE=$directory/data" "RABBITMQ_LOG_BASE=$directory/log"
    "RABBITMQ_PID_FILE=$directory/pid"
  )
  cd "$directory"
  if [[ $EUID -eq 0 ]]; then exec runuser -u rabbitmq -- env -i "${settings[@]}" "$@"; else exec env -i "${settings[@]}" "$@"; fi
}

create() {
  mkdir -p "$directory"/{data,log}
  echo "$(free_port) $(free_port) $(free_port) $(free_port) $(free_port)" >"$directory/ports"
  read -r port tls api distribution epmd <"$directory/ports"
  openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=rabbitmq.vaka.test -addext 'subjectAltName=DNS:localhost' \
    -keyout "$directory/key.pem" -out "$directory/cert.pem" 2>/dev/null
  echo '[rabbitmq_management].' >"$directory/plugins"
  cat >"$directory/rabbitmq.conf" <<END
default_user = vaka
default_pass = broker-secret
listeners.ssl.1 = 127.0.0.1:$tls
ssl_options.certfile = $directory/cert.pem
ssl_options.keyfile = $directory/key.pem
ssl_options.verify = verify_none
disk_free_limit.absolute = 1MB
management.tcp.ip = 127.0.0.1
management.tcp.port = $api
management.disable_stats = true
END
  if [[ $EUID -eq 0 ]]; then chown -R rabbitmq "$directory"; fi
}

start() {
  [[ -f $directory/ports ]] || create
  read -r port tls api distribution epmd <"$directory/ports"
  rm -f "$directory/pid"
  (as_rabbitmq setsid "$server" >>"$directory/log/start" 2>&1 </dev/null) &
  await_listening || { tail -20 "$directory/log/start" >&2; return 1; }
  chmod 644 "$directory/cert.pem"
  cat >"$directory/env" <<END
export VAKA_TEST_RABBITMQ='amqp://vaka:broker-secret@127.0.0.1:$port'
export VAKA_TEST_RABBITMQ_TLS='amqps://vaka:broker-secret@localhost:$tls'
export VAKA_TEST_RABBITMQ_API='http://vaka:broker-secret@127.0.0.1:$api'
export VAKA_TEST_RABBITMQ_CERTIFICATE='$directory/cert.pem'
END
}

# It listens last of all. A busy machine takes its time.
await_listening() {
  local tries
  for tries in 1 2 3 4 5 6; do
    if await_ports "$port" "$tls" "$api" 2>/dev/null; then return; fi
  done
  echo "RabbitMQ does not listen on port $port" >&2
  return 1
}

# Sends a signal to the broker and waits until it has ended.
end() {
  local pid tries=0
  [[ -s $directory/pid ]] || return 0
  pid=$(<"$directory/pid")
  kill "-$1" "$pid" 2>/dev/null || return 0
  while [[ -d /proc/$pid ]] && ((++tries <= 100)); do sleep 0.1; done
  if [[ -d /proc/$pid ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
}

stop() {
  local epmd
  end TERM
  read -r _ _ _ _ epmd <"$directory/ports"
  ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$epmd epmd -kill >/dev/null 2>&1 || true
}

kill_broker() {
  end KILL
}

restart() {
  end TERM
  start
}

signal() {
  kill "-$1" "$(<"$directory/pid")"
}

case $command in
  start | stop | restart) "$command" ;;
  kill) kill_broker ;;
  pause) signal STOP ;;
  resume) signal CONT ;;
  *) echo "rabbitmq.sh does not know $command" >&2; exit 2 ;;
esac
