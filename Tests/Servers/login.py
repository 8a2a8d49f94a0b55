#!/usr/bin/env python3
"""A mail server that wants a password, and a webhook receiver that wants its signature and its address: login_peer.py FOLDER.

What they want stands in FOLDER/password, FOLDER/secret (whsec_…) and FOLDER/path, read anew each time; where there is FOLDER/token the mail
server offers XOAUTH2 and nothing else. Prints `port` (mail) and `status`
(webhooks) in its first line, then a line for each log-in that is refused, each mail and each request. The mail server closes after each mail.
"""
import base64, hashlib, hmac, http.server, json, os, re, socket, sys, threading

lock = threading.Lock()


def say(**fields):
    with lock:
        print(json.dumps(fields), flush=True)


def wanted(name):
    return open(os.path.join(sys.argv[1], name)).read().strip()


def serve(connection):
    stream = connection.makefile("rwb")

    def put(text):
        stream.write(text.encode() + b"\r\n")
        stream.flush()

    put("220 peer.test ready")
    recipient, isIn = "", False
    while line := stream.readline():
        words = line.decode("utf-8", "replace").split()
        verb = words[0].upper() if words else ""
        if verb == "EHLO":
            put("250-peer.test\r\n250 AUTH " + ("XOAUTH2" if os.path.exists(os.path.join(sys.argv[1], "token")) else "PLAIN"))
        elif verb == "AUTH":
            if len(words) < 3:
                put("334 ")
                words.append(stream.readline().decode().strip())
            if words[1] == "XOAUTH2":
                told = base64.b64decode(words[2]).decode()
                isIn = told == f"user=remindd\1auth=Bearer {wanted('token')}\1\1"
                if not isIn:
                    say(refused=535)
                    put("334 " + base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode())
                    stream.readline()
                put("235 2.7.0 in" if isIn else "535 5.7.3 Authentication unsuccessful")
                continue
            isIn = base64.b64decode(words[2]).split(b"\0")[-1].decode() == wanted("password")
            if not isIn:
                say(refused=535)
            put("235 2.7.0 in" if isIn else "535 5.7.8 wrong password")
        elif verb == "RCPT":
            recipient = re.search("<(.*)>", line.decode())[1]
            put("250 2.1.5 ok" if isIn else "530 5.7.0 log in first")
        elif verb == "DATA":
            put("354 go on")
            body = b""
            while (line := stream.readline()) not in (b".\r\n", b""):
                body += line
            say(recipient=recipient, data=base64.b64encode(body).decode())
            put("250 2.0.0 queued")
            return
        elif verb == "QUIT":
            put("221 2.0.0 bye")
            return
        else:
            put("250 2.0.0 ok")


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        key = base64.b64decode(wanted("secret").removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        signature = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        status = 404 if self.path != wanted("path") else 204 if signature in self.headers["webhook-signature"].split() else 401
        say(id=self.headers["webhook-id"], status=status)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def guarded(connection):
    try:
        serve(connection)
    except OSError:
        pass
    finally:
        connection.close()


mail = socket.create_server(("127.0.0.1", 0))
web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
say(port=mail.getsockname()[1], status=web.server_address[1])
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
threading.Thread(target=web.serve_forever, daemon=True).start()
while True:
    threading.Thread(target=guarded, args=(mail.accept()[0],), daemon=True).start()
