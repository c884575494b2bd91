#!/bin/sh
# serve.sh PORT DIRECTORY: Debian's SimpleSAMLphp as an identity provider on 127.0.0.1, until standard input ends. DIRECTORY as for
# ../saml-idp.mjs; there are announced.crt and announced.key while a change of keys is under way.
here=$(cd "$(dirname "$0")" && pwd)
export PEER_PORT="$1" PEER_DIRECTORY="$2" SIMPLESAMLPHP_CONFIG_DIR="$here/config"
mkdir -p "$2/data" "$2/log" "$2/sessions" "$2/tmp"

# One worker: PHP_CLI_SERVER_WORKERS would leave processes behind.
php -d opcache.enable=1 -d error_reporting=0 -S "127.0.0.1:$1" -t /usr/share/simplesamlphp/www "$here/router.php" </dev/null &
server=$!
trap 'kill $server' TERM INT
cat >/dev/null
kill $server 2>/dev/null
wait $server
