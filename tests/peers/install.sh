#!/usr/bin/env bash
# Installs the Debian and npm packages of the peers that are not there yet. Exits 0 even when one cannot be had: its tests then skip.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

missing=()
need() {
  local package=$1 sign=$2
  compgen -G "$sign" >/dev/null || missing+=("$package")
}

need postgresql '/usr/lib/postgresql/*/bin/initdb'
need rabbitmq-server /usr/lib/rabbitmq/bin/rabbitmq-server
need postfix /usr/sbin/postfix
need dovecot-core /usr/sbin/dovecot
need dovecot-imapd /usr/lib/dovecot/imap
need dovecot-lmtpd /usr/lib/dovecot/lmtp
need chromium /usr/bin/chromium
need simplesamlphp /usr/share/simplesamlphp/www/_include.php
need php-cli /usr/bin/php
need php-xml '/usr/lib/php/*/dom.so'
need php-curl '/usr/lib/php/*/curl.so'
need php-mbstring '/usr/lib/php/*/mbstring.so'
need openssl /usr/bin/openssl
need ca-certificates /etc/ssl/certs/ca-certificates.crt
command -v node >/dev/null || missing+=(nodejs npm)

if ((${#missing[@]} > 0)); then
  if [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]}"
    # RUNLEVEL=1 asks Debian not to start the packages' own servers: the tests start theirs.
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends "${missing[@]}"; } >/dev/null ||
      echo "Not installed: ${missing[*]}. Their tests will be skipped." >&2
  else
    echo "Missing, and only root can install them: ${missing[*]}. Their tests will be skipped." >&2
  fi
fi

if command -v npm >/dev/null; then
  # npm ci takes seconds; it is needed only when the lock file has changed.
  installed=$here/node_modules/.installed
  if ! cmp -s "$here/package-lock.json" "$installed"; then
    if (cd "$here" && npm ci --silent); then
      cp "$here/package-lock.json" "$installed"
    else
      echo "The npm packages could not be installed. Their tests will be skipped." >&2
    fi
  fi
fi
