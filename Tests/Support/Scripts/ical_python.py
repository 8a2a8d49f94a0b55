"""Parses the calendar files named as arguments with Python's icalendar package.

It prints one line of JSON for each file: the method and the values of its events.
"""

import datetime
import json
import sys

import icalendar


def moment(value):
    """Returns a date as 2027-04-01 and an instant as 2027-04-01T07:00:00Z."""
    if value is None:
        return None
    day = value.dt
    if isinstance(day, datetime.datetime):
        return day.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return day.isoformat()


def text(event, name):
    value = event.get(name)
    return None if value is None else str(value)


def seen(path):
    with open(path, "rb") as file:
        calendar = icalendar.Calendar.from_ical(file.read())
    events = [
        {
            "uid": text(event, "uid"),
            "sequence": int(event["sequence"]),
            "stamp": moment(event["dtstamp"]),
            "start": moment(event["dtstart"]),
            "end": moment(event.get("dtend")),
            "summary": text(event, "summary"),
            "description": text(event, "description"),
            "location": text(event, "location"),
            "url": text(event, "url"),
            "status": text(event, "status"),
        }
        for event in calendar.walk("vevent")
    ]
    return {"method": text(calendar, "method"), "errors": [str(e) for e in calendar.errors], "events": events}


for path in sys.argv[1:]:
    print(json.dumps(seen(path)))
