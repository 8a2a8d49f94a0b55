#!/usr/bin/env python3
"""Prints civil times around every clock change of 2020-2045 in every zone of this machine.

Python's zoneinfo resolves them.

    PYTHONTZPATH=/usr/share/zoneinfo python3 Tests/Oracles/zone_oracle.py > cases.txt

ZoneTests runs it and compares. The output is not checked in, because machines differ in their
tzdata. It needs only the standard library.

The names are those of tzdata.zi if the system has it, else those that zoneinfo finds. Changes are
found by comparing offsets two weeks apart (the shortest season is Ramadan in Morocco, a month) and
by bisection, so that the files are read only through zoneinfo. The policy is the contract's: in a
gap the first instant after it, in a fold the first of the two (fold=0).

The first word of a line tells its form. Numbers are decimal. Days and instants count from
1970-01-01 (instants in seconds).
    Z NAME...                   the zones of the following lines; their files are the same
    U DAY MINUTE INSTANT        a civil time that occurs once
    G DAY MINUTE INSTANT        a time in a gap, with the first instant after it
    F DAY MINUTE INSTANT SECOND a time that occurs twice
    O INSTANT OFFSET            seconds east of Greenwich
"""

import datetime
import os
import pathlib
import sys
import zoneinfo

FOLDER = pathlib.Path(os.environ.get("PYTHONTZPATH", "/usr/share/zoneinfo"))
UTC = datetime.timezone.utc
ORIGIN = datetime.datetime(1970, 1, 1)
FIRST = int(datetime.datetime(2020, 1, 1, tzinfo=UTC).timestamp())
LAST = int(datetime.datetime(2046, 1, 1, tzinfo=UTC).timestamp())
STEP = 14 * 86_400
SECOND = datetime.timedelta(seconds=1)


def names():
    listed = FOLDER / "tzdata.zi"
    if not listed.exists():
        return sorted(zoneinfo.available_timezones())
    found = set()
    for line in listed.read_text().splitlines():
        words = line.split()
        if words[:1] == ["Z"]:
            found.add(words[1])
        elif words[:1] == ["L"]:
            found.add(words[2])
    return sorted(name for name in found if (FOLDER / name).is_file())


def offset(zone, instant):
    return datetime.datetime.fromtimestamp(instant, zone).utcoffset() // SECOND


def change(zone, low, high):
    """Returns the first instant of a new offset in (low, high]. The ends differ in offset."""
    before = offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def changes(zone):
    before, instant = offset(zone, FIRST), FIRST
    while instant < LAST:
        after = offset(zone, instant + STEP)
        if after != before:
            yield change(zone, instant, instant + STEP)
        before, instant = after, instant + STEP


def resolve(zone, local):
    """Returns the line of the case for civil time `local`, in seconds since civil 1970."""
    naive = ORIGIN + datetime.timedelta(seconds=local)
    first, second = (local - naive.replace(tzinfo=zone, fold=fold).utcoffset() // SECOND for fold in (0, 1))
    came = [instant for instant in sorted({first, second}) if instant + offset(zone, instant) == local]
    where = f"{local // 86_400} {local // 60 % 1_440}"
    if len(came) == 2:
        return f"F {where} {came[0]} {came[1]}"
    if came:
        return f"U {where} {came[0]}"
    return f"G {where} {change(zone, min(first, second), max(first, second))}"


def cases(zone):
    for instant in changes(zone):
        sides = sorted(instant + offset(zone, at) for at in (instant - 1, instant))
        minutes = {moment // 60 for moment in sides}
        low, high = min(minutes), max(minutes)
        wanted = {side + shift for side in (low, high) for shift in (-1_440, -61, -1, 0, 1, 61, 1_440)}
        wanted.add((low + high) // 2)
        # The hours of leads, and midnight, on the days around the change.
        wanted.update(day * 1_440 + minute for day in {low // 1_440 - 1, low // 1_440, low // 1_440 + 1} for minute in (0, 480))
        for minute in sorted(wanted):
            yield resolve(zone, minute * 60)
        for at in (instant - 1, instant, instant + 1):
            yield f"O {at} {offset(zone, at)}"


def main():
    alike = {}
    for name in names():
        alike.setdefault((FOLDER / name).read_bytes(), []).append(name)
    out = []
    for group in alike.values():
        zone = zoneinfo.ZoneInfo(group[0])
        out.append("Z " + " ".join(group))
        # Zones without changes are tested too.
        out.extend(resolve(zone, FIRST + quarter * 7_889_400 // 60 * 60) for quarter in range(0, 104, 5))
        out.extend(cases(zone))
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
