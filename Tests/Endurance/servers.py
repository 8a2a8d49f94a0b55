"""Starts the process of `Tests/Servers/moods.py`, and finds a time zone for measurements."""

import datetime
import json
import pathlib
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"


class Servers:
    """The mail servers and webhook receivers of one process, and their log."""

    def __init__(self, place, seed, wanted, pinned=()):
        """`wanted` has the name, kind and mood of each. `pinned` is a command that executes the
        process."""
        self.path = place / "servers.log"
        self.process = subprocess.Popen(
            [*pinned, PYTHON, HERE.parent / "Servers/moods.py", str(seed), self.path, *map(":".join, wanted)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.ports = json.loads(self.process.stdout.readline())

    def become(self, name, mood):
        self.process.stdin.write(f"{name} {mood}\n")
        self.process.stdin.flush()
        self.process.stdout.readline()

    def lines(self):
        # The last line may be incomplete.
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").split("\n")[:-1]]

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def noon():
    """Returns name and offset of a zone in which it is about noon, so no run meets midnight."""
    hours = 12 - int(time.time()) // 3600 % 24
    name = "Etc/GMT" if hours == 0 else f"Etc/GMT{'-' if hours > 0 else '+'}{abs(hours)}"
    return name, datetime.timezone(datetime.timedelta(hours=hours))
