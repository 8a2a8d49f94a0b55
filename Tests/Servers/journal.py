#!/usr/bin/env python3
"""Runs a command with a simulated systemd: journal.py FOLDER COMMAND… (as root).

The command runs in its own mount namespace, with sockets in place of those of the journal and the
supervisor. JOURNAL_STREAM names its standard error, as under systemd. The script appends to
FOLDER/journal one JSON line with the fields of each entry, to FOLDER/stderr the text of standard
error, and to FOLDER/notify the notifications. It passes SIGTERM and SIGHUP on, and ends with the
command.
"""
import ctypes, json, os, select, signal, socket, subprocess, sys

folder = sys.argv[1]
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x00020000) != 0:  # CLONE_NEWNS
    sys.exit(f"unshare: {os.strerror(ctypes.get_errno())}")
subprocess.run(["mount", "--make-rprivate", "/"], check=True)
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
os.makedirs("/run/systemd/journal")


def listener(path):
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    made.bind(path)
    return made


journal = listener("/run/systemd/journal/socket")
notify = listener(os.path.join(folder, "notify.socket"))
near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
status = os.fstat(far.fileno())
environment = os.environ | {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}", "NOTIFY_SOCKET": os.path.join(folder, "notify.socket")}
command = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stderr=far, env=environment)
far.close()
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda number, _: command.send_signal(number))


def fields(datagram):
    """Parses the journal's native protocol.

    A field is a line NAME=value; or NAME, a line feed, eight bytes of length, and the value.
    """
    found, rest = {}, datagram
    while rest:
        line, _, rest = rest.partition(b"\n")
        name, isPlain, value = line.partition(b"=")
        if not isPlain:
            size = int.from_bytes(rest[:8], "little")
            value, rest = rest[8 : 8 + size], rest[9 + size :]
        found[name.decode()] = value.decode("utf-8", "replace")
    return found


names = {journal: "journal", notify: "notify", near: "stderr"}
files = {source: open(os.path.join(folder, name), "ab", 0) for source, name in names.items()}
open_ = list(names)
while True:
    # The stream ends with the command. The sockets are read until they are empty before the loop
    # ends.
    ready, _, _ = select.select(open_, [], [], 0.2)
    for source in ready:
        data = source.recv(1 << 20)
        if source is near and not data:
            open_.remove(near)
        elif source is journal:
            files[source].write(json.dumps(fields(data)).encode() + b"\n")
        else:
            files[source].write(data + (b"\n" if source is notify else b""))
    if not ready and command.poll() is not None:
        sys.exit(command.returncode if command.returncode >= 0 else 128 - command.returncode)
