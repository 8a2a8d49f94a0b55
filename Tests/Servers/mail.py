#!/usr/bin/env python3
"""A mail server that answers as the recipient's local part asks. It prints its port, then one JSON line for each mail and refusal.

  slowN@    250, N seconds after the final dot     laterN@   450 at RCPT the first N times, then 250
  dotN@     451 after the final dot the first N times, then 250
  move@     closes at RCPT the first time; the address that it was connected to is printed with each mail
  never@    550 5.1.1 at RCPT                      others    250 at once
  reset@    resets in the body
  killbody@, killdot@   kills who sends it, once: in the body, at the final dot before its answer

  smtp_peer.py [FILE]    FILE holds the process id of who is to be killed
PEER_ADDRESS and PEER_PORT in the environment say where it listens: a free port of loopback without them.
"""
import base64, json, os, re, signal, socket, struct, sys, threading, time

lock = threading.Lock()
tries = {}


def say(**fields):
    with lock:
        print(json.dumps(fields), flush=True)


def refusals_left(name):
    with lock:
        tries[name] = tries.get(name, 0) + 1
        wanted = re.search(r"(\d+)$", name)
        return tries[name] <= int(wanted[1]) if wanted else False


def kill(at, name):
    """True where it killed whom it is there for."""
    if name != "kill" + at:
        return False
    with lock:
        tries[name] = tries.get(name, 0) + 1
        if tries[name] > 1:
            return False
    os.kill(int(open(sys.argv[1]).read()), signal.SIGKILL)
    return True


def serve(connection):
    stream = connection.makefile("rwb")

    def put(text):
        stream.write(text.encode() + b"\r\n")
        stream.flush()

    put("220 peer.test ready")
    recipient = ""
    while line := stream.readline():
        command = line.decode("utf-8", "backslashreplace").strip()
        verb = command.split(" ")[0].upper()
        name = recipient.split("@")[0]
        if verb in ("EHLO", "HELO"):
            put("250-peer.test\r\n250 SIZE 10000000")
        elif verb == "RCPT":
            recipient = re.search("<(.*)>", command)[1]
            name = recipient.split("@")[0]
            if name == "move":
                with lock:
                    tries[name] = tries.get(name, 0) + 1
                if tries[name] == 1:
                    say(told=connection.getsockname()[0], recipient=recipient, data="")
                    return
            if name == "never":
                say(refused=550, recipient=recipient)
                put("550 5.1.1 no such user here")
            elif name.startswith("later") and refusals_left(name):
                say(refused=450, recipient=recipient)
                put("450 4.2.0 try again later")
            else:
                say(told="RCPT", recipient=recipient)
                put("250 2.1.5 ok")
        elif verb == "DATA":
            put("354 go on")
            body = b""
            while (line := stream.readline()) != b".\r\n":
                if not line:
                    return
                body += line[1:] if line.startswith(b".") else line
                if kill("body", name):
                    return
                if name == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.close()
                    return
            kill("dot", name)
            say(told=connection.getsockname()[0], recipient=recipient, data=base64.b64encode(body).decode())
            if name.startswith("slow"):
                time.sleep(int(name[4:]))
            if name.startswith("dot") and refusals_left(name):
                put("451 4.3.0 not now")
            else:
                say(accepted=recipient)
                put("250 2.0.0 queued")
        elif verb == "QUIT":
            put("221 2.0.0 bye")
            return
        else:
            put("250 2.0.0 ok")


def guarded(connection):
    try:
        serve(connection)
    except OSError:
        pass
    finally:
        connection.close()


server = socket.create_server((os.environ.get("PEER_ADDRESS", "127.0.0.1"), int(os.environ.get("PEER_PORT", 0))))
say(port=server.getsockname()[1])
threading.Thread(target=lambda: (sys.stdin.read(), __import__("os")._exit(0)), daemon=True).start()
while True:
    threading.Thread(target=guarded, args=(server.accept()[0],), daemon=True).start()
