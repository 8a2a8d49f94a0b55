#!/usr/bin/python3
"""Measures memory, time and wake-ups of the real program at scale and compares them with goals.

    bench/scale.py BINARY                      everything, about twenty minutes
    bench/scale.py BINARY start simulate       some of it
    bench/scale.py --runs 9 BINARY recipients  more than five rounds

BINARY is a release build. Prints a line for each goal with the minimum, median and maximum of the
rounds, the goal, and whether it is met. Exits with 1 if one is missed. The input is generated, the
same each time, in a temporary folder that is removed. Linux only, because memory and wake-ups are
read from /proc.
"""
import argparse
import contextlib
import datetime
import http.client
import os
import pathlib
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

MIB = 1 << 20
CHECKOUT = pathlib.Path(__file__).resolve().parent.parent

# MARK: input

FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
MIDDLES = "Thị Văn Hữu Đức Minh Thanh Ngọc Quốc Xuân Thu Kim Hồng Bảo Gia Phương Quang Tuấn Thùy Mỹ Công".split()
GIVENS = (
    "An Anh Bình Châu Chi Cường Dũng Dung Duyên Giang Hà Hạnh Hải Hằng Hiếu Hiền Hoa Hòa Hùng Hương Khánh Khoa Lan Linh Loan "
    "Long Mai Mạnh My Nam Nga Ngân Nghĩa Nhung Oanh Phong Phúc Phượng Quân Quyên Sơn Tâm Thảo Thắng Thủy Tiến Trang Trinh Trung "
    "Tú Tuyết Uyên Vân Việt Vinh Yến"
).split()
PLACES = (
    "ninhbinh quangninh laocai hue bacninh hanoi haiphong danang cantho camau kontum dalat vinhlong namdinh thaibinh hagiang "
    "sonla dienbien caobang langson"
).split()
MARKS = str.maketrans(
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ",
    "aaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyyd",
)


def plain(text):
    return text.lower().translate(MARKS)


def people(count, otherwise=""):
    """Returns the lines of a CSV file: id, name, email, via, otherwise, group."""
    lines = ["id,name,email,via,otherwise,group"]
    for number in range(count):
        family = FAMILIES[number % len(FAMILIES)]
        middle = MIDDLES[number // 3 % len(MIDDLES)]
        given = GIVENS[number // 7 % len(GIVENS)]
        address = f"{plain(given)}.{plain(family)}.{number:06d}@{PLACES[number % len(PLACES)]}.example.vn"
        lines.append(f"gv-{number:06d},{family} {middle} {given},{address},mail,{otherwise},tinh-{number % 63:02d}")
    return "\n".join(lines) + "\n"


def configuration(folder, plans, groups="", port=9, more=""):
    """Writes remindd.yaml with one mail server on loopback.

    By default nothing listens at its port."""
    for name, text in plans.items():
        (folder / "plans").mkdir(exist_ok=True)
        (folder / "plans" / name).write_text(text, encoding="utf-8")
    (folder / "remindd.yaml").write_text(
        "ledger: sqlite:ledger.sqlite\nsocket: control.sock\nchannels:\n"
        f'  mail: {{email: {{server: "smtp://127.0.0.1:{port}", tls: off, from: "Nhắc việc <nhac@example.vn>"}}}}\n{more}'
        "recipients:\n  - {id: admin, email: quantri@example.vn, via: [mail]}\n" + groups,
        encoding="utf-8",
    )


PHRASES = [
    lambda n: f"{n % 28 + 1}/{n % 12 + 1}",
    lambda n: f"từ {n % 20 + 1}/{n % 12 + 1} đến {n % 20 + 8}/{n % 12 + 1}",
    lambda n: f"tháng {n % 12 + 1}",
    lambda n: f"đầu quý {n % 4 + 1}",
    lambda n: f"late {('January February March April May June July August September October November December'.split())[n % 12]}",
    lambda n: f"âm lịch {n % 29 + 1}/{n % 12 + 1}",
    lambda n: f"ngày làm việc đầu tiên của tháng {n % 12 + 1}",
]


def calendar(name, count):
    """Returns a plan with `count` campaigns of the kinds that real plans have."""
    lines = [
        f"plan: {name}",
        f"title: Kế hoạch công tác {name}",
        "source: {number: 240/LĐTBXH-TE&BĐG, date: 2024-01-24, issuer: Sở Giao thông vận tải Quảng Ninh}",
        "notify: [admin]",
        "remind: [30 days before, 5 working days before, on the day, 10 days after the end]",
        "campaigns:",
    ]
    for number in range(count):
        lines += [
            f"  - id: viec-{number:05d}",
            f"    title: Tuyên truyền phòng, chống đuối nước trẻ em, đợt {number}",
            f"    when: {PHRASES[number % len(PHRASES)](number // len(PHRASES))}",
        ]
        if number % 3 == 0:
            lines += ["    remind: [45 days before, 7 days before at 07:30, ngày cuối]"]
        if number % 5 == 0:
            lines += [
                '    cite: "triển khai sớm các hoạt động phòng chống đuối nước ngay trong đầu quý 2"',
                "    tags: [children]",
            ]
    return "\n".join(lines) + "\n"


# MARK: measurement


class Daemon:
    """`remindd run` with a socket for its messages to systemd. It ends with the `with` block."""

    def __init__(self, binary, folder, *more, environment=None):
        self.folder = folder
        self.ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = folder / "notify.sock"
        address.unlink(missing_ok=True)
        self.ear.bind(str(address))
        self.log = open(folder / "log", "ab")
        began = time.monotonic()
        self.program = subprocess.Popen(
            [binary, "run", "--config", folder / "remindd.yaml", *more],
            env={"PATH": os.environ["PATH"], "NOTIFY_SOCKET": str(address), **(environment or {})},
            stdout=self.log,
            stderr=self.log,
        )
        self.hear("READY=1", 120)
        self.ready_s = time.monotonic() - began

    def hear(self, wanted, within_s):
        until = time.monotonic() + within_s
        while time.monotonic() < until and self.program.poll() is None:
            if select.select([self.ear], [], [], 0.2)[0] and wanted in self.ear.recv(4096).decode():
                return
        raise SystemExit(f"scale: the daemon never said {wanted}:\n" + (self.folder / "log").read_text()[-2000:])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.send_signal(signal.SIGTERM)
        try:
            self.program.wait(60)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()
        self.ear.close()
        self.log.close()

    def memory(self):
        """Returns the resident and the anonymous bytes (proc_pid_smaps(5))."""
        lines = pathlib.Path(f"/proc/{self.program.pid}/smaps_rollup").read_text().split("\n")
        fields = {line.split(":")[0]: int(line.split()[1]) << 10 for line in lines if line.endswith(" kB")}
        return fields["Rss"], fields["Anonymous"]

    def begin_peak(self):
        pathlib.Path(f"/proc/{self.program.pid}/clear_refs").write_text("5")

    def peak(self):
        """Returns the peak of resident memory since `begin_peak`."""
        for line in pathlib.Path(f"/proc/{self.program.pid}/status").read_text().split("\n"):
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
        return 0

    def wakes(self):
        """Returns the number of voluntary context switches of each thread."""
        counts = {}
        for thread in pathlib.Path(f"/proc/{self.program.pid}/task").iterdir():
            try:
                name = (thread / "comm").read_text().strip()
                lines = (thread / "status").read_text().split("\n")
            except OSError:
                continue  # the thread has ended in the meantime
            for line in lines:
                if line.startswith("voluntary_ctxt_switches:"):
                    counts[f"{name} {thread.name}"] = int(line.split()[1])
        return counts

    def metric(self, name):
        """Returns one value of GET /metrics; None if there is no reply yet."""
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(60)
        try:
            connection.sock.connect(str(self.folder / "control.sock"))
            connection.request("GET", "/metrics")
            body = connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        return next((float(line.split()[1]) for line in body.split("\n") if line.startswith(name + " ")), None)


class Folder:
    """A temporary folder that is always removed. Its path is short, because it contains sockets."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="scale-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def forget_ledger(folder):
    for path in folder.glob("ledger.sqlite*"):
        path.unlink()


def figure(what, unit, values, goal):
    """Returns one line of the report. The median is compared with the goal."""
    median = statistics.median(values)
    return {
        "what": what, "unit": unit, "values": values, "min": min(values), "median": median, "max": max(values), "goal": goal,
        "met": None if goal is None else median <= goal,
    }


def settled(daemon, seconds=3.0):
    """Returns the daemon's memory after it has released the memory that only the start needed."""
    time.sleep(seconds)
    return daemon.memory()


def finished(command, output):
    """Runs a command, which must succeed. Returns its seconds and peak resident bytes."""
    with open(output, "wb") as file:
        began = time.monotonic()
        program = subprocess.Popen(command, stdout=file)
        # The peak is not taken from wait4(2), because a child's peak there starts at that of its
        # parent.
        most, status = 0, pathlib.Path(f"/proc/{program.pid}/status")
        while program.poll() is None:
            for line in status.read_text().split("\n"):
                if line.startswith("VmHWM:"):
                    most = int(line.split()[1]) << 10
            time.sleep(0.005)
        seconds = time.monotonic() - began
    if program.returncode:
        raise SystemExit(f"scale: {' '.join(map(str, command))} ended with status {program.returncode}")
    return seconds, most


# MARK: goals

SCHOOLS = "groups:\n  schools: {file: schools.csv}\n"


def recipients(binary, runs=5, count=500_000):
    """Measures the resident memory of each recipient from CSV, and the time to read them."""
    binary = str(binary)
    none, all_, ready, read = [], [], [], []
    with Folder() as folder:
        configuration(folder, {}, SCHOOLS, more="")
        configuration(folder, {"plan.yaml": calendar("nam", 5)}, SCHOOLS)
        command = [binary, "occurrences", "--config", str(folder / "remindd.yaml"), "--from", "2027-01-01", "--to", "2027-01-02"]
        for rows, memories in [(0, none), (count, all_)]:
            (folder / "schools.csv").write_text(people(rows), encoding="utf-8")
            for _ in range(runs):
                forget_ledger(folder)
                with Daemon(binary, folder, "--new-ledger") as daemon:
                    memories.append(settled(daemon)[0])
                    if rows:
                        ready.append(daemon.ready_s)
                if rows:
                    read.append(finished(command, folder / "out")[0])
    base = statistics.median(none)
    return {"figures": [
        figure(f"{count} recipients, resident, each", "bytes", [(memory - base) / count for memory in all_], 100),
        figure(f"{count} recipients read by a command", "s", read, 2.0),
        figure(f"{count} recipients, start to ready", "s", ready, None),
    ]}


def start(binary, runs=5):
    """Measures the time from exec to READY=1 with a new ledger."""
    binary = str(binary)
    figures = []
    for files, goal in [(1, 1.0), (10, 6.0)]:
        times, memories = [], []
        with Folder() as folder:
            configuration(folder, {f"plan-{number}.yaml": calendar(f"nam-{number}", 10_000) for number in range(files)})
            for _ in range(runs):
                forget_ledger(folder)
                with Daemon(binary, folder) as daemon:
                    times.append(daemon.ready_s)
                    memories.append(settled(daemon)[0] / MIB)
        figures.append(figure(f"start to ready, {files * 10_000} campaigns in {files} file{'s' * (files > 1)}", "s", times, goal))
        figures.append(figure(f"  resident with {files * 10_000} campaigns", "MiB", memories, None))
    return {"figures": figures}


def simulate(binary, runs=5):
    """Measures `simulate` with five years of sixty campaigns, which print 600 000 lines of JSON."""
    binary = str(binary)
    lines = ["plan: nam", "title: Kế hoạch năm", "notify: [schools]"]
    lines += ["remind: [30 days before, 7 days before, on the day, 10 days after the end]", "campaigns:"]
    for number in range(60):
        lines += [
            f"  - {{id: viec-{number:02d}, title: 'Tuyên truyền phòng, chống đuối nước trẻ em, đợt {number}',"
            f" when: {number % 28 + 1}/{number % 8 + 3}}}"
        ]
    times, peaks, early = [], [], []
    with Folder() as folder:
        configuration(folder, {"plan.yaml": "\n".join(lines) + "\n"}, SCHOOLS)
        (folder / "schools.csv").write_text(people(500), encoding="utf-8")
        command = [binary, "simulate", "--config", str(folder / "remindd.yaml"), "--format", "json", "--from", "2027-01-01", "--to"]
        for _ in range(runs):
            early.append(finished([*command, "2027-12-31"], folder / "out")[1] / MIB)
            seconds, peak = finished([*command, "2031-12-31"], folder / "out")
            times.append(seconds)
            peaks.append(peak / MIB)
            with open(folder / "out", "rb") as file:
                written = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
            if written != 600_000:
                raise SystemExit(f"scale: simulate wrote {written} lines, not 600000")
    growth = [(five - one) / one * 100 for one, five in zip(early, peaks)]
    return {"figures": [
        figure("simulate, 600 000 lines of JSON to a file", "s", times, 2.0),
        figure("  most resident in one year", "MiB", early, None),
        figure("  most resident in five years", "MiB", peaks, None),
        figure("  growth from one year to five", "%", growth, 10),
    ]}


def idle(binary, runs=1, seconds=600):
    """Measures memory and wake-ups of the idle sample, with and without a watchdog."""
    binary = str(binary)
    resident, anonymous, quiet, watched = [], [], [], []
    for _ in range(runs):
        with contextlib.ExitStack() as stack:
            daemons = []
            for more in ({}, {"WATCHDOG_USEC": "20000000"}):
                folder = stack.enter_context(Folder())
                shutil.copytree(CHECKOUT / "config", folder, dirs_exist_ok=True)
                environment = {"STATE_DIRECTORY": str(folder), "RUNTIME_DIRECTORY": str(folder), **more}
                daemons.append(stack.enter_context(Daemon(binary, folder, "--new-ledger", environment=environment)))
            time.sleep(10)
            before = [daemon.wakes() for daemon in daemons]
            time.sleep(seconds)
            for daemon, earlier, wakes in zip(daemons, before, (quiet, watched)):
                later = daemon.wakes()
                memory = daemon.memory()
                resident.append(memory[0] / MIB)
                anonymous.append(memory[1] / MIB)
                wakes.append(sum(later.values()) - sum(count for name, count in earlier.items() if name in later))
    fed = seconds / 10 + 1
    return {"figures": [
        figure("idle with the sample configuration, resident", "MiB", resident, 32),
        figure("  of it anonymous", "MiB", anonymous, 12),
        figure(f"  wake-ups in {seconds} s without watchdog and heartbeat", "", quiet, 0),
        figure(f"  wake-ups in {seconds} s with a watchdog to be fed every 10 s", "", watched, fed),
    ]}


def pending(binary, runs=1, count=500_000, seconds=60, otherwise=""):
    """Measures memory and time while a million deliveries wait for a mail server that is down."""
    binary = str(binary)
    today = datetime.date.today()
    plan = ["plan: nam", "title: Kế hoạch năm", "timezone: Etc/UTC", "notify: [schools]", "remind: [on the day]", 'at: "00:00"']
    plan += ["campaigns:"] + [
        f"  - {{id: viec-{number}, title: Việc {number}, when: {today - datetime.timedelta(1)} - {today + datetime.timedelta(60)}}}"
        for number in range(2)
    ]
    written, filling, working, cpu = [], [], [], []
    hub = '  hub: {webhook: {url: "http://127.0.0.1:8899/", allow_networks: [127.0.0.0/8]}}\n' if otherwise else ""
    with Folder() as folder:
        shares = []
        for rows in (0, count):
            configuration(folder, {"plan.yaml": calendar("nam", 5)}, SCHOOLS, more=hub)
            (folder / "schools.csv").write_text(people(rows, otherwise), encoding="utf-8")
            forget_ledger(folder)
            with Daemon(binary, folder, "--new-ledger") as daemon:
                shares.append(settled(daemon)[0])
        share = shares[1] - shares[0]
        configuration(folder, {"plan.yaml": "\n".join(plan) + "\n"}, SCHOOLS, more=hub)
        for _ in range(runs):
            forget_ledger(folder)
            with Daemon(binary, folder) as daemon:
                daemon.begin_peak()
                began = time.monotonic()
                while (daemon.metric("remindd_deliveries_pending") or 0) < 2 * count - 500:
                    if time.monotonic() - began > 900:
                        raise SystemExit("scale: a million deliveries were not written in 15 minutes")
                    time.sleep(1)
                written.append(time.monotonic() - began)
                filling.append((daemon.peak() - share) / MIB)
            with Daemon(binary, folder) as daemon:
                daemon.begin_peak()
                time.sleep(seconds)
                working.append((daemon.peak() - share) / MIB)
                ticks = sum(int(field) for field in pathlib.Path(f"/proc/{daemon.program.pid}/stat").read_text().split()[13:15])
                cpu.append(ticks / os.sysconf("SC_CLK_TCK"))
    named = f" (otherwise: {otherwise})" if otherwise else ""
    return {"figures": [
        figure(f"{2 * count} deliveries pending{named}, restarted: most resident beside recipients", "MiB", working, 96),
        figure("  while they are written: most resident beside recipients", "MiB", filling, 96),
        figure("  until all are written", "s", written, None),
        figure(f"  processor time of start and {seconds} s after it", "s", cpu, None),
    ]}


GOALS = {function.__name__: function for function in (recipients, start, simulate, idle, pending)}


def shown(line):
    verdict = "" if line["met"] is None else "  met" if line["met"] else "  MISSED"
    goal = "" if line["goal"] is None else f"  goal ≤ {line['goal']:g} {line['unit']}".rstrip()
    spread = f"{line['min']:.2f} / {line['median']:.2f} / {line['max']:.2f} {line['unit']}".rstrip()
    return f"{line['what']}: {spread}{goal}{verdict}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, help="rounds of each; default 5, of pending 1")
    parser.add_argument("binary", type=pathlib.Path, help="the release build")
    parser.add_argument("goals", nargs="*", choices=[[], *GOALS], help="default: all")
    options = parser.parse_args()
    missed = False
    for name in options.goals or GOALS:
        more = {"runs": options.runs} if options.runs else {}
        for line in GOALS[name](options.binary.resolve(), **more)["figures"]:
            print(shown(line), flush=True)
            missed = missed or line["met"] is False
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
