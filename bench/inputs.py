#!/usr/bin/python3
"""Measures how long remindd takes to refuse or read the worst files of 256 kB.

    bench/inputs.py PROGRAM [--limit MS] [--rounds N] [--only WORD]

Prints one line a file and fails above the limit. Each file lies in an office of its own. The time
is that of the whole run of the program, as somebody at a terminal waits for it. The fastest round
counts, because the others include other work of the machine.
"""
import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parent.parent
MOST = 256 * 1024
HEAD = "plan: p\ntitle: T\nremind: [on the day]\nnotify: [an]\ncampaigns:\n"
MAIL = 'channels:\n  mail: {email: {server: "smtp://127.0.0.1:2525", tls: off, from: r@example.vn}}\n'
PEOPLE = "recipients:\n  - {id: an, email: an@example.vn, via: [mail]}\n"
OFFICE = "plans: plans/\nledger: sqlite:ledger.sqlite\nsocket: control.sock\n"


def fill(entry, head="", most=MOST):
    """Returns `head`, followed by entry(0), entry(1) and so on, as many as fit in `most` bytes."""
    parts, size, number = [head], len(head.encode()), 0
    while True:
        text = entry(number)
        size += len(text.encode())
        if size > most:
            return "".join(parts)
        parts.append(text)
        number += 1


def repeat(text, head="", most=MOST):
    return head + text * ((most - len(head.encode())) // len(text.encode()))


def campaigns(what):
    return fill(lambda n: f"  - {{id: c{n}, title: T, {what(n)}}}\n", HEAD)


def plans():
    bomb = "".join(f"a{n}: &a{n} [x{f',*a{n - 1}' * 9}]\n" for n in range(1, 14))
    slips = "".join(f"  - id: z{n}\n    title T{n}\n    when: 28/6\n" for n in range(20))
    yield "an alias bomb", "a0: &a0 [x]\n" + bomb
    yield "aliases", repeat("- *a\n", "- &a x\n")
    yield "anchors", fill(lambda n: f"- &a{n} x\n")
    yield "one alias for a large value", repeat("- *a\n", "- &a [" + "x," * 40_000 + "x]\n")
    yield "brackets", repeat("[")
    yield "braces", repeat("{a: ")
    yield "dashes", repeat("- ")
    yield "question marks", repeat("? ")
    yield "colons", repeat("a: ")
    yield "a list", repeat("- a\n")
    yield "nested as deep as allowed", repeat("[" * 60 + "]" * 60 + ",", "a: [")
    yield "one line", repeat("x")
    yield "one key", repeat("x", most=MOST - 4) + ": y\n"
    yield "many long keys", fill(lambda n: f"{'k' * 1000}{n}: x\n")
    yield "keys nearly right", fill(lambda n: f"titl{n}: x\n")
    yield "keys of two hundred letters", fill(lambda n: f"{'title' * 39}{n}: x\n")
    yield "one key again and again", repeat("title: x\n")
    yield "unknown keys in campaigns", campaigns(lambda n: f"wen: 28/6, titel: x, notifi: [an]")
    yield "an open quote", repeat("x", 'a: "')
    yield "an open quote of many lines", repeat("x\n", 'a: "')
    yield "open quotes", repeat('a: "\n')
    yield "tabs", repeat("\t")
    yield "lines indented by tabs", repeat("\ta: b\n", "a:\n")
    yield "no colons", repeat("title x\n")
    yield "twenty missing colons at the end", fill(lambda n: f"  - {{id: c{n}, title: T, when: 28/6}}\n", HEAD, MOST - len(slips)) + slips
    yield "missing colons all over", fill(lambda n: f"  - id: c{n}\n    title T\n    when: 28/6\n", HEAD)
    yield "swallowed lines", fill(lambda n: f"  - id: c{n}\n    title: T\n    note: a\n      when 28/6\n", HEAD)
    yield "a value of many lines", repeat("  title x\n", "plan: p\n")
    yield "a long text", repeat(" x\n", "a: |\n")
    yield "a title of one letter and its accents", repeat("\u0301", "plan: p\ntitle: a", MOST - 40) + "\ncampaigns: []\n"
    yield "comments", repeat("#")
    yield "control characters", repeat("\u0001", "a: b\n")
    yield "carriage returns", repeat("\r")
    yield "bidi overrides", campaigns(lambda n: 'when: 28/6, note: "a\\u202eb"')
    yield "documents", repeat("---\n")
    yield "tags", repeat("- !a b\n")
    yield "merge keys", repeat("- <<: {a: b}\n")
    yield "days that are none", campaigns(lambda n: "when: 31/4")
    yield "misspelt phrases", campaigns(lambda n: f"when: tu ngya {n % 28 + 1}/11 dne 15/12")
    yield "phrases all different", campaigns(lambda n: f"when: sapling {n} of Mey")
    yield "phrases of a thousand letters", fill(lambda n: f"  - {{id: c{n}, title: T, when: '{n} {'ngày làm việc ' * 70}'}}\n", HEAD)
    yield "rules without a day", campaigns(lambda n: "when: 'rrule FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30 from 2026-01-01'")
    yield "rules without a day, all different", campaigns(lambda n: f"when: 'rrule FREQ=YEARLY;INTERVAL={n % 99 + 1};BYMONTH=2;BYMONTHDAY=30 from {1970 + n % 200}-01-01'")
    yield "daily rules without a day", campaigns(lambda n: f"when: 'rrule FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30 from {1970 + n % 100}-01-{n % 28 + 1:02}'")
    yield "rules too rare", campaigns(lambda n: f"when: 'rrule FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;INTERVAL={n % 97 + 1} from 2001-01-01'")
    yield "lunar leap days that never come", campaigns(lambda n: f"when: lunar {n % 29 + 1}/12 leap")
    yield "leads all wrong", fill(lambda n: f"  - {{id: c{n}, title: T, when: 28/6, remind: [{', '.join(f'{n}{m} dyas befor' for m in range(60))}]}}\n", HEAD)
    yield "leads all alike", fill(lambda n: f"  - {{id: c{n}, title: T, when: 28/6, remind: [{', '.join(['on the day'] * 64)}]}}\n", HEAD)
    yield "too many leads", fill(lambda n: f"  - {{id: c{n}, title: T, when: 28/6, remind: [{', '.join(['on the day'] * 65)}]}}\n", HEAD)
    yield "default leads all wrong", fill(lambda n: f"  - {{id: c{n}, title: T, when: 28/6}}\n", HEAD.replace("on the day", ", ".join(f"{m} dyas befor" for m in range(64))))
    yield "unknown recipients", campaigns(lambda n: f"when: 28/6, notify: [somebody-{n}]")
    yield "unknown recipients in one list", fill(lambda n: f"somebody-{n}, ", "plan: p\ntitle: T\nnotify: [", MOST - 40) + "an]\ncampaigns: []\n"
    yield "ids that are none", fill(lambda n: f"  - {{id: Chiến dịch {n}, title: T, when: 28/6}}\n", HEAD)
    yield "one id again and again", repeat("  - {id: a, title: T, when: 28/6}\n", HEAD)
    yield "exceptions that are none", fill(lambda n: f"{n}: never, ", HEAD + "  - {id: a, title: T, when: 28/6, except: {", MOST - 40) + "2026: none}}\n"
    yield "years that are none", campaigns(lambda n: f"when: 28/6, years: {n}-{n}-{n}")
    yield "times that are none", campaigns(lambda n: f"when: 28/6, at: {n}h")
    yield "odd spaces where lines are indented", repeat("\u00a0b: x\n", "a:\n")
    yield "odd spaces", repeat("\u3000", "a: ")
    yield "hashes in one line", repeat("x #y ", "title: ")
    yield "one text of an old encoding", repeat("C«ng v¨n ", "plan: p\ntitle: T\ncampaigns:\n  - id: a\n    title: T\n    when: 28/6\n    note: ", 60_000) + "\n"
    yield "zones that are none", "plan: p\ntitle: T\ntimezone: " + "Asia/Ho_Chi_Min" * 13 + "\ncampaigns: []\n"


def configurations():
    people = lambda entry: fill(entry, OFFICE.replace("plans/", "[]") + MAIL + "recipients:\n")
    yield "addresses that are none", people(lambda n: f"  - {{id: r{n}, email: 'r {n}@example', via: [mail]}}\n")
    yield "addresses of other scripts", people(lambda n: f"  - {{id: r{n}, email: 'r{n}@{'ệ' * 50}.{'ш' * 50}.vn', via: [mail]}}\n")
    yield "one recipient again and again", people(lambda n: "  - {id: r, email: r@example.vn, via: [mail]}\n")
    yield "unknown channels", people(lambda n: f"  - {{id: r{n}, email: r{n}@example.vn, via: [mial{n}]}}\n")
    yield "channels whose ports and senders do not fit", fill(lambda n: f"  c{n}: {{email: {{server: 'smtps://mail.example.vn:587', from: r@gmail.com}}}}\n", OFFICE.replace("plans/", "[]") + "recipients: []\nchannels:\n")
    yield "channels that are none", fill(lambda n: f"  c{n}: {{webhook: {{url: 'http://127.1:{n}/'}}}}\n", OFFICE.replace("plans/", "[]") + "recipients: []\nchannels:\n")
    yield "networks that are none", fill(lambda n: f"{n}.0.0.0/8, ", OFFICE.replace("plans/", "[]") + "recipients: []\nchannels:\n  c: {webhook: {url: 'https://example.vn/', allow_networks: [", MOST - 20) + "x]}}\n"
    half = fill(lambda n: f"  - {{id: r{n}, email: r{n}@example.vn, via: [mail]}}\n", OFFICE.replace("plans/", "[]") + MAIL + "recipients:\n", MOST // 2)
    yield "groups of unknown members", fill(lambda n: f"  g{n}: [nobody-{n}]\n", half + "groups:\n")
    yield "one group of unknown members", fill(lambda n: f"nobody-{n}, ", half + "groups:\n  g: [", MOST - 10) + "x]\n"
    base = OFFICE.replace("plans/", "[]") + MAIL + PEOPLE + "groups:\n"
    yield "a chain of groups", fill(lambda n: f"  g{n}: [g{n + 1}]\n", base, MOST - 20) + "  g99999: [an]\n"
    yield "a ring of groups", ring(base)
    yield "groups that hold all before them", fill(lambda n: f"  g{n}: [{', '.join(f'g{m}' for m in range(max(0, n - 200), n)) or 'an'}]\n", base)
    yield "groups that hold themselves", fill(lambda n: f"  g{n}: [g{n}]\n", base)
    yield "a configuration of unknown keys", fill(lambda n: f"chanels{n}: x\n")
    yield "missing group files", fill(lambda n: f"  g{n}: {{file: nowhere/{n}.csv}}\n", base)
    yield "missing group files of other letters", fill(lambda n: f"  g{n}: {{file: tru\u031bo\u031b\u0300ng{n}.csv}}\n", base)
    yield "missing plans", fill(lambda n: f"nowhere/{n}.yaml, ", "plans: [", MOST - 400) + "x]\n" + MAIL + PEOPLE


def ring(base):
    count = (MOST - len(base)) // 19
    return base + "".join(f"  g{n:05}: [g{(n + 1) % count:05}]\n" for n in range(count))


def tables():
    head = "id,name,email,via\n"
    yield "rows that are all wrong", fill(lambda n: f"Số {n},Nguyễn Thị An,a b@c,mial\n", head)
    yield "names of old encodings", fill(lambda n: f"r{n},NguyÔn ThÞ Lôa,r{n}@example.vn,mail\n", head)
    yield "one row again and again", repeat("a,b,c@example.vn,mail\n", head)
    yield "columns", repeat("a,", most=MOST - 2) + "\n"
    yield "fields in one row", head + repeat("a,", most=MOST - len(head))
    yield "commas", repeat(",", head)
    yield "quotes", repeat('"', head)
    yield "an open quote in a table", repeat("a,b\n", head + '"')
    yield "blank rows", repeat(" , , , \n", head)
    yield "group columns", fill(lambda n: f"r{n},R,r{n}@example.vn,mail,Nhóm {n}\n", "id,name,email,via,group\n")
    yield "shared addresses", fill(lambda n: f"r{n},R,r@example.vn,mail\n", head)
    yield "a table of one letter and its accents", repeat("\u0301", head + "a,b")
    yield "bytes that are no text", head + "a,b,c@example.vn,mail\n" * 9_000 + "\udcff"


def calendars():
    head = "calendar: vn\nweekly_rest: [Saturday]\n"
    yield "holidays that are none", fill(lambda n: f"  - {{title: T, when: sapling {n} of Mey}}\n", head + "holidays:\n")
    yield "days off that are none", fill(lambda n: f"  - {{date: 2026-13-{n}, cite: c}}\n", head + "off:\n")
    yield "one day off again and again", repeat("  - {date: 2026-01-02, cite: c}\n", head + "off:\n")
    yield "days of the week that are none", fill(lambda n: f"Satrday{n}, ", "calendar: vn\nweekly_rest: [", MOST - 10) + "x]\n"
    yield "holidays without a day", fill(lambda n: f"  - {{title: T, when: lunar 30/{n % 12 + 1}}}\n", head + "holidays:\n")


def templates():
    most = 64 * 1024
    yield "unknown variables", fill(lambda n: f"{{{{titel{n}}}}}\n", most=most)
    yield "sections in sections", repeat("{{#note}}", most=most)
    yield "sections in sections, closed", "{{#note}}" * 3_600 + "{{/note}}" * 3_600
    yield "open tags", repeat("{{", most=most)
    yield "open tags of three", repeat("{{{ ", most=most)
    yield "a long tag", repeat("x", "{{", most - 2) + "}}"
    yield "sections closed twice", repeat("{{/note}}", most=most)
    yield "a list in a list", repeat("{{#note_lines}}{{.}}{{/note_lines}}", most=most)
    yield "braces alone", repeat("}{", most=most)


def doubtful():
    yield "hashes that cut texts", fill(lambda n: f"  - id: c{n}\n    title: T #{n}\n    when: 28/6\n", HEAD)
    yield "texts of old encodings", campaigns(lambda n: 'when: 28/6, note: "C«ng v¨n sè 12 cña Së Gi¸o dôc, Tr\u00adêng B"')
    yield "texts that were encoded twice", campaigns(lambda n: 'when: 28/6, note: "Káº¿ hoáº¡ch cá»§a Sá»Ÿ GiÃ¡o dá»¥c"')
    yield "texts that lost letters", campaigns(lambda n: 'when: 28/6, note: "C\ufffdng v\ufffdn s\ufffd 12"')


def valid():
    yield "plan", "plans/plan.yaml", fill(lambda n: f"  - {{id: c{n}, title: Phòng chống đuối nước {n}, when: từ {n % 28 + 1}/6 đến 30/6, note: Rà soát biển cảnh báo}}\n", HEAD)
    yield "plan of rules", "plans/plan.yaml", campaigns(lambda n: f"when: 'rrule FREQ=MONTHLY;BYDAY={n % 4 + 1}MO from 20{n % 60 + 10}-01-01'")
    yield "plan of lunar days", "plans/plan.yaml", campaigns(lambda n: f"when: lunar {n % 29 + 1}/{n % 12 + 1}")
    yield "plan of leads", "plans/plan.yaml", fill(lambda n: f"  - {{id: c{n}, title: T, when: 28/6, remind: [{', '.join(f'{m} days before' for m in range(1, 61))}]}}\n", HEAD)
    yield "recipients", "remindd.yaml", fill(lambda n: f"  - {{id: r{n}, name: Nguyễn Thị An, email: r{n}@example.vn, via: [mail]}}\n", OFFICE + MAIL + PEOPLE)
    yield "table of recipients", "people.csv", fill(lambda n: f"r{n},Nguyễn Thị An,r{n}@example.vn,mail\n", "id,name,email,via\n")


def offices(folder):
    """Yields each case: its name, its folder, the command, and the allowed exit codes."""
    def office(name, **files):
        place = folder / str(len(list(folder.iterdir())))
        (place / "plans").mkdir(parents=True)
        files = {"remindd.yaml": OFFICE + MAIL + PEOPLE, "plans/plan.yaml": HEAD + "  - {id: a, title: T, when: 28/6}\n"} | files
        for path, text in files.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            data = text.encode("utf-8", "surrogateescape")
            assert len(data) <= MOST, (name, path, len(data))
            (place / path).write_bytes(data)
        return place

    check = ["check", "--config", "remindd.yaml"]
    for name, text in plans():
        yield f"plan: {name}", office(name, **{"plans/plan.yaml": text}), check, {65, 78}
    # These plans cause only warnings. They are only read, like those of `valid`.
    for name, text in doubtful():
        yield f"plan: {name}", office(name, **{"plans/plan.yaml": text}), ["explain", "c0", "--config", "remindd.yaml"], {0}
    many = fill(lambda n: f"  g{n}: [an]\n", OFFICE + MAIL + PEOPLE + "groups:\n", MOST // 2)
    unknown = fill(lambda n: f"  - {{id: c{n}, title: T, when: 28/6, notify: [somebody-{n}]}}\n", HEAD, MOST // 2)
    yield "plan: unknown recipients beside thousands of groups", office("groups", **{"plans/plan.yaml": unknown, "remindd.yaml": many}), check, {65}
    for name, text in configurations():
        yield f"configuration: {name}", office(name, **{"remindd.yaml": text}), check, {0, 65, 78}
    for name, text in tables():
        yield f"table: {name}", office(name, **{"people.csv": text, "remindd.yaml": OFFICE + MAIL + PEOPLE + "groups:\n  g: {file: people.csv}\n"}), check, {0, 65, 78}
    for name, text in calendars():
        yield f"calendar: {name}", office(name, **{"days.yaml": text, "remindd.yaml": OFFICE + "working_days: days.yaml\n" + MAIL + PEOPLE}), check, {0, 65, 78}
    for name, text in templates():
        yield f"template: {name}", office(name, **{"templates/vi/html.mustache": text, "remindd.yaml": OFFICE + "templates: templates/\n" + MAIL + PEOPLE}), check, {0, 65, 78}
    for case in sorted((root / "Tests/reminddTests/Refusals").iterdir()):
        if case.is_dir():
            place = folder / case.name
            shutil.copytree(case, place, symlinks=True)
            yield f"refusals: {case.name}", place, check, {0, 65, 78}
    # These are only read, because `check` also renders every text of a valid plan, which takes time
    # for each text.
    for name, path, text in valid():
        config = OFFICE + MAIL + PEOPLE + ("groups:\n  g: {file: people.csv}\n" if path == "people.csv" else "")
        yield f"right: {name}", office(name, **({"remindd.yaml": config} | {path: text})), ["explain", "c0" if path.startswith("plans") else "a", "--config", "remindd.yaml"], {0}


def timed(program, place, command, codes, options):
    """Returns milliseconds of wall-clock and processor time, and an error.

    A case above the limit gets up to five times as many rounds before it counts as slow."""
    best = None
    for number in range(options.rounds * 5):
        if number >= options.rounds and best[0] <= options.limit:
            break
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        try:
            done = subprocess.run([program, *command], cwd=place, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
            status = done.returncode
        except subprocess.TimeoutExpired:
            return 60_000, 60_000, "no answer in 60 s"
        wall = (time.perf_counter() - began) * 1_000
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1_000
        if status not in codes:
            return wall, cpu, f"exit {status}: {done.stderr[-300:].decode(errors='replace')}"
        best = min(best or (wall, cpu), (wall, cpu))
        if best[0] > 10 * options.limit:
            break
    return *best, ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--limit", type=float, default=100, help="milliseconds (100)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    found = []
    with tempfile.TemporaryDirectory(prefix="remindd-inputs-") as folder:
        for name, place, command, codes in offices(pathlib.Path(folder)):
            if options.only not in name:
                continue
            wall, cpu, wrong = timed(program, place, command, codes, options)
            found.append((wall, cpu, wrong, name))
            print(f"{wall:8.1f} ms  (processor {cpu:6.1f} ms)  {name}{'  FAILED: ' + wrong if wrong else ''}", flush=True)
        start, _, _ = timed(program, folder, ["--version"], {0}, options)
    bad = [row for row in found if row[2] or row[0] > options.limit]
    walls = sorted(row[0] for row in found)
    if not walls:
        sys.exit("inputs: no such case")
    print("the slowest:")
    for wall, _, _, name in sorted(found, reverse=True)[:10]:
        print(f"{wall:8.1f} ms  {name}")
    print(f"{len(walls)} files: the slowest {walls[-1]:.1f} ms, half of them under {walls[len(walls) // 2]:.1f} ms; starting the program alone takes {start:.1f} ms")
    if bad:
        sys.exit(f"inputs: {len(bad)} of {len(walls)} failed or took longer than {options.limit:.0f} ms")


main()
