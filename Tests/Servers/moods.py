#!/usr/bin/python3
"""Mail servers and webhook receivers on loopback with good or bad behaviour, in one process.

They log every request at the moment of its arrival.

  moods.py SEED LOG NAME:KIND:MOOD[:PORT]…    KIND is mail or hook; MOODs are below; PORT 0 or
                                              none means a free one

Prints one JSON object with the ports by name. Then it takes lines `NAME MOOD` on standard input and
answers each with one line. It ends when its standard input ends. LOG gets one JSON line for each
complete message and for each that was refused earlier.

  kind     accepts everything at once            slow     accepts everything after five seconds
  silent   accepts connections, never answers    dead     refuses connections
  stormy   fails in every possible way, about three times in ten, and is dead for seconds sometimes
  mild     fails about once in ten, for moments only, and never for a reason that needs an operator
  picky    always refuses four in ten recipients, each for a reason of that recipient

The fate of a message depends only on the seed, the recipient and the number of the attempt, not on
other messages.
"""
import asyncio
import base64
import email
import email.policy
import json
import random
import re
import socket
import struct
import sys
import time

# The probability of each fate of a message in percent. Otherwise it is accepted at once. Fates with
# `taken` are logged as accepted.
STORMY_MAIL = {
    "450 4.2.0 at RCPT": 2, "452 4.2.2 at RCPT": 1, "550 5.7.1 at RCPT": 0.5,
    "drop in the body": 3, "reset in the body": 2, "451 4.3.0 after the dot": 3,
    "drop after the dot": 3, "taken, drop after the dot": 3, "taken, reset after the dot": 2,
    "silence, then drop": 2, "taken, silence, then drop": 2, "taken, silence": 2, "taken, slow": 4, "taken, byte by byte": 2}
MILD_MAIL = {
    "452 4.2.2 at RCPT": 1, "drop in the body": 2, "451 4.3.0 after the dot": 2,
    "taken, drop after the dot": 2, "drop after the dot": 1, "taken, slow": 4}
STORMY_HOOK = {
    "503": 3, "503 and when to come again": 2, "500": 2, "429": 1, "401": 0.5,
    "drop before the body": 3, "drop after the body": 3, "taken, drop after the body": 3, "taken, reset after the body": 2,
    "silence, then drop": 2, "taken, silence, then drop": 2, "taken, silence": 2, "taken, slow": 4, "taken, byte by byte": 2}
MILD_HOOK = {"503": 3, "500": 2, "drop after the body": 2, "taken, drop after the body": 2, "taken, slow": 4}
# The fates of a connection before any command, and of a sender before its recipient is known.
STORMY_GREETING = {"421": 3, "554 5.7.1": 0.5, "reset": 2, "silence, then drop": 2}
STORMY_SENDER = {"451 4.3.2": 2}
# A picky server's answers to recipients whose number ends in these digits. Each is about that
# recipient alone.
PICKY_MAIL = {
    "1": "450 4.2.0 Recipient address rejected: Greylisted", "4": "550 5.1.1 User unknown in virtual mailbox table",
    "6": "452 4.2.2 Mailbox full", "8": "550 5.7.1 Recipient address rejected: Access denied"}
PICKY_HOOK = {"1": "409", "4": "422", "6": "422", "8": "409"}

ANSWER_AFTER = 5  # delay of a slow peer in seconds
LONG, SHORT = (2, 9), (0.3, 3)  # durations of a silence and of a slow answer in seconds
UP, DOWN = (15, 40), (2, 6)  # how long a stormy peer is up and then down, in seconds


class Peer:
    """One port and its server."""

    def __init__(self, seed, name, kind, mood, port, log):
        self.seed, self.name, self.kind, self.mood, self.log = seed, name, kind, mood, log
        # Bound and never listening. It reserves the port while the peer is dead, and connections
        # are refused.
        self.place = socket.socket()
        self.place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.place.bind(("127.0.0.1", port))
        self.port = self.place.getsockname()[1]
        self.server = None
        self.connections = set()
        self.count = 0
        self.tries = {}
        self.weather = random.Random(f"{seed} {name}")

    async def become(self, mood):
        self.mood = mood
        if mood == "dead":
            await self.stop()
        elif self.server is None:
            self.server = await asyncio.start_server(
                self.serve, "127.0.0.1", self.port, backlog=1024, limit=1 << 20, reuse_port=True)

    async def stop(self):
        if self.server:
            self.server.close()
            self.server = None
        for writer in list(self.connections):
            writer.transport.abort()

    async def blow(self):
        """Makes a stormy peer dead for some seconds from time to time."""
        while True:
            await asyncio.sleep(self.weather.uniform(*UP))
            if self.mood != "stormy":
                continue
            await self.stop()
            await asyncio.sleep(self.weather.uniform(*DOWN))
            if self.mood == "stormy":
                await self.become("stormy")

    def fate(self, table, *who):
        """Returns the fate of the next attempt of `who`, and a random source for the attempt."""
        if not table:
            return "taken", self.weather
        nth = self.tries[who] = self.tries.get(who, 0) + 1
        dice = random.Random(f"{self.seed} {self.name} {who} {nth}")
        roll = dice.uniform(0, 100)
        for fate, share in table.items():
            roll -= share
            if roll < 0:
                return fate, dice
        return "taken", dice

    def write(self, **fields):
        self.log.write(json.dumps({"at_ns": time.time_ns(), "peer": self.name, **fields}) + "\n")

    async def serve(self, reader, writer):
        self.connections.add(writer)
        self.count += 1
        try:
            if self.mood == "silent":
                await reader.read()
            else:
                await (self.mail if self.kind == "mail" else self.hook)(reader, writer)
        except (OSError, EOFError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, Dropped):
            pass
        finally:
            self.connections.discard(writer)
            writer.close()

    async def put(self, writer, text):
        writer.write(text.encode() + b"\r\n")
        await writer.drain()

    async def reset(self, writer):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        raise Dropped

    # MARK: mail

    async def mail(self, reader, writer):
        connection = self.count
        fate, dice = self.fate(self.only_stormy(STORMY_GREETING), connection)
        if fate == "reset":
            await self.reset(writer)
        if fate == "silence, then drop":
            await asyncio.sleep(dice.uniform(*SHORT))
            return
        if fate != "taken":
            self.write(id=None, taken=False, fate=f"{fate} greeting")
            return await self.put(writer, f"{fate} not now")
        await self.put(writer, "220 peer.test ready")
        recipient = ""
        while line := await reader.readline():
            command = line.decode("utf-8", "backslashreplace").strip()
            verb = command.split(" ")[0].upper()
            if verb in ("EHLO", "HELO"):
                await self.put(writer, "250-peer.test\r\n250 SIZE 10000000")
            elif verb == "MAIL":
                fate, _ = self.fate(self.only_stormy(STORMY_SENDER), "sender", connection)
                await self.put(writer, "250 2.1.0 ok" if fate == "taken" else f"{fate} not now")
            elif verb == "RCPT":
                recipient = re.search("<(.*)>", command)[1]
                table = {"stormy": STORMY_MAIL, "mild": MILD_MAIL}.get(self.mood, {})
                fate, dice = self.fate(table, recipient)
                if self.mood == "picky":
                    refusal = PICKY_MAIL.get(last_digit(recipient))
                    fate = f"{refusal} at RCPT" if refusal else "taken"
                early = re.match(r"(\d{3} [\d.]+.*) at RCPT", fate)
                self.write(id=None, rcpt=recipient, taken=False, fate=fate if early else "asked")
                await self.put(writer, f"{early[1]} not now" if early else "250 2.1.5 ok")
            elif verb == "DATA":
                await self.put(writer, "354 go on")
                await self.take_mail(reader, writer, recipient, fate, dice)
            elif verb == "QUIT":
                return await self.put(writer, "221 2.0.0 bye")
            else:
                await self.put(writer, "250 2.0.0 ok")

    async def take_mail(self, reader, writer, recipient, fate, dice):
        if fate.endswith("in the body"):
            await reader.readexactly(200)
            await (self.reset(writer) if "reset" in fate else drop())
        body = await reader.readuntil(b"\r\n.\r\n")
        head = body.split(b"\r\n\r\n", 1)[0].decode("ascii", "replace")
        name = re.search(r"^Message-ID: *\r?\n? *<([^@]+)@", head, re.M | re.I)
        self.write(
            id=name[1] if name else None, rcpt=recipient, taken=fate.startswith("taken"), fate=fate, flagged=self.warns(text_of(body)))
        await self.answer(writer, fate, dice, b"250 2.0.0 queued\r\n")

    @staticmethod
    def warns(text):
        return "may arrive twice" in text

    def only_stormy(self, table):
        return table if self.mood == "stormy" else {}

    # MARK: webhooks

    async def hook(self, reader, writer):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            fields = dict(re.findall(r"^([A-Za-z-]+): *(.*?)\r$", head, re.M))
            fields = {name.lower(): value for name, value in fields.items()}
            table = {"stormy": STORMY_HOOK, "mild": MILD_HOOK}.get(self.mood, {})
            name = fields.get("webhook-id")
            fate, dice = self.fate(table, name)
            if fate == "drop before the body":
                await drop()
            body = await reader.readexactly(int(fields["content-length"]))
            data = json.loads(body)["data"]
            word = {key: data.get(key) for key in ("recipient", "lead", "subject", "start", "end")}
            if self.mood == "picky":
                fate = PICKY_HOOK.get(last_digit(data["recipient"]), "taken")
            self.write(
                id=name, taken=fate.startswith("taken"), fate=fate, flagged=self.warns(data.get("text", "")), word=word,
                attempt_at=fields.get("webhook-timestamp"))
            await self.answer(writer, fate, dice, b"HTTP/1.1 204 No Content\r\n\r\n")

    # MARK: the answer of either kind

    async def answer(self, writer, fate, dice, yes):
        if self.mood == "slow":
            await asyncio.sleep(ANSWER_AFTER)
        if "silence" in fate:
            await asyncio.sleep(dice.uniform(*LONG))
        if "slow" in fate:
            await asyncio.sleep(dice.uniform(*SHORT))
        if "drop" in fate:
            await drop()
        if "reset" in fate:
            await self.reset(writer)
        if "byte by byte" in fate:
            for byte in yes:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.02)
            return
        refusal = re.match(r"\d{3}", fate)
        if refusal and self.kind == "mail":
            return await self.put(writer, f"{fate} not now")
        if refusal:
            again = f"Retry-After: {dice.randint(1, 3)}\r\n" if "come again" in fate else ""
            yes = f"HTTP/1.1 {refusal[0]} Not Now\r\n{again}Content-Length: 0\r\n\r\n".encode()
        writer.write(yes)
        await writer.drain()


class Dropped(Exception):
    """Ends the connection."""


async def drop():
    raise Dropped


def last_digit(recipient):
    """Returns the last digit of the first number in an address or a name."""
    digits = re.search(r"\d+", recipient)
    return digits[0][-1] if digits else ""


def text_of(mail):
    """Returns the plain text of a mail, which is its first MIME part, in base64.

    The mail is parsed by hand, because a full parser takes longer than everything else."""
    part = mail.split(b"Content-Transfer-Encoding: base64\r\n\r\n", 1)
    if len(part) < 2:
        return str(email.message_from_bytes(mail, policy=email.policy.default).get_body(("plain",)))
    return base64.b64decode(part[1].split(b"\r\n--", 1)[0]).decode("utf-8", "replace")


async def commands(peers):
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        name, mood = line.decode().split()
        for peer in peers.values():
            if name in ("all", peer.name):
                await peer.become(mood)
        print("done", flush=True)


async def main():
    seed, path, *wanted = sys.argv[1:]
    # Line buffering, so that readers find complete lines.
    with open(path, "a", buffering=1, encoding="utf-8") as log:
        peers = {}
        for text in wanted:
            name, kind, mood, port = (text.split(":") + ["0"])[:4]
            peers[name] = Peer(seed, name, kind, mood, int(port), log)
        for peer in peers.values():
            await peer.become(peer.mood)
        weather = [asyncio.create_task(peer.blow()) for peer in peers.values()]
        print(json.dumps({name: peer.port for name, peer in peers.items()}), flush=True)
        await commands(peers)
        for storm in weather:
            storm.cancel()


if __name__ == "__main__":
    asyncio.run(main())
