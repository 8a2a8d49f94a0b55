#!/usr/bin/env python3
"""A scripted mail server. It prints its port, then one JSON line for each connection, command and mail.

The recipient's local part says what happens:
  ok@          250                           rNNN@, rNNN-x.y.z@   that code (and enhanced code) at RCPT
  hangrcpt@    never answers RCPT            tNNN@                that code at DATA
  dNNN@        that code after the final dot
  hang@        never answers the final dot   drop@, rst@          closes, resets after the final dot
  lateN@       250, N seconds after the dot
  midbody@     resets in the middle of the body
The sender's local part `mNNN` is that code at MAIL.

Options: --greeting TEXT (refuses and closes), --silent (never greets), --tls CERT KEY (STARTTLS), --implicit,
--user NAME --password WORD (AUTH PLAIN; 535 otherwise), --close-after N (mails, then closes without a word),
--deaf-quit (never answers QUIT), --offers "NAME NAME" (log-ins named in EHLO), --token FILE (XOAUTH2, and OAUTHBEARER, with the
token in FILE, as Google and Microsoft answer: a refusal is 334 with its reason in base64, and 535 when that was taken).
"""
import argparse, base64, json, re, socket, ssl, struct, sys, threading, time

arguments = argparse.ArgumentParser()
arguments.add_argument("--greeting")
arguments.add_argument("--silent", action="store_true")
arguments.add_argument("--tls", nargs=2)
arguments.add_argument("--implicit", action="store_true")
arguments.add_argument("--user")
arguments.add_argument("--password")
arguments.add_argument("--close-after", type=int, default=0)
arguments.add_argument("--deaf-quit", action="store_true")
arguments.add_argument("--offers", default="PLAIN LOGIN")
arguments.add_argument("--token")
options = arguments.parse_args()

printing = threading.Lock()


def say(**fields):
    with printing:
        print(json.dumps(fields), flush=True)


def forever():
    time.sleep(3600)


class Gone(Exception):
    pass


class Session:
    def __init__(self, connection, number):
        self.socket, self.number, self.buffer = connection, number, b""

    def line(self):
        while b"\r\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                raise Gone
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def put(self, text):
        self.socket.sendall(text.encode() + b"\r\n")

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def secure(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*options.tls)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def hello(self, secured):
        extensions = ["peer.test", "SIZE 10000000"]
        if options.tls and not secured:
            extensions.append("STARTTLS")
        if options.user:
            extensions.append("AUTH " + options.offers)
        for index, word in enumerate(extensions):
            self.put("250" + ("-" if index + 1 < len(extensions) else " ") + word)

    def bearer(self, mechanism, told):
        token = open(options.token).read().strip()
        wanted = f"user={options.user}\1auth=Bearer {token}\1\1"
        if mechanism == "XOAUTH2" and told == wanted:
            return self.put("235 2.7.0 welcome")
        self.put("334 " + base64.b64encode(b'{"status":"400","schemes":"Bearer"}').decode())
        self.line()
        self.put(f"535 5.7.3 Authentication unsuccessful for {told}")

    def run(self):
        if options.silent:
            forever()
        if options.greeting:
            self.put(options.greeting)
            return
        secured = options.implicit
        if secured:
            self.secure()
        self.put("220 peer.test ready")
        sender = recipient = ""
        mails = 0
        while True:
            command = self.line().decode("utf-8", "backslashreplace")
            verb = command.split(" ")[0].upper()
            say(connection=self.number, command=verb if verb == "AUTH" else command)
            if verb in ("EHLO", "HELO"):
                self.hello(secured)
            elif verb == "STARTTLS":
                self.put("220 go ahead")
                self.secure()
                secured = True
            elif verb == "AUTH":
                words = command.split(" ")
                say(connection=self.number, method=words[1])
                if len(words) < 3:
                    self.put("334 ")
                    words.append(self.line().decode())
                if words[1] in ("XOAUTH2", "OAUTHBEARER"):
                    self.bearer(words[1], base64.b64decode(words[2]).decode())
                    continue
                _, user, password = base64.b64decode(words[2]).split(b"\0")
                good = (user.decode(), password.decode()) == (options.user, options.password)
                self.put("235 2.7.0 welcome" if good else "535 5.7.8 wrong")
            elif verb == "MAIL":
                sender = re.search("<(.*)>", command)[1]
                code = re.match(r"m(\d{3})@", sender)
                self.put(f"{code[1]} scripted" if code else "250 2.1.0 ok")
            elif verb == "RCPT":
                recipient = re.search("<(.*)>", command)[1]
                if recipient.startswith("hangrcpt"):
                    forever()
                code = re.match(r"r(\d{3})(?:-([\d.]+))?@", recipient)
                self.put(f"{code[1]} {code[2] or ''} <{recipient}> scripted" if code else "250 2.1.5 ok")
            elif verb == "DATA":
                code = re.match(r"t(\d{3})@", recipient)
                if code:
                    self.put(f"{code[1]} scripted")
                    continue
                self.put("354 go on")
                if recipient.startswith("midbody"):
                    self.line()
                    self.reset()
                lines = []
                while (line := self.line()) != b".":
                    lines.append(line[1:] if line.startswith(b".") else line)
                local = recipient.split("@")[0]
                if local == "hang":
                    forever()
                say(connection=self.number, sender=sender, recipient=recipient, data=base64.b64encode(b"\r\n".join(lines) + b"\r\n").decode())
                late = re.match(r"late(\d+)$", local)
                if late:
                    time.sleep(int(late[1]))
                if local == "drop":
                    return
                if local == "rst":
                    self.reset()
                code = re.match(r"d(\d{3})$", local)
                if code:
                    self.put(f"{code[1]}-first line\r\n{code[1]} scripted")
                else:
                    self.put("250 2.0.0 queued")
                mails += 1
                if mails == options.close_after:
                    return
            elif verb == "QUIT":
                if options.deaf_quit:
                    forever()
                self.put("221 2.0.0 bye")
                return
            elif verb in ("RSET", "NOOP"):
                self.put("250 ok")
            else:
                self.put("500 what?")


def serve(connection, number):
    say(connection=number, opened=True)
    try:
        Session(connection, number).run()
    except (Gone, OSError):
        pass
    finally:
        connection.close()


server = socket.create_server(("127.0.0.1", 0))
say(port=server.getsockname()[1])
threading.Thread(target=lambda: (sys.stdin.read(), __import__("os")._exit(0)), daemon=True).start()
count = 0
while True:
    accepted, _ = server.accept()
    count += 1
    threading.Thread(target=serve, args=(accepted, count), daemon=True).start()
