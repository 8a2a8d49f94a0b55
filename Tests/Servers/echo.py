#!/usr/bin/env python3
"""A mail server and a webhook receiver that refuse, and repeat in their refusals everything they were told: lines, paths, headers.

Prints one JSON line with `port` (mail) and `status` (webhook port). Adds to every answer what a terminal would obey.
"""
import http.server, json, re, socket, sys, threading

EVIL = "\x1b[31mred\x1b[0m \u202egnp.exe \u200b\u2066x\u2069 \x07\x9b2J"


def serve(connection):
    stream = connection.makefile("rwb")

    def put(text):
        stream.write(text.encode() + b"\r\n")
        stream.flush()

    put("220 peer.test ready")
    while line := stream.readline():
        command = line.decode("utf-8", "replace").strip()
        verb = command.split(" ")[0].upper()
        if verb == "EHLO":
            put("250-peer.test\r\n250 AUTH PLAIN LOGIN XOAUTH2")
        elif verb == "QUIT":
            put("221 bye")
            return
        elif verb == "AUTH" and command.count(" ") == 1:
            put("334 ")
        elif verb in ("RSET", "NOOP"):
            put("250 ok")
        elif len(command) > 900:
            # A line of an answer has no room for it (RFC 5321, section 4.5.3.1.5): in several, each a part.
            parts = [command[at:at + 400] for at in range(0, len(command), 400)]
            put("\r\n".join(f"535{'-' if part is not parts[-1] else ' '}5.7.8 I was told: {part}" for part in parts))
        else:
            put(f"535 5.7.8 I was told: {command} {EVIL}")


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"] or 0))
        body = f"{self.requestline} {self.path} {self.path.split('/')[-1]} {EVIL}".encode()
        self.send_response(401, "No " + self.path)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *_):
        pass


def accept(server):
    while True:
        threading.Thread(target=guarded, args=(server.accept()[0],), daemon=True).start()


def guarded(connection):
    try:
        serve(connection)
    except OSError:
        pass
    finally:
        connection.close()


mail = socket.create_server(("127.0.0.1", 0))
web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(json.dumps({"port": mail.getsockname()[1], "status": web.server_address[1]}), flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), __import__("os")._exit(0)), daemon=True).start()
threading.Thread(target=accept, args=(mail,), daemon=True).start()
web.serve_forever()
