#!/usr/bin/python3
"""Prints CHANGELOG.md in the format of debian/changelog.

The argument is the version of the program. A version has the heading `## VERSION (DATE)`. The
heading `## Unreleased` gets the version of the argument and the date of the last commit. The newest
section must belong to that version, so that a package never has the changes of another one.
"""
import datetime
import email.utils
import pathlib
import re
import subprocess
import sys
import textwrap

MAINTAINER = "The remindd developers <remindd@packages.example.vn>"
root = pathlib.Path(__file__).resolve().parent.parent


def day_of_last_commit():
    return subprocess.run(["git", "-C", root, "log", "-1", "--format=%cs"], capture_output=True, text=True, check=True).stdout.strip()


def entry(version, day, text):
    lines = []
    for line in text.splitlines():
        if line.startswith("### "):
            lines += ["", f"  [ {line[4:]} ]"]
        elif line.startswith("- "):
            plain = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", line[2:])
            lines += textwrap.wrap(plain, 78, initial_indent="  * ", subsequent_indent="    ", break_on_hyphens=False)
    date = datetime.datetime.fromisoformat(day).replace(hour=9, tzinfo=datetime.timezone.utc)
    return "\n".join([f"remindd ({version}) stable; urgency=medium", *lines, "", f" -- {MAINTAINER}  {email.utils.format_datetime(date)}", ""])


def main():
    version = sys.argv[1]
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (?:(Unreleased)|(\S+) \((\d{4}-\d\d-\d\d)\))$", text, flags=re.M)[1:]
    sections = [(there or version, day or day_of_last_commit(), body) for _, there, day, body in zip(*[iter(parts)] * 4)]
    versions = [there for there, _, _ in sections]
    if versions[:1] != [version] or len(set(versions)) != len(versions):
        sys.exit(f"changelog: the program is {version}, and the newest section of CHANGELOG.md must be the only one of that version")
    print("\n".join(entry(*section) for section in sections), end="")


main()
