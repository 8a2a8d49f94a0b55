#!/usr/bin/env python3
"""A mail server and a webhook receiver that refuse, and repeat in their refusals everything they were told: lines, paths, headers.

Prints one JSON line with `port` (mail) and `status` (webhook port). Adds to every answer what a terminal would obey.
"""
import threading
from scripted import HookReceiver, HookServer, MailSession, accept, end_with_input, listen, say

EVIL = "\x1b[31mred\x1b[0m \u202egnp.exe \u200b\u2066x\u2069 \x07\x9b2J"


class Session(MailSession):
    def obey(self, verb, command):
        command = command.strip()
        if verb in ("EHLO", "QUIT"):
            super().obey(verb, command)
        elif verb == "AUTH" and command.count(" ") == 1:
            self.put("334 ")
        elif verb in ("RSET", "NOOP"):
            self.put("250 ok")
        elif len(command) > 900:
            # A line of an answer has no room for it (RFC 5321, section 4.5.3.1.5): in several, each a part.
            parts = [command[at:at + 400] for at in range(0, len(command), 400)]
            self.put("\r\n".join(f"535{'-' if part is not parts[-1] else ' '}5.7.8 I was told: {part}" for part in parts))
        else:
            self.put(f"535 5.7.8 I was told: {command} {EVIL}")

    def extensions(self):
        return ["AUTH PLAIN LOGIN XOAUTH2"]


class Receiver(HookReceiver):
    protocol_version = "HTTP/1.0"

    def answer_to(self, _):
        body = f"{self.requestline} {self.path} {self.path.split('/')[-1]} {EVIL}".encode()
        return 401, {"reason": "No " + self.path}, body

    do_GET = HookReceiver.do_POST


mail = listen()
web = HookServer(("127.0.0.1", 0), Receiver)
say(port=mail.getsockname()[1], status=web.server_address[1])
end_with_input()
threading.Thread(target=accept, args=(mail, Session), daemon=True).start()
web.serve_forever()
