#!/bin/sh
# Runs a server until its standard input closes, or it ends by itself: the other end is held by the test, and
# closes however the test ends, a crash included.
"$@" </dev/null &
server=$!
cat >/dev/null
kill -TERM $server 2>/dev/null
wait $server
