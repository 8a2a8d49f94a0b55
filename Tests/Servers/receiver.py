#!/usr/bin/env python3
"""A webhook receiver that refuses before it accepts.

It prints its port, then one JSON line for each request.

  /busy/N/S   503 with `Retry-After: S` for the first N tries of each webhook-id, then 204
  /status/N   N, always
  /picky/N    N, always, for recipients whose id begins with "bad"; 204 for the others
  others      204

It answers a GET with 200 and prints its path. It listens on PEER_ADDRESS and PEER_PORT of the
environment, or else on a free loopback port.
"""
import base64, json, threading
from scripted import HookReceiver, HookServer, end_with_input, place, say

lock = threading.Lock()
tries = {}


class Receiver(HookReceiver):
    def answer_to(self, body):
        name = self.headers["webhook-id"]
        parts = self.path.split("/")
        status, fields = 204, {}
        if parts[1] == "busy":
            with lock:
                tries[name] = tries.get(name, 0) + 1
                status = 503 if tries[name] <= int(parts[2]) else 204
        if parts[1] == "status":
            status = int(parts[2])
        if parts[1] == "picky" and json.loads(body)["data"]["recipient"].startswith("bad"):
            status = int(parts[2])
        if status == 503:
            fields["Retry-After"] = parts[3]
        head = self.requestline + "\r\n" + "".join(f"{key}: {value}\r\n" for key, value in self.headers.items())
        say(id=name, status=status, head=head, data=base64.b64encode(body).decode())
        return status, fields, b""

    def do_GET(self):
        say(told=self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


server = HookServer(place(), Receiver)
say(port=server.server_address[1])
end_with_input()
server.serve_forever()
