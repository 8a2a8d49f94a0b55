"""Parses the mails in the named files with Python's email package and prints them decoded.

It prints one line of JSON for each mail.
"""

import email
import email.header
import email.policy
import email.utils
import json
import sys


def addresses(mail, header):
    """Returns name and address of each mailbox in a header.

    It uses the older functions. Before Python 3.13 the newer functions keep the space between two
    encoded-words of a name, which RFC 2047, section 6.2, drops.
    """
    raw = [value for name, value in mail.raw_items() if name.lower() == header]
    pairs = email.utils.getaddresses(raw)
    return [[str(email.header.make_header(email.header.decode_header(name))), address] for name, address in pairs]


def part(mail, kind):
    found = mail.get_body(preferencelist=(kind,))
    return found.get_content().replace("\r\n", "\n") if found is not None else None


def calendar(mail):
    found = [piece for piece in mail.walk() if piece.get_content_type() == "text/calendar"]
    return found[0].get_payload(decode=True).decode() if found else None


def defects(mail):
    found = [type(defect).__name__ for piece in mail.walk() for defect in piece.defects]
    for name, value in mail.items():
        found += [f"{name}: {type(defect).__name__}" for defect in getattr(value, "defects", ())]
    return found


def seen(mail):
    return {
        "subject": str(mail["Subject"]) if mail["Subject"] is not None else None,
        "from": addresses(mail, "from"),
        "to": addresses(mail, "to"),
        "date": mail["Date"].datetime.isoformat() if mail["Date"] else None,
        "headers": [[name, str(value)] for name, value in mail.items()],
        "contentType": mail.get_content_type(),
        "parts": [piece.get_content_type() for piece in mail.walk()],
        "text": part(mail, "plain"),
        "html": part(mail, "html"),
        "calendar": calendar(mail),
        "defects": defects(mail),
    }


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        print(json.dumps(seen(email.message_from_binary_file(file, policy=email.policy.default))))
