#!/usr/bin/env bash
# ready.sh [PORT]: whether the host on this machine is ready. The runtime's image has no program that speaks HTTP.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/${1:-3000}"
printf 'GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 4 _ status _ <&3
[[ $status == 200 ]]
