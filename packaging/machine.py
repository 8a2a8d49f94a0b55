"""A minimal Debian under a real systemd in a container, with mail servers outside, for tests.

The container shares the network of the machine, and the mail servers listen on free ports of
loopback. The packages that remindd depends on are not in the image, so that apt has to install
them. apt's lists and these packages are downloaded when the image is made, so that no network is
needed later.
"""
import asyncio
import contextlib
import email
import email.policy
import logging
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

root = pathlib.Path(__file__).resolve().parent.parent
image = root / os.environ.get("SCRATCH", ".build") / "systemd/image-2"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "SYSTEMD_PAGER": ""}
NAME = pathlib.Path(sys.argv[0]).stem.replace("_", "-")
done = 0


class Sink:
    """Keeps every mail."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"

    @property
    def subjects(self):
        return [email.message_from_bytes(content, policy=email.policy.default)["subject"] for _, content in self.mails]


class Guarded(Sink):
    """Accepts mail only from clients that know the password."""

    def __init__(self, password):
        super().__init__()
        self.password = password

    def authenticate(self, server, session, envelope, mechanism, data):
        is_right = data.login == b"remindd" and data.password == self.password.encode()
        return AuthResult(success=is_right, handled=is_right)


def make_image():
    """Makes a minimal Debian without the dependencies of the package, which are in apt's cache."""
    if (image / "usr/lib/systemd/systemd").exists():
        return
    image.parent.mkdir(parents=True, exist_ok=True)
    half = image.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    release = subprocess.run(["sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME"], capture_output=True, text=True).stdout.strip()
    sites = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True).stdout.split()
    site = next((site for site in sites if site.rstrip("/").endswith("/debian")), "http://deb.debian.org/debian")
    packages = "systemd,systemd-sysv,dbus,procps,man-db,bash-completion,zsh"
    subprocess.run(["debootstrap", "--variant=minbase", f"--include={packages}", release, half, site], check=True, stdout=subprocess.DEVNULL)
    for unit in ["console-getty.service", "getty@tty1.service", "systemd-logind.service", "apt-daily.timer", "apt-daily-upgrade.timer", "man-db.timer"]:
        (half / "etc/systemd/system" / unit).symlink_to("/dev/null")
    shutil.copy("/etc/resolv.conf", half / "etc/resolv.conf")
    for command in ["apt-get update", "apt-get install --yes --download-only libcurl4 libsqlite3-0 ca-certificates tzdata libstdc++6 adduser"]:
        subprocess.run(["chroot", half, *command.split()], env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    half.rename(image)


class Machine:
    """A copy of the image that can be booted. Only its own process is ever ended."""

    def __init__(self, folder):
        self.root = folder / "root"
        subprocess.run(["cp", "-a", "--reflink=auto", image, self.root], check=True)
        self.console = open(folder / "console.log", "w+b")

    def boot(self):
        command = ["systemd-nspawn", "--quiet", "--directory", self.root, "--boot", "--register=no", "--keep-unit"]
        command += [f"--machine=remindd-{os.getpid()}", "--console=read-only"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.console, stderr=self.console, start_new_session=True)
        until(60, "the container boots", self.is_up)

    def is_up(self):
        if self.process.poll() is not None:
            self.console.seek(0)
            sys.exit(f"{NAME}: the container ended: " + self.console.read()[-2000:].decode(errors="replace"))
        self.leader = None
        parents = [self.process.pid]
        while parents and self.leader is None:
            children = [int(pid) for parent in parents for pid in children_of(parent)]
            self.leader = next((pid for pid in children if executable(pid).endswith("/systemd")), None)
            parents = children
        if self.leader is None:
            return False
        return self.run("systemctl", "is-system-running", check=False)[1].strip() in ("running", "degraded")

    def run(self, *command, check=True, given=""):
        ran = subprocess.run(
            ["nsenter", "--target", str(self.leader), "--all", "--wdns=/root", "--", *command], env=ENVIRONMENT, text=True,
            input=given, capture_output=True, timeout=180)
        if check and ran.returncode != 0:
            told = self.run("journalctl", "--unit=remindd", "--lines=20", "--output=cat", check=False)[1]
            sys.exit(f"{NAME}: {' '.join(command)}: status {ran.returncode}\n{ran.stdout}{ran.stderr}\n{told}")
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
    """The process ids of the children of all threads of a process."""
    found = []
    with contextlib.suppress(OSError):
        for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            found += children.read_text().split()
    return found


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
    sys.exit(f"{NAME}: not within {seconds} s: {what}")


def passed(what):
    global done
    done += 1
    print(f"ok {done} {what}", flush=True)


def expect(holds, what, evidence=""):
    if not holds:
        sys.exit(f"{NAME}: FAILED: {what}\n{evidence}")
    passed(what)


def report():
    print(f"{done} of {done} passed")


class MailServers:
    """Mail servers on free ports of loopback, in a thread of their own."""

    def __init__(self):
        # The test logs in without TLS, on loopback, on purpose.
        warnings.simplefilter("ignore")
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def serve(self, sink, **options):
        """Starts a server and returns its port."""
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self.serve_at(sink, listening, **options)
        return listening.getsockname()[1]

    def serve_at(self, sink, bound, **options):
        starting = self.loop.create_server(lambda: SMTP(sink, loop=self.loop, **options), sock=bound)
        return asyncio.run_coroutine_threadsafe(starting, self.loop).result(10)

    def close(self, server):
        """Stops listening. Open connections stay."""
        self.loop.call_soon_threadsafe(server.close)


def package():
    """The Debian package that `make deb` built. Ends the test without it, or without root."""
    packages = sorted((root / "dist").glob("remindd_*.deb"))
    if os.geteuid() != 0 or len(packages) != 1:
        sys.exit(f"{NAME}: needs root, and one package in dist/: make deb")
    return packages[0]


def version_of(package):
    return subprocess.run(["dpkg-deb", "--field", package, "Version"], capture_output=True, text=True, check=True).stdout.strip()


def pid_of(machine):
    return int(machine.run("systemctl", "show", "--property=MainPID", "--value", "remindd")[1])


def is_active(machine):
    return machine.run("systemctl", "is-active", "remindd", check=False)[1].strip() == "active"


def plan(at):
    """A plan whose one reminder to `admin` falls due in the minute of `at`."""
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
