#!/usr/bin/env python3
"""Writes docs/officer/refusals.md from the cases under Tests/reminddTests/Refusals.

Each case has the input and the answer of `remindd check`.

    packaging/refusals.py              writes the page, which has the twenty commonest cases
    packaging/refusals.py --print      prints the page; a test compares it with the file
    packaging/refusals.py --print-all  prints all cases, for `make refusals-all` and releases
"""
import pathlib, re, sys

root = pathlib.Path(__file__).resolve().parent.parent
cases = root / "Tests/reminddTests/Refusals"
# The mistakes of people who had never written a plan, with a heading for each.
COMMONEST = {
    "new-user-06-hyphen-for-slash": "Day and month with a hyphen between them",
    "new-user-01-month-first": "The month before the day",
    "25-backward-windows": "A window with a year on one side only, or with its end before its start",
    "new-user-04-30-february": "A day that no February has",
    "new-user-07-no-accents": "Vietnamese without its accents",
    "new-user-13-times-of-twelve-hours": "Times of day that are not written 07:30",
    "30-ids": "Ids with capitals, accents or spaces",
    "new-user-05-recipient-misspelt": "A recipient that the configuration does not know",
    "19-unknown-keys-and-wrong-types": "Unknown keys and values of the wrong kind",
    "new-user-12-comma-in-braces": "A comma in a text within braces",
    "new-user-14-colons-in-titles": "A colon in a title",
    "new-user-15-a-hash-cuts-the-text": "A number sign in a text",
    "new-user-02-missing-colon": "A missing colon",
    "new-user-02b-missing-colon-at-the-end": "A missing colon, and a missing space after one",
    "new-user-02c-missing-colon-of-the-list": "A missing colon before a list",
    "new-user-03-tab": "A tab in place of spaces",
    "new-user-08-smart-quotes": "The quotation marks of a word processor",
    "new-user-11-from-a-word-processor": "The bullets and spaces of a word processor",
    "new-user-09b-excel-csv-other-encodings": "A table from Excel in another encoding",
    "new-user-16-a-workbook-as-csv": "A workbook in place of a CSV file",
}
TITLE = "# What is wrong, where, and what to write instead\n\n"
TWENTY = """`make refusals` makes this page from twenty of the cases under `Tests/reminddTests/Refusals`: the mistakes that new users make
most often. `make refusals-all` makes the page of all cases.

"""
ALL = """`make refusals-all` makes this page from the cases under `Tests/reminddTests/Refusals`.

"""
HOW = """Each case shows a file as somebody wrote it, and the answer of `remindd check --config remindd.yaml`, line for line. An answer
names the file, the line and the column. Then it says what was found, what is allowed, and the nearest right spelling if there is
one. The exit status is 65 if a plan, a working calendar or a file of recipients has errors, 78 if the configuration has errors,
and 0 if there are only warnings.

"""
LINES, WIDTH = 24, 160


def shown(data):
    """File contents for a page.

    Other encodings and control characters are written out; long lines and files are cut."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "".join(chr(b) if b in b"\t\n\r" or 32 <= b < 127 else f"\\x{b:02x}" for b in data)
    text = text.replace("\r\n", "␍\n").replace("\r", "␍")
    text = "".join(c if c == "\n" or (c.isprintable() and c != "\u200b") else "→   " if c == "\t" else f"\\u{{{ord(c):x}}}" for c in text)
    lines = [line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in text.rstrip("\n").split("\n")]
    if len(lines) > LINES:
        lines = lines[:LINES] + [f"… ({len(lines) - LINES} more lines)"]
    return "\n".join(line.rstrip() for line in lines)


def content(path):
    """The contents of a file. For a link only its target, whose contents depend on the machine."""
    return f"(a symbolic link to {path.readlink()})" if path.is_symlink() else shown(path.read_bytes())


def title(name):
    number = re.match(r"(\d+(?:-\d+)?)([a-z]?)-(.*)", name)
    words = (number[3] if number else name).replace("-", " ")
    if name.startswith("new-user-"):
        words = re.sub(r"^new user \d+[a-z]? ", "", name.replace("-", " "))
    elif number:
        words = f"{words} (input {number[1]})"
    return words[0].upper() + words[1:]


def section(case, heading):
    """The section of a case. `heading` is a line of Markdown."""
    answer = (case / "expected").read_text(encoding="utf-8")
    files = sorted(path for path in case.rglob("*") if path.is_file() and path.name != "expected")
    mentioned = [path for path in files if f"{path.relative_to(case)}:" in answer]
    parts = [f"{heading}\n"]
    for path in mentioned or [path for path in files if path.name in ("plan.yaml", "schools.csv")]:
        parts.append(f"`{path.relative_to(case)}`\n\n```\n{content(path)}\n```\n")
    lines = answer.rstrip("\n").split("\n")
    lines = [line if len(line) <= 400 else line[:399] + "…" for line in lines]
    parts.append("answers\n\n```\n" + "\n".join(lines) + "\n```\n")
    return "\n".join(parts)


def page():
    return TITLE + TWENTY + HOW + "\n".join(section(cases / name, f"## {words}") for name, words in COMMONEST.items())


def whole():
    names = sorted(path for path in cases.iterdir() if path.is_dir())
    new = [path for path in names if path.name.startswith("new-user-")]
    rest = [path for path in names if path not in new]
    chapters = [("## Mistakes of the first day", new), ("## Everything else", rest)]
    parts = (f"{heading}\n\n" + "\n".join(section(case, f"### {title(case.name)}") for case in found) for heading, found in chapters)
    return TITLE + ALL + HOW + "\n".join(parts)


if sys.argv[1:] == ["--print"]:
    sys.stdout.write(page())
elif sys.argv[1:] == ["--print-all"]:
    sys.stdout.write(whole())
else:
    (root / "docs/officer/refusals.md").write_text(page(), encoding="utf-8")
