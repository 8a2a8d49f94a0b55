"""Reads the mails in the files named with Python's email package and prints what a reader sees, one JSON object a line."""

import email
import email.policy
import json
import sys


def addresses(header):
    return [[one.display_name, one.addr_spec] for one in header.addresses] if header else []


def part(mail, kind):
    found = mail.get_body(preferencelist=(kind,))
    return found.get_content().replace("\r\n", "\n") if found is not None else None


def defects(mail):
    found = [type(defect).__name__ for piece in mail.walk() for defect in piece.defects]
    for name, value in mail.items():
        found += [f"{name}: {type(defect).__name__}" for defect in getattr(value, "defects", ())]
    return found


def seen(mail):
    return {
        "subject": str(mail["Subject"]) if mail["Subject"] is not None else None,
        "from": addresses(mail["From"]),
        "to": addresses(mail["To"]),
        "date": mail["Date"].datetime.isoformat() if mail["Date"] else None,
        "headers": [[name, str(value)] for name, value in mail.items()],
        "contentType": mail.get_content_type(),
        "parts": [piece.get_content_type() for piece in mail.walk()],
        "text": part(mail, "plain"),
        "html": part(mail, "html"),
        "defects": defects(mail),
    }


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        print(json.dumps(seen(email.message_from_binary_file(file, policy=email.policy.default))))
