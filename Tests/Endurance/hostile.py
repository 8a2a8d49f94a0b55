#!/usr/bin/python3
"""Runs hostile clients on the control socket of a daemon and measures their effect.

  hostile.py ROW SOCKET PID [--stop] [--share N]
                            the clients of a row, or one in N of them; prints JSON at the end
  hostile.py ask SOCKET     requests the status every 50 ms until standard input ends; prints the
                            milliseconds of each request
  hostile.py crowd SOCKET   clients of all kinds until standard input ends

Beside the clients of a row another process keeps requesting the status. The row ends when the
daemon has closed every connection or, with --stop, when the daemon has got SIGTERM while they are
open.
"""

import contextlib
import json
import os
import re
import resource
import select
import signal
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time

ASK = b'{"status":{"json":true}}'
ASK = b"POST /v1/command HTTP/1.1\r\nhost: remindd\r\ncontent-length: %d\r\n\r\n%s" % (len(ASK), ASK)
# The longest duration of a row.
LONGEST_S = 40


def connect(path, timeout=5):
    """Connects to the socket. Waits if its queue is full, which Python's own timeout does not."""
    peer = socket.socket(socket.AF_UNIX)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", timeout, 0))
    peer.connect(path)
    peer.settimeout(timeout)
    return peer


def response(peer):
    """Reads one response. Returns its status and whether its body is complete, or (None, False)."""
    got = b""
    with contextlib.suppress(OSError):
        while piece := peer.recv(65_536):
            got += piece
            head, found, body = got.partition(b"\r\n\r\n")
            if found:
                length = re.search(rb"(?i)content-length: (\d+)", head)
                if len(body) >= int(length[1]):
                    return int(got[9:12]), True
    return (int(got[9:12]), False) if len(got) >= 12 else (None, False)


def ask(path):
    """Returns the milliseconds from connecting to the complete answer; None without an answer."""
    began = time.monotonic()
    try:
        with connect(path) as peer:
            peer.sendall(ASK)
            status, whole = response(peer)
    except OSError:
        return None
    return (time.monotonic() - began) * 1e3 if status == 200 and whole else None


# MARK: clients that keep their connections

class Crowd:
    """Connections that send a little every second or nothing, and that read only if `reads`."""

    def __init__(self, path, count, first=b"", each=b"", reads=True):
        self.each, self.reads = each, reads
        self.answers = {}
        self.open = {}
        self.poll = select.poll()
        self.refused = 0
        for _ in range(count):
            try:
                peer = connect(path)
                peer.sendall(first)
            except OSError:
                self.refused += 1
                continue
            peer.setblocking(False)
            self.open[peer.fileno()] = peer
            # Without POLLIN a poll still reports a closed connection.
            self.poll.register(peer, select.POLLIN if reads else 0)
        self.turned = time.monotonic()

    def turn(self, wait_ms=100):
        """Sends data that is due, reads responses, and removes closed connections."""
        for descriptor, events in self.poll.poll(wait_ms):
            peer = self.open[descriptor]
            with contextlib.suppress(OSError):
                if events & select.POLLIN and (got := peer.recv(65_536)):
                    self.answers[got[9:12].decode()] = self.answers.get(got[9:12].decode(), 0) + 1
                    continue
            self.poll.unregister(descriptor)
            peer.close()
            del self.open[descriptor]
        if self.each and time.monotonic() - self.turned >= 1:
            self.turned = time.monotonic()
            for peer in self.open.values():
                with contextlib.suppress(OSError):
                    peer.send(self.each)

    def end(self):
        for peer in self.open.values():
            peer.close()


METRICS = b"GET /metrics HTTP/1.1\r\n\r\n"
BODY = b"POST /v1/command HTTP/1.1\r\ncontent-length: 1000\r\n\r\n"
# Per name: number, first data, data every second, whether they read, time limit in seconds.
CROWDS = {
    "slow-heads": (500, b"GET /healthz HTTP/1.1\r\nx-slow: ", b"a", True, 12),
    "slow-bodies": (100, BODY, b"a", True, 22),
    "no-bodies": (100, BODY, b"", True, 22),
    "idle": (5_000, b"", b"", True, 17),
    "never-read": (200, METRICS * 90, b"", False, 22),
}


# MARK: single clients

def refusal(path, first, endless, most):
    """Sends `first`, then `endless` repeatedly, up to `most` bytes or until an answer.

    Returns the status and the milliseconds from connecting."""
    began = time.monotonic()
    with connect(path) as peer:
        peer.setblocking(False)
        left, rest = most, first
        while True:
            readable, writable, _ = select.select([peer], [peer] if left > 0 else [], [], 5)
            if readable:
                peer.setblocking(True)
                return response(peer)[0], (time.monotonic() - began) * 1e3
            if not writable:
                return None, (time.monotonic() - began) * 1e3
            try:
                sent = peer.send(rest)
            except OSError:
                left = 0
                continue
            left -= sent
            rest = rest[sent:] or endless


LARGE = [
    ("10 MB header line", b"GET /healthz HTTP/1.1\r\nx-large: ", b"a" * 65_536, 10 << 20, 431),
    ("64 MB request line", b"GET /", b"a" * 65_536, 64 << 20, 414),
    ("3 MB of fields", b"GET /healthz HTTP/1.1\r\n", b"x-field: value\r\n" * 4_000, 3 << 20, 431),
    ("endless head", b"GET /healthz HTTP/1.1\r\nx-endless: ", b"a" * 65_536, 1 << 40, 431),
]
GET = b"GET /healthz HTTP/1.1\r\n"
REFUSED = [
    ("10 GB announced", b"POST /v1/command HTTP/1.1\r\ncontent-length: 10000000000\r\n\r\n", 413),
    ("50 MB in chunks", b"POST /v1/command HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3200000\r\n", 411),
    ("two lengths", b"POST /v1/command HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na", 400),
    ("length and encoding", b"POST /v1/command HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\na", 400),
    ("+5", b"POST /v1/command HTTP/1.1\r\ncontent-length: +5\r\n\r\nabcde", 400),
    ("blank before the colon", b"POST /v1/command HTTP/1.1\r\ntransfer-encoding : chunked\r\n\r\n", 400),
    ("bare LF", GET + b"a: b\n\r\n", 400), ("bare CR", GET + b"a: b\rc\r\n\r\n", 400), ("NUL", GET + b"a: \0\r\n\r\n", 400),
    ("folded line", GET + b"a: b\r\n c\r\n\r\n", 400), ("no colon", GET + b"abc\r\n\r\n", 400),
    ("HTTP/9.9", b"GET / HTTP/9.9\r\n\r\n", 400), ("TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    ("PROXY line", b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + GET + b"\r\n", 400),
    ("TRACE", b"TRACE / HTTP/1.1\r\n\r\n", 405), ("CONNECT", b"CONNECT a:1 HTTP/1.1\r\n\r\n", 405),
    ("FOO", b"FOO / HTTP/1.1\r\n\r\n", 400),
    *((path.decode(), b"GET " + path + b" HTTP/1.1\r\n\r\n", 404) for path in (b"/%00", b"/%zz", b"/%c0%ae", b"/a/../b", b"/a//b")),
]


def large(path, pid):
    """Checks for each large request its status, its time, and the processor time of the daemon."""
    found = []
    for name, first, endless, most, expected in LARGE:
        before = processor_ms(pid)
        results = [None] * (3 if most > 1 << 30 else 1)

        def run(index):
            results[index] = refusal(path, first, endless, most)

        threads = [threading.Thread(target=run, args=(index,)) for index in range(len(results))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cost = (processor_ms(pid) - before) / len(results)
        for status, took in results:
            found.append({"what": name, "status": status, "expected": expected, "ms": round(took, 1), "cpu_ms": round(cost, 1)})
    return {"requests": found}


def refused(path, _):
    found = []
    for name, sent, expected in REFUSED:
        with connect(path) as peer:
            peer.sendall(sent)
            found.append({"what": name, "status": response(peer)[0], "expected": expected})
    return {"requests": found}


def at_once(path, _):
    """Sends a thousand requests before reading the first answer.

    A connection above the limit of the socket closes the one that has waited longest for the end of
    its request. That may be one of a client that had no processor time yet to send its request."""
    statuses, lock = {}, threading.Lock()

    def fifty():
        peers = []
        for _ in range(50):
            with contextlib.suppress(OSError):
                peers.append(connect(path, 20))
                peers[-1].sendall(ASK)
        for peer in peers:
            status, whole = response(peer)
            with lock:
                name = str(status) if whole else "closed without an answer"
                statuses[name] = statuses.get(name, 0) + 1
            peer.close()

    threads = [threading.Thread(target=fifty) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"answers": statuses}


def order(path, _):
    """Checks the order of answers for pipelined requests, a half-closed client and HTTP/1.0."""
    found = []
    for name, sent, ends, expected in [
        ("pipelined", METRICS + b"GET /nothing HTTP/1.1\r\n\r\n" + GET + b"connection: close\r\n\r\n", False, [200, 404, 200]),
        ("half-closed", GET + b"\r\n" + b"GET /nothing HTTP/1.1\r\n\r\n", True, [200, 404]),
        ("HTTP/1.0", b"GET /healthz HTTP/1.0\r\n\r\n", False, [200]),
    ]:
        with connect(path) as peer:
            peer.sendall(sent)
            if ends:
                peer.shutdown(socket.SHUT_WR)
            got = b""
            with contextlib.suppress(OSError):
                while piece := peer.recv(65_536):
                    got += piece
            statuses = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+)", got)]
            found.append({"what": name, "status": statuses, "expected": expected})
    return {"requests": found}


def descriptors(path, pid):
    """Opens more idle connections than the daemon has descriptors.

    The daemon must not spin meanwhile, and must answer after they are closed."""
    crowd = Crowd(path, 60)
    time.sleep(1)
    before = processor_ms(pid)
    time.sleep(2)
    cost = processor_ms(pid) - before
    crowd.end()
    began = time.monotonic()
    while ask(path) is None and time.monotonic() - began < 10:
        time.sleep(0.02)
    return {"cpu_ms_of_2_s": round(cost, 1), "answers_again_after_ms": round((time.monotonic() - began) * 1e3)}


SINGLE = {"large": large, "refused": refused, "at-once": at_once, "order": order, "descriptors": descriptors}


# MARK: effects on the daemon

def processor_ms(pid):
    """Returns the processor time of a process so far (clock_getcpuclockid(3)), in ms."""
    return time.clock_gettime(~pid << 3 | 2) * 1e3


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1_024


def stopped_after(pid, seconds=10):
    """Returns the milliseconds from SIGTERM to the end of the process; None if it does not end."""
    watched = os.pidfd_open(pid)
    began = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    ended = select.select([watched], [], [], seconds)[0]
    os.close(watched)
    return round((time.monotonic() - began) * 1e3) if ended else None


class Asker:
    """A process that keeps requesting the status."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, __file__, "ask", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def end(self):
        out, _ = self.process.communicate("", 30)
        took = [float(line) if line != "none" else None for line in out.split()]
        answered = [value for value in took if value is not None]
        return {
            "asked": len(took), "unanswered": len(took) - len(answered),
            "status_ms": round(statistics.median(answered), 1) if answered else None,
            "status_ms_most": round(max(answered), 1) if answered else None,
        }


def row(name, path, pid, stops, share):
    """Runs one row: its clients, the requests beside them, and the end of connections or daemon."""
    figures = {"row": name}
    asker = Asker(path)
    crowd, limit = None, None
    peak = resident_mib(pid)
    began = time.monotonic()
    if name in CROWDS:
        count, *wanted, limit = CROWDS[name]
        crowd = Crowd(path, count // share, *wanted)
        while crowd.open and time.monotonic() - began < (2 if stops else LONGEST_S):
            crowd.turn()
            peak = max(peak, resident_mib(pid))
        figures |= {"open": len(crowd.open), "answers": crowd.answers}
        if not stops:
            figures |= {"none_left_after_s": round(time.monotonic() - began, 1), "limit_s": limit}
    else:
        figures |= SINGLE[name](path, pid)
        peak = max(peak, resident_mib(pid))
        time.sleep(max(0, 1 - (time.monotonic() - began)))
    figures |= asker.end() | {"resident_mib": round(peak, 1)}
    if stops:
        figures["stopped_after_ms"] = stopped_after(pid)
    if crowd:
        crowd.end()
    return figures


def crowd_of_all(path):
    """Runs clients of all kinds at once, repeatedly, until standard input ends."""
    share = {"slow-heads": 60, "slow-bodies": 30, "no-bodies": 30, "idle": 100, "never-read": 20}
    crowds = [Crowd(path, share[name], *CROWDS[name][1:4]) for name in share]
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        for index, name in enumerate(share):
            crowds[index].turn(1)
            if len(crowds[index].open) < share[name] / 2:
                crowds[index].end()
                crowds[index] = Crowd(path, share[name], *CROWDS[name][1:4])
        for _, first, endless, _, _ in LARGE[-1:] * 3:
            with contextlib.suppress(OSError):
                refusal(path, first, endless, 1 << 30)
        time.sleep(0.02)


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8_192)), hard))
    name, path = sys.argv[1:3]
    if name == "ask":
        print("ready", flush=True)
        while not select.select([sys.stdin], [], [], 0.05)[0]:
            took = ask(path)
            print("none" if took is None else f"{took:.2f}", flush=True)
    elif name == "crowd":
        crowd_of_all(path)
    else:
        share = int(sys.argv[sys.argv.index("--share") + 1]) if "--share" in sys.argv else 1
        print(json.dumps(row(name, path, int(sys.argv[3]), "--stop" in sys.argv, share)), flush=True)


if __name__ == "__main__":
    main()
