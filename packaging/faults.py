#!/usr/bin/env python3
"""Writes docs/faults.md: each fault of packaging/faults.tsv, what remindd does, and its tests.

    packaging/faults.py           writes the page
    packaging/faults.py --print   prints it; a test compares it with the page

A test names a fault in its display name or in the name of one of its rows: "(fault 17)", "(faults
3, 4)", "(faults 63–65)". Exits with 1 if a fault has neither a test nor a reason below, or if a
test names an unknown fault.
"""
import pathlib, re, sys

root = pathlib.Path(__file__).resolve().parent.parent
HEAD = """# What may go wrong, what remindd does about it, and how it is tested

`make faults` makes this page from `packaging/faults.tsv` and the names of the tests, and a test compares them. The numbers are
only names and have gaps. Rows about the web page, calendar files and PostgreSQL come with those parts.

| fault | | what remindd does | tested by |
|---|---|---|---|
"""
TAIL = """
## What is not tested, and why

"""
# Faults that a test cannot cause on the machine that it runs on.
REASONS = {
    "38": "A real step of the machine's clock would affect everything on it. The tests step only the program's clock, which it sees at its "
    "next tick. No test covers that the kernel wakes the loop at once (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).",
    "42": "A real suspend stops the machine that the test runs on. The tests stop the process and set its clock instead.",
    "115": "`prlimit --as` does not limit a Swift program usefully, because it reserves more than it uses, and a cgroup needs its own machine. Peak resident memory is "
    "measured instead.",
}
# Faults of parts that do not exist yet.
LATER = {"32", "35", "36", "37"}


def numbers(text):
    """The numbers in a text. "faults 3, 4 and 63–65" has 3, 4, 63, 64 and 65."""
    found = []
    for match in re.finditer(r"\bfaults? (\d+(?:(?:, | and | to |–)\d+)*)", text):
        for part in re.split(r", | and ", match[1]):
            ends = re.split(r" to |–", part)
            found += range(int(ends[0]), int(ends[-1]) + 1) if len(ends) == 2 else [int(ends[0])]
    return [str(number) for number in found]


def tests():
    """Every named test and row, as (file, name)."""
    for path in sorted((root / "Tests").rglob("*Tests.swift")) + [root / "Tests/LedgersTests/LedgerBehaviour.swift"]:
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
