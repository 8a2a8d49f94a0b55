#!/usr/bin/python3
"""Prints how many lines an edit of one command compiles again in a debug build.

Adds a line to a command's file, builds, counts the lines of the sources that the compiler was given
as changed (`-primary-file`), and restores the file. Fails above the limit.
"""

import pathlib
import re
import subprocess
import sys

EDITED = pathlib.Path("Sources/remindd/Commands/Simulate.swift")
LIMIT = 3_500


def build(*options):
    return subprocess.run(["swift", "build", "--product", "remindd", *options], capture_output=True, text=True, check=True).stdout


def main():
    build()
    before = EDITED.read_text()
    try:
        EDITED.write_text(before + "\n// An edit.\nprivate let edited = 1\n")
        output = build("--verbose")
    finally:
        EDITED.write_text(before)
    files = set(re.findall(r"-primary-file (\S+\.swift)", output))
    lines = sum(pathlib.Path(file).read_text().count("\n") for file in files)
    print(f"an edit of {EDITED} compiles {len(files)} files with {lines:,} lines again (at most {LIMIT:,})")
    return 0 if files and lines <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
