#!/usr/bin/python3
"""Measures remindd in turn with the limits of the machine and with alternatives that users have.

`make bench` runs everything and writes docs/evidence/benchmarks.md. `make bench-quick` runs a
minute of it against lower limits. Nothing else should run meanwhile. If a goal is missed, the run
ends with status 1 after the table.
"""

import argparse
import concurrent.futures
import datetime
import os
import pathlib
import platform
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import ground  # noqa: E402
import measures  # noqa: E402
import scale  # noqa: E402
from measures import Row  # noqa: E402


def scaled(goal, rounds):
    """Returns the rows that bench/scale.py measures."""
    goals = scale.GOALS[goal](ground.REMINDD.resolve(), rounds)["figures"]
    return [Row(
        line["what"].strip(), line["unit"] or "times", {"remindd": line["values"]},
        "" if line["goal"] is None else f"≤ {line['goal']:g} {line['unit']}".strip(), line["met"]) for line in goals]


FULL = {
    "webhooks": lambda rounds: measures.webhooks(rounds, 100_000),
    "mails": lambda rounds: measures.mails(rounds, 20_000),
    "postfix": lambda rounds: measures.postfix(2 * rounds, 4_000),
    "ledger": lambda rounds: measures.ledger(rounds, 100_000),
    "claims": lambda rounds: measures.claims(min(rounds, 3), 1_000_000),
    "punctual": lambda rounds: measures.punctual(rounds, 60),
    "burst": lambda rounds: measures.burst(rounds, 1_000, 100_000),
    "calendar": lambda rounds: measures.calendar(rounds),
    "recipients": lambda rounds: scaled("recipients", rounds),
    "start": lambda rounds: scaled("start", rounds),
    "simulate": lambda rounds: scaled("simulate", rounds),
    "pending": lambda rounds: scaled("pending", 1),
}
QUICK = {
    "webhooks": lambda rounds: measures.webhooks(3, 20_000, peers=False),
    "mails": lambda rounds: measures.mails(3, 4_000, peers=False),
    "ledger": lambda rounds: measures.ledger(3, 50_000),
}
# Shared machines are noisy, so a quick run fails only far below the goal.
QUICK_GATES = {"webhooks": 0.25, "mails": 0.25, "ledger": 0.3}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="a minute of it, against lower gates")
    options.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    options.add_argument("--only", help="names, separated by commas: " + ", ".join([*FULL, "idle", "growth"]))
    options.add_argument("--write", type=pathlib.Path, help="write the results into this page")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    names = chosen.only.split(",") if chosen.only else None
    try:
        if chosen.quick:
            return quick(names)
        return full(chosen, names)
    except ground.Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def quick(names):
    failed = False
    for name, measure in QUICK.items():
        if names and name not in names:
            continue
        first = measure(3)[0]
        ratio, gate = statistics.median(first.ratios), QUICK_GATES[name]
        failed |= ratio < gate
        print(f"{'ok  ' if ratio >= gate else 'LOW '} {first.what}: {ratio:.2f} of the yardstick (at least {gate}); {spread(first)}", flush=True)
    return 1 if failed else 0


def full(chosen, names):
    with concurrent.futures.ThreadPoolExecutor(1) as aside:
        # The idle measurement mostly waits for ten minutes, so it disturbs the others little.
        idle = aside.submit(scaled, "idle", 1) if not names or "idle" in names else None
        return measured(chosen, names, idle)


def measured(chosen, names, idle):
    rows, points = [], []
    for name, measure in FULL.items():
        if names and name not in names:
            continue
        print(f"-- {name}", flush=True)
        began = time.monotonic()
        for row in measure(chosen.rounds):
            rows.append(row)
            print(line(row), flush=True)
        print(f"   {time.monotonic() - began:.0f} s", flush=True)
    if idle:
        for row in idle.result():
            rows.append(row)
            print(line(row), flush=True)
    if not names or "growth" in names:
        print("-- growth", flush=True)
        points = measures.growth([1_000, 10_000, 100_000, 1_000_000])
        rows += grown(points)
        for row in rows[-3:]:
            print(line(row), flush=True)
    if chosen.write:
        write(chosen.write, rows, points)
    missed = [row.what for row in rows if row.met is False]
    print(f"{sum(row.met is True for row in rows)} goals met, {len(missed)} missed" + "".join(f"\n  {what}" for what in missed))
    return 1 if missed else 0


def grown(points):
    each = {point["deliveries"]: point["cpu_us"] for point in points}
    smaller, larger = each[10_000], each[max(each)]
    rows = [Row(
        f"processor time for each of {max(each):,}, beside that for each of 10,000", "µs", {"remindd": [larger], "at 10,000": [smaller]},
        "within 20 %", larger <= smaller * 1.2, [larger / smaller])]
    for unit, key in (("s", "wall_s"), ("MiB", "rss_mib")):
        figures = {f"{point['deliveries']:,}": [point[key]] for point in points}
        rows.append(Row("… time from the due to the last, by deliveries" if unit == "s" else "… most resident, by deliveries", unit, figures))
    return rows


# MARK: text

def figure(value):
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(row):
    return "; ".join(
        f"{name} {figure(statistics.median(values))} [{figure(min(values))} … {figure(max(values))}] {row.unit}" for name, values in row.figures.items())


def line(row):
    verdict = "" if row.met is None else f"  {'met' if row.met else 'MISSED'}: {row.goal}"
    ratio = f"  ratio {figure(statistics.median(row.ratios))}" if row.ratios else ""
    return f"{row.what}: {spread(row)}{ratio}{verdict}"


def machine():
    model = next((text.split(":")[1].strip() for text in open("/proc/cpuinfo") if text.startswith("model name")), platform.machine())
    memory = int(open("/proc/meminfo").readline().split()[1]) / (1 << 20)
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Linux {platform.release()}, load {os.getloadavg()[0]:.1f} at the end"


def table(rows):
    yield "| what | who | minimum | median | maximum | ratio | goal |"
    yield "|---|---|---:|---:|---:|---:|---|"
    for row in rows:
        for index, (name, values) in enumerate(row.figures.items()):
            goal = "" if row.met is None or index else f"{'met' if row.met else '**missed**'}: {row.goal}"
            ratio = figure(statistics.median(row.ratios)) if row.ratios and not index else ""
            what = "" if index else f"{row.what} ({row.unit})" if row.unit else row.what
            yield f"| {what} | {name} | {figure(min(values))} | {figure(statistics.median(values))} | {figure(max(values))} | {ratio} | {goal} |"


def write(path, rows, points):
    """Replaces the table between the two marks of the page and keeps the text around it."""
    begin, end = "<!-- figures -->", "<!-- end of figures -->"
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    body = "\n".join([f"{datetime.date.today()}, {machine()}.", "", *table(rows)])
    path.write_text(f"{before}{begin}\n{body}\n{end}{after}", encoding="utf-8")
    if points:
        plot(points, path.with_name("benchmarks-growth.svg"))


def plot(points, path):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "remindd"
    from matplotlib import pyplot

    counts = [point["deliveries"] for point in points]
    figure_, axes = pyplot.subplots(1, 2, figsize=(9, 3.6))
    for axis, key, name in zip(axes, ("wall_s", "rss_mib"), ("time from the due to the last durable outcome, s", "most resident memory, MiB")):
        axis.plot(counts, [point[key] for point in points], marker="o")
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_xlabel("deliveries due at once")
        axis.set_title(name, fontsize=9)
        axis.grid(True, alpha=0.3)
    figure_.tight_layout()
    figure_.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    sys.exit(main())
