#!/usr/bin/env python3
"""A mail server with the policies of servers in the field.

It prints its port, then one JSON line for each connection, AUTH, refusal and mail.

  --greylist SECONDS     450 for each recipient until SECONDS after its first RCPT
  --outsiders DOMAIN     554 5.7.1 Relay access denied for recipients of this domain
  --helo NAME            504 5.5.2 at RCPT unless EHLO gives this name
  --connections N        421 4.3.2 for connections above N at a time
  --slow SECONDS         waits before each answer to the final dot
  --login                535 5.7.8 to every AUTH
  --deny WORDS           this reply at RCPT, while the file of --while exists
  --unknown PREFIX       550 5.1.1 for recipients whose local part has this prefix
"""
import argparse, os, threading, time, scripted
from scripted import MailSession, accept, end_with_input, listen

arguments = argparse.ArgumentParser()
arguments.add_argument("--greylist", type=float)
arguments.add_argument("--outsiders")
arguments.add_argument("--helo")
arguments.add_argument("--connections", type=int)
arguments.add_argument("--slow", type=float, default=0)
arguments.add_argument("--login", action="store_true")
arguments.add_argument("--deny")
arguments.add_argument("--while", dest="file")
arguments.add_argument("--unknown")
options = arguments.parse_args()

lock = threading.Lock()
first_heard = {}
connections = 0


def say(**fields):
    scripted.say(**fields, at=time.time())


class Session(MailSession):
    greeting = "220 peer.test ESMTP"

    def guarded(self):
        global connections
        with lock:
            connections += 1
        try:
            super().guarded()
        finally:
            with lock:
                connections -= 1

    def run(self):
        if options.connections and connections > options.connections:
            say(refused=421)
            return self.put("421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel")
        say(told="connected")
        super().run()

    def extensions(self):
        return (["AUTH PLAIN LOGIN"] if options.login else []) + super().extensions()

    def log_in(self, words):
        say(told="AUTH")
        self.put("535 5.7.8 Error: authentication failed")

    def answer_to_recipient(self):
        words = self.refusal()
        if words:
            say(refused=int(words[:3]), recipient=self.recipient)
        return words or "250 2.1.5 ok"

    def refusal(self):
        recipient = self.recipient
        local, _, domain = recipient.partition("@")
        if options.helo and self.hello != options.helo:
            return f"504 5.5.2 <{self.hello}>: Helo command rejected: need fully-qualified hostname"
        if options.deny and (not options.file or os.path.exists(options.file)):
            return options.deny.replace("ADDRESS", recipient)
        if options.outsiders and domain == options.outsiders:
            return f"554 5.7.1 <{recipient}>: Relay access denied"
        if options.unknown and local.startswith(options.unknown):
            return f"550 5.1.1 <{recipient}>: Recipient address rejected: User unknown in local recipient table"
        if options.greylist is not None:
            with lock:
                waited = time.monotonic() - first_heard.setdefault(recipient, time.monotonic())
            if waited < options.greylist:
                return f"450 4.2.0 <{recipient}>: Recipient address rejected: Greylisted"
        return None

    def answer_to_mail(self, data):
        time.sleep(options.slow)
        say(accepted=self.recipient)
        return "250 2.0.0 queued"


server = listen()
say(port=server.getsockname()[1])
end_with_input()
accept(server, Session)
