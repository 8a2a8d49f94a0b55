"""Measures remindd and its yardsticks in turn, and compares the figures with goals."""

import contextlib
import dataclasses
import json
import os
import random
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import time

import ground
from ground import CHECKOUT, Failed, folder
from peers import alertmanager

PYTHON = "/usr/bin/python3"


@dataclasses.dataclass
class Row:
    """One line of the table: the measurement, its figures, and whether it meets its goal."""

    what: str
    unit: str
    figures: dict  # the figures of each round by contender, remindd first
    goal: str = ""
    met: bool | None = None
    ratios: list = dataclasses.field(default_factory=list)  # to the yardstick, per round
    note: str = ""

    @property
    def ours(self):
        return statistics.median(next(iter(self.figures.values())))


def median(values):
    return statistics.median(values)


def ratios(ours, theirs):
    return [a / b for a, b in zip(ours, theirs)]


def preview(configuration, channel, path):
    """Writes the exact message of one recipient, which a yardstick sends. Returns its length."""
    ran = subprocess.run(
        [ground.REMINDD, "render", "campaign-0", "--config", configuration, "--recipient", "reader-000000", "--lead", "on the day", "--via",
         channel, "--on", "2027-05-03"], capture_output=True, env=ground.ENVIRONMENT)
    if ran.returncode:
        raise Failed(f"render: {ran.stderr.decode()}")
    message = ran.stdout.split(b"\r\n\r\n", 1)[1] if channel == "hub" else ran.stdout
    path.write_bytes(message)
    return len(message)


def office(place, kind, port, count):
    """Writes one campaign for `count` recipients on one channel and a yardstick's inputs.

    Returns the configuration and the length of the message."""
    channel = "hub" if kind == "hub" else "mail"
    setting = ground.hook(port) if kind == "hub" else ground.mail(port)
    configuration = ground.configuration(place, {channel: setting}, {"everyone": (count, channel)})
    ground.plan(place / "plans/plan.yaml")
    (place / "readers").write_text("".join(f"<{ground.address(n)}>\n" for n in range(count)))
    return configuration, preview(configuration, channel, place / "message")


def send(configuration, place, idle_cpu):
    """Runs one rehearsal.

    Returns the deliveries a second from the due time to the last durable outcome, the processor
    time of each delivery without that of the start, and the run itself."""
    ledger = place / "ledger.sqlite"
    for side in ("", "-wal", "-shm", ".log"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{ledger}{side}")
    usage = ground.rehearse(configuration, ledger)
    ran = ground.outcome(ledger, usage)
    return ran.delivered / ran.wall_s, (ran.cpu_s - idle_cpu) / ran.delivered * 1e6, ran


def start_cpu(configuration, place):
    """Returns the processor time of a run that sends nothing.

    The run only reads files, and opens and closes the ledger."""
    with folder() as aside:
        usage = ground.rehearse(configuration, aside / "ledger.sqlite", until=ground.START.replace(":58", ":59"))
    return usage.cpu_s


# MARK: throughput

def webhooks(rounds, count, peers=True):
    """Measures durable webhooks to nginx over HTTP/1.1 that are due at the same time."""
    ours, cpu, rss, yard, yard_cpu, alerts, flood, missing, apprise = [], [], [], [], [], [], [], [], []
    with folder() as place, ground.nginx(log=False) as (port, _), ground.nginx(log=True) as (slow_port, log), contextlib.ExitStack() as stack:
        configuration, size = office(place, "hub", port, count)
        idle = start_cpu(configuration, place)
        if peers:
            manager = stack.enter_context(alertmanager.running(place, slow_port))
            flooded = stack.enter_context(folder())
        for turn in range(rounds):
            rate, each, ran = send(configuration, place, idle)
            if ran.delivered != count:
                raise Failed(f"{ran.delivered} of {count} webhooks arrived")
            ours.append(rate), cpu.append(each), rss.append(ran.rss_kb / 1024)
            told = ground.yardstick("webhook", f"http://127.0.0.1:{port}/remind", 64, count, place / "message")
            yard.append(told["per_s"]), yard_cpu.append(told["cpu_us"])
            if peers:
                alerts.append(alertmanager.burst(*manager, 2_000, lambda: count_lines(log))["per_s"])
                if turn < 2:  # half a minute each
                    (flooded / str(turn)).mkdir()
                    with alertmanager.running(flooded / str(turn), slow_port) as other:
                        told = alertmanager.burst(*other, count, lambda: count_lines(log))
                    flood.append(told["per_s"]), missing.append(told["missing"])
                apprise.append(apprise_sends(f"json://127.0.0.1:{port}/", 1_000)["per_s"])
    rows = [Row(
        f"durable webhooks, {size} bytes, HTTP/1.1 to nginx, {count:,} due at once", "/s",
        {"remindd": ours, "C on libcurl, 64 connections": yard}, "≥ 0.35 of libcurl", median(ratios(ours, yard)) >= 0.35,
        ratios(ours, yard))]
    rows.append(Row("… processor time for each", "µs", {"remindd": cpu, "C on libcurl": yard_cpu}))
    rows.append(Row("… most resident", "MiB", {"remindd": rss}))
    if peers:
        rows.append(Row(
            f"… against Alertmanager, {count:,} alerts at once", "/s", {"remindd": ours, "Alertmanager": flood}, "≥ 5 ×",
            median(ratios(ours, flood)) >= 5, ratios(ours, flood)))
        rows.append(Row("… of these, never arrived", "", {"remindd": [0], "Alertmanager": missing}))
        rows.append(Row(
            "… against Alertmanager's burst of 2,000, which does not fill it", "/s", {"remindd": ours, "Alertmanager": alerts}, "≥ 5 ×",
            median(ratios(ours, alerts)) >= 5, ratios(ours, alerts)))
        rows.append(Row(
            "… against Apprise, 8 threads", "/s", {"remindd": ours, "Apprise": apprise}, "≥ 30 ×",
            median(ratios(ours, apprise)) >= 30, ratios(ours, apprise)))
    return rows


def count_lines(path):
    try:
        with open(path, "rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    except FileNotFoundError:
        return 0


def apprise_sends(url, count, threads=8, python=PYTHON):
    ran = subprocess.run([python, CHECKOUT / "bench/peers/apprise_send.py", url, str(count), str(threads)], capture_output=True, text=True)
    if ran.returncode:
        raise Failed(f"Apprise: {ran.stderr[-500:]}")
    told = json.loads(ran.stdout)
    if told["failed"]:
        raise Failed(f"Apprise: {told['failed']} of {count} were not sent")
    return told


def newest_apprise():
    """Returns the Python that has Apprise from PyPI, and Apprise's version.

    `make bench` installs it next to the build."""
    python = ground.BUILT / "peers/bin/python"
    ran = subprocess.run([python, "-c", "import apprise; print(apprise.__version__)"], capture_output=True, text=True)
    if ran.returncode:
        raise Failed(f"Apprise of PyPI: {ran.stderr[-300:]}")
    return python, ran.stdout.strip()


def mails(rounds, count, peers=True):
    """Measures durable mail to Postfix's own load sink over eight connections."""
    ours, cpu, yard, yard_cpu, apprise, newest = [], [], [], [], [], []
    python, version = newest_apprise() if peers else (None, None)
    with folder() as place, ground.smtp_sink() as port:
        configuration, size = office(place, "mail", port, count)
        idle = start_cpu(configuration, place)
        for _ in range(rounds):
            rate, each, ran = send(configuration, place, idle)
            if ran.delivered != count:
                raise Failed(f"{ran.delivered} of {count} mails arrived")
            ours.append(rate), cpu.append(each)
            told = ground.yardstick("mail", f"smtp://127.0.0.1:{port}", 8, count, place / "message", place / "readers")
            yard.append(told["per_s"]), yard_cpu.append(told["cpu_us"])
            if peers:
                url = f"mailto://127.0.0.1:{port}?from=a@example.test&to=b@example.test"
                apprise.append(apprise_sends(url, 60, 1)["per_s"])
                newest.append(apprise_sends(url, 60, 1, python)["per_s"])
    rows = [Row(
        f"durable mail, {size} bytes, to smtp-sink, 8 connections, {count:,} due at once", "/s",
        {"remindd": ours, "C on libcurl, 8 threads": yard}, "≥ 0.5 of libcurl", median(ratios(ours, yard)) >= 0.5, ratios(ours, yard))]
    rows.append(Row("… processor time for each", "µs", {"remindd": cpu, "C on libcurl": yard_cpu}))
    if peers:
        rows.append(Row(
            f"… against Apprise {version} (PyPI)", "/s", {"remindd": ours, "Apprise": newest}, "≥ 200 ×", median(ratios(ours, newest)) >= 200,
            ratios(ours, newest)))
        rows.append(Row("… against Apprise of Debian 12", "/s", {"remindd": ours, "Apprise": apprise}, ratios=ratios(ours, apprise)))
    return rows


def postfix(rounds, count):
    """Measures durable mail to a real Postfix that delivers into a Maildir."""
    ours, cpu, yard, yard_cpu = [], [], [], []
    with folder() as place, ground.postfix() as (port, delivered):
        configuration, size = office(place, "mail", port, count)
        idle = start_cpu(configuration, place)
        for turn in range(rounds):
            # The order alternates, because Postfix is still busy with the mail of the first
            # contender when the second one starts.
            for contender in (("ours", "yard") if turn % 2 == 0 else ("yard", "ours")):
                if contender == "ours":
                    rate, each, _ = send(configuration, place, idle)
                    ours.append(rate), cpu.append(each)
                else:
                    told = ground.yardstick("mail", f"smtp://127.0.0.1:{port}", 8, count, place / "message", place / "readers")
                    yard.append(told["per_s"]), yard_cpu.append(told["cpu_us"])
                settle(delivered)
    rows = [Row(
        f"durable mail, {size} bytes, to a real Postfix, {count:,} due at once", "/s",
        {"remindd": ours, "C on libcurl, 8 threads": yard}, "≥ 0.9 of libcurl, by medians", median(ours) / median(yard) >= 0.9,
        [median(ours) / median(yard)])]
    rows.append(Row(
        "… processor time for each", "µs", {"remindd": cpu, "C on libcurl": yard_cpu}, "≤ 2 ×", median(cpu) / median(yard_cpu) <= 2,
        [median(cpu) / median(yard_cpu)]))
    return rows


def settle(delivered):
    """Waits until Postfix has delivered everything it accepted."""
    before = -1
    while before != (now := delivered()):
        before = now
        time.sleep(0.5)


def ledger(rounds, count):
    """Measures the ledger alone, without network and without rendering."""
    ours, cpu, yard, yard_cpu = [], [], [], []
    with folder() as place:
        for _ in range(rounds):
            told = bench("LedgerBench", place / "ledger.sqlite", count)
            ours.append(told["per_s"]), cpu.append(told["cpu_us"])
            told = ground.yardstick("ledger", place / "outbox.sqlite", count, 100)
            yard.append(told["per_s"]), yard_cpu.append(told["cpu_us"])
    return [
        Row(f"ledger alone: fire, claim, record of {count:,} deliveries", "/s",
            {"remindd": ours, "C on SQLite, batches of 100": yard}, "≥ 0.6 of C", median(ratios(ours, yard)) >= 0.6, ratios(ours, yard)),
        Row("… processor time for each", "µs", {"remindd": cpu, "C on SQLite": yard_cpu})]


def claims(rounds, pending):
    """Measures claims of a hundred deliveries while very many others are pending."""
    longest = []
    with folder() as place:
        for _ in range(rounds):
            longest.append(bench("LedgerBench", place / "ledger.sqlite", 20_000, pending)["claim_p99_ms"])
    return [Row(
        f"claim of 100 and outcomes of the 100 before, beside {pending:,} pending, 99th percentile of 200", "ms", {"remindd": longest},
        "≤ 5 ms", median(longest) <= 5)]


def bench(name, *words):
    ran = subprocess.run([CHECKOUT / ".build/release" / name, *map(str, words)], capture_output=True, text=True)
    if ran.returncode:
        raise Failed(f"{name}: {ran.stderr[-500:]}")
    return json.loads(ran.stdout)


# MARK: punctuality

def punctual(rounds, count):
    """Measures single reminders, a minute apart on a clock at 60 ×, on an idle machine.

    The lateness is measured to the durable outcome, which comes later than the first byte."""
    late, timer, syncs = [], [], []
    with folder() as place, ground.nginx() as (port, _):
        configuration = ground.configuration(place, {"hub": ground.hook(port)}, {"everyone": (1, "hub")})
        minutes = [f"{8 + n // 60:02}:{n % 60:02}" for n in range(count)]
        for part in range(0, count, 60):
            leads = [f'{{id: l{n}, when: on the day, at: "{minutes[n]}"}}' for n in range(part, min(part + 60, count))]
            plan = place / f"plans/plan-{part}.yaml"
            ground.plan(plan, leads)
            plan.write_text(plan.read_text(encoding="utf-8").replace("plan: bench", f"plan: bench-{part}"), encoding="utf-8")
        for turn in range(rounds):
            ledger = place / f"ledger-{turn}.sqlite"
            usage = ground.rehearse(configuration, ledger, until=f"2027-05-03T{minutes[-1]}:30+07:00", speed=60)
            ran = ground.outcome(ledger, usage)
            if ran.delivered != count:
                raise Failed(f"{ran.delivered} of {count} reminders came")
            late.append(ground.percentile(ran.lateness_ms, 99))
            told = ground.yardstick("timer", min(count, 300), 100, place / "sync")
            timer.append(told["p99_ms"]), syncs.append(told["sync_p50_ms"])
    limit = [t + 2 * s + 5 for t, s in zip(timer, syncs)]
    return [Row(
        f"lateness of a single reminder, 99th percentile of {count}, to its durable outcome", "ms",
        {"remindd": late, "timerfd": timer, "one fdatasync": syncs}, "≤ timerfd + two fdatasyncs + 5 ms",
        median([a - b for a, b in zip(late, limit)]) <= 0)]


def burst(rounds, count, pending, peers=True):
    """Measures reminders due in one second while very many others wait for a dead server."""
    p50, p99, theirs = [], [], []
    with folder() as place, ground.nginx(log=True) as (port, log):
        closed = ground.free_port()
        configuration = ground.configuration(
            place, {"hub": ground.hook(port), "down": ground.hook(closed)}, {"everyone": (count, "hub"), "waiting": (pending, "down")})
        csv = place / "waiting.csv"
        csv.write_text(csv.read_text(encoding="utf-8").replace("reader-", "waiting-"), encoding="utf-8")
        ground.plan(place / "plans/waiting.yaml", notify="waiting")
        text = (place / "plans/waiting.yaml").read_text(encoding="utf-8")
        (place / "plans/burst.yaml").write_text(
            text.replace("plan: bench", "plan: burst").replace("campaign-0", "burst").replace("on the day", "on the day at 08:01").replace(
                "[waiting]", "[everyone]"), encoding="utf-8")
        for turn in range(rounds):
            ledger = place / f"ledger-{turn}.sqlite"
            ended = count_lines(log) + count
            rehearse_until(configuration, ledger, lambda: count_lines(log) >= ended, 180)
            ran = ground.outcome(ledger, campaign="burst")
            if ran.delivered != count:
                raise Failed(f"{ran.delivered} of {count} arrived")
            p50.append(ground.percentile(ran.lateness_ms, 50)), p99.append(ground.percentile(ran.lateness_ms, 99))
            if peers:
                theirs.append(apscheduler(place / f"jobs-{turn}.sqlite", 2_000, count)["p99_ms"])
    figures = {"remindd": p99} | ({"APScheduler, 2,000 jobs stored": theirs} if peers else {})
    return [
        Row(f"{count:,} webhooks due in one second among {pending:,} pending, lateness to the durable outcome, 99th percentile", "ms", figures,
            "≤ 150 ms", median(p99) <= 150),
        Row("… median", "ms", {"remindd": p50})]


def rehearse_until(configuration, ledger, done, seconds):
    """Runs a rehearsal and stops it once `done()` is true."""
    command = [ground.REMINDD, "run", "--config", configuration, "--clock", ground.START, "--speed", "1000000", "--ledger", ledger]
    with open(f"{ledger}.log", "wb") as lines:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines, env=ground.ENVIRONMENT)
        try:
            end = time.monotonic() + seconds
            while not done():
                if process.poll() is not None or time.monotonic() > end:
                    raise Failed(f"the rehearsal does not get there: {open(f'{ledger}.log').read()[-500:]}")
                time.sleep(0.2)
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def apscheduler(store, pending, count):
    ran = subprocess.run(
        [PYTHON, CHECKOUT / "bench/peers/apscheduler_burst.py", store, str(pending), str(count)], capture_output=True, text=True, timeout=600,
        cwd=CHECKOUT / "bench/peers")
    if ran.returncode:
        raise Failed(f"APScheduler: {ran.stderr[-500:]}")
    return json.loads(ran.stdout)


# MARK: the calendar

def calendar(rounds, peers=True):
    """Measures expanding and sorting a year of 10 000 campaigns, in remindd and in `remind`."""
    ours, theirs = [], []
    with folder() as place:
        rem = place / "year.rem"
        remind_year(rem, 10_000)
        for _ in range(rounds):
            ours.append(bench_calendar())
            if peers:
                began = time.monotonic()
                ran = subprocess.run(["remind", "-s12", rem, "2026-01-01"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                if ran.returncode:
                    raise Failed(f"remind: {ran.stderr[-300:]}")
                theirs.append((time.monotonic() - began) * 1e3)
    rows = [Row("a year of 10,000 campaigns, four leads each, expanded and sorted", "ms", {"remindd": ours}, "≤ 150 ms", median(ours) <= 150)]
    if peers:
        speedup = ratios(theirs, ours)
        rows.append(Row(
            "… against remind on a year of 10,000 reminders", "ms", {"remindd": ours, "remind": theirs}, "≥ 20 ×", median(speedup) >= 20, speedup))
    return rows


def bench_calendar():
    ran = subprocess.run([CHECKOUT / ".build/release/CalendarBench"], capture_output=True, text=True)
    found = re.search(r"10 ?000 campaigns.*?([0-9.]+) ms", ran.stdout)
    if not found:
        raise Failed(f"CalendarBench: {ran.stdout}{ran.stderr}")
    return float(found.group(1))


def remind_year(path, count):
    dice = random.Random(1)
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    days = "Mon Tue Wed Thu Fri".split()
    with open(path, "w") as file:
        for n in range(count):
            day, month = dice.randint(1, 28), dice.choice(months)
            kinds = [
                f"REM {day} {month} 2026 +14 AT 8:00 MSG campaign {n} %b%",
                f"REM {dice.choice(days)} AT 9:00 FROM 1 {month} 2026 UNTIL 28 Dec 2026 MSG weekly {n}%",
                f"REM {dice.choice(days)} {dice.randint(1, 22)} AT 10:00 MSG monthly {n}%",
                f"REM {day} {month} AT 9:00 MSG yearly {n} %b%"]
            file.write(kinds[n % 4] + "\n")


# MARK: growth

def growth(sizes):
    """Measures time, memory and processor time of a campaign for more and more recipients."""
    points = []
    with ground.nginx() as (port, _):
        for count in sizes:
            with folder() as place:
                configuration, _ = office(place, "hub", port, count)
                idle = start_cpu(configuration, place)
                rate, each, ran = send(configuration, place, idle)
                points.append({"deliveries": count, "wall_s": ran.wall_s, "cpu_us": each, "rss_mib": ran.rss_kb / 1024})
    return points
