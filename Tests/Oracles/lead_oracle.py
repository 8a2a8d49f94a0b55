#!/usr/bin/env python3
"""Prints reminders around every clock change of 2020-2045 in every zone of this machine.

Python's zoneinfo computes their instants.

    PYTHONTZPATH=/usr/share/zoneinfo python3 Tests/Oracles/lead_oracle.py [ZONE...] > cases.txt

ZoneLeadTests runs it and compares. The output is not checked in, because machines differ in their
tzdata. It needs only the standard library.

Zones, changes and the policy (gap: the first instant after it; fold: the first of the two) are
those of zone_oracle.py. Days are counted with datetime.date. For each change, each lead is placed
so that it falls due on the day of the change: at the first, middle and last minute of the gap or
fold, at the minutes before and after it, and at 08:00.

Lines have these forms. Days and instants are decimal numbers since 1970-01-01 (instants in
seconds), times are minutes of the day, and weekdays are ISO's.
    Z NAME...                        the zones of the following lines; their files are the same
    LEAD COUNT START END TIME ANCHOR INSTANT [ANCHOR INSTANT]...
LEAD is one of
    b  COUNT days before             o  on the day                    e  COUNT days before the end
    a  COUNT days after the end      w  every weekday COUNT during
"""

import datetime
import sys

sys.dont_write_bytecode = True  # nothing is left beside the script

import zoneinfo  # noqa: E402

import zone_oracle  # noqa: E402

EPOCH = datetime.date(1970, 1, 1)
# The counts of leads in turn: a day, a week, a month, a season, and the most a plan may have.
COUNTS = [1, 7, 30, 183, 730]


def minutes(zone, change):
    """Returns the minutes since civil 1970 to try at one clock change."""
    sides = sorted((change + zone_oracle.offset(zone, at)) // 60 for at in (change - 1, change))
    low, high = sides
    return sorted({low - 1, low, (low + high) // 2, high - 1, high, low // 1_440 * 1_440 + 480})


def instant(zone, day, time):
    return int(zone_oracle.resolve(zone, (day * 1_440 + time) * 60).split()[3])


def weekday(day):
    return (EPOCH + datetime.timedelta(days=day)).isoweekday()


def cases(zone, change, turn):
    count = COUNTS[turn % len(COUNTS)]
    for minute in minutes(zone, change):
        day, time = divmod(minute, 1_440)

        def line(lead, number, start, end, *anchored):
            """`anchored` has pairs of the day counted from and the day it falls due."""
            told = " ".join(f"{anchor} {instant(zone, due, time)}" for anchor, due in anchored)
            return f"{lead} {number} {start} {end} {time} {told}"

        length = turn % 40
        yield line("b", count, day + count, day + count + length, (day + count, day))
        # A day before, across the change: due on the eve, and on the day itself for the next day.
        yield line("b", 1, day, day, (day, day - 1))
        if count != 1:
            yield line("b", 1, day + 1, day + 1, (day + 1, day))
        yield line("o", 0, day, day, (day, day))
        yield line("e", count, day + count - length, day + count, (day + count, day))
        yield line("a", count, day - count - length, day - count, (day - count, day))
        week = [(each, each) for each in (day - 7, day, day + 7)]
        yield line("w", weekday(day), day - 9, day + 12, *week)


def main():
    alike = {}
    for name in sys.argv[1:] or zone_oracle.names():
        alike.setdefault((zone_oracle.FOLDER / name).read_bytes(), []).append(name)
    for group in alike.values():
        zone = zoneinfo.ZoneInfo(group[0])
        out = ["Z " + " ".join(group)]
        for turn, change in enumerate(zone_oracle.changes(zone)):
            out.extend(cases(zone, change, turn))
        sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
