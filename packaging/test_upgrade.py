#!/usr/bin/python3
"""Upgrades the package of 0.1.0 in place while deliveries are pending. Root only.

The test runs in a minimal Debian under a real systemd. The package of 0.1.0 is built from its
commit and kept in .build/upgrade. The package of this version is dist/remindd_*.deb (make deb). The
mail server runs outside the container. It accepts the first mailing, refuses connections until the
upgrade is over, and then accepts again. Every message must arrive exactly once.
"""
import collections
import contextlib
import datetime
import email
import email.policy
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import zoneinfo

from machine import MailServers, Machine, Sink, expect, is_active, make_image, package, passed, pid_of, report, root, until, version_of

OLD = "0.1.0"
# The last commit before the section of 0.2.0 began in CHANGELOG.md.
COMMIT = "26d99400fd919b8460570988776dee6523412331"
cache = root / os.environ.get("SCRATCH", ".build") / "upgrade"
EARLY = [f"early{n:02}" for n in range(1, 6)]
MANY = [f"many{n:02}" for n in range(1, 21)]


def old_package():
    """The package of 0.1.0, built from its commit unless an earlier run has left it."""
    kept = cache / f"remindd_{OLD}.deb"
    if kept.exists():
        print(f"(the package of {OLD} is there from an earlier run: {kept.relative_to(root)})")
        return kept
    source = cache / "source"
    source.mkdir(parents=True, exist_ok=True)
    archive = subprocess.run(["git", "-C", root, "archive", COMMIT], capture_output=True)
    if archive.returncode != 0:
        sys.exit(f"test-upgrade: the commit of {OLD} is not in this clone: {archive.stderr.decode()}")
    subprocess.run(["tar", "-x", "-C", source], input=archive.stdout, check=True)
    print(f"(building {OLD} from {COMMIT[:7]}; the first time this takes a quarter of an hour)", flush=True)
    environment = {name: value for name, value in os.environ.items() if name != "SCRATCH"}
    built = subprocess.run([source / "packaging/deb.sh"], env=environment, capture_output=True, text=True)
    if built.returncode != 0:
        sys.exit(f"test-upgrade: {OLD} does not build\n{built.stdout[-2000:]}{built.stderr[-2000:]}")
    os.replace(next(source.glob(f"remindd_{OLD}_*.deb")), kept)
    shutil.rmtree(source)
    return kept


class Door:
    """A mail server that can be closed and opened again. A closed port refuses connections."""

    def __init__(self):
        self.servers = MailServers()
        self.sink = Sink()
        # A bound socket that does not listen keeps the port for this test.
        self.holder = self.reserve(0)
        self.port = self.holder.getsockname()[1]
        self.open()

    @staticmethod
    def reserve(port):
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(("127.0.0.1", port))
        return bound

    def open(self):
        self.server = self.servers.serve_at(self.sink, self.reserve(self.port))

    def close(self):
        self.servers.close(self.server)

    def arrived(self, title):
        """The mails of a campaign, as (recipient, Message-ID)."""
        mails = [(to, email.message_from_bytes(content, policy=email.policy.default)) for to, content in self.sink.mails]
        return [(to[0].split("@")[0], mail["message-id"]) for to, mail in mails if title in mail["subject"]]


def ledger(machine, query):
    """The rows of a query on a copy of the ledger, because the daemon does not share the original.
    """
    with tempfile.TemporaryDirectory(prefix="remindd-upgrade-") as folder:
        for file in (machine.root / "var/lib/remindd").glob("ledger.sqlite*"):
            if file.name in ("ledger.sqlite", "ledger.sqlite-wal"):
                shutil.copy(file, folder)
        with contextlib.closing(sqlite3.connect(f"{folder}/ledger.sqlite")) as database:
            return database.execute(query).fetchall()


def states(machine):
    return dict(ledger(machine, "SELECT state, count(*) FROM delivery GROUP BY state"))


def configuration(machine):
    """Every file of the configuration with its content, mode, owner and time of change."""
    files = [path for path in (machine.root / "etc/remindd").rglob("*") if path.is_file()]
    return {str(path): (path.read_bytes(), *[getattr(path.stat(), part) for part in ["st_mode", "st_uid", "st_gid", "st_mtime_ns"]])
            for path in files}


def campaign(name, title, at, recipients):
    return f"""  - id: {name}
    title: {title}
    when: {at:%Y-%m-%d}
    remind: ["on the day at {at:%H:%M}"]
    notify: [{', '.join(recipients)}]
"""


def install_old(machine, deb, door):
    """Installs 0.1.0 with three campaigns. Returns when the last one is due."""
    shutil.copy(deb, machine.root / "root/old.deb")
    machine.run("apt", "install", "--yes", "./old.deb")
    until(20, "the service starts", lambda: is_active(machine))
    passed(f"remindd {OLD} is installed: {machine.run('remindd', '--version')[1].strip()}, schema {ledger(machine, 'PRAGMA user_version')[0][0]}")

    path = machine.root / "etc/remindd/remindd.yaml"
    text = path.read_text(encoding="utf-8")
    people = "".join(f"  - {{id: {name}, name: {name}, email: {name}@example.org, language: en, via: [mail]}}\n" for name in EARLY + MANY)
    text = text.replace("plans: []", "plans: plans/").replace("smtp://127.0.0.1:25\n", f"smtp://127.0.0.1:{door.port}\n")
    machine.write("etc/remindd/remindd.yaml", text.replace("\nrecipients:\n", f"\nrecipients:\n{people}"))
    now = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh"))
    first = (now + datetime.timedelta(seconds=80)).replace(second=0)
    last = first + datetime.timedelta(minutes=5)
    machine.write("etc/remindd/plans/office.yaml", (
        "plan: office\ntitle: Office\nlanguage: en\nsource: {number: 1/KH, date: 2026-01-05, issuer: Office}\ncampaigns:\n"
        + campaign("early", "Early report", first, EARLY)
        + campaign("many", "Report of many", first + datetime.timedelta(minutes=1), MANY)
        + campaign("last", "Last report", last, EARLY)))
    machine.run("systemctl", "reload", "remindd")
    return last


def run_old(machine, door):
    """Lets 0.1.0 deliver one mailing and leaves the next one pending, because the port is closed.
    """
    until(150, "the first mailing arrives", lambda: len(door.arrived("Early report")) == len(EARLY))
    until(10, "the ledger knows", lambda: states(machine) == {"delivered": len(EARLY)})
    door.close()
    until(90, "the second mailing is pending", lambda: states(machine) == {"delivered": len(EARLY), "pending": len(MANY)})
    attempts = lambda: ledger(machine, "SELECT sum(attempts) FROM delivery WHERE state = 'pending'")[0][0]
    until(60, "a pending delivery was tried", lambda: attempts() > 0)
    expect(states(machine) == {"delivered": len(EARLY), "pending": len(MANY)},
           f"{OLD} has delivered {len(EARLY)} reminders and has {len(MANY)} pending, because the mail server refuses connections")


def upgrade(machine, deb, door):
    before, files, ids = pid_of(machine), configuration(machine), ledger(machine, "SELECT id FROM delivery ORDER BY n")
    schema = ledger(machine, "PRAGMA user_version")[0][0]
    shutil.copy(deb, machine.root / "root" / deb.name)
    words = machine.run("apt", "install", "--yes", f"./{deb.name}")[1]
    until(30, "the service runs after the upgrade", lambda: is_active(machine) and pid_of(machine) not in (0, before))
    version = machine.run("remindd", "--version")[1].strip()
    expect(version == version_of(deb), f"apt install ./{deb.name}: remindd {version} runs", words)
    now = configuration(machine)
    changed = sorted(path for path in files.keys() | now.keys() if files.get(path) != now.get(path))
    expect(changed == [], f"all {len(files)} files of the configuration are as they were, with owner, rights and time", str(changed))
    migrated = ledger(machine, "PRAGMA user_version")[0][0]
    copies = list((machine.root / "var/lib/remindd").glob(f"ledger.sqlite.before-v{migrated}"))
    expect(migrated > schema and len(copies) == 1, f"the ledger is migrated from schema {schema} to {migrated}, with a copy beside it: {copies[0].name if copies else None}")
    kept = ledger(machine, "SELECT id FROM delivery ORDER BY n")
    expect(kept == ids and states(machine) == {"delivered": len(EARLY), "pending": len(MANY)},
           f"all {len(ids)} deliveries are there with their ids, {len(MANY)} of them pending", str(states(machine)))
    errors = machine.run("journalctl", "--unit=remindd", "--priority=err", "--output=cat", f"_PID={pid_of(machine)}")[1].splitlines()
    other = [line for line in errors if "Couldn't connect to server" not in line and line != "-- No entries --"]
    expect(other == [], "the new version reports no error but that the mail server refuses connections", "\n".join(errors))


def deliver(machine, door, last):
    began = time.monotonic()
    door.open()
    until(900, "the pending mails arrive", lambda: len(door.arrived("Report of many")) >= len(MANY))
    passed(f"the mail server accepts again: the last of {len(MANY)} pending deliveries arrived after {time.monotonic() - began:.0f} s")
    left = (last - datetime.datetime.now(last.tzinfo)).total_seconds()
    until(max(left, 0) + 120, "the mailing that is due after the upgrade arrives", lambda: len(door.arrived("Last report")) >= len(EARLY))
    passed(f"a mailing of the same plan that falls due after the upgrade arrives: {len(EARLY)} mails")
    machine.run("systemctl", "restart", "remindd")
    time.sleep(30)
    mails = {title: door.arrived(title) for title in ["Early report", "Report of many", "Last report"]}
    counts = [collections.Counter(to for to, _ in rows) for rows in mails.values()]
    wanted = [dict.fromkeys(names, 1) for names in (EARLY, MANY, EARLY)]
    names = [name for rows in mails.values() for _, name in rows]
    expect([dict(count) for count in counts] == wanted and len(set(names)) == len(names) == len(door.sink.mails),
           f"after another restart: each of {len(names)} messages arrived exactly once, each with its own Message-ID", str(counts))
    expect(states(machine) == {"delivered": len(names)}, f"the ledger has {len(names)} deliveries, all delivered", str(states(machine)))
    history = machine.run("remindd", "history")[1]
    expect(history.count("accepted by the server") == len(names), "history shows what both versions sent", history)


def main():
    new, old = package(), old_package()
    make_image()
    door = Door()
    with tempfile.TemporaryDirectory(prefix="remindd-upgrade-") as folder:
        machine = Machine(pathlib.Path(folder))
        try:
            machine.boot()
            last = install_old(machine, old, door)
            run_old(machine, door)
            upgrade(machine, new, door)
            deliver(machine, door, last)
        finally:
            machine.shut_down()
    report()


main()
