#!/usr/bin/env python3
"""Receives the notifications of a daemon to systemd (sd_notify(3)).

It prints each datagram with the seconds since its own start.

  notify.py SOCKET
"""
import socket, sys, time
from scripted import end_with_input, say

listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
say(ready=True)
end_with_input()
began = time.monotonic()
while True:
    told = listener.recv(4096).decode()
    say(at=time.monotonic() - began, told=told)
