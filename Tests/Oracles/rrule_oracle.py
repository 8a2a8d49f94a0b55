#!/usr/bin/env python3
"""Expands recurrence rules of RFC 5545 with python-dateutil, for RecurrenceRuleTests.

    python3 Tests/Oracles/rrule_oracle.py > Tests/Oracles/vectors/rrule.tsv

Needs python-dateutil; 2.9.0 made the vectors that are checked in. The examples of the RFC (section
3.8.5.3), which python-dateutil's own tests have too, come first, then ten thousand random rules
from a fixed seed. Rules concern whole days and use only what the RFC allows. The columns are
separated by tabs:

    rule, start day, number of instances (at most LIMIT, none after 2199-12-31), FNV-1a (64 bits)
    over the instances' ISO dates, the first three instances, and, if python-dateutil deviates from
    the RFC, the kind of the deviation and the FNV-1a of python-dateutil's own answer.

For rules of a kind for which python-dateutil is known to deviate, and for every 20th other rule,
`by_the_rfc` also computes the answer, day by day, from the text of section 3.3.10 alone. Both must
agree. Otherwise the row names the kind and has the instances of `by_the_rfc`.
RecurrenceRuleTests.swift gives the reason for each kind:

    union       BYDAY mixes plain and numbered weekdays
    week-start  FREQ=WEEKLY with BYSETPOS, and the start day is not the first of its week
    last-week   BYWEEKNO, and days of early January in the last week of the year before
"""

import datetime
import random
import sys
import warnings

# Set before dateutil is imported, because dateutil continues to datetime.MAXYEAR and remindd stops
# at 2199.
datetime.MAXYEAR = 2199
from dateutil import rrule as dateutil_rrule  # noqa: E402

SEED = 20260101
RULES = 10_000
LIMIT = 60
HORIZON = datetime.date(2199, 12, 31)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

EXAMPLES = """
19970902 FREQ=DAILY;COUNT=10
19970902 FREQ=DAILY;UNTIL=19971224
19970902 FREQ=DAILY;INTERVAL=2
19970902 FREQ=DAILY;INTERVAL=10;COUNT=5
19980101 FREQ=YEARLY;UNTIL=20000131;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA
19980101 FREQ=DAILY;UNTIL=20000131;BYMONTH=1
19970902 FREQ=WEEKLY;COUNT=10
19970902 FREQ=WEEKLY;UNTIL=19971224
19970902 FREQ=WEEKLY;INTERVAL=2;WKST=SU
19970902 FREQ=WEEKLY;UNTIL=19971007;WKST=SU;BYDAY=TU,TH
19970902 FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH
19970901 FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224;WKST=SU;BYDAY=MO,WE,FR
19970902 FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH
19970905 FREQ=MONTHLY;COUNT=10;BYDAY=1FR
19970905 FREQ=MONTHLY;UNTIL=19971224;BYDAY=1FR
19970907 FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU
19970922 FREQ=MONTHLY;COUNT=6;BYDAY=-2MO
19970928 FREQ=MONTHLY;BYMONTHDAY=-3
19970902 FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15
19970930 FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1
19970910 FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15
19970902 FREQ=MONTHLY;INTERVAL=2;BYDAY=TU
19970610 FREQ=YEARLY;COUNT=10;BYMONTH=6,7
19970310 FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3
19970101 FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200
19970519 FREQ=YEARLY;BYDAY=20MO
19970512 FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO
19970313 FREQ=YEARLY;BYMONTH=3;BYDAY=TH
19970605 FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8
19970902 FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13
19970913 FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13
19961105 FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8
19970904 FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3
19970929 FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2
19970805 FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO
19970805 FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU
20070115 FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5
19970902 FREQ=YEARLY;COUNT=4;BYWEEKNO=1;BYDAY=MO
19970902 FREQ=YEARLY;COUNT=4;BYWEEKNO=53;BYDAY=MO
19970902 FREQ=YEARLY;COUNT=3;BYWEEKNO=20
19970902 FREQ=YEARLY;COUNT=4;BYYEARDAY=1,100,200,365
19970902 FREQ=YEARLY;COUNT=4;BYYEARDAY=-365,-266,-166,-1
19970902 FREQ=MONTHLY;COUNT=3;BYDAY=1TU,-1TH
19970902 FREQ=YEARLY;COUNT=3;BYDAY=1TU,-1TH
"""


def some(rng, values, most):
    return sorted(rng.sample(values, rng.randint(1, min(most, len(values)))))


def signed(limit):
    return [n for n in range(-limit, limit + 1) if n]


def random_rule(rng):
    """Returns a random rule that the RFC allows, and its start day."""
    year = rng.choice([rng.randint(1970, 2050)] * 4 + [rng.randint(2051, 2190), rng.randint(2191, 2199)])
    start = datetime.date(year, 1, 1) + datetime.timedelta(days=rng.randint(0, 364))
    freq = rng.choice(["YEARLY"] * 4 + ["MONTHLY"] * 3 + ["WEEKLY"] * 2 + ["DAILY"])
    parts = {"FREQ": freq}
    if rng.random() < 0.4:
        parts["INTERVAL"] = rng.choice([1, 2, 2, 3, 4, 5, 7, 12, 18, 30, 100])
    bound = rng.random()
    if bound < 0.2:
        parts["COUNT"] = rng.randint(1, 120)
    elif bound < 0.4:
        until = min(start + datetime.timedelta(days=int(rng.expovariate(1 / 2000))), HORIZON)
        parts["UNTIL"] = until.strftime("%Y%m%d")

    def chance(p):
        return rng.random() < p

    if chance(0.35):
        parts["BYMONTH"] = some(rng, list(range(1, 13)), 4)
    if freq == "YEARLY" and chance(0.25):
        edge = [1, 2, 51, 52, 53, -1, -2, -51, -52, -53]
        parts["BYWEEKNO"] = some(rng, edge if chance(0.5) else signed(53), 4)
    if freq == "YEARLY" and chance(0.2):
        edge = [1, 2, 59, 60, 61, 365, 366, -1, -2, -365, -366]
        parts["BYYEARDAY"] = some(rng, edge if chance(0.4) else signed(366), 6)
    if freq != "WEEKLY" and chance(0.3):
        parts["BYMONTHDAY"] = some(rng, [1, 28, 29, 30, 31, -1, -29, -31] if chance(0.4) else signed(31), 6)
    if chance(0.5):
        days = some(rng, range(7), 4)
        numbered = freq in ("YEARLY", "MONTHLY") and "BYWEEKNO" not in parts and chance(0.5)
        if numbered:
            inside = freq == "MONTHLY" or "BYMONTH" in parts
            # Beyond the fifth weekday of a month, dateutil fails with an IndexError.
            numbers = signed(5) if inside else signed(53)
            mixed = chance(0.1)
            parts["BYDAY"] = [("" if mixed and chance(0.5) else str(rng.choice(numbers))) + WEEKDAYS[d] for d in days]
        else:
            parts["BYDAY"] = [WEEKDAYS[d] for d in days]
    if any(name.startswith("BY") for name in parts) and chance(0.25):
        parts["BYSETPOS"] = some(rng, signed(5) if chance(0.8) else signed(366), 3)
    if chance(0.3):
        parts["WKST"] = rng.choice(WEEKDAYS)
    text = ";".join(
        f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}" for name, value in parts.items())
    return start, text


def by_dateutil(start, text):
    at = datetime.datetime.combine(start, datetime.time())
    found = []
    for instance in dateutil_rrule.rrulestr(text, dtstart=at):
        if instance.date() > HORIZON or len(found) == LIMIT:
            break
        found.append(instance.date())
    return found


# The text of the RFC, applied day by day.


def week_one(year, wkst):
    """Returns the first day of the first week with at least four days in the year."""
    fourth = datetime.date(year, 1, 4)
    return fourth - datetime.timedelta(days=(fourth.weekday() - wkst) % 7)


def in_weeks(day, numbers, wkst):
    year = day.year
    if day < week_one(year, wkst):
        year -= 1
    elif day >= week_one(year + 1, wkst):
        year += 1
    count = (week_one(year + 1, wkst) - week_one(year, wkst)).days // 7
    number = (day - week_one(year, wkst)).days // 7 + 1
    # dateutil gives days before the new year only the positive number of the new year's week, and
    # so does this.
    return number in numbers or (year <= day.year and number - count - 1 in numbers)


def on_weekdays(day, entries, freq, has_month):
    for entry in entries:
        if WEEKDAYS[day.weekday()] != entry[-2:]:
            continue
        if len(entry) == 2:
            return True
        in_month = freq == "MONTHLY" or has_month
        first = datetime.date(day.year, day.month if in_month else 1, 1)
        after = datetime.date(day.year + (not in_month or day.month == 12), day.month % 12 + 1 if in_month else 1, 1)
        number = int(entry[:-2])
        place = (day - first).days // 7 + 1 if number > 0 else -(((after - day).days - 1) // 7 + 1)
        if place == number:
            return True
    return False


def by_the_rfc(start, text):
    parts = dict(part.split("=") for part in text.split(";"))
    freq = parts["FREQ"]
    interval = int(parts.get("INTERVAL", 1))
    wkst = WEEKDAYS.index(parts.get("WKST", "MO"))
    last = HORIZON
    if "UNTIL" in parts:
        last = min(last, datetime.datetime.strptime(parts["UNTIL"], "%Y%m%d").date())
    limit = min(LIMIT, int(parts.get("COUNT", LIMIT)))
    numbers = {
        name: [int(n) for n in parts[name].split(",")]
        for name in ("BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS") if name in parts
    }
    weekdays = parts["BYDAY"].split(",") if "BYDAY" in parts else None
    if not weekdays and not {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY"} & set(numbers):
        if freq == "WEEKLY":
            weekdays = [WEEKDAYS[start.weekday()]]
        elif freq != "DAILY":
            numbers["BYMONTHDAY"] = [start.day]
            if freq == "YEARLY":
                numbers.setdefault("BYMONTH", [start.month])

    def period(day):
        if freq == "DAILY":
            return day.toordinal()
        if freq == "WEEKLY":
            return (day.toordinal() - 1 - wkst) // 7
        return day.year * 12 + day.month if freq == "MONTHLY" else day.year

    def passes(day):
        length = (datetime.date(day.year + day.month // 12, day.month % 12 + 1, 1) - datetime.timedelta(days=1)).day
        year_length = 366 if day.year % 4 == 0 and (day.year % 100 or day.year % 400 == 0) else 365
        place = day.timetuple().tm_yday
        return (
            ("BYMONTH" not in numbers or day.month in numbers["BYMONTH"])
            and ("BYMONTHDAY" not in numbers
                 or day.day in numbers["BYMONTHDAY"] or day.day - length - 1 in numbers["BYMONTHDAY"])
            and ("BYYEARDAY" not in numbers
                 or place in numbers["BYYEARDAY"] or place - year_length - 1 in numbers["BYYEARDAY"])
            and ("BYWEEKNO" not in numbers or in_weeks(day, numbers["BYWEEKNO"], wkst))
            and (not weekdays or on_weekdays(day, weekdays, freq, "BYMONTH" in parts)))

    def chosen(candidates):
        if "BYSETPOS" not in numbers:
            return candidates
        places = {n - 1 if n > 0 else len(candidates) + n for n in numbers["BYSETPOS"]}
        return [day for place, day in enumerate(candidates) if place in places]

    # Starts at the first day of the period of the start day, because BYSETPOS counts from there.
    day = start
    while day > datetime.date(1969, 1, 1) and period(day - datetime.timedelta(days=1)) == period(start):
        day -= datetime.timedelta(days=1)
    found, candidates, current = [], [], period(start)
    one = datetime.timedelta(days=1)
    past = datetime.date(2200, 12, 31)
    while True:
        if period(day) != current or day == past:
            for instance in chosen(candidates):
                if len(found) < limit and start <= instance <= last:
                    found.append(instance)
            candidates, current = [], period(day)
            if len(found) == limit or day > last:
                return found
        if (current - period(start)) % interval == 0 and passes(day):
            candidates.append(day)
        day += one


def fnv(days):
    value = 0xCBF29CE484222325
    for byte in "".join(day.isoformat() for day in days).encode():
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return f"{value:016x}"


def suspect(text, start):
    """Returns the kind of a rule for which python-dateutil may deviate from the RFC, or None."""
    parts = dict(part.split("=") for part in text.split(";"))
    entries = parts.get("BYDAY", "").split(",")
    if {len(entry) > 2 for entry in entries} == {True, False}:
        return "union"
    wkst = WEEKDAYS.index(parts.get("WKST", "MO"))
    if parts["FREQ"] == "WEEKLY" and "BYSETPOS" in parts and start.weekday() != wkst:
        return "week-start"
    if "BYWEEKNO" in parts:
        return "last-week"
    return None


def main():
    warnings.simplefilter("ignore")
    rng = random.Random(SEED)
    rows = []
    for line in EXAMPLES.split("\n"):
        if line:
            start, text = line.split(" ")
            rows.append((datetime.datetime.strptime(start, "%Y%m%d").date(), text))
    rows += [random_rule(rng) for _ in range(RULES)]
    for index, (start, text) in enumerate(rows):
        instances = by_dateutil(start, text)
        why = []
        kind = suspect(text, start)
        if kind or index % 20 == 0:
            ours = by_the_rfc(start, text)
            if ours != instances:
                assert kind, f"no known reason: {text} from {start}: {instances[:5]} {ours[:5]}"
                why = [kind, fnv(instances)]
                instances = ours
        first = ",".join(day.isoformat() for day in instances[:3])
        print("\t".join([text, start.isoformat(), str(len(instances)), fnv(instances), first, *why]))


if __name__ == "__main__":
    sys.exit(main())
