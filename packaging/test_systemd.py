#!/usr/bin/python3
"""Installs the package in a minimal Debian, booted under a real systemd in a container, and lives through what an
administrator lives through. Root only. Needs remindd_*.deb in the checkout's root (make deb).

The container shares the machine's network: the mail server stands outside it, on loopback, on a free port.
"""
import asyncio
import contextlib
import datetime
import email
import email.policy
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zoneinfo

from aiosmtpd.smtp import SMTP

root = pathlib.Path(__file__).resolve().parent.parent
image = root / ".build/systemd/image"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "SYSTEMD_PAGER": ""}
done = 0


class Sink:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


def make_image():
    """A minimal Debian with what the package depends on, so that installing it needs no network."""
    if (image / "usr/lib/systemd/systemd").exists():
        return
    image.parent.mkdir(parents=True, exist_ok=True)
    half = image.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    release = subprocess.run(["sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME"], capture_output=True, text=True).stdout.strip()
    sites = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True).stdout.split()
    site = next((site for site in sites if site.rstrip("/").endswith("/debian")), "http://deb.debian.org/debian")
    packages = "systemd,systemd-sysv,dbus,libcurl4,libsqlite3-0,ca-certificates,libstdc++6,tzdata,procps"
    subprocess.run(["debootstrap", "--variant=minbase", f"--include={packages}", release, half, site], check=True, stdout=subprocess.DEVNULL)
    for unit in ["console-getty.service", "getty@tty1.service", "systemd-logind.service", "apt-daily.timer", "apt-daily-upgrade.timer"]:
        (half / "etc/systemd/system" / unit).symlink_to("/dev/null")
    half.rename(image)


class Machine:
    """A copy of the image, booted; its own process id is all that is ever ended."""

    def __init__(self, folder):
        self.root = folder / "root"
        subprocess.run(["cp", "-a", "--reflink=auto", image, self.root], check=True)
        self.console = open(folder / "console.log", "w+b")

    def boot(self):
        command = ["systemd-nspawn", "--quiet", "--directory", self.root, "--boot", "--register=no", "--keep-unit"]
        command += ["--machine=remindd-test", "--console=read-only"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.console, stderr=self.console, start_new_session=True)
        until(60, "the container boots", self.is_up)

    def is_up(self):
        if self.process.poll() is not None:
            self.console.seek(0)
            sys.exit("test-systemd: the container ended: " + self.console.read()[-2000:].decode(errors="replace"))
        self.leader = None
        parents = [self.process.pid]
        while parents and self.leader is None:
            children = [int(pid) for parent in parents for pid in children_of(parent)]
            self.leader = next((pid for pid in children if executable(pid).endswith("/systemd")), None)
            parents = children
        if self.leader is None:
            return False
        return self.run("systemctl", "is-system-running", check=False)[1].strip() in ("running", "degraded")

    def run(self, *command, check=True):
        ran = subprocess.run(
            ["nsenter", "--target", str(self.leader), "--all", "--", *command], env=ENVIRONMENT, text=True,
            capture_output=True, timeout=120)
        if check and ran.returncode != 0:
            sys.exit(f"test-systemd: {' '.join(command)}: status {ran.returncode}\n{ran.stdout}{ran.stderr}")
        return ran.returncode, ran.stdout + ran.stderr

    def write(self, path, text):
        (self.root / path).write_text(text, encoding="utf-8")

    def shut_down(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def children_of(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return []


def executable(pid):
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/exe")
    return ""


def until(seconds, what, holds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.2)
    sys.exit(f"test-systemd: not within {seconds} s: {what}")


def passed(what):
    global done
    done += 1
    print(f"ok {done} {what}", flush=True)


def expect(holds, what, evidence=""):
    if not holds:
        sys.exit(f"test-systemd: FAILED: {what}\n{evidence}")
    passed(what)


def plan(at):
    return f"""plan: office
title: Office
language: en
source: {{number: 1/KH, date: 2026-01-05, issuer: Office}}
campaigns:
  - id: report
    title: Quarterly report
    when: {at:%Y-%m-%d}
    remind: ["on the day at {at:%H:%M}"]
    notify: [admin]
"""


def main():
    packages = sorted(root.glob("remindd_*.deb"))
    if os.geteuid() != 0 or not packages:
        sys.exit("test-systemd: needs root, and a package: make deb")
    make_image()
    sink = Sink()
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(loop.create_server(lambda: SMTP(sink, loop=loop), "127.0.0.1", 0))
    port = listening.sockets[0].getsockname()[1]
    threading.Thread(target=loop.run_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="remindd-systemd-") as folder:
        machine = Machine(pathlib.Path(folder))
        try:
            machine.boot()
            live(machine, packages[-1], sink, port)
        finally:
            machine.shut_down()
    print(f"{done} of {done} passed")


def pid_of(machine):
    return int(machine.run("systemctl", "show", "--property=MainPID", "--value", "remindd")[1])


def is_active(machine):
    return machine.run("systemctl", "is-active", "remindd", check=False)[1].strip() == "active"


def live(machine, package, sink, port):
    shutil.copy(package, machine.root / "root/remindd.deb")
    machine.run("dpkg", "--install", "/root/remindd.deb")
    until(20, "the service starts", lambda: is_active(machine))
    time.sleep(2)
    loud = machine.run("journalctl", "--unit=remindd", "--priority=warning", "--output=cat")[1].strip()
    expect(is_active(machine) and loud in ("", "-- No entries --"), "installed: the service runs, and is quiet", loud)
    score = machine.run("systemd-analyze", "security", "--threshold=12", "remindd.service", "--no-pager")[1].splitlines()[-1]
    expect("OK" in score, f"its exposure: {score.split('remindd.service:')[-1].strip()}", score)
    modes = machine.run("stat", "--format=%a %U %G", "/etc/remindd", "/run/remindd/control.sock", "/var/lib/remindd")[1].split("\n")
    wanted = ["750 root remindd", "660 remindd remindd", "700 remindd remindd"]
    expect(modes[:3] == wanted, "folders and socket are for root and the group alone", str(modes))

    text = (machine.root / "etc/remindd/remindd.yaml").read_text(encoding="utf-8")
    text = text.replace("plans: []", "plans: plans/").replace("smtp://127.0.0.1:25\n", f"smtp://127.0.0.1:{port}\n")
    machine.write("etc/remindd/remindd.yaml", text)
    soon = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")) + datetime.timedelta(seconds=75)
    machine.write("etc/remindd/plans/office.yaml", plan(soon))
    machine.run("remindd", "check")
    machine.run("systemctl", "reload", "remindd")
    passed("one edited file and one plan are taken by systemctl reload")
    told = machine.run("remindd", "send-test", "admin")[1]
    expect(len(sink.mails) == 1, "send-test reaches the mail server outside", told)
    until(100, "the reminder arrives", lambda: len(sink.mails) == 2)
    subject = email.message_from_bytes(sink.mails[1][1], policy=email.policy.default)["subject"]
    expect("Quarterly report" in subject, f"a reminder due now arrives at the mail server outside: {subject}", subject)

    machine.write("etc/remindd/plans/office.yaml", "plan: [broken\n")
    status, words = machine.run("systemctl", "reload", "remindd", check=False)
    expect(status != 0 and is_active(machine), "a broken file fails the reload and keeps the service", words)
    machine.write("etc/remindd/plans/office.yaml", plan(soon))
    machine.run("systemctl", "reload", "remindd")

    before = pid_of(machine)
    machine.run("kill", "-KILL", str(before))
    until(30, "systemd starts it again", lambda: is_active(machine) and pid_of(machine) not in (0, before))
    passed("kill -9: started again")

    machine.run("mkdir", "--parents", "/run/systemd/system/remindd.service.d")
    machine.run("sh", "-c", "printf '[Service]\\nWatchdogSec=6\\n' >/run/systemd/system/remindd.service.d/watchdog.conf")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "remindd")
    before = pid_of(machine)
    time.sleep(13)
    expect(pid_of(machine) == before, "two watchdog spans of nothing to do: still fed")
    machine.run("kill", "-STOP", str(before))
    until(60, "the watchdog ends the hang", lambda: is_active(machine) and pid_of(machine) not in (0, before))
    passed("a hang: ended by the watchdog, started again")

    rows = [json.loads(line) for line in machine.run("journalctl", "--unit=remindd", "--output=json")[1].splitlines() if line.startswith("{")]
    levels = {row.get("PRIORITY") for row in rows if row.get("SYSLOG_IDENTIFIER") == "remindd"}
    expect({"5", "6"} <= levels, f"the journal has levels: {sorted(levels)}")

    machine.shut_down()
    machine.boot()
    until(30, "the service starts at boot", lambda: is_active(machine))
    history = machine.run("remindd", "history", "--format", "json")[1]
    expect('"delivered"' in history, "a reboot: started, and remembers what it sent", history)
    time.sleep(3)
    expect(len(sink.mails) == 2, "nothing was sent twice through all of it", str(len(sink.mails)))

    machine.run("dpkg", "--install", "--force-confold", "/root/remindd.deb")
    kept = (machine.root / "etc/remindd/remindd.yaml").read_text(encoding="utf-8") == text
    until(20, "it runs after an upgrade", lambda: is_active(machine))
    expect(kept, "an upgrade keeps the edited file, and restarts")
    machine.run("dpkg", "--remove", "remindd")
    ledger = machine.root / "var/lib/remindd/ledger.sqlite"
    expect(ledger.exists() and not is_active(machine), "removed: stopped, the ledger stays")
    machine.run("dpkg", "--purge", "remindd")
    plan_stays = (machine.root / "etc/remindd/plans/office.yaml").exists()
    expect(not ledger.exists() and plan_stays, "purged: the ledger is gone, the office's plans stay")


main()
