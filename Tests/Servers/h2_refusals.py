#!/usr/bin/env python3
"""An HTTP/2 server that takes no request: h2_peer.py goaway|refused-stream CERT KEY. It prints its port, then a JSON line for each frame.

At HEADERS it says GOAWAY with no stream taken, or resets the stream as refused (RFC 9113, sections 6.8 and 8.7).
"""
import json, socket, ssl, struct, sys, threading

KINDS = {0: "DATA", 1: "HEADERS", 3: "RST_STREAM", 4: "SETTINGS", 6: "PING", 7: "GOAWAY", 8: "WINDOW_UPDATE"}
printing = threading.Lock()


def say(**fields):
    with printing:
        print(json.dumps(fields), flush=True)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def serve(connection):
    buffer = b""

    def take(count):
        nonlocal buffer
        while len(buffer) < count:
            data = connection.recv(65536)
            if not data:
                raise OSError
            buffer += data
        taken, buffer = buffer[:count], buffer[count:]
        return taken

    take(len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
    connection.sendall(frame(4, 0, 0))
    while True:
        head = take(9)
        kind, flags, stream = head[3], head[4], struct.unpack(">I", head[5:])[0]
        take(struct.unpack(">I", b"\0" + head[:3])[0])
        say(command=KINDS.get(kind, str(kind)))
        if kind == 4 and not flags & 1:
            connection.sendall(frame(4, 1, 0))
        if kind == 1 and sys.argv[1] == "goaway":
            connection.sendall(frame(7, 0, 0, struct.pack(">II", 0, 0)))
            return
        if kind == 1:
            connection.sendall(frame(3, 0, stream, struct.pack(">I", 7)))


def guarded(connection):
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        context.set_alpn_protocols(["h2"])
        serve(context.wrap_socket(connection, server_side=True))
    except OSError:
        pass
    finally:
        connection.close()


server = socket.create_server(("127.0.0.1", 0))
say(port=server.getsockname()[1])
threading.Thread(target=lambda: (sys.stdin.read(), __import__("os")._exit(0)), daemon=True).start()
while True:
    threading.Thread(target=guarded, args=(server.accept()[0],), daemon=True).start()
