#!/usr/bin/env python3
"""Writes docs/officer/refusals.md from the cases under Tests/reminddTests/Refusals: what was written, what `remindd check` answers.

    packaging/refusals.py           writes the page
    packaging/refusals.py --print   prints it; a test holds it against the page
"""
import pathlib, re, sys

root = pathlib.Path(__file__).resolve().parent.parent
cases = root / "Tests/reminddTests/Refusals"
HEAD = """# What is wrong, where, and what to write instead

Made from the cases under `Tests/reminddTests/Refusals` by `make refusals`; a test holds this page against them. Each shows a file as somebody
wrote it and what `remindd check --config remindd.yaml` answers, line for line. Answers name the file, the line and the column, what was found, what is
allowed, and the nearest right spelling where there is one. Exit 65: a plan, working-day or recipient file; 78: the configuration; 0: warnings only.

"""
LINES, WIDTH = 24, 160


def shown(data):
    """As a page can show it: other encodings and controls spelt out, long lines and files cut."""
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
    """What a link points at is the machine's, not the case's."""
    return f"(a symbolic link to {path.readlink()})" if path.is_symlink() else shown(path.read_bytes())


def title(name):
    number = re.match(r"(\d+(?:-\d+)?)([a-z]?)-(.*)", name)
    words = (number[3] if number else name).replace("-", " ")
    if name.startswith("new-user-"):
        words = re.sub(r"^new user \d+[a-z]? ", "", name.replace("-", " "))
    elif number:
        words = f"{words} (input {number[1]})"
    return words[0].upper() + words[1:]


def section(case):
    answer = (case / "expected").read_text(encoding="utf-8")
    files = sorted(path for path in case.rglob("*") if path.is_file() and path.name != "expected")
    mentioned = [path for path in files if f"{path.relative_to(case)}:" in answer]
    parts = [f"### {title(case.name)}\n"]
    for path in mentioned or [path for path in files if path.name in ("plan.yaml", "schools.csv")]:
        parts.append(f"`{path.relative_to(case)}`\n\n```\n{content(path)}\n```\n")
    lines = answer.rstrip("\n").split("\n")
    lines = [line if len(line) <= 400 else line[:399] + "…" for line in lines]
    parts.append("answers\n\n```\n" + "\n".join(lines) + "\n```\n")
    return "\n".join(parts)


def page():
    names = sorted(path for path in cases.iterdir() if path.is_dir())
    new = [path for path in names if path.name.startswith("new-user-")]
    rest = [path for path in names if path not in new]
    chapters = [("## Slips of the first day", new), ("## Everything else", rest)]
    return HEAD + "\n".join(f"{heading}\n\n" + "\n".join(map(section, found)) for heading, found in chapters)


if sys.argv[1:] == ["--print"]:
    sys.stdout.write(page())
else:
    (root / "docs/officer/refusals.md").write_text(page(), encoding="utf-8")
