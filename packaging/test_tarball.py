#!/usr/bin/python3
"""Installs the tarball of dist/ (make release) in a minimal Debian under a real systemd.

It uses the packages and commands that the README of the tarball names. Root only.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from machine import MailServers, Machine, Sink, expect, is_active, make_image, passed, pid_of, report, root, until


def main():
    archives = sorted((root / "dist").glob("remindd-*-linux-*.tar.gz"))
    if os.geteuid() != 0 or len(archives) != 1:
        sys.exit("test-tarball: needs root, and one tarball in dist/: make release")
    make_image()
    name = archives[0].name.removesuffix(".tar.gz")
    readme = subprocess.run(["tar", "-xOf", archives[0], f"{name}/README.md"], capture_output=True, text=True, check=True).stdout
    packages = sorted(set(re.findall(r"Debian package `([^`]+)`", readme))) + ["tzdata", "ca-certificates"]
    block = re.search(r"((?:    .*\n)+)", readme.split("\n## Install it\n")[1])[1]
    sink = Sink()
    port = MailServers().serve(sink)
    with tempfile.TemporaryDirectory(prefix="remindd-tarball-") as folder:
        machine = Machine(pathlib.Path(folder))
        try:
            machine.boot()
            machine.run("apt", "install", "--yes", *packages)
            passed(f"the system has what the README names: {', '.join(packages)}")
            shutil.copy(archives[0], machine.root / "root")
            folders = [os.readlink(machine.root / link) for link in ["bin", "lib"]]
            for command in block.splitlines():
                machine.run("sh", "-c", command.strip())
            until(20, "the service starts", lambda: is_active(machine))
            expect(folders == [os.readlink(machine.root / link) for link in ["bin", "lib"]],
                   f"{len(block.splitlines())} commands of the README: the service runs", block)
            owner = machine.run("stat", "--format=%U", "/var/lib/remindd/ledger.sqlite", "/etc/remindd", "/usr/bin/remindd")[1].split()
            expect(owner == ["remindd", "root", "root"], "ledger, configuration and program have their owners", str(owner))
            path = machine.root / "etc/remindd/remindd.yaml"
            path.write_text(path.read_text(encoding="utf-8").replace("smtp://127.0.0.1:25\n", f"smtp://127.0.0.1:{port}\n"), encoding="utf-8")
            machine.run("systemctl", "reload", "remindd")
            words = machine.run("remindd", "send-test", "admin")[1]
            expect(len(sink.mails) == 1, "one edited line, systemctl reload, remindd send-test admin: the mail arrives", words)
            before = pid_of(machine)
            for command in [*block.splitlines()[:2], "systemctl daemon-reload && systemctl restart remindd"]:
                machine.run("sh", "-c", command.strip())
            until(20, "the service runs again", lambda: is_active(machine) and pid_of(machine) not in (0, before))
            passed("unpacked again over itself and restarted, as an upgrade is: it runs")
        finally:
            machine.shut_down()
    report()


main()
