#!/usr/bin/env bash
# Installs what the tests need, starts their peers, runs every test project and ends with "N passed, N failed, N skipped".
#   tests/run.sh [--long] [PROJECT…] [-- OPTION…]
# PROJECT is a part of a test project's path, such as "host" or "plugins/smtp"; OPTIONs go to its test runner. See README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

projects=() options=() limit=30m
while (($# > 0)); do
  case $1 in
    --long) export VAKA_TEST_LONG=1; limit=4h ;;
    --) shift; options=("$@"); break ;;
    -*) echo "unknown option $1; see the head of tests/run.sh" >&2; exit 2 ;;
    *) projects+=("$1") ;;
  esac
  shift
done

# What is left running would hold the output open, and a summary in another language could not be read.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# Hundreds of short-lived hosts do not live to profit from what instrumented code would teach the compiler.
export DOTNET_TieredPGO=0

# Short, because a socket's path is at most 107 characters long; open to the servers' own users.
work=$(mktemp -d /tmp/vaka-tests.XXXXXX)
chmod 711 "$work"

stop_peers() {
  local peer
  for peer in postgres rabbitmq mail; do
    if [[ -d $work/$peer ]]; then tests/peers/$peer.sh stop "$work/$peer" || true; fi
  done
  rm -rf "$work"
}
trap stop_peers EXIT
trap 'exit 130' INT TERM

start_peer() {
  local peer=$1
  if tests/peers/$peer.sh start "$work/$peer"; then
    source "$work/$peer/env"
  else
    echo "$peer does not run here: its tests will be skipped." >&2
  fi
}

# Echoes the test projects that were asked for.
find_projects() {
  local project part
  while read -r project; do
    if ((${#projects[@]} == 0)); then echo "$project"; fi
    for part in "${projects[@]}"; do
      if [[ ${project#tests/} == *"$part"* ]]; then echo "$project"; break; fi
    done
  done < <(find tests -name '*.Tests.csproj' -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/node_modules/*' | sort)
}

# Echoes a number of the summary in a log; nothing when the run did not get that far.
count() {
  sed -nE "s/^ +$2: ([0-9]+)\$/\1/p" "$1" | tail -1
}

# Builds the solution, or only what was asked for.
build() {
  local target targets=(Vaka.Plugins.sln)
  if ((${#projects[@]} > 0)); then targets=("${selected[@]}"); fi
  for target in "${targets[@]}"; do
    dotnet build "$target" -c Release -v quiet || return 1
  done
}

# Publishes the host, which compiles it ahead of time: each of the hundreds that the end-to-end tests start needs a quarter less of the processor.
# Where the compiler cannot be had they run the host as it was built.
publish_host() {
  if dotnet publish host -c Release -o "$work/host" -v quiet --nologo >"$work/publish.log" 2>&1; then
    export VAKA_TEST_HOST=$work/host/Vaka.Plugins.Host.dll
  else
    tail -5 "$work/publish.log" >&2
    echo "The host could not be published: the end-to-end tests run it as it was built." >&2
  fi
}

passed=0 failed=0 skipped=0

# Runs one project and adds what came out. A run that breaks without a failed test counts as one.
run_project() {
  local project=$1 log=$work/log successes failures skips status=0
  echo "== $project"
  timeout --kill-after=30s "$limit" dotnet test --project "$project" --no-build -c Release --no-progress --no-ansi "${options[@]}" 2>&1 |
    tee "$log" || status=$?
  successes=$(count "$log" succeeded) failures=$(count "$log" failed) skips=$(count "$log" skipped)
  if ((status != 0 && ${failures:-0} == 0)); then
    if ((status == 124)); then echo "$project was stopped after $limit." >&2; else echo "$project ended with code $status." >&2; fi
    failures=1
  fi
  passed=$((passed + ${successes:-0})) failed=$((failed + ${failures:-0})) skipped=$((skipped + ${skips:-0}))
}

tests/peers/install.sh
start_peer postgres
start_peer rabbitmq
start_peer mail
if [[ -d tests/peers/node_modules ]]; then export VAKA_TEST_NODE_MODULES=$PWD/tests/peers/node_modules; fi

mapfile -t selected < <(find_projects)
((${#selected[@]} > 0)) || { echo "no test project matches" >&2; exit 2; }
if build; then
  if [[ " ${selected[*]} " == *end-to-end* ]]; then publish_host; fi
  for project in "${selected[@]}"; do run_project "$project"; done
else
  failed=1
fi

stop_peers
trap - EXIT
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed + skipped > 0)) && [[ ${CI:-} != true || $skipped == 0 ]]
