#!/usr/bin/python3
"""Tests the Debian package under a real systemd in a container, as an administrator would use it.

Root only. Needs dist/remindd_*.deb (make deb).
"""
import datetime
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zoneinfo

from machine import (
    Guarded, MailServers, Machine, Sink, expect, is_active, make_image, package, passed, pid_of, plan, report, root, until, version_of)


def later_version(deb, folder):
    """The same package as a later version, with a changed configuration file of its own."""
    tree = folder / "later"
    subprocess.run(["dpkg-deb", "--raw-extract", deb, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^(Version: .*)$", r"\1+later", control.read_text(), flags=re.M))
    with open(tree / "etc/remindd/remindd.yaml", "a") as file:
        file.write("# A line that came with a later version.\n")
    later = folder / f"remindd_{version_of(deb)}+later.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, later], check=True, stdout=subprocess.DEVNULL)
    return later


def main():
    deb = package()
    make_image()
    sink, guarded = Sink(), Guarded("first-password")
    servers = MailServers()
    port = servers.serve(sink)
    guarded_port = servers.serve(guarded, authenticator=guarded.authenticate, auth_required=True, auth_require_tls=False)
    with tempfile.TemporaryDirectory(prefix="remindd-systemd-") as folder:
        folder = pathlib.Path(folder)
        machine = Machine(folder)
        try:
            machine.boot()
            install(machine, deb, sink, port)
            soon = remind(machine, sink)
            look(machine, sink)
            share(machine)
            endure(machine, soon)
            reboot(machine, sink)
            protect(machine, guarded, guarded_port)
            unrefused(machine)
            move_house(machine)
            upgrade(machine, deb, later_version(deb, folder))
        finally:
            machine.shut_down()
    report()


def journal(machine, *matches):
    """The journal's entries with all their fields."""
    lines = machine.run("journalctl", "--unit=remindd", "--output=json", "--all", *matches)[1].splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def edited(machine, *changes):
    text = (machine.root / "etc/remindd/remindd.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        if old not in text:
            sys.exit(f"test-systemd: the configuration has no {old!r}")
        text = text.replace(old, new)
    machine.write("etc/remindd/remindd.yaml", text)


def install(machine, deb, sink, port):
    """Runs the commands of the README as they are."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    block = re.search(r"\n\n((?:    .*\n)*    apt install .*\n(?:    .*\n)*)", readme)[1]
    commands = [line.split("#")[0].split() for line in block.splitlines()]
    shutil.copy(deb, machine.root / "root" / deb.name)
    for command in commands:
        if command[0] == "editor":
            edited(machine, ("smtp://127.0.0.1:25\n", f"smtp://127.0.0.1:{port}\n"))
        elif command[0] == "apt":
            before = machine.run("dpkg-query", "--show", "--showformat=${Package}\\n")[1].split()
            words = machine.run("sh", "-c", " ".join([*command, "--yes"]))[1]
            brought = sorted(set(machine.run("dpkg-query", "--show", "--showformat=${Package}\\n")[1].split()) - set(before))
            expect({"libcurl4", "libsqlite3-0", "remindd"} <= set(brought), f"{' '.join(command)}: brings {', '.join(brought)}", words)
            until(20, "the service starts", lambda: is_active(machine))
            time.sleep(2)
            loud = machine.run("journalctl", "--unit=remindd", "--priority=warning", "--output=cat")[1].strip()
            said = machine.run("journalctl", "--unit=remindd", "_COMM=remindd", "--output=cat")[1].strip().splitlines()
            is_quiet = loud in ("", "-- No entries --") and len(said) == 1 and said[0].startswith(f"remindd {version_of(deb)}: 0 plans")
            expect(is_active(machine) and is_quiet, f"installed: the service runs, and says one line: {said[0]}", f"{loud}\n{said}")
        else:
            machine.run(*command)
    expect(len(sink.mails) == 1 and len(commands) <= 5, f"from apt install to the first mail: {len(commands)} commands, one file edited")
    score = machine.run("systemd-analyze", "security", "--threshold=12", "remindd.service", "--no-pager")[1].splitlines()[-1]
    expect("OK" in score, f"its exposure: {score.split('remindd.service:')[-1].strip()}", score)
    modes = machine.run("stat", "--format=%a %U %G", "/etc/remindd", "/run/remindd/control.sock", "/var/lib/remindd")[1].split("\n")
    wanted = ["750 root remindd", "660 remindd remindd", "700 remindd remindd"]
    expect(modes[:3] == wanted, "folders and socket are for root and the group alone", str(modes))


def remind(machine, sink):
    """Checks that a reload accepts a plan, that its reminder arrives, and that a broken plan
    changes nothing.

    Returns when the reminder is due."""
    edited(machine, ("plans: []", "plans: plans/"))
    soon = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")) + datetime.timedelta(seconds=75)
    machine.write("etc/remindd/plans/office.yaml", plan(soon))
    machine.run("remindd", "check")
    machine.run("systemctl", "reload", "remindd")
    passed("one edited file and one plan are taken by systemctl reload")
    said = lambda: machine.run("systemctl", "show", "--property=StatusText", "--value", "remindd")[1].strip()
    until(45, "systemctl status shows the next due", lambda: f"next due {soon:%Y-%m-%dT%H:%M}" in said() and "reloaded" in said())
    passed(f"systemctl status says: {said()}")
    until(100, "the reminder arrives", lambda: len(sink.mails) == 2)
    expect("Quarterly report" in sink.subjects[1], f"a reminder due now arrives at the mail server outside: {sink.subjects[1]}")

    machine.write("etc/remindd/plans/office.yaml", "plan: [broken\n")
    status, words = machine.run("systemctl", "reload", "remindd", check=False)
    expect(status != 0 and is_active(machine), "a broken file fails the reload and keeps the service", words)
    machine.write("etc/remindd/plans/office.yaml", plan(soon))
    reloads = len(journal(machine, "MESSAGE_ID=e0a3a91f23464c13bc27ed12b10877a9"))
    machine.run("systemctl", "kill", "--signal=HUP", "remindd")
    until(10, "SIGHUP reloads", lambda: len(journal(machine, "MESSAGE_ID=e0a3a91f23464c13bc27ed12b10877a9")) == reloads + 1)
    passed("SIGHUP: reloaded")
    return soon


def look(machine, sink):
    """Checks what an administrator reads: journal fields, metrics, manual pages, completions."""
    sent = journal(machine, "MESSAGE_ID=c1af446506f142fca1010f154a9f2968", "CAMPAIGN=office/report")
    fields = {name: sent[-1].get(name) for name in ["PRIORITY", "OCCURRENCE", "LEAD", "RECIPIENT", "CHANNEL", "OUTCOME", "CODE", "ATTEMPT"]}
    wanted = {"PRIORITY": "6", "OCCURRENCE": "once", "LEAD": "on the day", "RECIPIENT": "admin", "CHANNEL": "mail", "OUTCOME": "delivered", "CODE": "250", "ATTEMPT": "1"}
    is_named = sent[-1].get("DELIVERY", "") in sink.mails[1][1].decode() and sent[-1].get("DELIVERY")
    expect(len(sent) == 1 and fields == wanted and is_named, f"the journal has of the delivery {sent[-1]['DELIVERY']}: {json.dumps(fields)}", str(sent))
    rows = [row for row in journal(machine) if row.get("SYSLOG_IDENTIFIER") == "remindd"]
    named = [row for row in rows if "MESSAGE_ID" in row]
    expect({"3", "5", "6"} <= {row["PRIORITY"] for row in rows} and len(named) > 5, f"levels: {sorted({row['PRIORITY'] for row in rows})}; {len({row['MESSAGE_ID'] for row in named})} kinds of line")
    expect(not any("example.vn" in row["MESSAGE"] for row in rows), "no address in the journal")

    socket = f"/proc/{machine.leader}/root/run/remindd/control.sock"
    answer = subprocess.run(["curl", "--silent", "--show-error", "--unix-socket", socket, "http://remindd/metrics"], capture_output=True, text=True)
    sample = 'remindd_deliveries_total{channel="mail",state="delivered",reason="accepted"} 1'
    expect(sample in answer.stdout, f"curl --unix-socket …/control.sock http://remindd/metrics: {sample}", answer.stdout + answer.stderr)

    pages = machine.run("sh", "-c", "ls /usr/share/man/man*/remindd* /usr/share/man/vi/man*/remindd*")[1].split()
    warned = "".join(machine.run("sh", "-c", f"man --warnings --local-file --encoding=UTF-8 {page} >/dev/null")[1] for page in pages)
    expect(len(pages) == 8 and warned == "", f"{len(pages)} manual pages, rendered without a warning", f"{pages} {warned}")
    page = machine.run("man", "--locale=vi", "5", "remindd-plan")[1]
    expect("Bắt buộc" in page and "hằng quý" in page, "man remindd-plan is there in Vietnamese", page)

    complete = "source /usr/share/bash-completion/bash_completion; _completion_loader remindd; COMP_WORDS=(remindd st); COMP_CWORD=1; COMP_LINE='remindd st'; COMP_POINT=10; $(complete -p remindd | sed 's/.*-F \\([^ ]*\\).*/\\1/') remindd st remindd; echo ${COMPREPLY[*]}"
    words = machine.run("bash", "-c", complete)[1]
    expect(words.split() == ["status"], "bash completes remindd st", words)
    complete = "zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z 'autoload -U compinit; compinit -u; PS1='; sleep 2; zpty -w -n z $'remindd st\\t'; sleep 3; zpty -r -t z out; while zpty -r -t z more; do out+=$more; done; print -r -- $out"
    words = machine.run("zsh", "-f", "-c", complete)[1]
    expect("remindd status" in words, "zsh completes remindd st", words)


def share(machine):
    """Checks that an officer of the group can edit plans and run commands, and others cannot."""
    machine.run("useradd", "--create-home", "--groups", "remindd", "officer")
    as_officer = ["runuser", "--user", "officer", "--"]
    text = (machine.root / "etc/remindd/plans/office.yaml").read_text(encoding="utf-8")
    machine.run(*as_officer, "tee", "/etc/remindd/plans/second.yaml", given=text.replace("plan: office", "plan: second"))
    told = machine.run(*as_officer, "remindd", "reload", "--dry-run")[1]
    expect("added: 1\n  second/report" in told and "nothing was changed" in told, "an officer of the group writes a plan, and sees by reload --dry-run what it would add", told)
    expect("campaigns" in machine.run(*as_officer, "remindd", "status")[1] and "with 1 campaigns" in machine.run("remindd", "status")[1], "status answers the officer; nothing was taken")
    status, words = machine.run("runuser", "--user", "nobody", "--", "remindd", "reload", check=False)
    expect(status == 1 and "be root, or of the group remindd" in words, "nobody is refused", words)
    machine.run("rm", "/etc/remindd/plans/second.yaml")


def endure(machine, soon):
    before = pid_of(machine)
    machine.run("kill", "-KILL", str(before))
    until(30, "systemd starts it again", lambda: is_active(machine) and pid_of(machine) not in (0, before))
    passed("kill -9: started again")

    drop_in(machine, "watchdog", "WatchdogSec=6")
    before = pid_of(machine)
    time.sleep(13)
    expect(pid_of(machine) == before, "two watchdog spans of nothing to do: still fed")
    machine.run("kill", "-STOP", str(before))
    until(60, "the watchdog ends the hang", lambda: is_active(machine) and pid_of(machine) not in (0, before))
    passed("a hang: ended by the watchdog, started again")


def drop_in(machine, name, *lines):
    machine.run("mkdir", "--parents", "/run/systemd/system/remindd.service.d")
    machine.run("tee", f"/run/systemd/system/remindd.service.d/{name}.conf", given="[Service]\n" + "\n".join(lines) + "\n")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "remindd")


def unrefused(machine):
    """Checks that the system call filter refuses nothing.

    A container has no audit log. Refused calls therefore kill the process here instead of failing.
    """
    drop_in(machine, "kill", "SystemCallErrorNumber=kill")
    before = pid_of(machine)
    for command in ["status", "reload", "check", "history"]:
        machine.run("remindd", command)
    machine.run("remindd", "send-test", "admin")
    machine.run("sh", "-c", "remindd backup >/dev/null")
    time.sleep(5)
    machine.run("systemctl", "stop", "remindd")
    state = machine.run("systemctl", "show", "--property=Result,ExecMainCode,ExecMainStatus", "remindd")[1].split()
    killed = machine.run("journalctl", "--unit=remindd", "--grep=SYS", "--output=cat", check=False)[1]
    is_well = before != 0 and set(state) == {"Result=success", "ExecMainCode=1", "ExecMainStatus=0"} and "status=31" not in killed
    expect(is_well, "with refused system calls killing instead of failing: started, asked, reloaded, sent, copied, stopped; none is refused", f"{state} {killed}")
    probe = "systemd-run --quiet --wait --pipe --property=SystemCallFilter=@system-service --property=SystemCallFilter=~@resources --property=SystemCallErrorNumber=kill nice -n 5 true"
    status, words = machine.run("sh", "-c", probe, check=False)
    expect(status != 0, "(and such a filter does kill here)", words)
    machine.run("rm", "/run/systemd/system/remindd.service.d/kill.conf")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", "remindd")


def reboot(machine, sink):
    count = len(sink.mails)
    machine.shut_down()
    machine.boot()
    until(30, "the service starts at boot", lambda: is_active(machine))
    history = machine.run("remindd", "history", "--format", "json")[1]
    expect('"delivered"' in history, "a reboot: started, and remembers what it sent", history)
    time.sleep(3)
    reports = [subject for subject in sink.subjects if "Quarterly report" in subject]
    expect(len(sink.mails) == count and len(reports) == 1, "nothing was sent twice through all of it", str(sink.subjects))


def protect(machine, guarded, port):
    """Sets up secrets as in the manual, up to a sent test mail."""
    edited(machine, (re.search(r"server: smtp://127.0.0.1:\d+\n", (machine.root / "etc/remindd/remindd.yaml").read_text())[0],
                     f"server: smtp://127.0.0.1:{port}\n      username: remindd\n      password: {{credential: smtp-password}}\n"))
    machine.run("install", "-m", "600", "/dev/stdin", "/etc/remindd/secrets/smtp-password", given="first-password\n")
    machine.run("mkdir", "-p", "/etc/systemd/system/remindd.service.d")
    machine.run("cp", "/usr/share/remindd/credentials.conf.example", "/etc/systemd/system/remindd.service.d/credentials.conf")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "remindd")
    told = machine.run("remindd", "send-test", "admin")[1]
    expect(len(guarded.mails) == 1, "LoadCredential=: a test mail through a server that wants a password", told)
    told = machine.run("remindd", "check")[1]
    expect("not visible here" in told, "check outside the service says that the credential is not visible there", told)

    guarded.password = "second-password"
    machine.run("sh", "-c", "systemd-creds encrypt --name=smtp-password - /etc/remindd/secrets/smtp-password.cred", given="second-password")
    machine.run("rm", "/etc/remindd/secrets/smtp-password")
    machine.run("sed", "-i", "s#^LoadCredential=smtp-password:.*#LoadCredentialEncrypted=smtp-password:/etc/remindd/secrets/smtp-password.cred#",
                "/etc/systemd/system/remindd.service.d/credentials.conf")
    machine.run("systemctl", "daemon-reload")
    # A connection that is logged in is kept for half a minute.
    time.sleep(35)
    status, words = machine.run("remindd", "send-test", "admin", check=False)
    expect(status == 1 and "535" in words, "a credential that has changed is not seen before a restart", words)
    machine.run("systemctl", "restart", "remindd")
    told = machine.run("remindd", "send-test", "admin")[1]
    expect(len(guarded.mails) == 2, "systemd-creds encrypt, LoadCredentialEncrypted=: after a restart the next test mail", told)
    stored = (machine.root / "etc/remindd/secrets/smtp-password.cred").read_bytes()
    journaled = machine.run("journalctl", "--no-pager")[1]
    expect(b"second-password" not in stored and "second-password" not in journaled and "first-password" not in journaled,
           "no password on the disk but encrypted, none in the journal")


def move_house(machine):
    machine.run("sh", "-c", "remindd backup >/root/copy.sqlite")
    machine.run("systemctl", "stop", "remindd")
    words = machine.run("sh", "-c", "remindd restore </root/copy.sqlite")[1]
    machine.run("systemctl", "start", "remindd")
    status = machine.run("remindd", "status")[1]
    owner = machine.run("stat", "--format=%U", "/var/lib/remindd/ledger.sqlite")[1].strip()
    expect("held          " in status and owner == "remindd", "backup while it runs, restore, start: what was due since is held", words + status)
    machine.run("remindd", "release", "--drop")
    history = machine.run("remindd", "history", "--format", "json")[1]
    expect("held          " not in machine.run("remindd", "status")[1] and '"delivered"' in history, "release ends it; the history is there")


def upgrade(machine, deb, later):
    """Checks upgrades of a configuration that both sides have changed, and of one nobody has
    edited."""
    shutil.copy(later, machine.root / "root" / later.name)
    kept = machine.root / "etc/remindd/remindd.yaml"
    text = kept.read_bytes()
    before = pid_of(machine)
    machine.run("apt", "install", "--yes", "-o", "Dpkg::Options::=--force-confold", f"./{later.name}")
    until(20, "it runs after an upgrade", lambda: is_active(machine) and pid_of(machine) not in (0, before))
    offered = kept.with_name("remindd.yaml.dpkg-dist")
    expect(kept.read_bytes() == text and b"came with a later version" in offered.read_bytes(),
           "an upgrade whose configuration has changed too keeps the edited file, lays its own beside it, and restarts")
    version = machine.run("dpkg-query", "--show", "--showformat=${Version}", "remindd")[1]
    expect(version == version_of(deb) + "+later", "the later version is installed", version)
    machine.run("apt", "remove", "--yes", "remindd")
    ledger = machine.root / "var/lib/remindd/ledger.sqlite"
    expect(ledger.exists() and kept.exists() and not is_active(machine), "removed: stopped, the ledger and the configuration stay")
    machine.run("apt", "purge", "--yes", "remindd")
    plan_stays = (machine.root / "etc/remindd/plans/office.yaml").exists()
    expect(not ledger.exists() and not kept.exists() and plan_stays, "purged: ledger and configuration are gone, the office's plans stay")
    left = machine.run("systemctl", "list-unit-files", "remindd.service", "--no-legend", check=False)[1].strip()
    expect(left == "", "nothing of the unit is left", left)

    machine.run("rm", "-r", "/etc/systemd/system/remindd.service.d")
    machine.run("apt", "install", "--yes", f"./{deb.name}")
    machine.run("apt", "install", "--yes", f"./{later.name}")
    until(20, "it runs after an upgrade", lambda: is_active(machine))
    expect(b"came with a later version" in kept.read_bytes(), "a configuration that nobody has edited is renewed by an upgrade")


main()
