#!/usr/bin/env python3
"""Compares the texts that the sources contain with the Vietnamese catalogue.

    packaging/texts.py               prints what is missing, unused or wrong; exits with 1 if any is
    packaging/texts.py --list [DIR]  prints every text of the sources with its place

A text is a string literal that a person may read: it has a space and a letter. Interpolations
become numbered placeholders, {1}, {2}, as `LocalizedText` makes them. Literals that are joined by +
are one text. EXEMPT lists literals that are no text for the person at the terminal, by path or by
content.
In Sources/Scheduler/Plans, where most literals are words of the grammar, only the arguments of the
functions in TAKERS and the values of type `LocalizedText` are texts.
"""
import pathlib, re, sys, unicodedata

root = pathlib.Path(__file__).resolve().parent.parent
catalogue = root / "Sources/Diagnostics/VietnameseCatalogue.swift"
GRAMMAR = "Scheduler/Plans/"
TAKERS = {"refused", "refusal", "syntax", "PhraseRefusal", "refuse", "LocalizedText"}
# Path below Sources, or the beginning of one; content as a regular expression; why it is no text.
EXEMPT = [
    ("Clocks/", "", "log and preconditions"),
    ("Diagnostics/Vietnamese", "", "the catalogue"),
    ("JSON/", "", "preconditions"),
    ("Ledgers/", "", "SQL; failures reach people through LedgerFiles and LedgerAccess"),
    ("Monitoring/", "", "alerts have their own wording; the journal is for administrators, in English"),
    ("Scheduler/Content/", "", "wording of messages"),
    ("Scheduler/Contracts/", "", "looked up by the commands that show them"),
    ("Scheduler/Dates/", "", "preconditions, and errors of zone files"),
    ("Scheduler/Deliveries/", "", "raw values, looked up by the commands that show them"),
    ("Scheduler/Engine/", "", "replies that are stored with a delivery"),
    ("Scheduler/Evaluation/", "", "preconditions"),
    ("Scheduler/Recipients/", "", "preconditions"),
    ("Web/", "", "responses to programs, and the journal"),
    ("Notifiers/Messages/(?!Template(Check|Problem)|Wording)", "", "wording of messages"),
    ("Notifiers/Email/Email(Channel|Message|Outcome)", "", "messages, and words of servers' replies"),
    ("Notifiers/Webhook/Webhook(Channel|Outcome|Body)", "", "messages, and replies that are stored with a delivery"),
    ("Notifiers/Transport/(SMTPLane|HTTP|EasyHandle|HeaderEncoder|StringList|Transfer|UnixSocketCall|CurlLibrary)", "",
     "replies that are stored with a delivery, and failures of libcurl"),
    ("Notifiers/Transport/SMTPServer", r"user=|: write server: ", "as above"),
    ("Notifiers/Transport/AddressPolicy", "", "a precondition"),
    ("Config/(LegacyZones|EmbeddedWorkingDays|EmbeddedWellKnownDays|RecipientColumns)", "", "data"),
    ("Config/WellKnownDays", r"built in\)$|^\(?âm lịch", "the name of a file, and words of titles"),
    ("Config/RecipientReader.swift", r"^\{file: ", "a hint"),
    ("Documents/YAMLFile.IDs", r"^\{?id: ", "text that is written into a file"),
    ("Config/AcceptedCopy", "", "the head of a file"),
    ("Config/AddressReader", "have no key", "a precondition"),
    ("Documents/LegacyText", r"^a ac ach|^\w+ \w+ \w+ \w+ \w+ \w+ \w+ \w+ \w+ \w+", "data"),
    ("Documents/YAMLComposer", "", "words of libyaml"),
    ("Documents/YAMLTypo", r"^(nesting level|mapping values|could not find|quoted scalar|did not find|cannot start|block sequence)",
     "words of libyaml"),
    ("Documents/YAMLTypo", r"credential: NAME", "a hint"),
    ("Documents/CSVFile", "CSV UTF-8", "the name that Excel has for it"),
    ("Reports/(HealthReport)", "", "responses to monitoring"),
    ("remindd/Printing/(CalendarWords|SheetTexts)", "", "in two languages where it stands"),
    ("remindd/Printing/ReminderAgenda", r"người nhận khác$|^; and |^other recipient$", "in two languages where it stands"),
    ("remindd/Printing/YearReport", r"times from|^Year |no activities|không có hoạt động|^một ngày$|^thời hạn$|^several days$|^one day$"
     r"|^âm lịch |^lunar ", "in two languages where it stands"),
    ("remindd/Printing/YearSheet", r"^@page|<|^(Times New Roman|Liberation Serif|Noto Serif|DejaVu Serif)$", "HTML, and names of fonts"),
    ("remindd/Commands/FirstFiles", r"^# |^\n      |^\{1\}\nplans: |^remindd <", "the files that are written, in two languages where they stand"),
    ("remindd/Commands/WeasyPrint", "^:charset=", "an argument of a program"),
    ("Reports/Explanation", "", "in two languages where it stands"),
    ("remindd/Printing/Explanation", "", "in two languages where it stands"),
    ("remindd/Interface/UsageMessage", "", "words of ArgumentParser, in two languages where they stand"),
    ("remindd/Interface/ProblemPrinter", "", "marks of secrets"),
    ("remindd/Control/ControlService", "", "responses to programs, and the journal"),
    ("remindd/Daemon/(ChangedFiles|DaemonChores|DaemonRuntime(.Metrics)?\\.swift)", "", "the journal, and metrics"),
    ("remindd/Daemon/DaemonRuntime.Questions", r"next due|nothing to come|waiting|failing|failed, see|reloaded|files as|last reload|changed since",
     "the status line of systemd"),
    ("remindd/Daemon/(LedgerStartup|StartupState)", "", "the journal"),
    ("remindd/Daemon/TestMessage", "", "wording of messages"),
    ("remindd/Daemon/ReloadTransaction", "cannot be read$", "an alert"),
    ("remindd/Commands/RemoteReads", "", "failures of the ledger"),
    ("remindd/Commands/Schema", r"^(remindd.yaml|plans/|working-days/|a table's)", "JSON Schema, which is in English"),
    ("remindd/Commands/SendTest", "no answer within", "a reply that is shown as it is"),
    ("remindd/Commands/CheckReport", "BEGIN CERTIFICATE", "a mark of PEM files"),
    ("Notifiers/Settings/RefusalAdvice", r"^(write server|write auth|subject name|does not match|host name|wrong version|ssl level|requires ssl)",
     "words of servers' replies"),
    ("Notifiers/Email/ConfiguredEmail.Advice", r"^(5.7.1 client|blocked using|this ip|ip address|limit exceeded|basic auth|mail from|log in|recipient address)",
     "words of servers' replies"),
    ("Notifiers/Messages/Wording", "^no templates|come to more|comes out empty|longer than any|built-in", "failures of rendering"),
    ("Notifiers/(Email|Webhook)/Configured", r"^(Mail through one|Signed POSTs to)", "JSON Schema, which is in English"),
    ("Notifiers/Email/ConfiguredEmail", r"^at \{1\}:|^url: ", "the same in every language"),
    ("Notifiers/Webhook/ConfiguredWebhook", r"^url: ", "the same in every language"),
    ("Notifiers/Settings/WebhookPolicy", r"^allow_networks: ", "a setting"),
    ("Config/ConfigurationReader", r" ms$|^mới nhất$|^thứ hai 08:00$", "a unit, values and hints"),
    ("Config/Loader", r"built in\)$", "the name of a file"),
    ("Scheduler/Plans/WhenParser.Dates", r"^year \{1\}$", "a hint"),
    ("", r"^\^|^[0-9]+ per minute$|^5 minutes$|^Monday 08:00$", "patterns and hints"),
]
# Calls whose literals are descriptions for the JSON Schema.
SCHEMA = {"required", "optional", "rate"}


class Lexer:
    """Yields the string literals of a Swift source, each as a list of texts and interpolations."""

    def __init__(self, source):
        self.source, self.at, self.found, self.calls = source, 0, [], []

    def code(self, closing=None):
        """Reads code up to `closing`, the end of an interpolation, and records its literals."""
        depth, joined = 0, None
        text = self.source
        while self.at < len(text):
            if text.startswith("//", self.at):
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
                continue
            if text.startswith("/*", self.at):
                self.at = text.index("*/", self.at) + 2
                continue
            hashes = re.compile(r'(#*)"').match(text, self.at)
            if hashes:
                start = self.at
                slot = len(self.found)
                self.found.append(None)
                pieces = self.literal(hashes[1])
                if joined is not None:
                    earlier = self.found[joined][1]
                    self.found[joined] = (self.found[joined][0], earlier + pieces, self.found[joined][2])
                else:
                    joined = slot
                    self.found[slot] = (start, pieces, [name for name in self.calls if name])
                # A + behind the literal joins the next one, if that follows at once.
                behind = re.compile(r"\s*\+\s*(?=#*\")").match(text, self.at)
                if behind:
                    self.at = behind.end()
                else:
                    joined = None
                continue
            char = text[self.at]
            if char == "(":
                depth += 1
                name = re.search(r"(\w+)$", text[max(0, self.at - 60) : self.at])
                self.calls.append(name[1] if name else "")
            if char == ")":
                if closing and depth == 0:
                    return
                depth -= 1
                if self.calls:
                    self.calls.pop()
            self.at += 1

    def literal(self, hashes):
        """Reads a literal. Returns its pieces: strings, and None for an interpolation."""
        text = self.source
        multiline = text.startswith('"""', self.at + len(hashes))
        quote = '"""' if multiline else '"'
        self.at += len(hashes) + len(quote)
        end, escape = quote + hashes, "\\" + hashes
        pieces, current = [], ""
        while not text.startswith(end, self.at):
            if text.startswith(escape, self.at):
                after = self.at + len(escape)
                char = text[after]
                if char == "(":
                    pieces += [current, None]
                    current = ""
                    self.at = after + 1
                    self.code(closing=")")
                    self.at += 1
                elif char == "u":
                    close = text.index("}", after)
                    current += chr(int(text[after + 2 : close], 16))
                    self.at = close + 1
                elif char in "\n ":
                    # A line break behind a backslash is no part of the text.
                    self.at = text.index("\n", after) + 1
                    current += "\u0000"
                else:
                    current += {"n": "\n", "t": "\t", "r": "\r", "0": "\u0001"}.get(char, char)
                    self.at = after + 1
                continue
            current += text[self.at]
            self.at += 1
        line = text.rfind("\n", 0, self.at)
        indent = text[line + 1 : self.at]
        self.at += len(end)
        pieces.append(current)
        if multiline:
            pieces = [piece if piece is None else re.sub("([\n\u0000])" + indent, r"\1", piece) for piece in pieces]
            pieces[0] = pieces[0].removeprefix("\n")
            pieces[-1] = pieces[-1].removesuffix("\n")
        return [piece if piece is None else piece.replace("\u0000", "") for piece in pieces]


def template(pieces):
    number, text = 0, ""
    for piece in pieces:
        if piece is None:
            number += 1
            text += f"{{{number}}}"
        else:
            text += piece
    return text


def texts(path):
    """The texts of a file as (line, template)."""
    source = path.read_text(encoding="utf-8")
    relative = str(path.relative_to(root / "Sources"))
    lexer = Lexer(source)
    lexer.code()
    for start, pieces, calls in filter(None, lexer.found):
        text = template(pieces)
        if not is_prose(text) or SCHEMA & set(calls):
            continue
        if relative.startswith(GRAMMAR):
            before = source[max(0, start - 240) : start]
            typed = re.search(r"LocalizedText\??\s*(=[^;\n]*|=\s*[^;{}]*|\{[^;{}]*)$", before)
            if not typed and not TAKERS & set(calls):
                continue
        if any(re.match(where, relative) and re.search(what, text) for where, what, _ in EXEMPT):
            continue
        yield source.count("\n", 0, start) + 1, text


def is_prose(text):
    bare = re.sub(r"\{\d+\}", "", text)
    return " " in text.strip() and re.search(r"[A-Za-z]{2}", bare) is not None


def all_texts(folder=""):
    for path in sorted((root / "Sources").rglob("*.swift")):
        if str(path.relative_to(root / "Sources")).startswith(folder):
            for line, text in texts(path):
                yield f"{path.relative_to(root)}:{line}", text


def entries():
    """The entries of the catalogue: (line, English, Vietnamese, whether it is looked up)."""
    lines = catalogue.read_text(encoding="utf-8").split("\n")
    start = next(number for number, line in enumerate(lines) if line.endswith('#"""')) + 1
    end = next(number for number, line in enumerate(lines) if line.strip() == '"""#')
    indent = len(lines[end]) - len(lines[end].lstrip())
    pair, looked_up = [], False
    for number in range(start, end + 1):
        line = lines[number][indent:] if number < end else ""
        if line.startswith("// "):
            looked_up = line.startswith("// LOOKED UP")
        elif line:
            pair.append(line.replace("\\n", "\n"))
        elif pair:
            yield number, pair, looked_up
            pair = []


def placeholders(text):
    return sorted(set(re.findall(r"\{\d+\}", text)))


def check():
    known, problems = {}, []
    for number, pair, looked_up in entries():
        place = f"{catalogue.relative_to(root)}:{number}"
        if len(pair) != 2:
            problems.append(f"{place}: an entry has two lines, English and Vietnamese: {pair[0]!r}")
            continue
        english, vietnamese = pair
        if english in known:
            problems.append(f"{place}: stands twice: {english!r}")
        if placeholders(english) != placeholders(vietnamese):
            problems.append(f"{place}: the two texts have other placeholders: {english!r}")
        if unicodedata.normalize("NFC", vietnamese) != vietnamese:
            problems.append(f"{place}: not in NFC: {vietnamese!r}")
        known[english] = looked_up
    used = set()
    for place, text in all_texts():
        used.add(text)
        if text not in known:
            problems.append(f"{place}: has no Vietnamese: {text!r}")
    single = "\n".join(path.read_text(encoding="utf-8") for path in (root / "Sources").rglob("*.swift") if path != catalogue)
    for text, looked_up in known.items():
        if text not in used and not looked_up and not (not is_prose(text) and f'"{text}"' in single):
            problems.append(f"{catalogue.relative_to(root)}: no source has this text: {text!r}")
    return problems


if __name__ == "__main__":
    if sys.argv[1:2] == ["--list"]:
        for place, text in all_texts(sys.argv[2] if len(sys.argv) > 2 else ""):
            print(f"{place}\t{text!r}")
    else:
        found = check()
        print("\n".join(found))
        sys.exit(1 if found else 0)
