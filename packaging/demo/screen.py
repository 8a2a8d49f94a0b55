"""The output of the demo, with colours on a terminal and without in a file."""

import collections
import datetime
import os
import shutil
import sys
import unicodedata

from foretold import reminder

MONTHS = "January February March April May June July August September October November December".split()


class Screen:
    def __init__(self, file=sys.stdout):
        self.file = file
        terminal = file.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self.colours = terminal and "NO_COLOR" not in os.environ
        self.width = max(80, min(shutil.get_terminal_size().columns, 100)) if terminal else 100
        self.month = None
        self.open = {}

    # Lines

    def say(self, *words):
        print(*words, file=self.file, flush=True)

    def paint(self, code, text):
        return f"\x1b[{code}m{text}\x1b[0m" if self.colours else text

    def title(self, text):
        self.say("\n" + self.paint("1", text))
        self.say(self.paint("2", "─" * self.width))

    def fail(self, text):
        self.say(self.paint("31;1", "The demo failed."), text)

    # The year as it passes

    def year(self, foretold, messages, shown, over):
        """Prints the complete reminders in the order of their due times.

        `shown` messages were printed before."""
        for one in foretold.arrivals(messages[shown:]):
            key = reminder(one.row) if one.row else (one.at.isoformat(), "?", "?", one.subject, "")
            self.open.setdefault(key, []).append(one)
        newest = max(self.open, default=None)
        for key in sorted(self.open):
            # A reminder is complete if all its messages or one with a later due time arrived.
            # Missing messages are then shown.
            if over or len(self.open[key]) >= foretold.reminders.get(key, 0) or key[0] < newest[0]:
                self.reminder(self.open.pop(key), foretold.reminders.get(key))
        return len(messages)

    def reminder(self, arrived, expected):
        first = next((one for one in arrived if not one.is_mail), arrived[0])
        row = first.row
        due = datetime.datetime.fromisoformat(row["due"]) if row else first.at
        if (due.year, due.month) != self.month:
            self.month = (due.year, due.month)
            self.say("\n" + self.paint("1;36", f"{MONTHS[due.month - 1]} {due.year}"))
        mails = sum(one.is_mail for one in arrived)
        count = f"{mails:>2} mail" + (f" {len(arrived) - mails:>2} hook" if mails < len(arrived) else " " * 8)
        if expected is not None and len(arrived) != expected:
            count = count.rstrip() + self.paint("31", f" of {expected}")
        plan = row["plan"] if row else "not foretold"
        ahead = how_far(row, due) if row else ""
        room = self.width - 14 - 17 - 16 - 16
        self.say(
            f"{due:%a %d} {self.paint('2', f'{due:%H:%M}')}  {self.paint('2', fit(plan, 16))} "
            f"{fit(title(first), room)} {self.paint(colour(row, due), fit(ahead, 15))} {count.rstrip()}"
        )

    # At the end

    def complaints(self, lines, log):
        if not lines:
            return
        self.say(self.paint("33", f"The daemon complained ({log}):"))
        for line in lines[:10]:
            self.say("  " + line)

    def summary(self, foretold, messages):
        arrived = [one for one in foretold.arrivals(messages) if one.row]
        cells = collections.Counter()
        for row in {reminder(one.row): one.row for one in arrived}.values():
            cells[row["plan"], int(row["due"][5:7])] += 1
        mails = collections.Counter(one.row["plan"] for one in arrived if one.is_mail)
        hooks = collections.Counter(one.row["plan"] for one in arrived if not one.is_mail)
        plans = sorted({plan for plan, _ in cells})

        def line(head, counts, all, mail, hook, code="0"):
            # The twelve months take 48 columns and the sums 17.
            names = min(27, self.width - 65)
            row = fit(head, names) + "".join(f"{count or '·':>4}" for count in counts) + f"{all:>5}{mail:>6}{hook:>6}"
            self.say(self.paint(code, row))

        self.title("Reminders by plan and month")
        line("", [month[:3] for month in MONTHS], "all", "mails", "hooks", "2")
        for plan in plans:
            counts = [cells[plan, month] for month in range(1, 13)]
            line(plan, counts, sum(counts), mails[plan], hooks[plan])
        counts = [sum(cells[plan, month] for plan in plans) for month in range(1, 13)]
        line("all", counts, sum(counts), mails.total(), hooks.total(), "1")

    def comparison(self, foretold, messages, problems):
        self.title("Compared with `remindd simulate`")
        if not problems:
            hooks = sum(not one.is_mail for one in foretold.arrivals(messages))
            good = f"{len(foretold.rows)} deliveries foretold, {len(messages)} arrived: the same ones, each once."
            self.say(self.paint("32", good))
            self.say(f"All {hooks} webhooks bear a good signature.")
            return
        self.say(self.paint("31;1", f"{len(foretold.rows)} deliveries foretold, {len(messages)} arrived, and they differ:"))
        for problem in problems[:20]:
            self.say("  " + problem)
        if len(problems) > 20:
            self.say(f"  … and {len(problems) - 20} more")

    def one_mail(self, foretold, messages):
        """Prints a mail about a campaign some weeks ahead, with its note, as a mail program shows
        it."""
        mails = [one for one in foretold.arrivals(messages) if one.is_mail and one.row]
        if not mails:
            return
        far = [one for one in mails if days_ahead(one.row) >= 7 and one.row["end"] > one.row["start"]]
        mail = min(far or mails, key=lambda one: (-len(one.mail.get_body(("plain",)).get_content()), one.delivery))
        self.title("One mail as its reader sees it")
        for header in ("From", "To", "Subject", "Date"):
            self.say(self.paint("1", f"{header + ':':<9}") + mail.header(header))
        self.say()
        self.say(mail.mail.get_body(("plain",)).get_content().rstrip())

    def places(self, folder, program, year):
        self.title("Where it lies")
        for place, what in (
            ("Maildir/", "every mail, one file each; any mail reader opens it"),
            ("webhooks.jsonl", "every webhook with its headers, one JSON object a line"),
            ("ledger.sqlite", "what the daemon noted: reminders, deliveries, attempts"),
            ("remindd.log", "what it said meanwhile"),
            ("config/", "what it ran on; yours to change"),
        ):
            self.say(f"  {fit(f'{folder}/{place}', 30)} {what}")
        self.title("What to try next")
        config = "--config config/remindd.yaml"
        for command, what in (
            (
                f"{program} history --config {folder}/config/remindd.yaml --ledger {folder}/ledger.sqlite --limit 10",
                "the last that was sent in the rehearsal, and what the servers said",
            ),
            (f"{program} check {config}", "what is in the plans, and the next 30 days"),
            (f"{program} occurrences {config} --from {year}-01-01 --to {year}-12-31", "what happens when"),
            (f"{program} simulate {config} --from {year}-06-01 --to {year}-06-30", "the reminders of June and their recipients"),
        ):
            self.say(f"  {self.paint('2', '# ' + what)}\n  {command}")
        self.say("\nNext, write a plan of your own: docs/officer/plan.md")


def title(arrival):
    """The title of the campaign, from the webhook, or from the mail's subject without its mark and
    the time left before the title."""
    if not arrival.is_mail:
        return arrival.data["title"]
    subject = arrival.subject.partition("] ")[2]
    return subject.partition(": ")[2] or subject or arrival.subject


def days_ahead(row):
    return (datetime.date.fromisoformat(row["start"]) - datetime.date.fromisoformat(row["due"][:10])).days


def how_far(row, due):
    start, end, today = (datetime.date.fromisoformat(day) for day in (row["start"], row["end"], due.date().isoformat()))
    if today < start:
        return f"{plural((start - today).days)} ahead"
    if today > end:
        return f"{plural((today - end).days)} after"
    if start == end:
        return "today"
    if today == start:
        return f"begins, {plural((end - start).days + 1)}"
    return "last day" if today == end else f"{plural((end - today).days)} left"


def colour(row, due):
    if row is None:
        return "31"
    today = due.date().isoformat()
    return "33" if today < row["start"] else "35" if today > row["end"] else "32"


def plural(days):
    return f"{days} day" if days == 1 else f"{days} days"


def fit(text, width):
    """The text in exactly `width` columns."""
    text = unicodedata.normalize("NFC", text)
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"
