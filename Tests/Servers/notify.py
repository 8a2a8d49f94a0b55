#!/usr/bin/env python3
"""Listens where a daemon tells systemd about itself (sd_notify(3)): prints the seconds since its start and each datagram.

  notify_peer.py SOCKET
"""
import json, os, socket, sys, threading, time

listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print(json.dumps({"ready": True}), flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
began = time.monotonic()
while True:
    told = listener.recv(4096).decode()
    print(json.dumps({"at": time.monotonic() - began, "told": told}), flush=True)
