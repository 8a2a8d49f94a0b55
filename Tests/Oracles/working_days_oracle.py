#!/usr/bin/env python3
"""Compares config/working-days/vn.yaml with PyPI's `holidays` (Vietnam), 2015-2026, day by day.

Needs PyYAML and `holidays` (0.109): python3 -m venv V && V/bin/pip install holidays pyyaml
Usage: working_days_oracle.py [--write]     --write: renew vectors/working-days-vn.tsv

Prints every day on which the two differ, with the decision that settles it. The vectors (date,
off|work, reason; weekdays off and weekend days worked) come from the package and the settled
differences alone, never from vn.yaml, so that they are independent of the daemon's own reader.
Exit status: 0 if all differences are settled and the vectors are current, 1 otherwise.
"""
import datetime
import pathlib
import re
import sys

import holidays
import yaml

HERE = pathlib.Path(__file__).resolve().parent
CALENDAR = HERE.parents[1] / "config" / "working-days" / "vn.yaml"
VECTORS = HERE / "vectors" / "working-days-vn.tsv"
YEARS = range(2015, 2027)
DAY = datetime.timedelta(days=1)
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

# Days for which the package is not followed, with whether they are worked and why.
SETTLED = {
    datetime.date(2026, 1, 2): (
        False, "Hoán đổi với thứ bảy 10/01/2026: Công văn số 12729/VPCP-KGVX ngày 25/12/2025 (the package lacks it)"),
    datetime.date(2026, 1, 10): (
        True, "Làm bù cho thứ sáu 02/01/2026: Công văn số 12729/VPCP-KGVX ngày 25/12/2025 (the package lacks it)"),
    datetime.date(2026, 11, 24): (
        True, "OPEN, Ngày Văn hóa Việt Nam: the package cites Nghị quyết 80-NQ/TW only; no act of the National Assembly verified: not entered"),
}

# The first day of the lunar year and its 10/3, used only to read vn.yaml.
LUNAR = {
    2015: ("02-19", "04-28"), 2016: ("02-08", "04-16"), 2017: ("01-28", "04-06"), 2018: ("02-16", "04-25"),
    2019: ("02-05", "04-14"), 2020: ("01-25", "04-02"), 2021: ("02-12", "04-21"), 2022: ("02-01", "04-10"),
    2023: ("01-22", "04-29"), 2024: ("02-10", "04-18"), 2025: ("01-29", "04-07"), 2026: ("02-17", "04-26"),
}


def day(year, month_day):
    return datetime.date.fromisoformat(f"{year}-{month_day}")


def holiday_days(phrase, year):
    """Returns a holiday's days in a Gregorian year. Knows only the phrases that vn.yaml uses."""
    new_year, hung_kings = (day(year, text) for text in LUNAR[year])
    if phrase == "ngày cuối tháng Chạp":
        return [new_year - DAY]
    if phrase == "âm lịch 1/1 - 4/1":
        return [new_year + n * DAY for n in range(4)]
    if phrase == "10/3 âm lịch":
        return [hung_kings]
    plain = re.fullmatch(r"(\d+)/(\d+)", phrase)
    if not plain:
        raise SystemExit(f"vn.yaml: this oracle does not know the phrase {phrase!r}")
    return [datetime.date(year, int(plain[2]), int(plain[1]))]


def read_calendar():
    """Returns for each day of YEARS whether it is worked, and why.

    The first match counts, in this order: off, work, holidays, weekly rest."""
    file = yaml.load(CALENDAR.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    rest = {WEEKDAYS.index(name) for name in file["weekly_rest"]}
    official = [int(text) for text in file["official"].split("-")]
    if (official[0], official[-1]) != (YEARS[0], YEARS[-1]):
        raise SystemExit(f"vn.yaml: official is {file['official']}, this oracle covers {YEARS[0]}-{YEARS[-1]}")
    dated = {}
    for key in ("off", "work"):
        dated[key] = {}
        for row in file[key]:
            date = datetime.date.fromisoformat(row["date"])
            if date in dated[key]:
                raise SystemExit(f"vn.yaml: {date} stands twice under {key}")
            if (date.weekday() in rest) != (key == "work"):
                raise SystemExit(f"vn.yaml: {date} is a {WEEKDAYS[date.weekday()]}: needless under {key}")
            dated[key][date] = row["cite"]
    if both := set(dated["off"]) & set(dated["work"]):
        raise SystemExit(f"vn.yaml: off and work both have {sorted(both)}")
    by_rule = {}
    for holiday in file["holidays"]:
        since = int(holiday["years"].rstrip("-"))
        for year in YEARS:
            for date in holiday_days(holiday["when"], year):
                if year >= since:
                    by_rule.setdefault(date, holiday["title"])
                    if date in dated["off"]:
                        raise SystemExit(f"vn.yaml: {date} is off by rule already: needless under off")
    result = {}
    for date in all_days():
        if date in dated["off"]:
            result[date] = (False, dated["off"][date])
        elif date in dated["work"]:
            result[date] = (True, dated["work"][date])
        elif date in by_rule:
            result[date] = (False, by_rule[date])
        else:
            result[date] = (date.weekday() not in rest, "")
    return result


def read_package():
    vietnam = holidays.Vietnam(years=range(YEARS[0] - 1, YEARS[-1] + 2), language="vi")
    swapped = {}
    for off, name in vietnam.items():
        if text := re.search(r"thay cho ngày (\d+)/(\d+)/(\d+)", name):
            swapped[datetime.date(int(text[3]), int(text[2]), int(text[1]))] = f"Làm bù cho ngày {off:%d/%m/%Y}"
    return {
        date: (vietnam.is_working_day(date), vietnam.get(date) or swapped.get(date, ""))
        for date in all_days()
    }


def all_days():
    date = datetime.date(YEARS[0], 1, 1)
    while date.year <= YEARS[-1]:
        yield date
        date += DAY


def main():
    ours, theirs = read_calendar(), read_package()
    problems = 0
    print(f"holidays {holidays.__version__}, Vietnam, {YEARS[0]}-{YEARS[-1]}, {len(ours)} days")
    for date in all_days():
        if ours[date][0] == theirs[date][0]:
            if date in SETTLED:
                problems += 1
                print(f"{date} STALE: settled here, but the package and vn.yaml agree")
            continue
        settled = SETTLED.get(date)
        sound = settled is not None and settled[0] == ours[date][0]
        problems += not sound
        word = ["off", "worked"]
        print(f"{date} {date:%a} ours {word[ours[date][0]]}, package {word[theirs[date][0]]}: "
              + (f"settled: {settled[1]}" if sound else f"NOT SETTLED (ours: {ours[date][1]}; package: {theirs[date][1]})"))
    rows, counts = ["date\tstate\treason"], {}
    for date in all_days():
        worked, reason = SETTLED.get(date, theirs[date])
        if worked == (date.weekday() >= 5):
            rows.append(f"{date}\t{'work' if worked else 'off'}\t{reason.split(' (the package')[0]}")
            count = counts.setdefault(date.year, [0, 0])
            count[worked] += 1
    for year, (off, work) in counts.items():
        print(f"{year}: {off} weekdays off, {work} weekend days worked")
    vectors = "\n".join(rows) + "\n"
    if "--write" in sys.argv:
        VECTORS.parent.mkdir(exist_ok=True)
        VECTORS.write_text(vectors, encoding="utf-8")
    elif not VECTORS.exists() or VECTORS.read_text(encoding="utf-8") != vectors:
        problems += 1
        print(f"{VECTORS.name}: not current; renew with --write")
    print(f"{len(rows) - 1} rows, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
