#!/usr/bin/env python3
"""Writes docs/faults.md: each fault of packaging/faults.tsv, what remindd does, and the tests that name it.

    packaging/faults.py           writes the page
    packaging/faults.py --print   prints it; a test compares it with the page

A test names a fault in its display name, or in the name of one of its rows: "(fault 17)", "(faults 3, 4)", "(faults 63–65)". The script
exits with 1 if a fault has no test, or if a test names a fault that does not exist.
"""
import pathlib, re, sys

root = pathlib.Path(__file__).resolve().parent.parent
HEAD = """# What may go wrong, what remindd does about it, and the tests that prove it

`make faults` writes this page from `packaging/faults.tsv` and the names of the tests, and a test compares it with them. The numbers
are only names, and have gaps. Rows about the web page, calendar files and PostgreSQL come with those parts.

| fault | | what remindd does | proved by |
|---|---|---|---|
"""
TAIL = """
## What is not proved here, and why

"""
# What a test could not bring about on the machine that it runs on.
REASONS = {
    "38": "A real step of the clock would affect every process of the machine. The tests move the clock of the program alone, which sees the step at "
    "its next tick. They do not test that the kernel wakes the loop at once (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).",
    "42": "A real suspend would stop the machine that runs the test. The tests stop the process and move its clock.",
    "115": "`prlimit --as` does not measure a Swift program, which reserves more memory than it uses, and a cgroup needs a machine of its own. The "
    "tests measure peak resident memory instead.",
}
# Outside of what this page lists.
LATER = {"32", "35", "36", "37"}


def numbers(text):
    """Of "faults 3, 4 and 63–65": 3, 4, 63, 64, 65."""
    found = []
    for match in re.finditer(r"\bfaults? (\d+(?:(?:, | and | to |–)\d+)*)", text):
        for part in re.split(r", | and ", match[1]):
            ends = re.split(r" to |–", part)
            found += range(int(ends[0]), int(ends[-1]) + 1) if len(ends) == 2 else [int(ends[0])]
    return [str(number) for number in found]


def tests():
    """Every named test and row, as (file, name)."""
    files = [path for pattern in ("*Tests.swift", "*Tests+*.swift", "LedgerBehaviour*.swift") for path in (root / "Tests").rglob(pattern)]
    for path in sorted(files):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r'(?:@Test\(\s*|Row\(\s*name: )"((?:[^"\\]|\\.)*)"', text):
            yield path, match[1].replace('\\"', '"')


def page():
    rows = [line.split("\t") for line in (root / "packaging/faults.tsv").read_text(encoding="utf-8").splitlines()]
    known = {row[0] for row in rows}
    proofs, strangers = {}, []
    for path, name in tests():
        spelt = re.sub(r"\s*\((?:faults? [^)]*)\)", "", name)
        spelt = re.sub(r"^faults? [\d, ]+: ", "", spelt)
        is_range = re.search(r"faults? \d+ to \d+", name)
        for number in numbers(name):
            if number in known:
                proofs.setdefault(number, []).append(f"{spelt} (`{path.stem}`)")
            elif not is_range and number not in LATER:
                strangers.append(f"{path.name}: {name}: there is no fault {number}")
    missing = [f"fault {number} has no test: {title}" for number, title, _ in rows if number not in proofs]
    if missing or strangers:
        sys.exit("\n".join(missing + strangers))
    table = ""
    for number, title, answer in rows:
        proof = "<br>".join(dict.fromkeys(proofs[number])).replace("|", "\\|")
        table += f"| {number} | {title} | {answer} | {proof} |\n"
    return HEAD + table + TAIL + "".join(f"- **{number}**: {reason}\n" for number, reason in REASONS.items())


if sys.argv[1:] == ["--print"]:
    sys.stdout.write(page())
else:
    (root / "docs/faults.md").write_text(page(), encoding="utf-8")
