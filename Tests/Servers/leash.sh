#!/bin/sh
# Runs a server until its standard input closes, or until the server ends by itself.
#
# The test holds the other end of standard input, which closes however the test ends, even by a
# crash.
"$@" </dev/null &
server=$!
cat >/dev/null
kill -TERM $server 2>/dev/null
wait $server
