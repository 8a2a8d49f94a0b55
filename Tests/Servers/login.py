#!/usr/bin/env python3
"""A mail server that requires a login, and a webhook receiver that requires a signature.

login.py FOLDER

The receiver also requires its path. The expected values are in FOLDER/password, FOLDER/secret
(whsec_…) and FOLDER/path, which are read anew each time. If there is FOLDER/token, the mail server
offers XOAUTH2 only. The first line printed has `port` (mail) and `status` (webhook port). Then
follows one line for each refused login, each mail and each request. The mail server closes the
connection after each mail.
"""
import base64, hashlib, hmac, os, sys, threading
from scripted import BearerLogin, Gone, HookReceiver, HookServer, MailSession, accept, end_with_input, listen, say


def wanted(name):
    return open(os.path.join(sys.argv[1], name)).read().strip()


class Session(MailSession, BearerLogin):
    is_in = False

    def extensions(self):
        return ["AUTH " + ("XOAUTH2" if os.path.exists(os.path.join(sys.argv[1], "token")) else "PLAIN")]

    def log_in(self, words):
        response = self.initial_response(words)
        if words[1] == "XOAUTH2":
            self.is_in = self.is_bearer(response.decode(), "remindd", wanted("token"))
            if not self.is_in:
                say(refused=535)
                self.give_reason("401")
            self.put("235 2.7.0 in" if self.is_in else "535 5.7.3 Authentication unsuccessful")
            return
        self.is_in = response.split(b"\0")[-1].decode() == wanted("password")
        if not self.is_in:
            say(refused=535)
        self.put("235 2.7.0 in" if self.is_in else "535 5.7.8 wrong password")

    def answer_to_recipient(self):
        return "250 2.1.5 ok" if self.is_in else "530 5.7.0 log in first"

    def take_mail(self):
        super().take_mail()
        raise Gone


class Receiver(HookReceiver):
    protocol_version = "HTTP/1.0"

    def answer_to(self, body):
        key = base64.b64decode(wanted("secret").removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        signature = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        status = 404 if self.path != wanted("path") else 204 if signature in self.headers["webhook-signature"].split() else 401
        say(id=self.headers["webhook-id"], status=status)
        return status, {}, b""


mail = listen()
web = HookServer(("127.0.0.1", 0), Receiver)
say(port=mail.getsockname()[1], status=web.server_address[1])
end_with_input()
threading.Thread(target=web.serve_forever, daemon=True).start()
accept(mail, Session)
