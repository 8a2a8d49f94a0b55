#!/usr/bin/env python3
"""Runs a command in its own network with its own names: resolver.py COMMAND… (as root).

The network has loopback, private and public addresses, all on `lo`. Ports 80, 443 and 8088 of each
address have listeners. /etc/resolv.conf names a DNS server in the network. The script prints the
command's output, then one JSON line. The line has the number of connections to each address, and
how often the address of each `then` name was requested.

The first label is the answer and the second its type. A `-` stands for `.` or `:`.
  127-0-0-1.a.test            A 127.0.0.1            2606-4700--1.aaaa.test   AAAA 2606:4700::1
  then.a.test                 A public at first, A 127.0.0.1 from the second question on (rebinding)
  both.a.test                 A public and A 127.0.0.1, in one answer, the private one first
  alias.a.test                CNAME localhost.       mapped.aaaa.test         AAAA ::ffff:127.0.0.1
"""
import ctypes, json, os, socket, subprocess, sys, threading
from scripted import ASKED, dns_answer, dns_question, dns_server

PUBLIC, PUBLIC6, FIRST = "93.184.216.34", "2606:4700::6810:1", "151.101.1.69"
ADDRESSES = ["10.0.0.1", "10.255.255.254", "100.64.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.2.1",
             "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", PUBLIC, FIRST]
ADDRESSES6 = ["fd00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "2001:db8::1", "2002:7f00:1::1", "64:ff9b::7f00:1", "100::1", PUBLIC6]


def isolate():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x40000000 | 0x00020000) != 0:  # CLONE_NEWNET, CLONE_NEWNS
        sys.exit(f"unshare: {os.strerror(ctypes.get_errno())}")
    run = lambda *command: subprocess.run(command, check=True)
    run("mount", "--make-rprivate", "/")
    run("ip", "link", "set", "lo", "up")
    for address in ADDRESSES:
        run("ip", "address", "add", address + "/32", "dev", "lo")
    for address in ADDRESSES6:
        run("ip", "-6", "address", "add", address + "/128", "dev", "lo", "nodad")
    for path, text in [("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"), ("/etc/nsswitch.conf", "hosts: files dns\n")]:
        own = f"/tmp/.{os.getpid()}-{os.path.basename(path)}"
        with open(own, "w") as file:
            file.write(text)
        run("mount", "--bind", own, os.path.realpath(path))
        os.unlink(own)


asked = {}
seen = {}
lock = threading.Lock()


def records(name, wanted):
    """Returns the records of a name in order, as ("a" | "aaaa" | "cname", value)."""
    labels = name.lower().rstrip(".").split(".")
    what, kind = labels[0], labels[1] if len(labels) > 2 else ""
    if what == "then":
        with lock:
            asked[name] = asked.get(name, 0) + (wanted == "a")
            return [("a", FIRST if asked[name] == 1 else "127.0.0.1")]
    if what == "both":
        return [("a", "127.0.0.1"), ("a", PUBLIC)]
    if what == "alias":
        return [("cname", "localhost"), ("a", "127.0.0.1")]
    if what == "mapped":
        return [("aaaa", "::ffff:127.0.0.1")]
    if kind == "a":
        return [("a", what.replace("-", "."))]
    if kind == "aaaa":
        return [("aaaa", what.replace("-", ":"))]
    return []


def answer(question):
    labels, kind, end = dns_question(question)
    wanted = {1: "a", 28: "aaaa"}.get(kind)
    found = records(".".join(labels), wanted) if wanted else []
    localhost = b"\x09localhost\x00"
    rows = []
    for record, value in found:
        if record == "cname" and wanted == "a":
            rows.append((ASKED, 5, localhost))
        elif record == wanted:
            data = socket.inet_pton(socket.AF_INET if record == "a" else socket.AF_INET6, value)
            rows.append((localhost if found[0][0] == "cname" else ASKED, kind, data))
    return dns_answer(question, end, rows)


def resolve(server):
    while True:
        question, peer = server.recvfrom(2048)
        try:
            server.sendto(answer(question), peer)
        except (IndexError, OSError, UnicodeDecodeError):
            pass


def listen(server):
    while True:
        connection, _ = server.accept()
        with lock:
            address = connection.getsockname()[0].removeprefix("::ffff:")
            seen[address] = seen.get(address, 0) + 1
        connection.settimeout(2)
        try:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:8088/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        except OSError:
            pass
        connection.close()


isolate()
threading.Thread(target=resolve, args=(dns_server(),), daemon=True).start()
for port in (80, 443, 8088):
    threading.Thread(target=listen, args=(socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64),), daemon=True).start()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, timeout=100)
sys.stdout.write(done.stdout)
sys.stderr.write(done.stderr)
print(json.dumps({"seen": seen, "asked": asked}))
