#!/usr/bin/env python3
"""A name server on 127.0.0.1:53 of a test's own network. It prints a line when it is ready, then one JSON line for each question.

  nx.*        NXDOMAIN, while the file named by the first argument is there; an address after that
  servfail.*  SERVFAIL          silent.*  no answer          others    A 127.0.0.1
"""
import json, os, socket, struct, sys, threading

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print(json.dumps({"told": "ready"}), flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True:
    question, peer = server.recvfrom(2048)
    end, labels = 12, []
    while question[end]:
        labels.append(question[end + 1 : end + 1 + question[end]].decode())
        end += 1 + question[end]
    kind = struct.unpack(">H", question[end + 1 : end + 3])[0]
    print(json.dumps({"told": ".".join(labels)}), flush=True)
    if labels[0] == "silent":
        continue
    code = {"nx": 3 if os.path.exists(sys.argv[1]) else 0, "servfail": 2}.get(labels[0], 0)
    row = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + bytes([127, 0, 0, 1]) if code == 0 and kind == 1 else b""
    head = question[:2] + bytes([0x81, 0x80 | code]) + struct.pack(">HHHH", 1, 1 if row else 0, 0, 0)
    server.sendto(head + question[12 : end + 5] + row, peer)
