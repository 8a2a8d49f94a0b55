#!/usr/bin/env python3
"""Check that every `cite` of the five plans is a substring of its document.

Usage: check_cites.py [SEEDS_DIRECTORY]
                      (default: $REMINDD_SEEDS, else ../shared/seeds beside the repository)

Both sides are compared in NFC. The script also checks that the document contains the `source`
number, that all text of a plan is in NFC, that ids are well formed and unique, and that no cite
spans lines. Exit status: 0 if all were found, 1 on a problem, 77 without documents (skipped).
"""
import os
import pathlib
import re
import sys
import unicodedata

import yaml

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = {
    "ninh-binh-education-union.yaml": "000_1098987b67e4701c.txt",
    "quang-ninh-transport.yaml": "001_d21dc3b45b6c8850.txt",
    "lao-cai-officials-union.yaml": "002_ea465e52680456f4.txt",
    "thua-thien-hue-labour.yaml": "003_76826afc34e00b0b.txt",
    "bac-ninh-gender-equality.yaml": "004_78708cb59476d833.txt",
}
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")


def text(path):
    return path.read_text(encoding="utf-8")


def main():
    if len(sys.argv) > 1:
        seeds = pathlib.Path(sys.argv[1])
    else:
        seeds = pathlib.Path(os.environ.get("REMINDD_SEEDS", REPOSITORY.parent / "shared" / "seeds"))
    if not seeds.is_dir():
        print("SKIPPED: the folder of source documents is not there: no cite was checked", file=sys.stderr)
        return 77
    problems, cites, campaigns = [], 0, 0
    for name, document in DOCUMENTS.items():
        written = text(REPOSITORY / "config" / "plans" / name)
        if written != unicodedata.normalize("NFC", written):
            problems.append(f"{name}: not in NFC")
        plan = yaml.load(written, Loader=yaml.BaseLoader)
        source = unicodedata.normalize("NFC", text(seeds / document))
        if plan["source"]["number"] not in source:
            problems.append(f"{name}: source number {plan['source']['number']!r} is not in {document}")
        seen = set()
        for campaign in plan["campaigns"]:
            campaigns += 1
            where = f"{name}: {campaign['id']}"
            if not ID.match(campaign["id"]) or campaign["id"] in seen:
                problems.append(f"{where}: id malformed or used twice")
            seen.add(campaign["id"])
            cite = campaign.get("cite")
            if cite is None:
                problems.append(f"{where}: no cite")
                continue
            cites += 1
            if "\n" in cite:
                problems.append(f"{where}: cite of several lines")
            if cite not in source:
                problems.append(f"{where}: not in {document}: {cite}")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{cites} cites of {campaigns} campaigns in {len(DOCUMENTS)} plans, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
