#!/usr/bin/env bash
# mail.sh start DIR | stop DIR: postfix and dovecot of their own in DIR, on free ports of 127.0.0.1. DIR/env says how to reach them.
# The daemons keep whatever they inherit open: their output goes to files, never into a pipe. Needs root, as postfix does.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/ports.sh"
command=$1 directory=$2

require() {
  [[ $EUID -eq 0 ]] || { echo "postfix and dovecot need root" >&2; exit 1; }
  local program
  for program in postfix dovecot openssl node; do
    command -v "$program" >/dev/null || { echo "$program is not installed" >&2; exit 1; }
  done
}

# Fills in a file of mail/.
fill() {
  sed -e "s|@ROOT@|$directory|g" -e "s|@PLAIN@|$plain|g" -e "s|@STARTTLS@|$starttls|g" -e "s|@TLS@|$tls|g" \
    -e "s|@IMAP@|$imap|g" -e "s|@INTROSPECTION@|$introspection|g" "$here/mail/$1" >"$directory/$2"
}

start() {
  require
  mkdir -p "$directory"/{postfix,queue,data,dovecot/run,dovecot/state,mail,tls}
  chown postfix "$directory/data"
  chown mail "$directory/mail"
  openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=mail.vaka.test \
    -addext 'subjectAltName=DNS:localhost,DNS:mail.vaka.test,IP:127.0.0.1' \
    -keyout "$directory/tls/key.pem" -out "$directory/tls/cert.pem" 2>/dev/null

  local plain starttls tls imap introspection
  plain=$(free_port) starttls=$(free_port) tls=$(free_port) imap=$(free_port) introspection=$(free_port)
  fill dovecot.conf dovecot/dovecot.conf
  fill oauth2.conf dovecot/oauth2.conf
  fill main.cf postfix/main.cf
  fill master.cf postfix/master.cf

  # The third name is decomposed Unicode: what a client sends that does not normalise.
  printf '%b@vaka.test:{PLAIN}secret\n' alice bot 'jose\xcc\x81' >"$directory/dovecot/users"

  setsid node "$here/mail/introspect.js" "$introspection" >"$directory/introspect.log" 2>&1 </dev/null &
  echo $! >"$directory/introspect.pid"
  postfix -c "$directory/postfix" check >"$directory/postfix/check" 2>&1 </dev/null || true
  setsid postfix -c "$directory/postfix" start >"$directory/postfix/start" 2>&1 </dev/null
  setsid dovecot -c "$directory/dovecot/dovecot.conf" >"$directory/dovecot/start" 2>&1 </dev/null
  await_ports "$plain" "$starttls" "$tls" "$imap" "$introspection"
  chmod 644 "$directory/tls/cert.pem"
  cat >"$directory/env" <<END
export VAKA_TEST_MAIL='127.0.0.1'
export VAKA_TEST_MAIL_PORTS='plain=$plain,starttls=$starttls,tls=$tls,imap=$imap'
export VAKA_TEST_MAIL_CERTIFICATE='$directory/tls/cert.pem'
END
}

stop() {
  postfix -c "$directory/postfix" stop >/dev/null 2>&1 </dev/null || true
  doveadm -c "$directory/dovecot/dovecot.conf" stop >/dev/null 2>&1 </dev/null || true
  if [[ -s $directory/introspect.pid ]]; then kill "$(<"$directory/introspect.pid")" 2>/dev/null || true; fi
}

"$command"
