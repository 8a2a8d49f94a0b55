#!/usr/bin/env python3
"""A mail server whose answers depend on the recipient's local part.

It prints its port, then one JSON line for each recipient, mail and refusal.

  slowN@    250, N seconds after the final dot     laterN@   450 at RCPT the first N times, then 250
  dotN@     451 after the final dot the first N times, then 250
  move@     closes at RCPT the first time; the address that the client connected to is
            printed with each mail
  never@    550 5.1.1 at RCPT                      others    250 at once
  reset@    resets in the body
  killbody@, killdot@   kills the sending process, once: in the body, or at the final dot before
                        the answer

  mail.py [FILE]    FILE has the id of the process to kill

It listens on PEER_ADDRESS and PEER_PORT of the environment, or else on a free loopback port.
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
        """Kills the sending process, once, if the recipient's name says so. Returns whether it did."""
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
