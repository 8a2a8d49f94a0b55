#!/usr/bin/env python3
"""A name server on 127.0.0.1:53 in a test's own network.

It prints a line when it is ready, then one JSON line for each question.

  nx.*        NXDOMAIN while the file of the first argument exists, then A 127.0.0.1
  servfail.*  SERVFAIL          silent.*  no answer          others    A 127.0.0.1
"""
import os, sys
from scripted import ASKED, dns_answer, dns_question, dns_server, end_with_input, say

server = dns_server()
say(told="ready")
end_with_input()
while True:
    question, peer = server.recvfrom(2048)
    labels, kind, end = dns_question(question)
    say(told=".".join(labels))
    if labels[0] == "silent":
        continue
    code = {"nx": 3 if os.path.exists(sys.argv[1]) else 0, "servfail": 2}.get(labels[0], 0)
    rows = [(ASKED, 1, bytes([127, 0, 0, 1]))] if code == 0 and kind == 1 else []
    server.sendto(dns_answer(question, end, rows, code), peer)
