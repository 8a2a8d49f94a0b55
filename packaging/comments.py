#!/usr/bin/python3
"""Draws comments of the Swift sources at random, so that somebody who did not write them can judge them.

A comment is a run of lines that begin with `///` or `//`, or one that follows code on its line. The same seed
draws the same comments from the same sources. Used by `make comments`.
"""
import argparse
import pathlib
import random
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent


def comments(path):
    """Yields the line and the text of each comment of a file. `// MARK:` and `// swift-format` lines are no comments."""
    run, began = [], 0
    for number, line in enumerate([*path.read_text().split("\n"), ""], 1):
        match = re.match(r"\s*///? ?(.*)$", line)
        if match and not re.match(r"(MARK:|swift-)", match[1]):
            began = began if run else number
            run.append(match[1])
            continue
        if run:
            yield began, "\n".join(run)
            run = []
        after = re.search(r"\S.*?\s// (.*)$", line)
        if after and '"' not in line:
            yield number, after[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    folders = ["Sources", "Tests", "bench"]
    files = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.swift"))
    drawn = [(path, line, text) for path in files for line, text in comments(path)]
    print(f"{options.count} of {len(drawn)} comments, seed {options.seed}")
    chosen = sorted(random.Random(options.seed).sample(range(len(drawn)), options.count))
    for number, index in enumerate(chosen, 1):
        path, line, text = drawn[index]
        print(f"\n{number}. {path.relative_to(ROOT)}:{line}\n" + "\n".join("   " + part for part in text.split("\n")))


main()
