#!/usr/bin/python3
"""Tests the built program with real servers that refuse, and measures the delivery of a mailing.

    real.py [--quick] [--remindd PATH] [--only NAME,...]

The servers are Postfix with postgrey, an unknown EHLO name, three connections at a time, anvil's
rates, recipient verification and relaying denied; Exim with sender verification; and nginx with
limit_req and limit_conn. The script prints one row of a Markdown table for each, and exits with 1
if a goal is missed. --quick uses smaller mailings, and a clock that runs 60 times as fast if a
scenario waits for minutes.

Postfix and Exim need root. Everything runs on loopback in its own folder and ends with the script.
`make setup` installs the servers.
"""
import argparse, collections, http.server, json, os, pathlib, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
arguments = argparse.ArgumentParser()
arguments.add_argument("--quick", action="store_true")
arguments.add_argument("--remindd", default=str(ROOT / ".build/release/remindd"))
arguments.add_argument("--only", default="")
options = arguments.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, limit):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Postfix:
    """A Postfix that `postfix.sh` runs. Mail goes to its third port, without TLS and login."""

    def __init__(self, folder, more, helpers=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.helpers = list(helpers)
        certificate, key = self.folder / "cert.pem", self.folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
            check=True, capture_output=True)
        (self.folder / "password").write_text("x")
        ports = [free_port() for _ in range(3)]
        self.port = ports[2]
        # Mail for every domain is for this machine, except for domains that a test makes foreign.
        more = "smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination\n" + more
        self.process = subprocess.Popen(
            [ROOT / "Tests/Servers/postfix.sh", self.folder, *map(str, ports), certificate, key], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=os.environ | {"POSTFIX_MORE": more})
        assert self.process.stdout.readline() == b"ready\n", "Postfix does not start"

    def delivered(self):
        new = self.folder / "mail/all/new"
        return len(list(new.iterdir())) if new.is_dir() else 0

    def refusals(self):
        log = (self.folder / "maillog").read_text()
        return collections.Counter(re.findall(r"NOQUEUE: reject: \w+ from [^:]*: (\d{3} \d\.\d\.\d)", log)) + collections.Counter(
            {"421": len(re.findall(r"too many connections|Connection (?:concurrency|rate) limit exceeded", log))})

    def change(self, *settings):
        subprocess.run(["postconf", "-c", self.folder / "etc", "-e", *settings], check=True)
        os.utime(self.folder / "etc/main.cf", (time.time() - 60,) * 2)
        subprocess.run(["postfix", "-c", self.folder / "etc", "reload"], check=True, capture_output=True)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)
        for helper in self.helpers:
            helper.terminate()
            helper.wait(10)


class Exim:
    """An Exim that takes mail for cq.example.vn from senders that it can verify."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        for name in ("spool", "mail", "log"):
            (self.folder / name).mkdir(mode=0o777)
        os.chmod(self.folder, 0o755)
        self.port = free_port()
        self.start(senders="+local")

    def start(self, senders):
        (self.folder / "exim.conf").write_text(f"""
deliver_drop_privilege = true
spool_directory = {self.folder}/spool
log_file_path = {self.folder}/log/%slog
pid_file_path = {self.folder}/exim.pid
primary_hostname = mx.example.test
domainlist local = cq.example.vn
domainlist senders = {senders}
host_lookup =
rfc1413_query_timeout = 0s
local_interfaces = 127.0.0.1
daemon_smtp_ports = {self.port}
smtp_accept_max = 50
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  require verify = sender
  require message = relay not permitted
          domains = +local
  accept
begin routers
here:
  driver = accept
  domains = +local : +senders
  transport = box
begin transports
box:
  driver = appendfile
  maildir_format
  create_directory
  directory = {self.folder}/mail/all
  user = Debian-exim
begin retry
* * F,1h,1m
""")
        for base in pathlib.Path(self.folder).rglob("*"):
            shutil.chown(base, "Debian-exim", "Debian-exim")
        shutil.chown(self.folder, "Debian-exim", "Debian-exim")
        shutil.chown(self.folder / "exim.conf", "root", "root")
        os.chmod(self.folder / "exim.conf", 0o644)
        binary = shutil.which("exim4") or ROOT / ".build/exim/usr/sbin/exim4"
        self.process = subprocess.Popen([binary, "-bdf", "-C", self.folder / "exim.conf"], stderr=subprocess.PIPE)
        assert wait_for("Exim", lambda: listens(self.port), 10), self.process.stderr.read().decode()

    def delivered(self):
        new = self.folder / "mail/all/new"
        return len(list(new.iterdir())) if new.is_dir() else 0

    def refusals(self):
        log = self.folder / "log/rejectlog"
        return collections.Counter({"550": log.read_text().count("rejected RCPT")} if log.exists() else {})

    def verify_more(self):
        self.stop()
        self.start(senders="*")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


class Nginx:
    """An nginx in front of an endpoint that takes some time for each request."""

    def __init__(self, folder, limits, location, seconds):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.port, behind = free_port(), free_port()
        self.ids = []

        outer = self

        class Endpoint(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers["content-length"]))
                time.sleep(seconds)
                outer.ids.append(self.headers["webhook-id"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.endpoint = http.server.ThreadingHTTPServer(("127.0.0.1", behind), Endpoint)
        threading.Thread(target=self.endpoint.serve_forever, daemon=True).start()
        (self.folder / "nginx.conf").write_text(f"""
worker_processes 1; pid {self.folder}/pid; error_log {self.folder}/error.log warn; daemon off; user root;
events {{ worker_connections 1024; }}
http {{
  client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy; fastcgi_temp_path {self.folder}/fastcgi;
  uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
  log_format code '$status'; access_log {self.folder}/codes code;
  {limits}
  server {{ listen 127.0.0.1:{self.port}; location / {{ {location} proxy_pass http://127.0.0.1:{behind}; }} }}
}}
""")
        self.process = subprocess.Popen(["nginx", "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"])
        assert wait_for("nginx", lambda: listens(self.port), 10)

    def delivered(self):
        return len(set(self.ids))

    def refusals(self):
        codes = collections.Counter((self.folder / "codes").read_text().split())
        del codes["204"]
        return codes

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.endpoint.shutdown()


class Office:
    """A configuration with one reminder that has just become due, and the daemon that sends it."""

    def __init__(self, folder, recipients, channel):
        self.folder = pathlib.Path(folder)
        (self.folder / "plans").mkdir(parents=True)
        now = time.gmtime()
        hours = 12 - now.tm_hour
        zone = "Etc/GMT" if hours == 0 else f"Etc/GMT{'-' if hours > 0 else '+'}{abs(hours)}"
        minutes = 12 * 60 + now.tm_min - 1
        self.people = len(recipients)
        (self.folder / "plans/plan.yaml").write_text(
            f"plan: real\ntitle: Kế hoạch thử\ntimezone: {zone}\nnotify: [{', '.join(name for name, _ in recipients)}]\ncampaigns:\n"
            f"  - id: c\n    title: Tháng hành động\n    when: {time.strftime('%Y-%m-%d', now)}\n"
            f"    remind: [{{when: on the day, at: \"{minutes // 60:02}:{minutes % 60:02}\"}}]\n")
        people = "".join(
            f"  - {{id: {name}, {'email: ' + address + ', ' if address else ''}via: [main]}}\n" for name, address in recipients)
        self.configuration = self.folder / "remindd.yaml"
        self.configuration.write_text(
            f"plans: plans/\nledger: sqlite:ledger.sqlite\nsocket: s.sock\nchannels:\n  main: {channel}\nrecipients:\n{people}")

    def start(self, factor=1):
        environment = dict(os.environ)
        if factor > 1:
            library = self.folder / "clock.so"
            subprocess.run(
                ["cc", "-O1", "-shared", "-fPIC", "-o", library, ROOT / "Tests/Support/Scripts/fast_clock.c"], check=True)
            environment |= {"LD_PRELOAD": str(library), "FAST_CLOCK": str(factor)}
        self.errors = open(self.folder / "errors", "w")
        self.process = subprocess.Popen([options.remindd, "run", "--config", self.configuration], env=environment, stderr=self.errors)
        self.began = time.monotonic()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)

    def history(self):
        told = subprocess.run(
            [options.remindd, "history", "--config", self.configuration, "--format", "json"], capture_output=True, check=True)
        return [json.loads(line) for line in told.stdout.splitlines()]


def mail(server):
    return f'{{email: {{server: "smtp://127.0.0.1:{server.port}", tls: off, from: "Nhắc việc <nv@cq.example.vn>", ehlo: vanphong.example.test}}}}'


def hook(server):
    return f'{{webhook: {{url: "http://127.0.0.1:{server.port}/remind", allow_networks: [127.0.0.0/8]}}}}'


def inside(count):
    return [(f"u{n:03}", f"u{n:03}@cq.example.vn") for n in range(count)]


def postgrey(folder, delay, per_client):
    port = free_port()
    helper = subprocess.Popen(
        ["postgrey", f"--inet=127.0.0.1:{port}", f"--dbdir={folder}", f"--delay={delay}", "--user=root", "--group=root",
         f"--auto-whitelist-clients={1 if per_client else 0}", "--whitelist-clients=/dev/null", "--whitelist-recipients=/dev/null"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert wait_for("postgrey", lambda: listens(port), 15)
    more = f"smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:{port}, permit"
    return more, helper


class Scenario:
    """A mailing to one server, until everything wanted is delivered or the limit has passed."""

    def __init__(self, name, what, make, recipients, limit, channel=mail, wanted=None, factor=1, most_attempts=None, mend=None, dead=0):
        self.__dict__.update(locals())

    def run(self, folder):
        server = self.make(folder)
        office = Office(pathlib.Path(folder) / "office", self.recipients, self.channel(server))
        wanted = self.wanted or len(self.recipients)
        try:
            office.start(self.factor)
            mended_at = office.began
            if self.mend:
                assert wait_for("a refusal", lambda: sum(server.refusals().values()) > 0, 30)
                time.sleep(3)
                states = collections.Counter(row["state"] for row in office.history())
                assert states["dead"] == 0, f"dead before it was mended: {states}"
                self.mend(server)
                mended_at = time.monotonic()
            wait_for("the mailing", lambda: server.delivered() >= wanted, self.limit / self.factor)
            took = (time.monotonic() - mended_at) * self.factor
            time.sleep(1.5)
            # While the daemon holds the ledger, `history` asks the daemon.
            rows = office.history()
            refusals = server.refusals()
            delivered = server.delivered()
        finally:
            office.stop()
            server.stop()
        states = collections.Counter(row["state"] for row in rows)
        attempts = max(len(row["attempts"]) for row in rows)
        is_reached = (
            delivered == wanted and took <= self.limit and states["dead"] <= self.dead
            and (self.most_attempts is None or attempts <= self.most_attempts))
        told = ", ".join(f"{count} × {code}" for code, count in sorted(refusals.items()) if count)
        print(
            f"| {self.name} | {self.what} | {delivered} of {wanted} | {took:.1f} s | {attempts} | {states['dead']} | {told} | "
            f"{self.limit} s: {'reached' if is_reached else 'MISSED'} |", flush=True)
        if not is_reached:
            print((pathlib.Path(folder) / "office/errors").read_text()[-4000:], file=sys.stderr)
        return is_reached


def scenarios():
    quick = options.quick
    many, factor = (40, 60) if quick else (100, 1)
    delay = 5 if quick else 300

    def greylisting(per_client):
        def make(folder):
            data = pathlib.Path(folder) / "grey"
            data.mkdir()
            more, helper = postgrey(data, delay, per_client)
            return Postfix(f"{folder}/postfix", more, [helper])
        return make

    def postfix(more):
        return lambda folder: Postfix(f"{folder}/postfix", more)

    helo = postfix("smtpd_helo_required = yes\nsmtpd_recipient_restrictions = reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname, permit\nunknown_hostname_reject_code = 550")
    return [
        Scenario("greylisting by recipient", "Postfix, postgrey", greylisting(False), inside(40), 7 * 60, factor=factor, most_attempts=2),
        Scenario("greylisting by client", "Postfix, postgrey", greylisting(True), inside(40), 7 * 60, factor=factor, most_attempts=2),
        Scenario(
            "unknown EHLO name, then allowed", "Postfix, reject_unknown_helo_hostname", helo, inside(12), 16 * 60, factor=factor,
            mend=lambda server: server.change("smtpd_recipient_restrictions = permit")),
        Scenario(
            "three connections", "Postfix, smtpd_client_connection_count_limit", postfix("smtpd_client_connection_count_limit = 3"),
            inside(many), 120, most_attempts=5),
        Scenario(
            "so many mails in ten seconds", "Postfix, anvil", postfix("smtpd_client_message_rate_limit = 20\nanvil_rate_time_unit = 10s"),
            inside(60 if quick else 100), 180 if quick else 300),
        Scenario(
            "recipients verified first", "Postfix, reject_unverified_recipient",
            postfix("smtpd_recipient_restrictions = reject_unverified_recipient, permit\naddress_verify_map =\naddress_verify_poll_count = 1\naddress_verify_poll_delay = 1s"),
            inside(20), 7 * 60, factor=factor),
        Scenario(
            "relaying denied for 12 of 20", "Postfix, reject_unauth_destination", postfix("virtual_mailbox_domains = cq.example.vn"),
            [(f"a{n:02}", f"a{n:02}@partner.example.com") for n in range(12)] + inside(8), 60, wanted=8, dead=12, most_attempts=1),
        Scenario(
            "sender not verified, then verified", "Exim, verify = sender",
            lambda folder: Exim(f"{folder}/exim"), inside(12), 16 * 60, factor=factor, mend=lambda server: server.verify_more(),
            channel=lambda server: mail(server).replace("nv@cq.example.vn", "nv@elsewhere.example")),
        Scenario(
            "five requests a second", "nginx, limit_req (503)",
            lambda folder: Nginx(f"{folder}/nginx", "limit_req_zone $binary_remote_addr zone=a:1m rate=5r/s;", "limit_req zone=a;", 0.01),
            [(f"d{n:02}", None) for n in range(30 if quick else 60)], 120 if quick else 180, channel=hook),
        Scenario(
            "one request a second", "nginx, limit_req (429)",
            lambda folder: Nginx(f"{folder}/nginx", "limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s; limit_req_status 429;", "limit_req zone=a;", 0.01),
            [(f"d{n:02}", None) for n in range(10 if quick else 40)], 180 if quick else 400, channel=hook),
        Scenario(
            "three requests at a time", "nginx, limit_conn (503)",
            lambda folder: Nginx(f"{folder}/nginx", "limit_conn_zone $binary_remote_addr zone=a:1m;", "limit_conn a 3;", 0.2),
            [(f"d{n:02}", None) for n in range(30 if quick else 100)], 60, channel=hook),
    ]


def main():
    chosen = [word for word in options.only.split(",") if word]
    print("| what the server does | server | delivered | the last after | attempts at most | dead | refusals | goal |")
    print("|---|---|---|---|---|---|---|---|")
    missed = 0
    for number, scenario in enumerate(scenarios()):
        if chosen and not any(word in scenario.name or word in scenario.what for word in chosen):
            continue
        with tempfile.TemporaryDirectory(prefix="remindd-servers-") as folder:
            os.chmod(folder, 0o755)
            if not scenario.run(folder):
                missed += 1
    sys.exit(1 if missed else 0)


main()
