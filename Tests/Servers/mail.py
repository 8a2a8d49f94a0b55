#!/usr/bin/env python3
"""A mail server that answers as the recipient's local part asks. It prints its port, then one JSON line for each mail and refusal.

  slowN@    250, N seconds after the final dot     laterN@   450 at RCPT the first N times, then 250
  dotN@     451 after the final dot the first N times, then 250
  move@     closes at RCPT the first time; the address that it was connected to is printed with each mail
  never@    550 5.1.1 at RCPT                      others    250 at once
  reset@    resets in the body
  killbody@, killdot@   kills who sends it, once: in the body, at the final dot before its answer

  mail.py [FILE]    FILE holds the process id of who is to be killed
PEER_ADDRESS and PEER_PORT in the environment say where it listens: a free port of loopback without them.
"""
import os, re, signal, sys, threading, time
from scripted import Gone, MailSession, accept, end_with_input, listen, say

lock = threading.Lock()
tries = {}


def count(name):
    with lock:
        tries[name] = tries.get(name, 0) + 1
        return tries[name]


class Session(MailSession):
    @property
    def name(self):
        return self.recipient.split("@")[0]

    def refusals_left(self):
        wanted = re.search(r"(\d+)$", self.name)
        return count(self.name) <= int(wanted[1]) if wanted else False

    def kill(self, at):
        """True where it killed whom it is there for."""
        if self.name != "kill" + at or count(self.name) > 1:
            return False
        os.kill(int(open(sys.argv[1]).read()), signal.SIGKILL)
        return True

    def answer_to_recipient(self):
        if self.name == "move" and count("move") == 1:
            say(told=self.socket.getsockname()[0], recipient=self.recipient, data="")
            raise Gone
        if self.name == "never":
            say(refused=550, recipient=self.recipient)
            return "550 5.1.1 no such user here"
        if self.name.startswith("later") and self.refusals_left():
            say(refused=450, recipient=self.recipient)
            return "450 4.2.0 try again later"
        say(told="RCPT", recipient=self.recipient)
        return "250 2.1.5 ok"

    def hear_line(self):
        if self.kill("body"):
            raise Gone
        if self.name == "reset":
            self.reset()

    def answer_to_mail(self, data):
        self.kill("dot")
        say(told=self.socket.getsockname()[0], recipient=self.recipient, data=data)
        if self.name.startswith("slow"):
            time.sleep(int(self.name[4:]))
        if self.name.startswith("dot") and self.refusals_left():
            return "451 4.3.0 not now"
        say(accepted=self.recipient)
        return "250 2.0.0 queued"


server = listen()
say(port=server.getsockname()[1])
end_with_input()
accept(server, Session)
