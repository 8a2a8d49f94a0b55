#!/usr/bin/python3
"""Runs the real program for SECONDS while it is killed and its servers fail.

The program is killed every five seconds, its servers fail in every possible way, and new plans
arrive. Then everything must be delivered: nothing lost, no unmarked duplicate, nothing unrecorded.

  soak.py [--seconds 600] [--seed 1] [--keep FOLDER]

The last third of the time has only mild faults and no kills, so that memory and descriptors can be
measured over one long life. At the end the servers are down until their breakers are open, and come
back. All pending deliveries must then be sent without help. Deliveries that were given up are
retried with `remindd failed retry`, as an operator would. The verdict compares the servers' log
with `remindd history`.
"""

import argparse
import base64
import collections
import contextlib
import datetime
import hashlib
import json
import os
import pathlib
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "bench"))

import ground  # noqa: E402
from ground import Failed  # noqa: E402
from servers import Servers, noon  # noqa: E402

KILL_EVERY = 5
PLAN_EVERY = 2
READERS, GROUP = 60, 5
CHANNELS = ("mail", "strict", "hub")
# Long enough for the wait of an open breaker (30 s), its probe, and the deliveries behind it.
DRAIN_LIMIT = 180


def b32(number):
    return base64.b32encode(number).decode().rstrip("=").lower()


def delivery_id(plan, campaign, lead, anchor, recipient, channel):
    """Returns the delivery id: 128 bits of SHA-256 over six fields, each with a line feed."""
    fields = "".join(f"{field}\n" for field in (plan, campaign, lead, anchor, recipient, channel))
    return b32(hashlib.sha256(fields.encode()).digest()[:16])


class Office:
    """A configuration and plans that keep arriving. Knows every delivery that they require."""

    def __init__(self, place, ports, dice):
        self.place, self.dice = place, dice
        self.expected = {}  # delivery id: (due, recipient, channel)
        self.campaigns = self.written = 0
        self.zone, self.offset = noon()
        self.via = {}
        rows = groups = ""
        for n in range(READERS):
            via = ["mail", "mail", "hub", "hub", "strict"][n % 5]
            self.via[f"reader-{n}"] = [via] + (["hub"] if n % 10 == 0 else [])
            rows += f"  - {{id: reader-{n}, name: Reader {n}, email: reader{n}@example.test, via: [{', '.join(self.via[f'reader-{n}'])}]}}\n"
        self.groups = [[f"reader-{n}" for n in range(first, first + GROUP)] for first in range(0, READERS, GROUP)]
        for n, members in enumerate(self.groups):
            groups += f"  group-{n}: [{', '.join(members)}]\n"
        server = "server: \"smtp://127.0.0.1:{}\", tls: off, from: \"Reminders <reminders@example.test>\""
        hook = "{{webhook: {{url: \"http://127.0.0.1:{}/remind\", allow_networks: [127.0.0.0/8]}}}}"
        (place / "plans").mkdir()
        (place / "remindd.yaml").write_text(f"""timezone: {self.zone}
plans: plans/
ledger: sqlite:ledger.sqlite
socket: control.sock
alerts: {{to: [admin]}}
channels:
  mail: {{email: {{{server.format(ports['mail'])}}}}}
  strict: {{email: {{{server.format(ports['strict'])}, on_unknown: hold}}}}
  hub: {hook.format(ports['hub'])}
  watch: {hook.format(ports['watch'])}
recipients:
  - {{id: admin, via: [watch]}}
{rows}groups:
{groups}""", encoding="utf-8")

    @property
    def configuration(self):
        return self.place / "remindd.yaml"

    def write_plan(self):
        """Writes a plan of three campaigns that are due already and one due in the next minute."""
        now = datetime.datetime.now(self.offset)
        plan, rows = f"plan-{self.written}", ""
        for n, ahead in enumerate((0, 0, 0, 1)):
            at = (now + datetime.timedelta(minutes=ahead)).replace(second=0, microsecond=0)
            group = self.dice.randrange(len(self.groups))
            rows += f"""  - id: campaign-{n}
    title: Campaign {n} of plan {self.written}
    when: {at:%Y-%m-%d}
    remind: ["on the day at {at:%H:%M}"]
    notify: [group-{group}]
"""
            self.campaigns += 1
            for reader in self.groups[group]:
                for channel in self.via[reader]:
                    name = delivery_id(plan, f"campaign-{n}", "on the day", f"{at:%Y-%m-%d}", reader, channel)
                    self.expected[name] = (at.timestamp(), reader, channel)
        path = self.place / "plans" / f"{plan}.yaml"
        # Renamed into place, so that a start finds the whole file or none.
        path.with_suffix(".new").write_text(
            f"plan: {plan}\ntitle: Plan {self.written}\nlanguage: en\ntimezone: {self.zone}\ncampaigns:\n{rows}", encoding="utf-8")
        path.with_suffix(".new").rename(path)
        self.written += 1


class Life:
    """One process of the daemon from exec to its end, with its use of resources."""

    def __init__(self, office, notices, log):
        self.notices = notices
        self.began = time.monotonic()
        self.ready_s = None
        self.samples = []  # (age, resident KiB, descriptors, threads)
        environment = {**os.environ, "NOTIFY_SOCKET": notices.getsockname()}
        self.process = subprocess.Popen(
            [ground.REMINDD, "run", "--config", office.configuration], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)

    @property
    def age(self):
        return time.monotonic() - self.began

    def look(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                if b"READY=1" in self.notices.recv(4096) and self.ready_s is None:
                    self.ready_s = self.age
        if self.process.poll() is not None:
            raise Failed(f"remindd ended by itself, with {self.process.returncode}")
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
            resident = int(re.search(r"VmRSS:\s+(\d+)", status)[1])
            threads = int(re.search(r"Threads:\s+(\d+)", status)[1])
            self.samples.append((self.age, resident, len(os.listdir(f"/proc/{self.process.pid}/fd")), threads))

    def kill(self):
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(BlockingIOError):
            while self.notices.recv(4096):
                pass

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed("remindd does not stop within 40 s of SIGTERM")


class Soak:
    def __init__(self, place, seconds, seed):
        self.place, self.seconds = place, seconds
        self.dice = random.Random(seed)
        moods = [("mail", "mail", "stormy"), ("strict", "mail", "stormy"), ("hub", "hook", "stormy"), ("watch", "hook", "kind")]
        self.servers = Servers(place, seed, moods)
        self.office = Office(place, self.servers.ports, self.dice)
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.notices.bind(str(place / "notify.sock"))
        self.log = open(place / "remindd.log", "ab")
        self.lives = []
        self.reloads = collections.Counter()
        self.asking = None
        self.given_up = {}
        self.drained_s = 0

    @property
    def life(self):
        return self.lives[-1]

    def remindd(self, *words):
        return subprocess.run(
            [ground.REMINDD, *words, "--config", self.office.configuration], capture_output=True, text=True, timeout=120)

    def start(self):
        self.lives.append(Life(self.office, self.notices, self.log))

    def reload(self):
        """Reloads by SIGHUP and through the socket in turn. Waits for READY=1 first, as systemd
        does."""
        if self.life.ready_s is None or (self.asking and self.asking.poll() is None):
            return
        if self.asking:
            self.reloads["failed" if self.asking.returncode else "through the socket"] += 1
            self.asking = None
        if self.office.written % 2:
            self.life.process.send_signal(signal.SIGHUP)
            self.reloads["by SIGHUP"] += 1
        else:
            self.asking = subprocess.Popen(
                [ground.REMINDD, "reload", "--config", self.office.configuration], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)

    def blow(self, seconds, kills):
        """Writes plans and, if `kills`, kills the process every few seconds."""
        end = time.monotonic() + seconds
        plan_at = time.monotonic()
        while time.monotonic() < end:
            if kills and self.life.age >= KILL_EVERY:
                self.life.kill()
                self.start()
            if time.monotonic() >= plan_at:
                self.office.write_plan()
                self.reload()
                plan_at += PLAN_EVERY
            self.life.look()
            time.sleep(0.1)

    def status(self):
        asked = self.remindd("status", "--format", "json")
        if asked.returncode:
            raise Failed(f"status: {asked.stderr}")
        return json.loads(asked.stdout)

    def until(self, what, seconds, holds, stirring=None):
        end = time.monotonic() + seconds
        while True:
            status = self.status()
            if holds(status):
                return status
            if time.monotonic() > end:
                raise Failed(f"{what}: not within {seconds} s: {json.dumps(status)}")
            if stirring:
                stirring()
            for _ in range(10):
                self.life.look()
                time.sleep(0.1)

    def drain(self):
        """Stops the servers until their breakers are open, and starts them again.

        All pending deliveries must then be sent without help."""
        for name in CHANNELS:
            self.servers.become(name, "dead")

        def stir():
            self.office.write_plan()
            self.reload()

        self.until("the breakers of the dead servers are open", 90, lambda status: set(CHANNELS) <= set(status["failing_channels"]), stir)
        for name in CHANNELS:
            self.servers.become(name, "kind")
        began = time.monotonic()
        self.until("all pending deliveries are sent", DRAIN_LIMIT, self.waits_for_nothing)
        self.drained_s = time.monotonic() - began
        # The last file may have arrived during another reload, and it has a campaign of the next
        # minute.
        self.life.process.send_signal(signal.SIGHUP)
        self.until(
            "the last campaign is sent", 90,
            lambda status: self.waits_for_nothing(status) and status["plans"] == self.office.written and status["next_due"] is None)
        self.put_back()

    def waits_for_nothing(self, status):
        """Returns whether all pending deliveries wait for a reason of their own.

        The reason is a temporary refusal, or an attempt without an answer."""
        if status["in_flight"]:
            return False
        rows = [row for row in self.history().values() if row["state"] == "pending"]
        self.waiting = {row["delivery"] for row in rows if row["attempts"] and row["attempts"][-1]["outcome"] in ("unknown", "refused for now")}
        return len(self.waiting) == len(rows)

    def put_back(self):
        """Retries the deliveries that `remindd failed` lists."""
        failed = [json.loads(line) for line in self.remindd("failed", "--format", "json").stdout.splitlines()]
        self.given_up = {row["delivery"]: row["state"] for row in failed}
        names = sorted(self.given_up)
        for first in range(0, len(names), 200):
            asked = self.remindd("failed", "retry", *names[first:first + 200])
            if asked.returncode:
                raise Failed(f"failed retry: {asked.stderr}")
        self.until("all retried deliveries are sent", 60, self.waits_for_nothing)

    def run(self):
        self.start()
        storm = self.seconds * 2 / 3
        self.blow(storm, kills=True)
        for name in CHANNELS:
            self.servers.become(name, "mild")
        self.blow(self.seconds - storm, kills=False)
        self.drain()
        status = self.life.stop()
        if status:
            raise Failed(f"remindd ended with {status} after SIGTERM")

    def end(self):
        if self.lives and self.life.process.poll() is None:
            self.life.kill()
        if self.asking:
            self.asking.kill()
            self.asking.wait()
        self.servers.end()
        self.notices.close()
        self.log.close()

    def history(self):
        """Returns the whole history, keyed by delivery."""
        told = self.remindd("history", "--format", "json", "--limit", "10000000")
        if told.returncode:
            raise Failed(f"history: {told.stderr}")
        return {row["delivery"]: row for row in map(json.loads, told.stdout.splitlines())}


# MARK: the verdict

class Verdict:
    def __init__(self):
        self.missed = 0

    def line(self, what, value, limit=None, met=None):
        if met is False:
            self.missed += 1
        word = "" if met is None else f"  {'met' if met else 'MISSED'}: {limit}"
        print(f"{what:<58} {value}{word}", flush=True)

    def none(self, what, found):
        self.line(what, len(found), "0", not found)
        for one in list(found)[:5]:
            print(f"    {one}")


def judge(soak, verdict):
    history, expected = soak.history(), soak.office.expected
    arrivals = collections.defaultdict(list)
    seen = [line for line in soak.servers.lines() if line["peer"] in CHANNELS]
    for line in seen:
        if line["taken"]:
            arrivals[line["id"]].append(line)
    attempts = sum(len(row["attempts"]) for row in history.values())
    fates = collections.Counter(line["fate"] for line in seen if line["fate"] != "asked")
    verdict.line("lives of the process, ended by kill -9", f"{len(soak.lives)}, {len(soak.lives) - 1}")
    verdict.line("reloads", ", ".join(f"{count} {how}" for how, count in soak.reloads.items()))
    verdict.line("campaigns, deliveries, attempts", f"{soak.office.campaigns}, {len(expected)}, {attempts}")
    verdict.line("what the servers did", ", ".join(f"{count} {fate}" for fate, count in fates.most_common(4)) + f", and {len(fates) - 4} more")
    verdict.line("drained after the servers were back", f"{soak.drained_s:.0f} s", f"≤ {DRAIN_LIMIT} s", soak.drained_s <= DRAIN_LIMIT)
    states = collections.Counter(soak.given_up.values())
    verdict.line("given up, named by `failed`, put back by hand", ", ".join(f"{n} {state}" for state, n in states.items()) or "none")
    verdict.line("wait for their own next try: refused for now, or unknown", len(soak.waiting))
    verdict.none("lost: never at a server", [name for name in expected if name not in arrivals and name not in soak.waiting])
    verdict.none("at a server under a name that nobody has", [name for name in arrivals if name not in expected])
    early = [line for name, lines in arrivals.items() for line in lines if name in expected and line["at_ns"] / 1e9 < expected[name][0]]
    verdict.none("early", early)
    doubles(arrivals, verdict)
    agreement(history, expected, arrivals, soak.waiting, verdict)
    log = (soak.place / "remindd.log").read_text(errors="replace")
    verdict.none("crashes of its own in the journal", re.findall(r"Fatal error.*|Precondition failed.*|\*\*\* .*", log))


def doubles(arrivals, verdict):
    """Checks that duplicates are marked.

    The exception is libcurl's own second transmission of a request whose connection ended without
    an answer."""
    again = [(lines[0], line, lines) for lines in arrivals.values() for line in sorted(lines, key=lambda line: line["at_ns"])[1:]]
    own = [line for _, line, lines in again if not line["flagged"] and is_of_one_attempt(line, lines)]
    verdict.line("doubles, each under its own name", f"{len(again)}, {len(own)} of them libcurl's own second try of one request")
    verdict.none("doubles that do not say so", [line for _, line, lines in again if not line["flagged"] and not is_of_one_attempt(line, lines)])


def is_of_one_attempt(line, lines):
    return line.get("attempt_at") is not None and any(
        other is not line and other["at_ns"] < line["at_ns"] and other["attempt_at"] == line["attempt_at"] for other in lines)


def agreement(history, expected, arrivals, waiting, verdict):
    wrong = [f"in the history, not in the plans: {name}" for name in history if name not in expected]
    wrong += [f"in the plans, not in the history: {name}" for name in expected if name not in history]
    for name, row in history.items():
        outcomes = collections.Counter(attempt["outcome"] for attempt in row["attempts"])
        lines = arrivals.get(name, [])
        whole = {line["attempt_at"] or index for index, line in enumerate(lines)} if row["channel"] == "hub" else lines
        if row["state"] != "delivered" and not (row["state"] == "pending" and name in waiting):
            wrong.append(f"{row['state']}: {name}")
        if outcomes["delivered"] != (row["state"] == "delivered"):
            wrong.append(f"delivered {outcomes['delivered']} times by the history: {name}")
        if len(whole) > outcomes["delivered"] + outcomes["unknown"]:
            wrong.append(f"taken {len(whole)} times, but {dict(outcomes)} by the history: {name}")
        if row["state"] == "delivered" and not lines:
            wrong.append(f"delivered by the history, never taken: {name}")
    verdict.none("history and servers disagree", wrong)


def thirds(values):
    """Returns the medians of the first third and of the last third of the values."""
    third = max(1, len(values) // 3)
    return statistics.median(values[:third]), statistics.median(values[-third:])


def compare(verdict, what, medians, unit, bound, slack):
    first, last = medians
    limit = f"last ≤ {bound + slack:.0f}{unit}"
    verdict.line(f"{what}, first and last third", f"{first:.0f} and {last:.0f}{unit}", limit, last <= bound + slack)


def judge_growth(soak, verdict):
    """Checks resident memory, descriptors and threads over short lives and one long life.

    The long life may end with as much as it began with, or with as much as a short life takes when
    it is busy. The second bound is there because a life of a minute may begin with little to send
    and end while it is sending."""
    lives = [life for life in soak.lives[:-1] if life.samples and life.samples[-1][0] >= KILL_EVERY - 1]
    # The growth after a start ends within a few seconds.
    samples = [sample for sample in soak.life.samples if sample[0] > 15]
    age = soak.life.samples[-1][0]
    for index, (what, unit, slack) in enumerate([("resident", " MiB", 6), ("descriptors", "", 16), ("threads", "", 16)], start=1):
        scale = 1024 if unit else 1
        busy = thirds([max(sample[index] for sample in life.samples) / scale for life in lives])
        compare(verdict, f"most {what} of a life of {KILL_EVERY} s", busy, unit, busy[0], slack)
        long = thirds([sample[index] / scale for sample in samples])
        compare(verdict, f"{what} of the life of {age:.0f} s", long, unit, max(long[0], busy[0]), slack)
    ready = sorted(life.ready_s for life in soak.lives if life.ready_s)
    verdict.line("from exec to ready, median and most", f"{statistics.median(ready) * 1e3:.0f} and {ready[-1] * 1e3:.0f} ms")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=600, help="how long the faults last (600)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=pathlib.Path, help="work in this new folder, and leave it")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"soak: {chosen.seconds} s of faults, seed {chosen.seed}, {subprocess.check_output([ground.REMINDD, '--version'], text=True).strip()}")
    verdict = Verdict()
    with contextlib.ExitStack() as stack:
        if chosen.keep:
            chosen.keep.mkdir(parents=True)
        place = chosen.keep.resolve() if chosen.keep else stack.enter_context(ground.folder())
        soak = Soak(place, chosen.seconds, chosen.seed)
        stack.callback(soak.end)
        try:
            soak.run()
            judge(soak, verdict)
            judge_growth(soak, verdict)
        except Failed as failure:
            print(f"soak: {failure}\n{(place / 'remindd.log').read_text(errors='replace')[-2000:]}", file=sys.stderr)
            return 1
    print("verdict: nothing lost, nothing doubled without saying so, nothing silent" if not verdict.missed else f"verdict: {verdict.missed} MISSED")
    return 1 if verdict.missed else 0


if __name__ == "__main__":
    sys.exit(main())
