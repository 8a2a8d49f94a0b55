"""A mail server and a webhook receiver on loopback that keep all messages."""

import base64
import hashlib
import hmac
import http.server
import json
import mailbox
import queue
import secrets
import socket
import threading
from dataclasses import dataclass

from aiosmtpd.controller import Controller


@dataclass
class Mail:
    """A message as the mail server got it: the envelope, and the bytes after DATA."""

    recipients: list
    raw: bytes


@dataclass
class Webhook:
    """A request as the receiver got it; header names in lower case."""

    headers: dict
    body: dict
    is_signed: bool


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """Accepts every mail into a Maildir, with the envelope in front, as mail servers do."""

    def __init__(self, folder):
        self.port = free_port()
        self._arrived = queue.SimpleQueue()
        self._folder = mailbox.Maildir(folder, create=True)
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server, _session, envelope):
        raw = bytes(envelope.original_content)
        front = f"Return-Path: <{envelope.mail_from}>\r\n" + "".join(f"Delivered-To: {to}\r\n" for to in envelope.rcpt_tos)
        self._folder.add((front.encode() + raw).replace(b"\r\n", b"\n"))
        self._arrived.put(Mail(list(envelope.rcpt_tos), raw))
        return "250 2.0.0 kept"

    def take(self):
        return drain(self._arrived)

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()


class WebhookReceiver:
    """Answers every POST with 204 and logs it, one JSON object a line."""

    def __init__(self, path):
        key = secrets.token_bytes(32)
        self.secret = "whsec_" + base64.b64encode(key).decode()
        arrived = self._arrived = queue.SimpleQueue()
        lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # connections are kept

            def do_POST(self):
                text = self.rfile.read(int(self.headers.get("content-length", 0))).decode("utf-8")
                headers = {name.lower(): value for name, value in self.headers.items()}
                with lock, path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"path": self.path, "headers": headers, "body": text}, ensure_ascii=False) + "\n")
                arrived.put(Webhook(headers, json.loads(text), is_signed(key, headers, text)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1})

    def take(self):
        return drain(self._arrived)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def is_signed(key, headers, text):
    """Checks a signature of Standard Webhooks 1.0, HMAC-SHA256 over id, timestamp and body."""
    content = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.{text}".encode()
    wanted = "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return any(hmac.compare_digest(wanted, found) for found in headers.get("webhook-signature", "").split())


def drain(arrivals):
    taken = []
    while True:
        try:
            taken.append(arrivals.get_nowait())
        except queue.Empty:
            return taken
