#!/usr/bin/env python3
"""Computes the Vietnamese lunar calendar of 1970-2199 independently of the program.

It uses another language, another ephemeris and other code.

    python3 -m venv DIR && DIR/bin/pip install ephem==4.2.1
    DIR/bin/python Tests/Oracles/lunar_oracle.py            # writes vectors/lunar*.tsv
    DIR/bin/python Tests/Oracles/lunar_oracle.py --check    # exits 1 if the vectors differ

The ephemeris is PyEphem's libastro: the Sun by the full VSOP87D, the Moon by Moshier's fit to JPL's
DE404 (0.05" rms), with nutation and aberration. Compared with JPL's DE421 (1970-2049), its new
moons are within 2 s and its terms within 12 s (0.5"). The program uses Meeus's chapter 49 for new
moons and a truncated VSOP87 for the Sun.

Its delta-T (TT - UT) is libastro's `deltat`: the Astronomical Almanac's table to 2018, then a cubic
that by 2118 joins Morrison and Stephenson's (2004) long-term parabola, -20 + 32 ((year - 1820) /
100)^2 s. In seconds it is 41 in 1970, 64 in 2000, 74 in 2026, 109 in 2050, 226 in 2100, 330 in 2150
and 441 in 2199. The program's (Espenak and Meeus) gives 93 in 2050, 203 in 2100, and the same
parabola from 2150 on. The rotation of the Earth cannot be predicted so far ahead, which is why the
events near midnight are listed.

lunar.tsv has one line a month, from the month of 1970-01-01 to the month of 2199-12-31. The last
line is the first month after the span and only ends the month before. The columns are the civil
start date at UTC+7, the month number, and `leap` or `-`.

lunar-near-midnight.tsv lists new moons and principal terms within two minutes of midnight at UTC+7
(six minutes from 2100 on): the instant at UTC+7, its kind, and the margin in seconds after (+) or
before (-) the nearest midnight.
"""

import datetime
import math
import pathlib
import sys

import ephem

FIRST, LAST = datetime.date(1970, 1, 1), datetime.date(2199, 12, 31)
HANOI = 7 / 24  # days east of Greenwich
EPOCH = ephem.Date("1970/1/1")
ORIGIN = datetime.date(1970, 1, 1)


def sun_longitude(when):
    """Returns the apparent geocentric longitude in degrees, ecliptic and equinox of date."""
    sun = ephem.Sun(when)
    place = ephem.Equatorial(sun.g_ra, sun.g_dec, epoch=when)
    return math.degrees(ephem.Ecliptic(place, epoch=when).lon)


def crossing(function, low, high):
    """Returns the zero of an increasing function, by bisection to 1 ms."""
    while high - low > 1e-8:
        middle = (low + high) / 2
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return high


def principal_terms(first_year, last_year):
    """Returns a list of (instant in ephem days, longitude), one for every 30 degrees."""
    found = []
    for year in range(first_year, last_year + 1):
        for step in range(12):
            # The longitude of 300 degrees is reached about 20 January, and each further longitude
            # 30.4 days later.
            longitude = (300 + 30 * step) % 360
            guess = ephem.Date((year, 1, 20)) + 30.44 * step
            offset = lambda t: (sun_longitude(t) - longitude + 180) % 360 - 180
            found.append((crossing(offset, guess - 6, guess + 6), longitude))
    return found


def new_moons(first_year, last_year):
    found, when = [], ephem.Date((first_year, 1, 1))
    while when < ephem.Date((last_year + 1, 1, 1)):
        when = ephem.next_new_moon(when)
        found.append(float(when))
    return found


def civil(when):
    """Returns the day at UTC+7, in days since 1970."""
    return math.floor(when - EPOCH + HANOI)


def months(moons, terms):
    """Returns a list of (day number, month, whether it is a leap month).

    Month 11 contains the solstice. Of 13 months the first without a term is the leap month."""
    starts = [civil(moon) for moon in moons]

    def month_with(day):
        return max(index for index, start in enumerate(starts) if start <= day)

    solstices = [month_with(civil(when)) for when, longitude in terms if longitude == 270]
    with_term = {month_with(civil(when)) for when, _ in terms}
    result = []
    for begin, end in zip(solstices, solstices[1:]):
        leap = None
        if end - begin == 13:
            leap = next(index for index in range(begin, end) if index not in with_term)
        number = 10
        for index in range(begin, end):
            if index != leap:
                number = number % 12 + 1
            result.append((starts[index], number, index == leap))
    return result


def near_midnight(events):
    lines = []
    for when, name in sorted(events):
        local = when - EPOCH + HANOI
        margin = (local - round(local)) * 86400
        stamp = datetime.datetime(1970, 1, 1) + datetime.timedelta(days=local)
        if not FIRST <= stamp.date() <= LAST:
            continue
        if abs(margin) <= (120 if stamp.year < 2100 else 360):
            lines.append(f"{stamp:%Y-%m-%dT%H:%M:%S}\t{name}\t{margin:+.0f}\n")
    return "".join(lines)


def main():
    moons, terms = new_moons(1967, 2202), principal_terms(1968, 2201)
    table = months(moons, terms)
    first = max(index for index, (day, _, _) in enumerate(table) if ORIGIN + datetime.timedelta(days=day) <= FIRST)
    last = next(index for index, (day, _, _) in enumerate(table) if ORIGIN + datetime.timedelta(days=day) > LAST)
    rows = "".join(
        f"{ORIGIN + datetime.timedelta(days=day)}\t{number}\t{'leap' if leap else '-'}\n"
        for day, number, leap in table[first : last + 1]
    )
    events = [(when, "new moon") for when in moons] + [(when, f"term {longitude}") for when, longitude in terms]
    folder = pathlib.Path(__file__).resolve().parent / "vectors"
    wanted = {"lunar.tsv": rows, "lunar-near-midnight.tsv": near_midnight(events)}
    if "--check" in sys.argv[1:]:
        differing = [name for name, text in wanted.items() if (folder / name).read_text() != text]
        for name in differing:
            print(f"{name} is not what this oracle computes", file=sys.stderr)
        return 1 if differing else 0
    folder.mkdir(exist_ok=True)
    for name, text in wanted.items():
        (folder / name).write_text(text)
        print(f"{name}: {text.count(chr(10))} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
