"""The year that `remindd simulate` computes, and its comparison with what arrived."""

import base64
import collections
import datetime
import email
import email.header
import email.policy
import hashlib
import json
import re
import unicodedata

from receivers import Mail


class Arrival:
    """One mail or webhook, with the simulation's row of the same id, if any."""

    def __init__(self, message, rows):
        self.is_mail = isinstance(message, Mail)
        if self.is_mail:
            self.mail = email.message_from_bytes(message.raw, policy=email.policy.default)
            self.delivery = re.sub(r"^<|@.*$", "", str(self.mail["Message-ID"] or "").strip())
            self.subject = str(self.mail["Subject"])
            self.at = self.mail["Date"].datetime if self.mail["Date"] else None
            self.to = message.recipients
        else:
            self.is_signed = message.is_signed
            self.data = message.body["data"]
            self.delivery = message.headers.get("webhook-id", "")
            self.subject = self.data["subject"]
            self.at = datetime.datetime.fromisoformat(self.data["due"])
            self.to = [self.data["recipient"]]
        self.row = rows.get(self.delivery)

    def header(self, name):
        """A header of the mail as a mail program shows it.

        Decoded by hand, because before 3.13 Python's newer functions keep the space between two
        encoded-words of a name, which RFC 2047, section 6.2, removes."""
        raw = next(value for key, value in self.mail.raw_items() if key.lower() == name.lower())
        return str(email.header.make_header(email.header.decode_header(raw)))

    def differences(self):
        """The fields that differ from those of its row."""
        row = self.row
        told = [("subject", row["subject"], self.subject)]
        if not self.is_mail:
            fields = ("plan", "campaign", "occurrence", "lead", "anchor", "recipient", "due", "start", "end")
            told += [(field, row[field], self.data[field]) for field in fields] + [("delivery", self.delivery, self.data["delivery"])]
        unsigned = [] if self.is_mail or self.is_signed else [f"{name(row)}: bears no good signature"]
        return unsigned + [
            f"{name(row)}: {field} should be “{wanted}” and is “{found}”"
            for field, wanted, found in told
            if unicodedata.normalize("NFC", wanted) != found
        ]


class Foretold:
    """The rows of the simulation by delivery id."""

    def __init__(self, lines):
        self.rows = {}
        for line in lines.splitlines():
            row = json.loads(line)
            self.rows[delivery_id(row)] = row
        self.reminders = collections.Counter(reminder(row) for row in self.rows.values())

    def outline(self):
        plans = {row["plan"] for row in self.rows.values()}
        return f"To come: {len(self.reminders)} reminders of {len(plans)} plans, {len(self.rows)} deliveries."

    def arrivals(self, messages):
        return [Arrival(message, self.rows) for message in messages]

    def compare(self, messages):
        """All differences between the simulated year and the received messages, in words."""
        arrived = self.arrivals(messages)
        times = collections.Counter(one.delivery for one in arrived)
        problems = [f"never came: {name(row)}" for id, row in self.rows.items() if id not in times]
        for one in arrived:
            if one.row is None:
                problems.append(f"not foretold: “{one.subject}” to {', '.join(one.to)}")
            else:
                problems += one.differences()
        problems += [f"came {count} times: {name(self.rows[id])}" for id, count in times.items() if count > 1 and id in self.rows]
        return problems


def delivery_id(row):
    """The delivery id (docs/developer/decisions/0002-identity-hash.md)."""
    fields = [row[field] for field in ("plan", "campaign", "lead", "anchor", "recipient", "channel")]
    digest = hashlib.sha256("".join(field + "\n" for field in fields).encode()).digest()[:16]
    return "rehearsal-" + base64.b32encode(digest).decode().rstrip("=").lower()


def reminder(row):
    return tuple(row[field] for field in ("due", "plan", "campaign", "lead", "anchor"))


def name(row):
    return f"{row['due'][:16]} {row['plan']}/{row['campaign']}, {row['lead']}, to {row['recipient']} by {row['channel']}"
