# Sourced by the peers' scripts.

# Prints a port on which nobody listens, below the range that outgoing connections take theirs from.
free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

# Waits up to ten seconds until somebody listens on each of the given ports.
await_ports() {
  local port tries
  for port in "$@"; do
    tries=0
    until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
      if ((++tries > 100)); then
        echo "nobody listens on port $port" >&2
        return 1
      fi
      sleep 0.1
    done
  done
}
