#!/usr/bin/env python3
"""A mail server that is set up as servers in the field are. It prints its port, then one JSON line for each connection, RCPT and mail.

  --greylist SECONDS     450 for each recipient until so long after it was first heard of
  --outsiders DOMAIN     554 5.7.1 Relay access denied for recipients of this domain
  --helo NAME            504 5.5.2 at RCPT unless EHLO names this
  --connections N        421 4.3.2 for what comes above so many at a time
  --slow SECONDS         before each answer to the final dot
  --login                535 5.7.8 to every AUTH
  --deny WORDS           this at RCPT, while the file of the name --while is there
  --unknown PREFIX       550 5.1.1 for recipients whose local part begins so
"""
import argparse, json, os, re, socket, sys, threading, time

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
    with lock:
        print(json.dumps(fields | {"at": time.time()}), flush=True)


def refusal(recipient, hello):
    local, _, domain = recipient.partition("@")
    if options.helo and hello != options.helo:
        return f"504 5.5.2 <{hello}>: Helo command rejected: need fully-qualified hostname"
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


def serve(connection):
    stream = connection.makefile("rwb")

    def put(text):
        stream.write(text.encode() + b"\r\n")
        stream.flush()

    if options.connections and connections > options.connections:
        say(refused=421)
        return put("421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel")
    say(told="connected")
    put("220 peer.test ESMTP")
    recipient = hello = ""
    while line := stream.readline():
        command = line.decode("utf-8", "backslashreplace").strip()
        verb = command.split(" ")[0].upper()
        if verb in ("EHLO", "HELO"):
            hello = command.split(" ")[1]
            put("250-peer.test\r\n" + ("250-AUTH PLAIN LOGIN\r\n" if options.login else "") + "250 SIZE 10000000")
        elif verb == "AUTH":
            say(told="AUTH")
            put("535 5.7.8 Error: authentication failed")
        elif verb == "RCPT":
            recipient = re.search("<(.*)>", command)[1]
            words = refusal(recipient, hello)
            if words:
                say(refused=int(words[:3]), recipient=recipient)
            put(words or "250 2.1.5 ok")
        elif verb == "DATA":
            put("354 go on")
            while (line := stream.readline()) != b".\r\n":
                if not line:
                    return
            time.sleep(options.slow)
            say(accepted=recipient)
            put("250 2.0.0 queued")
        elif verb == "QUIT":
            return put("221 2.0.0 bye")
        else:
            put("250 2.0.0 ok")


def guarded(connection):
    global connections
    with lock:
        connections += 1
    try:
        serve(connection)
    except OSError:
        pass
    finally:
        with lock:
            connections -= 1
        connection.close()


server = socket.create_server(("127.0.0.1", 0))
say(port=server.getsockname()[1])
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True:
    threading.Thread(target=guarded, args=(server.accept()[0],), daemon=True).start()
