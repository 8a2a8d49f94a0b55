"""The common parts of the scripted servers.

They are output, connections, the SMTP dialogue, the webhook receiver and DNS questions. A server
prints one JSON line with its port, then one for each event. It ends when its standard input ends,
and so with its test.
"""
import base64, http.server, json, os, re, socket, struct, sys, threading

PRINTING = threading.Lock()


def say(**fields):
    with PRINTING:
        print(json.dumps(fields), flush=True)


def end_with_input():
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()


def place():
    """The address and port to listen on.

    They are PEER_ADDRESS and PEER_PORT of the environment, or else a free loopback port.
    """
    return os.environ.get("PEER_ADDRESS", "127.0.0.1"), int(os.environ.get("PEER_PORT", 0))


def listen():
    return socket.create_server(place(), backlog=1024)


class Gone(Exception):
    """Ends the connection."""


class Session:
    """One connection, served by its own thread. A server overrides `run`."""

    def __init__(self, connection, number):
        self.socket, self.number, self.buffer = connection, number, b""

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise Gone
        self.buffer += data

    def take(self, count):
        while len(self.buffer) < count:
            self.more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def take_until(self, end):
        """Returns the bytes before `end` and drops `end`."""
        while end not in self.buffer:
            self.more()
        taken, self.buffer = self.buffer.split(end, 1)
        return taken

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def guarded(self):
        try:
            self.run()
        except (Gone, OSError):
            pass
        finally:
            self.socket.close()


def accept(server, session):
    """Serves each connection with a `session(connection, number)`. Does not return."""
    number = 0
    while True:
        connection, _ = server.accept()
        number += 1
        threading.Thread(target=session(connection, number).guarded, daemon=True).start()


class MailSession(Session):
    """An SMTP dialogue that accepts every mail. A server overrides the answers that it changes."""

    greeting = "220 peer.test ready"

    def __init__(self, connection, number):
        super().__init__(connection, number)
        self.hello = self.sender = self.recipient = ""

    def put(self, text):
        self.socket.sendall(text.encode() + b"\r\n")

    def line(self):
        return self.take_until(b"\r\n")

    def run(self):
        self.put(self.greeting)
        while True:
            command = self.line().decode("utf-8", "backslashreplace")
            self.obey(command.split(" ")[0].upper(), command)

    def obey(self, verb, command):
        if verb in ("EHLO", "HELO"):
            self.hello = command.partition(" ")[2]
            words = ["peer.test", *self.extensions()]
            self.put("\r\n".join(f"250{'-' if index + 1 < len(words) else ' '}{word}" for index, word in enumerate(words)))
        elif verb == "AUTH":
            self.log_in(command.split(" "))
        elif verb == "MAIL":
            self.sender = re.search("<(.*)>", command)[1]
            self.put(self.answer_to_sender())
        elif verb == "RCPT":
            self.recipient = re.search("<(.*)>", command)[1]
            self.put(self.answer_to_recipient())
        elif verb == "DATA":
            self.take_mail()
        elif verb == "QUIT":
            self.quit()
        else:
            self.put("250 2.0.0 ok")

    def extensions(self):
        return ["SIZE 10000000"]

    def log_in(self, words):
        self.put("500 5.5.1 no such command")

    def answer_to_sender(self):
        return "250 2.1.0 ok"

    def answer_to_recipient(self):
        return "250 2.1.5 ok"

    def take_mail(self):
        self.put("354 go on")
        data = self.body()
        self.put(self.answer_to_mail(base64.b64encode(data).decode()))

    def body(self):
        """Returns the mail up to its final dot, without the dots that SMTP adds."""
        lines = []
        while (line := self.line()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
            self.hear_line()
        return b"".join(line + b"\r\n" for line in lines)

    def hear_line(self):
        pass

    def answer_to_mail(self, data):
        say(recipient=self.recipient, data=data)
        return "250 2.0.0 queued"

    def quit(self):
        self.put("221 2.0.0 bye")
        raise Gone


class BearerLogin:
    """XOAUTH2 with the answers of Google and Microsoft.

    A refusal is 334 with its reason in base64. After the client's answer to that comes 535.
    """

    def is_bearer(self, told, user, token):
        return told == f"user={user}\1auth=Bearer {token}\1\1"

    def give_reason(self, status):
        """Sends the reason of a refusal and reads the client's answer. Some clients close instead."""
        reason = json.dumps({"status": status, "schemes": "Bearer"}, separators=(",", ":"))
        self.put("334 " + base64.b64encode(reason.encode()).decode())
        self.line()

    def initial_response(self, words):
        """Returns the initial response of an AUTH command, and asks for it if it is missing."""
        if len(words) < 3:
            self.put("334 ")
            words.append(self.line().decode())
        return base64.b64decode(words[2])


class HookReceiver(http.server.BaseHTTPRequestHandler):
    """A webhook receiver. A server overrides `answer_to(body)`.

    It returns the status, more header fields, and the body of the answer.
    """

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        status, fields, body = self.answer_to(self.rfile.read(int(self.headers["content-length"] or 0)))
        self.send_response(status, fields.pop("reason", None))
        for name, value in fields.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class HookServer(http.server.ThreadingHTTPServer):
    # Python's default queue takes five connections. If more come at once on a busy machine, the
    # kernel resets some.
    request_queue_size = 1_024


def dns_question(datagram):
    """Returns the labels of the name, the record type, and the length of header and question."""
    end, labels = 12, []
    while datagram[end]:
        labels.append(datagram[end + 1 : end + 1 + datagram[end]].decode())
        end += 1 + datagram[end]
    return labels, struct.unpack(">H", datagram[end + 1 : end + 3])[0], end + 5


def dns_answer(datagram, end, rows, code=0):
    """Builds an answer. `rows` has the owner, type and data of each record."""
    packed = b"".join(owner + struct.pack(">HHIH", kind, 1, 0, len(data)) + data for owner, kind, data in rows)
    return datagram[:2] + bytes([0x81, 0x80 | code]) + struct.pack(">HHHH", 1, len(rows), 0, 0) + datagram[12:end] + packed


def dns_server():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    return server


ASKED = b"\xc0\x0c"  # the owner of a record for the name in the question
