#!/usr/bin/python3
"""Removes and restores a campaign for many recipients while its messages are being sent.

Between the edits the program is killed. At the end the last message of every recipient must state
the present dates, as counted at the receiver.

  edits.py [--recipients 60000] [--rounds 10] [--rate 2000] [--seed 1]

In the first round the campaign stays out for more than a minute, so that cancellations are
announced. In every third round its end moves by a day. Exits with 1 if a recipient got nothing, has
a wrong last message, or got a message twice without a notice that it may be a duplicate.
"""

import argparse
import collections
import contextlib
import datetime
import pathlib
import random
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "bench"))

import ground  # noqa: E402
from ground import Failed  # noqa: E402
from servers import Servers  # noqa: E402

DRAIN_LIMIT = 300
QUIET = 10
# Longer than `Planner.cancellationDelay`.
LONG_OUT = 66


class Office:
    def __init__(self, place, port, recipients, rate):
        self.place, self.recipients = place, recipients
        self.start = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=20)
        self.end = self.start + datetime.timedelta(days=10)
        (place / "plans").mkdir()
        (place / "all.csv").write_text("id,via\n" + "".join(f"r{n},hub\n" for n in range(recipients)))
        self.configuration = place / "remindd.yaml"
        self.configuration.write_text(f"""plans: plans/
ledger: sqlite:ledger.sqlite
socket: control.sock
channels:
  hub: {{webhook: {{url: "http://127.0.0.1:{port}/remind", allow_networks: [127.0.0.0/8], rate: {rate} per second}}}}
recipients: []
groups: {{all: {{file: all.csv}}}}
""")

    def write(self, is_in):
        others = "".join(f"  - {{id: other-{n}, title: Other {n}, when: 2099-01-0{n}}}\n" for n in range(1, 10))
        own = f"  - {{id: camp, title: Camp, when: {self.start} - {self.end}}}\n" if is_in else ""
        path = self.place / "plans/plan.yaml"
        path.with_suffix(".new").write_text(
            f"plan: p\ntitle: Plan\nlanguage: en\ntimezone: UTC\nnotify: [all]\nremind: [30 days before]\ncampaigns:\n{own}{others}")
        path.with_suffix(".new").rename(path)


class Run:
    def __init__(self, place, chosen):
        self.dice = random.Random(chosen.seed)
        self.servers = Servers(place, chosen.seed, [("hub", "hook", "kind")])
        self.office = Office(place, self.servers.ports["hub"], chosen.recipients, chosen.rate)
        self.log = open(place / "remindd.log", "ab")
        self.kills = self.reloads = 0
        self.process = None

    def begin(self):
        self.process = subprocess.Popen(
            [ground.REMINDD, "run", "--config", self.office.configuration], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.answered("status")

    def answered(self, *words):
        """Returns the output of a command of the running daemon. Retries while the daemon starts.
        """
        limit = time.monotonic() + 60
        while True:
            done = subprocess.run(
                [ground.REMINDD, *words, "--config", self.office.configuration], capture_output=True, text=True, timeout=120)
            if self.process.poll() is not None:
                raise Failed(f"remindd ended by itself, with {self.process.returncode}")
            if done.returncode == 0 and "no daemon answers" not in done.stderr:
                return done.stdout
            if time.monotonic() > limit:
                raise Failed(f"{words}: {done.stdout}{done.stderr}")
            time.sleep(0.1)

    def reload(self):
        self.reloads += 1
        return self.answered("reload", "--confirm")

    def maybe_kill(self):
        if self.dice.random() < 0.5:
            self.process.kill()
            self.process.wait()
            self.kills += 1
            self.begin()

    def round(self, number):
        time.sleep(self.dice.uniform(0.3, 3))
        self.office.write(False)
        self.reload()
        self.maybe_kill()
        time.sleep(LONG_OUT if number == 0 else self.dice.uniform(0.2, 2))
        if number % 3 == 2:
            self.office.end += datetime.timedelta(days=1)
        self.office.write(True)
        self.reload()
        self.maybe_kill()

    def drain(self):
        limit = time.monotonic() + DRAIN_LIMIT
        quiet_since = time.monotonic()
        while True:
            waiting = [line for line in self.answered("status").splitlines() if line.startswith("deliveries")][0]
            # Between two parts of an evaluation's writes, nothing may be pending for a moment.
            if "pending" in waiting or "in flight" in waiting:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > QUIET:
                return
            if time.monotonic() > limit:
                raise Failed(f"not drained within {DRAIN_LIMIT} s: {waiting}")
            time.sleep(0.5)

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(40)
        self.servers.end()
        self.log.close()


def judge(run):
    """Checks the last message of each recipient and the duplicates."""
    last, seen, unsaid, kinds = {}, {}, 0, collections.Counter()
    for line in run.servers.lines():
        word = line["word"]
        kind = "cancelled" if word["subject"].startswith("[Cancelled]") else "moved" if word["lead"].startswith("moved") else "reminder"
        if line["id"] in seen:
            unsaid += not line["flagged"]
        else:
            kinds[kind] += 1
        seen[line["id"]] = True
        last[word["recipient"]] = (kind, word["start"], word["end"])
    office = run.office
    missing = [n for n in range(office.recipients) if f"r{n}" not in last]
    wrong = [
        (name, *word) for name, word in last.items()
        if word[0] == "cancelled" or word[1:] != (str(office.start), str(office.end))]
    print(f"  messages             {len(seen)}: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    print(f"  kills, reloads       {run.kills}, {run.reloads}")
    for what, found in [("got nothing", missing), ("last word is wrong", wrong)]:
        print(f"  {what:<20} {len(found)}{' for example ' + str(found[:3]) if found else ''}")
    print(f"  twice, unsaid        {unsaid}")
    return not missing and not wrong and not unsaid


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--recipients", type=int, default=60_000)
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--rate", type=int, default=2_000, help="messages a second")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"edits: {chosen.recipients} recipients, {chosen.rounds} rounds, {chosen.rate} messages a second, seed {chosen.seed}")
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(ground.folder())
        run = Run(place, chosen)
        stack.callback(run.end)
        try:
            run.office.write(True)
            run.begin()
            for number in range(chosen.rounds):
                run.round(number)
            run.reload()
            run.drain()
            is_right = judge(run)
        except Failed as failure:
            print(f"edits: {failure}\n{(place / 'remindd.log').read_text(errors='replace')[-2000:]}", file=sys.stderr)
            return 1
    print(f"verdict: {'everyone has the right last word' if is_right else 'MISSED'}")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
