#!/usr/bin/env python3
"""A mail server that fails at each stage of a mail.

It prints its port, then one JSON line for each connection, command and mail. The recipient's local
part selects the behaviour:

  ok@                  250
  rNNN@, rNNN-x.y.z@   that code (and enhanced code) at RCPT
  hangrcpt@            never answers RCPT
  tNNN@                that code at DATA
  midbody@             resets in the body
  dNNN@                that code after the final dot
  hang@                never answers the final dot
  drop@, rst@          closes, resets after the final dot
  lateN@               250, N seconds after the final dot

The sender's local part `mNNN` selects that code at MAIL.

  --greeting TEXT    greets with TEXT and closes
  --silent           never greets
  --tls CERT KEY     offers STARTTLS
  --implicit         uses TLS from the first byte
  --user NAME --password WORD    accepts this login by AUTH PLAIN, answers 535 to others
  --close-after N    closes the connection after N mails, without a further reply
  --deaf-quit        never answers QUIT
  --offers "NAME NAME"    the login mechanisms in EHLO
  --token FILE       accepts the token in FILE by XOAUTH2, and refuses OAUTHBEARER

A refused token is answered as by Google and Microsoft: 334 with the reason in base64, and 535
after the client's answer.
"""
import argparse, base64, re, ssl, time
from scripted import BearerLogin, Gone, MailSession, accept, end_with_input, listen, say

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


def forever():
    time.sleep(3600)


class Session(MailSession, BearerLogin):
    secured = False
    mails = 0

    def secure(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*options.tls)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.secured = True

    def run(self):
        say(connection=self.number, opened=True)
        if options.silent:
            forever()
        if options.greeting:
            return self.put(options.greeting)
        if options.implicit:
            self.secure()
        super().run()

    def obey(self, verb, command):
        say(connection=self.number, command=verb if verb == "AUTH" else command)
        if verb == "STARTTLS":
            self.put("220 go ahead")
            self.secure()
        elif verb in ("RSET", "NOOP"):
            self.put("250 ok")
        elif verb in ("EHLO", "HELO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"):
            super().obey(verb, command)
        else:
            self.put("500 what?")

    def extensions(self):
        words = super().extensions()
        if options.tls and not self.secured:
            words.append("STARTTLS")
        if options.user:
            words.append("AUTH " + options.offers)
        return words

    def log_in(self, words):
        say(connection=self.number, method=words[1])
        response = self.initial_response(words)
        if words[1] in ("XOAUTH2", "OAUTHBEARER"):
            told = response.decode()
            # OAUTHBEARER has another form and is always refused.
            if words[1] == "XOAUTH2" and self.is_bearer(told, options.user, open(options.token).read().strip()):
                return self.put("235 2.7.0 welcome")
            self.give_reason("400")
            self.put(f"535 5.7.3 Authentication unsuccessful for {told}")
            return
        _, user, password = response.split(b"\0")
        good = (user.decode(), password.decode()) == (options.user, options.password)
        self.put("235 2.7.0 welcome" if good else "535 5.7.8 wrong")

    def answer_to_sender(self):
        code = re.match(r"m(\d{3})@", self.sender)
        return f"{code[1]} scripted" if code else super().answer_to_sender()

    def answer_to_recipient(self):
        if self.recipient.startswith("hangrcpt"):
            forever()
        code = re.match(r"r(\d{3})(?:-([\d.]+))?@", self.recipient)
        return f"{code[1]} {code[2] or ''} <{self.recipient}> scripted" if code else super().answer_to_recipient()

    def take_mail(self):
        code = re.match(r"t(\d{3})@", self.recipient)
        if code:
            return self.put(f"{code[1]} scripted")
        super().take_mail()
        self.mails += 1
        if self.mails == options.close_after:
            raise Gone

    def hear_line(self):
        if self.recipient.startswith("midbody"):
            self.reset()

    def answer_to_mail(self, data):
        local = self.recipient.split("@")[0]
        if local == "hang":
            forever()
        say(connection=self.number, sender=self.sender, recipient=self.recipient, data=data)
        late = re.match(r"late(\d+)$", local)
        if late:
            time.sleep(int(late[1]))
        if local == "drop":
            raise Gone
        if local == "rst":
            self.reset()
        code = re.match(r"d(\d{3})$", local)
        return f"{code[1]}-first line\r\n{code[1]} scripted" if code else "250 2.0.0 queued"

    def quit(self):
        if options.deaf_quit:
            forever()
        super().quit()


server = listen()
say(port=server.getsockname()[1])
end_with_input()
accept(server, Session)
