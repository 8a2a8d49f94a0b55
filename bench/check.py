#!/usr/bin/python3
"""Measures how long `check` takes for a large calendar. Fails above the limit.

    bench/check.py PROGRAM [--campaigns N] [--limit SECONDS] [--rounds N]

`check` renders every text of the next 400 days. The calendar has 10 000 campaigns of the kinds in
real plans, with 36 700 reminders a year (from bench/scale.py). The time is that of the whole run of
the program. The fastest round counts, because the others include other work of the machine. For the
same reason the smaller of wall-clock and processor time is compared with the limit.
"""
import argparse
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import scale  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--campaigns", type=int, default=10_000)
    parser.add_argument("--limit", type=float, default=3, help="seconds (3)")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory(prefix="remindd-check-") as name:
        folder = pathlib.Path(name)
        scale.configuration(folder, {"plan.yaml": scale.calendar("bench", options.campaigns)})
        best = None
        for _ in range(options.rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.perf_counter()
            done = subprocess.run(
                [program, "check", "--config", "remindd.yaml"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True)
            wall = time.perf_counter() - began
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if done.returncode != 0:
                sys.exit(f"check: exit {done.returncode}: {done.stderr[-500:].decode(errors='replace')}")
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            best = min(best or (wall, cpu), (wall, cpu))
            if best[0] > 5 * options.limit:
                break
    print(f"check of {options.campaigns} campaigns: {best[0]:.2f} s, {best[1]:.2f} s of processor; limit {options.limit:g} s")
    if min(best) > options.limit:
        sys.exit("check: over the limit")


main()
