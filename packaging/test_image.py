#!/usr/bin/python3
"""Tests the OCI image of dist/ (make release) as an administrator would use it. Root only.

The test checks, runs, asks for the status, stops, and starts again. `runc` runs the container if
this machine allows it. Otherwise the test prints the reason and runs the unpacked root file system
with unshare and chroot. The container shares the network of the machine, so that it reaches a mail
server on loopback.
"""
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import zoneinfo

from machine import MailServers, Sink, children_of, executable, expect, passed, plan, report, root, until

USER = 65532


class Container:
    """The image as `umoci` unpacks it, with two folders as volumes."""

    def __init__(self, folder, image):
        self.bundle = folder / "bundle"
        subprocess.run(["umoci", "unpack", "--image", image, self.bundle], check=True, capture_output=True)
        self.rootfs = self.bundle / "rootfs"
        self.name = f"remindd-{os.getpid()}"
        self.state = folder / "state"
        self.log = folder / "log"
        self.given = json.loads((self.bundle / "config.json").read_text())
        # Container engines initialise a named volume with a copy of the image's folder.
        self.volumes = {}
        for path in ["etc/remindd", "var/lib/remindd"]:
            volume = folder / path.replace("/", "-")
            subprocess.run(["cp", "-a", self.rootfs / path, volume], check=True)
            self.volumes["/" + path] = volume
        self.is_runc = self.runc_works()

    def configure(self, arguments):
        """Writes the bundle's configuration.

        It has these arguments, no capabilities, the volumes, a read-only root and the machine's
        network."""
        config = json.loads(json.dumps(self.given))
        config["process"].update(args=arguments, terminal=False, capabilities={}, noNewPrivileges=True)
        config["root"]["readonly"] = True
        config["linux"]["namespaces"] = [space for space in config["linux"]["namespaces"] if space["type"] != "network"]
        config["linux"].pop("resources", None)
        config["mounts"] = [mount for mount in config["mounts"] if mount["destination"] not in [*self.volumes, "/sys/fs/cgroup", "/etc/resolv.conf"]]
        for path, volume in self.volumes.items():
            config["mounts"].append({"destination": path, "type": "bind", "source": str(volume), "options": ["rbind"]})
        options = ["nosuid", "nodev", f"uid={USER}", f"gid={USER}", "mode=750"]
        config["mounts"].append({"destination": "/run/remindd", "type": "tmpfs", "source": "tmpfs", "options": options})
        (self.bundle / "config.json").write_text(json.dumps(config))

    def runc(self, *words):
        return ["runc", "--root", self.state, *words]

    def runc_works(self):
        self.configure(["/usr/bin/remindd", "--version"])
        if not shutil.which("runc"):
            print("(runc is not installed; the container runs by unshare and chroot)")
            return False
        ran = subprocess.run(self.runc("run", "--bundle", self.bundle, self.name), capture_output=True, text=True)
        if ran.returncode != 0:
            print(f"(runc does not run here: {ran.stderr.strip()}; the container runs by unshare and chroot)")
        return ran.returncode == 0

    def command(self, arguments):
        if self.is_runc:
            self.configure(arguments)
            return self.runc("run", "--bundle", self.bundle, self.name)
        mounts = "".join(f"mount --bind {volume} {self.rootfs}{path}\n" for path, volume in self.volumes.items())
        script = f"set -e\n{mounts}mount -t proc proc {self.rootfs}/proc\nexec chroot --userspec={USER}:{USER} {self.rootfs} \"$@\""
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh", *arguments]

    def run(self, *arguments):
        ran = subprocess.run(self.command(["/usr/bin/remindd", *arguments]), capture_output=True, text=True, timeout=120)
        return ran.returncode, ran.stdout + ran.stderr

    def start(self):
        """Starts the image's own command."""
        self.process = subprocess.Popen(self.command(self.given["process"]["args"]), stdin=subprocess.DEVNULL, stdout=open(self.log, "ab"), stderr=subprocess.STDOUT)
        until(30, "the container runs", lambda: self.daemon() is not None)

    def daemon(self):
        """The process id of remindd. Ends the test if the container has ended."""
        if self.process.poll() is not None:
            sys.exit(f"test-image: the container ended: {self.log.read_text()[-2000:]}")
        parents, found = [self.process.pid], None
        while parents and found is None:
            children = [int(pid) for parent in parents for pid in children_of(parent)]
            found = next((pid for pid in children if executable(pid).endswith("/usr/bin/remindd")), None)
            parents = children
        return found

    def ask(self, *arguments):
        """Runs a command beside the running daemon, like an engine's `exec`."""
        command = ["nsenter", "--target", str(self.daemon()), "--mount", "--pid", "--root", "--wd", f"--setgid={USER}", f"--setuid={USER}", "--"]
        if self.is_runc:
            command = self.runc("exec", self.name)
        ran = subprocess.run([*command, "/usr/bin/remindd", *arguments], capture_output=True, text=True, timeout=60)
        return ran.stdout + ran.stderr

    def stop(self):
        """Stops the daemon as an engine does. Returns its exit status."""
        os.kill(self.daemon(), signal.SIGTERM)
        return self.process.wait(30)

    def end(self):
        """Ends the processes that remain after a failure."""
        if (pid := self.daemon()) is not None:
            os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


def look(layout, version, container):
    """Checks that the layout is complete, and that the image has what it needs and nothing else."""
    blobs = list((layout / "blobs/sha256").iterdir())
    wrong = [blob.name for blob in blobs if hashlib.sha256(blob.read_bytes()).hexdigest() != blob.name]
    index = json.loads((layout / "index.json").read_text())["manifests"]
    named = index[0]["annotations"]["org.opencontainers.image.ref.name"]
    expect(wrong == [] and len(index) == 1 and named == version, f"the layout has one image, {named}, and {len(blobs)} blobs with right digests", str(wrong))
    manifest = json.loads((layout / "blobs/sha256" / index[0]["digest"][7:]).read_text())
    config = json.loads((layout / "blobs/sha256" / manifest["config"]["digest"][7:]).read_text())["config"]
    words = {name: config.get(name) for name in ["User", "Entrypoint", "Cmd", "Volumes"]}
    wanted = {"User": f"{USER}:{USER}", "Entrypoint": ["/usr/bin/remindd"], "Cmd": ["run"], "Volumes": {"/etc/remindd": {}, "/var/lib/remindd": {}}}
    expect(words == wanted, f"its configuration: {json.dumps(words)}", str(config))
    files = [path for path in container.rootfs.rglob("*") if path.is_file() and not path.is_symlink()]
    programs = sorted(str(path.relative_to(container.rootfs)) for path in files if path.stat().st_mode & 0o111 and ".so" not in path.name)
    special = [path for path in files if path.stat().st_mode & (stat.S_ISUID | stat.S_ISGID)]
    expect(programs == ["usr/bin/remindd"] and special == [], f"the only program in it is {programs[0]}; nothing is setuid", f"{programs} {special}")


def use(container, sink, port):
    status, words = container.run("--version")
    expect(status == 0, f"remindd --version: {words.strip()}", words)
    status, words = container.run("check")
    expect(status == 0, f"remindd check, with the configuration of the image: {words.splitlines()[-1] if words else ''}", words)

    folder = container.volumes["/etc/remindd"]
    path = folder / "remindd.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("plans: []", "plans: plans/").replace("smtp://127.0.0.1:25\n", f"smtp://127.0.0.1:{port}\n"), encoding="utf-8")
    soon = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")) + datetime.timedelta(seconds=75)
    (folder / "plans/office.yaml").write_text(plan(soon), encoding="utf-8")
    container.start()
    until(30, "the daemon answers", lambda: "campaigns" in container.ask("status"))
    facts = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{container.daemon()}/status").read_text().splitlines() if ":\t" in line)
    uids, capabilities = set(facts["Uid"].split()), int(facts["CapEff"], 16)
    expect(uids == {str(USER)} and capabilities == 0, f"remindd run: user {USER}, without capabilities; remindd status answers", str(facts))
    until(120, "the reminder arrives", lambda: len(sink.mails) == 1)
    expect("Quarterly report" in sink.subjects[0], f"a reminder arrives at the mail server outside: {sink.subjects[0]}")
    expect(container.stop() == 0, "SIGTERM: the container ends with 0", container.log.read_text())
    owner = (container.volumes["/var/lib/remindd"] / "ledger.sqlite").stat().st_uid
    expect(owner == USER, f"the ledger is in its volume, and belongs to {owner}")
    container.start()
    until(30, "the daemon answers", lambda: "campaigns" in container.ask("status"))
    history = container.ask("history")
    time.sleep(5)
    expect(history.count("accepted by the server") == 1 and len(sink.mails) == 1, "started again: it remembers what it sent, and sends nothing twice", history)
    expect(container.stop() == 0, "and it ends again")


def main():
    layouts = sorted(path.parent for path in (root / "dist").glob("remindd-*-image-*/oci-layout"))
    if os.geteuid() != 0 or len(layouts) != 1:
        sys.exit("test-image: needs root, and one image in dist/: make release")
    version = layouts[0].name.split("-")[1]
    sink = Sink()
    port = MailServers().serve(sink)
    with tempfile.TemporaryDirectory(prefix="remindd-image-") as folder:
        os.chmod(folder, 0o711)
        container = Container(pathlib.Path(folder), f"{layouts[0]}:{version}")
        if container.is_runc:
            passed("runc runs the image, with a read-only root file system")
        try:
            look(layouts[0], version, container)
            use(container, sink, port)
        finally:
            if (process := getattr(container, "process", None)) and process.poll() is None:
                container.end()
    report()


main()
