#!/usr/bin/env bash
# Runs a real Postfix on loopback, in its own folder, without systemd.
#
# It runs until its standard input closes.
#
#   postfix.sh FOLDER SUBMISSION TLS PLAIN CERTIFICATE KEY
#
#   127.0.0.1:SUBMISSION  STARTTLS, and a login (PLAIN, LOGIN) only after it
#   127.0.0.1:TLS         TLS from the first byte, and a login
#   127.0.0.1:PLAIN       neither
#
# The environment variable POSTFIX_MORE has further lines of main.cf. Mail for any domain goes to
# the Maildir FOLDER/mail/all, and no mail leaves the machine. The login is `remindd` with the
# password in FOLDER/password. Two recipients of any domain are refused: `refused@` with 550 5.1.1
# and `later@` with 450 4.2.0. The script prints "ready" when Postfix takes mail. Postfix needs
# root, so other users run the script through sudo. Debian packages: postfix sasl2-bin
# libsasl2-modules.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" = 0 ] || exec sudo -n --preserve-env=POSTFIX_MORE -- "$0" "$@"

folder=$1 submission=$2 tls=$3 plain=$4 certificate=$5 key=$6
etc=$folder/etc
# The Maildir belongs to the user who runs the tests, so that they can read it. If that is root, it
# belongs to the user `nobody`.
owner=${SUDO_UID:-65534} group=${SUDO_GID:-65534}

queue=$folder/queue
mkdir -p "$etc/sasl" "$folder"/{data,mail} "$queue"/{maildrop,public,pid}
mkdir -p -m 700 "$queue"/{active,bounce,corrupt,defer,deferred,flush,hold,incoming,private,saved,trace}
chmod 755 "$folder" "$queue"
chown postfix "$folder/data" "$queue"/{active,bounce,corrupt,defer,deferred,flush,hold,incoming,private,saved,trace}
chown postfix:postdrop "$queue"/{maildrop,public}
chmod 730 "$queue/maildrop"
chmod 710 "$queue/public"
chown "$owner:$group" "$folder/mail"
# The queue is already as Postfix requires, and Postfix's own check takes two seconds. This file
# skips it.
touch "$queue/quick-start"

cat >"$etc/main.cf" <<X
compatibility_level = 3.6
config_directory = $etc
queue_directory = $queue
data_directory = $folder/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = $folder/maillog
maillog_file_prefixes = $folder
myhostname = mail.example.test
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
local_transport = error:there are no local users
default_transport = error:no mail leaves this machine
relay_transport = error:no mail leaves this machine
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:all/
virtual_mailbox_base = $folder/mail
virtual_uid_maps = static:$owner
virtual_gid_maps = static:$group
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access texthash:$etc/access, permit
smtpd_tls_cert_file = $certificate
smtpd_tls_key_file = $key
smtpd_tls_loglevel = 1
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = $etc/sasl
smtpd_sasl_local_domain = example.test
smtpd_sasl_security_options = noanonymous
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
message_size_limit = 1048576
# By default Postfix slows down a sender that is faster than the disk. Tests send a year in a
# minute.
in_flow_delay = 0
X
# Further settings of a test. A later line replaces an earlier one.
printf '%s\n' "${POSTFIX_MORE:-}" >>"$etc/main.cf"

cat >"$etc/access" <<'X'
refused@ 550 5.1.1 <refused>: no such user here
later@ 450 4.2.0 <later>: try again later
X

cat >"$etc/sasl/smtpd.conf" <<X
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $folder/sasldb2
mech_list: PLAIN LOGIN
X

cat >"$etc/master.cf" <<X
127.0.0.1:$submission inet n - n - - smtpd
  -o smtpd_tls_security_level=may -o smtpd_tls_auth_only=yes -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$tls inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$plain inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
X

saslpasswd2 -p -c -f "$folder/sasldb2" -u example.test remindd <"$folder/password"
chgrp postfix "$folder/sasldb2"
chmod 640 "$folder/sasldb2"

# Postfix waits up to three seconds for a new file to settle, so the files get an older time.
touch -d '1 minute ago' "$etc"/*
# This returns when the master process listens. Its messages go to the log.
postfix -c "$etc" start >"$folder/start" 2>&1 </dev/null || { cat "$folder/start" "$folder/maillog" >&2; exit 1; }
master=$(tr -d ' ' <"$queue/pid/master.pid")
stop() {
  # The master passes the signal on to its children. It is found by its number, because the test's
  # folder may already be deleted.
  kill -TERM "$master" 2>/dev/null || true
  # A process that has ended and is not reaped yet has no `exe`.
  for _ in {1..500}; do [ -e "/proc/$master/exe" ] || break; sleep 0.01; done
  rm -rf "$etc" "$queue" "$folder/data" "$folder/sasldb2"
}
trap stop EXIT
echo ready
# The test holds the other end of standard input. A line on it means: stop, and keep the mail and
# the log for the test. If the input ends without a line, the test is gone and needs neither.
read -r _ || { stop; rm -rf "$folder"; }
