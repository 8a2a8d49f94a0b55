"""Functions that all measurements share: they run servers, write offices and run the daemon."""

import contextlib
import dataclasses
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
BUILT = CHECKOUT / ".build/bench"
REMINDD = pathlib.Path(os.environ.get("REMINDD", CHECKOUT / ".build/release/remindd"))
RECEIVERS_CORE = "1"
# A campaign of one day, in a year with an official calendar, at 08:00 in Hà Nội.
DUE = "2027-05-03T08:00:00+07:00"
START = "2027-05-03T07:59:58+07:00"
UNTIL = "2027-05-03T20:00:00+07:00"


class Failed(Exception):
    """The measurement cannot be made. The text gives the reason."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def folder():
    """Makes a folder next to the build, because it must be on a disk, like a real ledger."""
    BUILT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=BUILT) as path:
        yield pathlib.Path(path)


@contextlib.contextmanager
def program(command, port, core=RECEIVERS_CORE, **options):
    """Runs a server on one core until the block ends.

    The server already listens at `port` when the block begins."""
    pinned = (["taskset", "--cpu-list", core] if core and os.cpu_count() > 1 else []) + [str(word) for word in command]
    process = subprocess.Popen(
        pinned, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    try:
        wait_for(port, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()


def wait_for(port, process, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            raise Failed(f"{process.args[-1]}: ended: {process.stderr.read()[-500:].decode(errors='replace')}")
        time.sleep(0.02)
    raise Failed(f"nobody listens at port {port}")


@contextlib.contextmanager
def nginx(log=False):
    """Runs an nginx that replies 204 to every request. Yields (port, log file).

    If `log` is set, nginx writes a line with the time and the delivery for each request."""
    port = free_port()
    with folder() as place:
        lines = place / "access.log"
        (place / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {place}/pid; error_log {place}/error.log;
events {{ worker_connections 4096; multi_accept on; }}
http {{
  client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;
  log_format arrivals '$msec $http_webhook_id';
  access_log {f'{lines} arrivals' if log else 'off'};
  keepalive_requests 100000000; keepalive_timeout 300; client_body_buffer_size 64k;
  server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ return 204; }} }}
}}
""")
        with program(["/usr/sbin/nginx", "-c", place / "nginx.conf", "-e", place / "error.log"], port):
            yield port, lines


@contextlib.contextmanager
def smtp_sink():
    """Runs Postfix's own load sink, which accepts every mail and drops it."""
    port = free_port()
    # If root starts the sink, it needs the name of another user.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with program(["/usr/sbin/smtp-sink", *user, "-c", f"127.0.0.1:{port}", "1024"], port) as process:
        # The sink prints counts to standard output. They are discarded.
        yield port


@contextlib.contextmanager
def postfix():
    """Runs a real Postfix that delivers into a Maildir. Yields (port, count of delivered mails)."""
    with folder() as place:
        # Postfix does not work in a folder that only the owner may enter.
        os.chmod(place, 0o755)
        certificate, key = place / "certificate.pem", place / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
             "-subj", "/CN=localhost"], check=True, capture_output=True)
        (place / "password").write_text("secret")
        ports = [free_port() for _ in range(3)]
        script = CHECKOUT / "Tests/Servers/postfix.sh"
        command = ["taskset", "--cpu-list", RECEIVERS_CORE] if os.cpu_count() > 1 else []
        process = subprocess.Popen(
            [*command, script, place, *map(str, ports), certificate, key], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        try:
            if b"ready" not in process.stdout.readline():
                raise Failed("Postfix does not start")
            yield ports[2], lambda: sum(1 for _ in os.scandir(place / "mail/all/new")) if (place / "mail/all/new").exists() else 0
        finally:
            process.stdin.close()
            process.wait(30)
            process.stdout.close()


# MARK: offices

FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ"]
MIDDLE = ["Thị", "Văn", "Minh", "Thu", "Quang", "Ngọc", "Đức", "Thanh"]
GIVEN = ["An", "Bình", "Chi", "Dũng", "Hạnh", "Hương", "Khánh", "Lan", "Mai", "Phúc", "Quyên", "Sơn", "Thảo", "Tuấn", "Yến"]


def address(n):
    return f"reader{n}@school{n % 977}.example.vn"


def people(path, count, via):
    """Writes a CSV file of `count` recipients. The content is the same every time."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,name,email,via\n")
        for n in range(count):
            name = f"{FAMILY[n % 10]} {MIDDLE[n // 10 % 8]} {GIVEN[n // 80 % 15]}"
            file.write(f"reader-{n:06},{name},{address(n)},{via}\n")


def plan(path, leads=("on the day",), notify="everyone", campaigns=1):
    rows = "".join(
        f"""  - id: campaign-{n}
    title: Tháng hành động vì bình đẳng giới và phòng ngừa bạo lực
    when: 3/5
    remind: [{', '.join(leads)}]
    notify: [{notify}]
    note: Treo băng rôn tại trụ sở, gửi báo cáo về Sở trước ngày 20.
""" for n in range(campaigns))
    path.write_text(f"""plan: bench
title: Kế hoạch công tác trẻ em và bình đẳng giới
source: {{number: 240/LĐTBXH-TE&BĐG, date: 2024-01-24, issuer: Sở Lao động}}
campaigns:
{rows}""", encoding="utf-8")


def hook(port):
    return f"{{webhook: {{url: \"http://127.0.0.1:{port}/remind\", allow_networks: [127.0.0.0/8], secret: {{env: BENCH_SECRET}}}}}}"


def mail(port):
    return f"{{email: {{server: \"smtp://127.0.0.1:{port}\", tls: off, from: \"Reminders <reminders@example.test>\"}}}}"


def configuration(place, channels, groups, extra=""):
    """Writes remindd.yaml.

    `channels` maps the name of each channel to its YAML. `groups` maps the name of each group to
    the number of its recipients and their channels."""
    files = []
    for name, (count, via) in groups.items():
        people(place / f"{name}.csv", count, via)
        files.append(f"  {name}: {{file: {name}.csv}}\n")
    rows = "".join(f"  {name}: {text}\n" for name, text in channels.items())
    (place / "remindd.yaml").write_text(
        f"plans: plans/\nledger: sqlite:ledger.sqlite\nchannels:\n{rows}recipients: []\ngroups:\n{''.join(files)}{extra}", encoding="utf-8")
    (place / "plans").mkdir(exist_ok=True)
    return place / "remindd.yaml"


# MARK: the daemon

@dataclasses.dataclass
class Ran:
    """The results of one run of the real daemon."""

    delivered: int
    wall_s: float  # from the due time to the last durable outcome
    cpu_s: float  # of the whole process, including the start
    rss_kb: int
    lateness_ms: list  # of each delivery, from its due time to its durable outcome


ENVIRONMENT = {**os.environ, "BENCH_SECRET": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}


def rehearse(configuration, ledger, start=START, until=UNTIL, speed=1_000_000, wrapper=(), timeout=600):
    """Runs the daemon on a rehearsal clock.

    The clock runs at real speed while a delivery is due or under way."""
    command = [*wrapper, REMINDD, "run", "--config", configuration, "--clock", start, "--until", until, "--speed", speed, "--ledger", ledger]
    log = pathlib.Path(f"{ledger}.log")
    with open(log, "wb") as lines:
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=lines, stderr=lines, env=ENVIRONMENT)
        end = time.monotonic() + timeout
        most_kb, standing = 0, pathlib.Path(f"/proc/{process.pid}/status")
        while True:
            # The peak is not taken from wait4(2), because a child's peak there starts at that of
            # its parent.
            for text in standing.read_text().split("\n"):
                if text.startswith("VmHWM:"):
                    most_kb = int(text.split()[1])
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                process.kill()
                os.wait4(process.pid, 0)
                raise Failed(f"remindd did not end within {timeout} s: {log.read_text(errors='replace')[-500:]}")
            time.sleep(0.01)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"remindd ended with {process.returncode}: {log.read_text(errors='replace')[-500:]}")
    return Usage(usage.ru_utime + usage.ru_stime, most_kb)


@dataclasses.dataclass
class Usage:
    cpu_s: float
    rss_kb: int


def outcome(ledger, usage=None, campaign=None):
    """Reads the ledger of a finished rehearsal. Without `usage`, time and memory are 0."""
    with contextlib.closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as db:
        rows = db.execute(
            "SELECT a.at - r.due FROM attempt a JOIN delivery d ON d.n = a.delivery JOIN reminder r ON r.n = d.reminder"
            " WHERE a.outcome = 'delivered' AND (?1 IS NULL OR r.campaign = ?1)", (campaign,)).fetchall()
    late = sorted(row[0] for row in rows)
    if not late:
        raise Failed("nothing was delivered")
    cpu_s, rss_kb = (usage.cpu_s, usage.rss_kb) if usage else (0, 0)
    return Ran(len(late), late[-1] / 1e3, cpu_s, rss_kb, late)


def yardstick(name, *words, wrapper=()):
    ran = subprocess.run([*wrapper, BUILT / name, *map(str, words)], capture_output=True, text=True)
    if ran.returncode:
        raise Failed(f"{name}: {ran.stderr[-500:]}{ran.stdout[-500:]}")
    return json.loads(ran.stdout)


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -(-len(ordered) * percent // 100) - 1))]
