#!/usr/bin/python3
"""Measures the costs of a start after a crash, a full minute, bad servers and hostile clients.

Times are taken where messages arrive, by the real clock.

  goals.py [--quick] [--only recovery,punctual,isolation,hostile,beside]

Prints a line for each goal with the figure, the limit and "met" or "MISSED". Exits with 1 if a goal
is missed.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "bench"))
sys.path.insert(0, str(HERE.parent / "Servers"))

import ground  # noqa: E402
from ground import Failed, percentile  # noqa: E402
from moods import PICKY_MAIL  # noqa: E402
from servers import Servers, noon  # noqa: E402

missed = 0


def line(what, figure, limit, met):
    global missed
    missed += not met
    print(f"{what:<100} {figure:<44} {limit:<10} {'met' if met else 'MISSED'}", flush=True)


def rounds_of(measure, rounds, is_met):
    """Calls `measure` a number of times and returns the results.

    Other processes may disturb a round. If the only round misses its goal, two more follow, and the
    median counts."""
    found = [measure() for _ in range(rounds)]
    if rounds == 1 and not is_met(found):
        found += [measure() for _ in range(2)]
    return found


def spread(values, form):
    """Formats the median of the values, with the least and the greatest if there are several."""
    among = f" [{form.format(min(values))} … {form.format(max(values))}]" if len(values) > 1 else ""
    return form.format(statistics.median(values)) + among


class Town:
    """Servers, a configuration with plans that fall due by the real clock, and the daemon."""

    def __init__(self, place, wanted):
        self.place = place
        # Runs on the core on which all receivers run.
        self.pinned = ["taskset", "--cpu-list", ground.RECEIVERS_CORE] if os.cpu_count() > 1 else []
        self.servers = Servers(place, 1, wanted, self.pinned)
        self.kinds = {name: kind for name, kind, _ in wanted}
        self.zone, self.offset = noon()
        self.process = None
        self.began_ns = 0

    def configure(self, groups):
        """Writes the configuration. `groups` has the number of recipients and the channels by name.
        """
        channels = {
            name: (ground.mail if kind == "mail" else ground.hook)(self.servers.ports[name]) for name, kind in self.kinds.items()}
        path = ground.configuration(self.place, channels, groups, extra=f"timezone: {self.zone}\nsocket: control.sock\n")
        # The recipients of different groups are different people.
        for name in groups:
            rows = self.place / f"{name}.csv"
            rows.write_text(rows.read_text(encoding="utf-8").replace("reader-", f"{name}-").replace("reader", f"{name}."), encoding="utf-8")
        return path

    def plan(self, name, at, campaigns):
        """Writes a plan that falls due at `at`. `campaigns` lists the groups that each campaign
        notifies."""
        local = datetime.datetime.fromtimestamp(at, self.offset)
        rows = "".join(f"""  - id: campaign-{n}
    title: Tháng hành động vì bình đẳng giới và phòng ngừa bạo lực
    when: {local:%Y-%m-%d}
    remind: ["on the day at {local:%H:%M}"]
    notify: [{notify}]
    note: Treo băng rôn tại trụ sở, gửi báo cáo về Sở trước ngày 20.
""" for n, notify in enumerate(campaigns))
        (self.place / f"plans/{name}.yaml").write_text(
            f"plan: {name}\ntitle: Kế hoạch công tác trẻ em và bình đẳng giới\ntimezone: {self.zone}\ncampaigns:\n{rows}", encoding="utf-8")

    @property
    def ledger(self):
        return self.place / "ledger.sqlite"

    @property
    def fired(self):
        """Returns the number of reminders of the plan `interrupted` in the journal."""
        return (self.place / "remindd.log").read_text(errors="replace").count("due: interrupted/")

    @property
    def log_bytes(self):
        with contextlib.suppress(FileNotFoundError):
            return os.stat(f"{self.ledger}-wal").st_size
        return 0

    def start(self, behind=()):
        """Starts the daemon. `behind` is a command that executes it."""
        self.began_ns = time.time_ns()
        with open(self.place / "remindd.log", "ab") as log:
            self.process = subprocess.Popen(
                [*behind, ground.REMINDD, "run", "--config", self.place / "remindd.yaml"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=ground.ENVIRONMENT)

    def first_ns(self, name):
        """Returns when the first message arrived at a server; None if no message arrived."""
        return min((line["at_ns"] for line in self.servers.lines() if line["peer"] == name), default=None)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def status(self):
        asked = subprocess.run(
            [ground.REMINDD, "status", "--format", "json", "--config", self.place / "remindd.yaml"], capture_output=True, text=True,
            env=ground.ENVIRONMENT)
        return json.loads(asked.stdout) if asked.returncode == 0 else {}

    def until(self, what, seconds, holds, pause=0.02):
        end = time.monotonic() + seconds
        while not (found := holds()):
            if self.process.poll() is not None or time.monotonic() > end:
                log = (self.place / "remindd.log").read_text(errors="replace")
                raise Failed(f"{what}: not within {seconds} s\n{log[-2000:]}")
            time.sleep(pause)
        return found

    def end(self):
        self.kill()
        self.servers.end()


@contextlib.contextmanager
def town(wanted):
    with ground.folder() as place:
        there = Town(place, wanted)
        try:
            yield there
        finally:
            there.end()


def full_minute(ahead):
    """Returns the first full minute at least `ahead` seconds away, in seconds since 1970."""
    return (int(time.time() + ahead) // 60 + 1) * 60


# MARK: recovery

def first_message(pending, long_log):
    """Measures the time from exec to the first message at each of two servers after kill -9.

    Returns seconds, and the size of the ledger's log at the kill in MiB."""
    with town([("hub", "hook", "dead"), ("post", "mail", "dead")]) as there:
        there.configure({"half": (500, "hub"), "rest": (500, "post")})
        there.plan("waiting", time.time(), ["half, rest"] * (pending // 1_000))
        there.start(no_space(there.ledger) if long_log else [])
        there.until("all is pending", 120, lambda: there.status().get("pending") == pending, 0.2)
        before = there.log_bytes
        there.plan("interrupted", time.time(), ["half, rest"] * (3 * pending // 1_000))
        # More than a hundred messages at once need `--confirm`.
        asking = subprocess.Popen(
            [ground.REMINDD, "reload", "--confirm", "--config", there.place / "remindd.yaml"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=ground.ENVIRONMENT)
        there.until("it fires", 120, lambda: there.log_bytes > 24 << 20 if long_log else there.log_bytes != before or there.fired, 0.001)
        there.kill()
        asking.wait()
        log_mib = there.log_bytes / (1 << 20)
        there.servers.become("all", "kind")
        there.start()
        there.until("a first message", 60, lambda: there.first_ns("hub") and there.first_ns("post"), 0.05)
        return (max(there.first_ns(name) for name in ("hub", "post")) - there.began_ns) / 1e9, log_mib


def no_space(ledger):
    """Returns a command under which writes to the database fail once it has its tables.

    All data then stays in the log. With `-D` the program remains a child of this process."""
    quiet = ["strace", "-D", "-f", "--seccomp-bpf", "-qqq", "-o", "/dev/null"]
    return [*quiet, "-P", ledger, "-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC:when=20+"]


def recovery(pending, limit_s, rounds, long_log=False):
    """Measures a start after a kill -9 during a firing, with `pending` deliveries from before.

    With `long_log` the database cannot grow before the kill. All data is in the log, tens of
    megabytes that the start has to read first."""

    def is_met(found):
        return statistics.median(seconds for seconds, _ in found) <= limit_s

    found = rounds_of(lambda: first_message(pending, long_log), rounds, is_met)
    line(
        f"exec to first mail and webhook, {pending:,} pending, killed amid firing, log of {found[0][1]:.0f} MiB",
        spread([seconds for seconds, _ in found], "{:.2f}") + " s", f"≤ {limit_s} s", is_met(found))


# MARK: punctuality

def full_second(groups):
    """Measures the lateness at the receiver of all messages due in one second, in ms."""
    with town([("hub", "hook", "kind"), ("post", "mail", "kind")]) as there:
        there.configure(groups)
        due = full_minute(8)
        there.plan("burst", due, [", ".join(groups)])
        there.start()
        count = sum(number for number, _ in groups.values())
        time.sleep(max(0, due - time.time() - 0.5))
        there.until("all have come", 60, lambda: len(taken(there)) >= count, 0.5)
        found = [(line["at_ns"] / 1e9 - due) * 1e3 for line in taken(there)]
        if len(found) != count:
            raise Failed(f"{len(found)} of {count} arrived")
        return found


def taken(there):
    return [line for line in there.servers.lines() if line["taken"]]


def punctual(groups, what, rounds):
    def is_met(found):
        return statistics.median(percentile(late, 99) for late in found) <= 1_000

    found = rounds_of(lambda: full_second(groups), rounds, is_met)
    line(
        f"{what}: lateness at the receiver, 99th percentile", spread([percentile(late, 99) for late in found], "{:.0f}") + " ms", "≤ 1000 ms",
        is_met(found))
    early = sum(value < 0 for late in found for value in late)
    line(f"{what}: early", f"{early}", "0", early == 0)


# MARK: isolation

BAD = ("dead", "slow", "silent", "picky")


def neighbours(with_bad, each):
    """Measures the lateness at the good servers of a hundred, of which eight may be bad.

    Also returns the lateness of the recipients whom the picky servers accept. All in ms."""
    wanted = [(f"hook-{n}", "hook", "kind") for n in range(86)] + [(f"mail-{n}", "mail", "kind") for n in range(6)]
    good = {name for name, _, _ in wanted}
    if with_bad:
        wanted += [(f"{mood}-{kind}", kind, mood) for kind in ("hook", "mail") for mood in BAD]
    with town(wanted) as there:
        there.configure({f"of-{name}": (each, name) for name, _, _ in wanted})
        # Messages that are due at the start make the bad servers fail before the measured minute.
        there.plan("before", time.time() - 60, [f"of-{name}" for name, _, _ in wanted])
        due = full_minute(12)
        there.plan("measured", due, [f"of-{name}" for name, _, _ in wanted])
        there.start()
        time.sleep(max(0, due - time.time() - 0.5))
        count = len(good) * each
        chosen = sum(str(n)[-1] not in PICKY_MAIL for n in range(each)) * 2 if with_bad else 0

        def arrived(of_good):
            return [
                (line["at_ns"] / 1e9 - due) * 1e3 for line in taken(there)
                if line["at_ns"] / 1e9 >= due and (line["peer"] in good if of_good else line["peer"].startswith("picky"))]

        there.until("all have come to the good ones", 50, lambda: len(arrived(True)) >= count, 0.5)
        there.until("all whom the picky ones take have come", 50, lambda: len(arrived(False)) >= chosen, 0.5)
        return arrived(True), arrived(False)


def isolation(each, rounds):
    def is_met(found):
        return statistics.median(beside - without for without, beside, _ in found) < 100

    def measure():
        (without, _), (beside, chosen) = (neighbours(with_bad, each) for with_bad in (False, True))
        return percentile(without, 99), percentile(beside, 99), max(chosen)

    found = rounds_of(measure, rounds, is_met)
    without, beside, chosen = (statistics.median(values) for values in zip(*found))
    line(
        f"92 good destinations beside 2 dead, 2 slow, 2 silent, 2 picky, {each} reminders each: change of p99",
        spread([beside - without for without, beside, _ in found], "{:+.0f}") + f" ms ({without:.0f} without, {beside:.0f} beside)", "< 100 ms",
        is_met(found))
    line(
        "whom the 2 picky ones take, beside those whom they refuse: lateness at the receiver, the most",
        spread([most for _, _, most in found], "{:.0f}") + " ms", "≤ 1000 ms", chosen <= 1_000)


# MARK: hostile clients on the control socket

HOSTILE = HERE / "hostile.py"


def hostile_row(row, *more, limited=()):
    """The results of one row of `hostile.py` against a daemon of its own."""
    with ground.folder() as place:
        ground.configuration(place, {"hub": ground.hook(ground.free_port())}, {"all": (1, "hub")}, extra="socket: control.sock\n")
        (place / "plans/plan.yaml").write_text(
            "plan: plan\ntitle: Kế hoạch\nnotify: [all]\ncampaigns:\n  - {id: a, title: Một, when: 2190-01-01, remind: [on the day]}\n",
            encoding="utf-8")
        with open(place / "remindd.log", "wb") as log:
            daemon = subprocess.Popen(
                [*limited, ground.REMINDD, "run", "--config", place / "remindd.yaml"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=ground.ENVIRONMENT)
        try:
            end = time.monotonic() + 10
            while not (place / "control.sock").exists():
                if time.monotonic() > end:
                    raise Failed((place / "remindd.log").read_text(errors="replace"))
                time.sleep(0.05)
            clients = subprocess.run(
                [sys.executable, HOSTILE, row, place / "control.sock", str(daemon.pid), *more], capture_output=True, text=True, timeout=90)
            if clients.returncode:
                raise Failed(f"{row}: {clients.stderr}")
            return json.loads(clients.stdout)
        finally:
            if daemon.poll() is None:
                daemon.terminate()
            daemon.wait(10)


def hostile(waits):
    """Runs every kind of client. With `waits` it also waits until the last connection is closed."""
    for row in ("slow-heads", "slow-bodies", "no-bodies", "idle", "never-read", "large", "refused", "at-once", "order"):
        found = hostile_row(row, "--stop")
        # A thousand requests at once may take all places for a moment.
        answered = row == "at-once" or not found["unanswered"]
        met = answered and (found["status_ms_most"] or 1e9) <= 100 and (found["stopped_after_ms"] or 1e9) <= 2_000 and found["resident_mib"] <= 64
        line(
            f"beside {row}: status of {found['asked']}, {found['unanswered']} unanswered (median, most), stopped after, resident",
            f"{found['status_ms']}, {found['status_ms_most']} ms; {found['stopped_after_ms']} ms; {found['resident_mib']} MiB",
            "each ≤ 100 ms; 2 s, 64 MiB", met)
        single = found.get("requests", [])
        if single:
            wrong = [one["what"] for one in single if one["status"] != one["expected"]]
            line(f"{row}: {len(single)} requests answered as they should be", ", ".join(wrong) or "all", "all", not wrong)
        if row == "large":
            slowest, dearest = max(one["ms"] for one in single), max(one["cpu_ms"] for one in single)
            line("large: the longest to its refusal, the dearest", f"{slowest} ms, {dearest} ms of processor", "≤ 100, 50 ms", slowest <= 100 and dearest <= 50)
        if row == "at-once":
            answers = found["answers"]
            closed = answers.get("closed without an answer", 0)
            others = set(answers) - {"200", "503", "closed without an answer"}
            line("at-once: answers to 1,000", json.dumps(answers), "200, 503; at most 5 closed", not others and closed <= 5)
        if waits and "open" in found:
            left = hostile_row(row)
            line(f"{row}: none left after", f"{left['none_left_after_s']} s", f"≤ {left['limit_s']} s", left["none_left_after_s"] <= left["limit_s"])
    found = hostile_row("descriptors", limited=["prlimit", "--nofile=36:36"])
    line(
        "every descriptor in use: processor in 2 s, and answers again after they are free",
        f"{found['cpu_ms_of_2_s']} ms, {found['answers_again_after_ms']} ms", "≤ 50, 1500 ms",
        found["cpu_ms_of_2_s"] <= 50 and found["answers_again_after_ms"] <= 1_500)


def beside_hostile():
    """Measures the lateness of 1,000 messages due in one second without and with hostile clients.

    The clients use the control socket. Returns both 99th percentiles in ms."""
    with town([("hub", "hook", "kind"), ("post", "mail", "kind")]) as there:
        there.configure({"half": (500, "hub"), "rest": (500, "post")})
        first = full_minute(8)
        for number in range(2):
            there.plan(f"burst-{number}", first + 60 * number, ["half, rest"])
        there.start()
        found = []
        for due, is_beside in ((first, False), (first + 60, True)):
            time.sleep(max(0, due - time.time() - 8))
            with contextlib.ExitStack() as clients:
                if is_beside:
                    crowd = clients.enter_context(subprocess.Popen(
                        [*there.pinned, sys.executable, HOSTILE, "crowd", there.place / "control.sock"], stdin=subprocess.PIPE,
                        stdout=subprocess.DEVNULL))
                    clients.callback(crowd.stdin.close)
                time.sleep(max(0, due - time.time() - 0.5))

                def arrived(due=due):
                    return [line["at_ns"] / 1e9 - due for line in taken(there) if due - 30 < line["at_ns"] / 1e9 < due + 50]

                there.until("all have come", 45, lambda: len(arrived()) >= 1_000, 0.5)
                found.append(percentile([late * 1e3 for late in arrived()], 99))
        return found


def beside(rounds):
    def is_met(found):
        return statistics.median(beside - without for without, beside in found) < 20

    found = rounds_of(beside_hostile, rounds, is_met)
    without, beside = (statistics.median(values) for values in zip(*found))
    line(
        "1,000 due in one second beside hostile clients on the control socket: change of p99",
        spread([beside - without for without, beside in found], "{:+.0f}") + f" ms ({without:.0f} without, {beside:.0f} beside)", "< 20 ms",
        is_met(found))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="each once, and the two kinds of message in one second")
    options.add_argument("--only", help="names, separated by commas")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    names = chosen.only.split(",") if chosen.only else ["recovery", "punctual", "isolation", "hostile", "beside"]
    rounds = 1 if chosen.quick else 3
    try:
        if "recovery" in names:
            recovery(10_000, 1, rounds)
            recovery(100_000, 3, rounds, long_log=True)
        if "punctual" in names:
            if chosen.quick:
                punctual({"half": (500, "hub"), "rest": (500, "post")}, "1,000 due in one second, half webhooks, half mail", 1)
            else:
                punctual({"all": (1_000, "hub")}, "1,000 webhooks due in one second", rounds)
                punctual({"all": (1_000, "post")}, "1,000 mails due in one second", rounds)
        if "isolation" in names:
            isolation(10, rounds)
        if "hostile" in names:
            hostile(waits=not chosen.quick)
        if "beside" in names:
            beside(rounds)
    except Failed as failure:
        print(f"endurance: {failure}", file=sys.stderr)
        return 1
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
