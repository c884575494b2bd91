#!/usr/bin/env bash
# Measures the host against the plain code that would be written instead, both sides in one run, and prints a table.
#   tests/benchmarks/run.sh [CASE…] [--rounds N] [--seconds S]
# CASE is webhook, durable, hosts, mail, resolve, sso, start or costs. See README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

work=$(mktemp -d /tmp/vaka-bench.XXXXXX)
chmod 711 "$work"
export TMPDIR=$work
stop_peers() {
  if [[ -d $work/postgres ]]; then tests/peers/postgres.sh stop "$work/postgres" || true; fi
  if [[ -d $work/rabbitmq ]]; then tests/peers/rabbitmq.sh stop "$work/rabbitmq" || true; fi
  rm -rf "$work"
}
trap stop_peers EXIT
trap 'exit 130' INT TERM

if [[ -z ${VAKA_TEST_POSTGRES:-} ]]; then
  # As a server that keeps what it has acknowledged, which is half of what is measured.
  if VAKA_PEER_FSYNC=on tests/peers/postgres.sh start "$work/postgres"; then
    source "$work/postgres/env"
  else
    echo "postgres does not run here: only SQLite is measured." >&2
  fi
fi
if [[ -z ${VAKA_TEST_RABBITMQ:-} ]] && tests/peers/rabbitmq.sh start "$work/rabbitmq" 2>/dev/null; then source "$work/rabbitmq/env"; fi
if [[ -z ${VAKA_TEST_NODE_MODULES:-} && -d tests/peers/node_modules ]]; then export VAKA_TEST_NODE_MODULES=$PWD/tests/peers/node_modules; fi

dotnet build tests/benchmarks -c Release -v quiet -p:UseSharedCompilation=false >"$work/build.log" || { cat "$work/build.log" >&2; exit 1; }

# A host starts as it is published, which compiles it ahead of time.
if [[ " $* " == *" start "* || ! " $* " =~ \ (webhook|durable|hosts|mail|resolve|sso|costs)\  ]]; then
  dotnet publish host -c Release -o "$work/published" -v quiet --nologo >"$work/publish.log" || { cat "$work/publish.log" >&2; exit 1; }
  export VAKA_BENCHMARK_PUBLISHED=$work/published/Vaka.Plugins.Host.dll
fi
dotnet tests/benchmarks/bin/Release/net10.0/Vaka.Plugins.Benchmarks.dll "$@"
