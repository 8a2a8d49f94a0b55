#!/usr/bin/env python3
"""An HTTP/2 server that accepts no request: h2_refusals.py goaway|refused-stream CERT KEY.

It prints its port, then a JSON line for each frame. It answers HEADERS with GOAWAY that accepts no
stream, or resets the stream as refused (RFC 9113, sections 6.8 and 8.7).
"""
import ssl, struct, sys
from scripted import Session, accept, end_with_input, listen, say

KINDS = {0: "DATA", 1: "HEADERS", 3: "RST_STREAM", 4: "SETTINGS", 6: "PING", 7: "GOAWAY", 8: "WINDOW_UPDATE"}


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


class Frames(Session):
    def run(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        context.set_alpn_protocols(["h2"])
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.take(len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        self.socket.sendall(frame(4, 0, 0))
        while True:
            head = self.take(9)
            kind, flags, stream = head[3], head[4], struct.unpack(">I", head[5:])[0]
            self.take(struct.unpack(">I", b"\0" + head[:3])[0])
            say(command=KINDS.get(kind, str(kind)))
            if kind == 4 and not flags & 1:
                self.socket.sendall(frame(4, 1, 0))
            if kind == 1 and sys.argv[1] == "goaway":
                self.socket.sendall(frame(7, 0, 0, struct.pack(">II", 0, 0)))
                return
            if kind == 1:
                self.socket.sendall(frame(3, 0, stream, struct.pack(">I", 7)))


server = listen()
say(port=server.getsockname()[1])
end_with_input()
accept(server, Frames)
