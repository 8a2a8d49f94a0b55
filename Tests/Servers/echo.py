#!/usr/bin/env python3
"""A mail server and a webhook receiver that refuse and repeat in the refusal what was sent.

They repeat command lines, request lines and paths. The first line printed has `port` (mail) and
`status` (webhook port). The refusal of a short command and the body of a webhook answer also have
control characters and escape sequences for a terminal.
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
            # The command does not fit into one line of a reply (RFC 5321, section 4.5.3.1.5), so
            # its parts go into several lines.
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
