#!/usr/bin/env python3
"""A scripted webhook receiver with faults.

It prints its port, then one JSON line for each connection and request.

  /204         204
  /status/CODE[?retry-after=VALUE]  that code; the value `twice` sends two fields
  /redirect    302 to /204
  /hang        never answers
  /rst         resets after the request
  /rst-early   resets after the headers, before it reads the body
  /drop-kept   answers a connection's first request, closes at the second without an answer
  /slow        200 and a byte a second
  /huge        200 and a body without end
  /headers     headers without end
  /nonsense    an answer that is not HTTP
  /continue    100 Continue, then 204
  /echo        404 with the path in its body

  --tls CERT KEY      uses TLS
  --old               uses TLS 1.0 only
  --client-ca FILE    requires a client certificate of this authority
"""
import argparse, base64, ssl, time
import scripted
from scripted import Gone, accept, end_with_input, listen, say

arguments = argparse.ArgumentParser()
arguments.add_argument("--tls", nargs=2)
arguments.add_argument("--old", action="store_true")
arguments.add_argument("--client-ca")
options = arguments.parse_args()


class Session(scripted.Session):
    def answer(self, status, headers=(), body=b""):
        lines = [f"HTTP/1.1 {status} Scripted"] + [f"{name}: {value}" for name, value in headers]
        if status != 204:
            lines.append(f"Content-Length: {len(body)}")
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def run(self):
        say(connection=self.number, opened=True)
        if options.tls:
            self.secure()
        served = 0
        while True:
            lines = self.take_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            method, target, _ = lines[0].split(" ", 2)
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            # A proxy gets whole URLs as targets.
            path, _, query = target.removeprefix("http://hub.example.test").partition("?")
            if path == "/rst-early":
                self.reset()
            body = self.take(int(headers.get("content-length", 0)))
            say(connection=self.number, method=method, target=target, headers=headers, data=base64.b64encode(body).decode())
            served += 1
            self.reply(path, query, served)

    def reply(self, path, query, served):
        if path.startswith("/status/"):
            value = query.partition("retry-after=")[2]
            fields = [("Retry-After", value)] if value and value != "twice" else [("Retry-After", "5")] * 2 if value else []
            self.answer(int(path[8:]), fields, b"scripted words")
        elif path == "/redirect":
            self.answer(302, [("Location", "/204")])
        elif path == "/hang":
            time.sleep(3600)
        elif path == "/rst":
            self.reset()
        elif path == "/drop-kept":
            if served > 1:
                raise Gone
            self.answer(204)
        elif path == "/slow":
            self.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while True:
                self.socket.sendall(b".")
                time.sleep(1)
        elif path == "/huge":
            self.socket.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                self.socket.sendall(b"x" * 65536)
        elif path == "/headers":
            self.socket.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.socket.sendall(b"X-More: " + b"y" * 1000 + b"\r\n")
        elif path == "/nonsense":
            self.socket.sendall(b"this is no HTTP\r\n\r\n")
            raise Gone
        elif path == "/continue":
            self.socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.answer(204)
        elif path == "/echo":
            self.answer(404, (), f"no such path: {path}".encode())
        else:
            self.answer(204)

    def secure(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*options.tls)
        if options.old:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
        if options.client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(options.client_ca)
        self.socket = context.wrap_socket(self.socket, server_side=True)


server = listen()
say(port=server.getsockname()[1])
end_with_input()
accept(server, Session)
