#!/usr/bin/env python3
"""A webhook receiver that refuses before it accepts. It prints its port, then one JSON line for each request.

  /busy/N/S   503 with `Retry-After: S` for the first N tries of each webhook-id, then 204
  /status/N   N, always
  /picky/N    N, always, for recipients whose id begins with "bad"; 204 for the others
  others      204

A GET is answered 200, and its path printed. PEER_ADDRESS and PEER_PORT in the environment say where it listens: a free port of loopback.
"""
import base64, http.server, json, os, sys, threading

lock = threading.Lock()
tries = {}


def say(**fields):
    with lock:
        print(json.dumps(fields), flush=True)


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        name = self.headers["webhook-id"]
        parts = self.path.split("/")
        status = 204
        if parts[1] == "busy":
            with lock:
                tries[name] = tries.get(name, 0) + 1
                status = 503 if tries[name] <= int(parts[2]) else 204
        if parts[1] == "status":
            status = int(parts[2])
        if parts[1] == "picky" and json.loads(body)["data"]["recipient"].startswith("bad"):
            status = int(parts[2])
        head = self.requestline + "\r\n" + "".join(f"{key}: {value}\r\n" for key, value in self.headers.items())
        say(id=name, status=status, head=head, data=base64.b64encode(body).decode())
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", parts[3])
            self.send_header("Content-Length", "0")
        elif status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        say(told=self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


# Python's own queue takes five connections; where more come at once on a busy machine, the kernel resets some.
http.server.ThreadingHTTPServer.request_queue_size = 1_024
server = http.server.ThreadingHTTPServer((os.environ.get("PEER_ADDRESS", "127.0.0.1"), int(os.environ.get("PEER_PORT", 0))), Receiver)
say(port=server.server_address[1])
threading.Thread(target=lambda: (sys.stdin.read(), __import__("os")._exit(0)), daemon=True).start()
server.serve_forever()
