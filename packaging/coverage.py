#!/usr/bin/env python3
"""Checks that tests execute every way in which code can fail in three folders.

The folders are Sources/Scheduler, Sources/Ledgers and Sources/Notifiers.

    packaging/coverage.py BIN PROFILES…    BIN: the folder of the built tests; PROFILES: *.profraw

A way to fail is a place in the code where
  - the block of a `catch` begins,
  - an error is thrown, or a `.failure` is made,
  - the block of a `guard … else` begins that throws, or returns nil or false.
It is covered if the code at its place was executed at least once, by any test or by the real
program in one. Ways without a test are listed below, each with its reason. An entry that a test
does cover fails too, so that the list stays short.
"""
import collections, json, pathlib, re, subprocess, sys

root = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ["Sources/Scheduler", "Sources/Ledgers", "Sources/Notifiers"]

# Path below Sources, code of the line, and why no test covers it. A line that occurs twice needs
# two entries.
ARGUED = [
    ("Ledgers/SQLite/LedgerIdentity.swift", "guard descriptor >= 0 else { return nil }",
     "the tests run as root, who may read every file"),
    ("Ledgers/SQLite/LedgerCopy.swift", "guard sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else { throw ended() }",
     "the file was made and opened a line before: only memory can fail"),
    ("Ledgers/SQLite/LedgerCopy.swift", "if backup == nil { throw ended() }",
     "two open databases of one process: only memory can fail"),
    ("Ledgers/SQLite/LedgerOpening.swift", "guard descriptor >= 0 else { return nil }",
     "names the holder of a file that was just found locked; where it is gone meanwhile, nobody is named"),
    ("Ledgers/SQLite/LedgerOpening.swift", "} catch {",
     "GRDB throws DatabaseError and nothing else; the compiler does not know"),
    ("Ledgers/SQLite/LedgerOpening.swift", "throw .unusable(\"\\(type(of: error))\")",
     "as above"),
    ("Ledgers/SQLite/LedgerOpening.swift", "guard descriptor >= 0 else { throw LedgerRefusal.unusable(\"its folder: \\(words(errno))\") }",
     "whoever could make the ledger in this folder can open it"),
    ("Ledgers/SQLite/OwnedFile.swift", "guard fstat(descriptor, &status) == 0 else { throw .unusable(words(errno)) }",
     "fstat of a descriptor that was opened a line before"),
    ("Ledgers/SQLite/Pragmas.swift", "guard found == setting.readBack else {",
     "an SQLite built without what the ledger rests on; Debian has none"),
    ("Ledgers/SQLite/Query.swift", "if code != SQLITE_OK { throw failure(code) }",
     "binding fails for want of memory only: the number of values is a precondition"),
    ("Ledgers/SQLite/Query.swift", "if code != SQLITE_OK { throw query.failure(code) }",
     "as above"),
    ("Notifiers/Transport/BlockingThread.swift", "guard let context else { return nil }",
     "pthread_create hands over what it was given"),
    ("Notifiers/Transport/EasyHandle.swift", "guard CurlLibrary.isReady, let pointer = curl_easy_init() else { return nil }",
     "libcurl fails to begin for want of memory only"),
    ("Notifiers/Transport/HTTPExchange.swift", "guard let address else { return false }",
     "libcurl asks for sockets of IPv4 and IPv6 only"),
    ("Notifiers/Transport/HTTPTransfers.swift", "guard let easy = EasyHandle() else { return nil }",
     "libcurl fails to begin for want of memory only"),
    ("Notifiers/Transport/SMTPLane.swift", "guard let easy = EasyHandle() else { return nil }",
     "libcurl fails to begin for want of memory only"),
    ("Notifiers/Transport/UnixSocketCall.swift", "guard let easy = EasyHandle() else { throw Failure(description: \"no memory\", status: nil) }",
     "libcurl fails to begin for want of memory only"),
    ("Notifiers/Transport/Punycode.swift", "guard let next = input.map({ Int($0.value) }).filter({ $0 >= n }).min() else { return nil }",
     "while not all are handled there is one that is next"),
    ("Notifiers/Transport/Punycode.swift", "guard n <= 0x10FFFF, let scalar = UnicodeScalar(UInt32(n)) else { return nil }",
     "no label is long enough to reach past the last character: found by no fuzzing"),
    ("Notifiers/Messages/Phrasebook+Dates.swift", "guard let first = LunarCalendar.lunarDay(of: start), let last = LunarCalendar.lunarDay(of: end) else { return nil }",
     "the lunar calendar knows every day that a plan can name"),
    ("Scheduler/Dates/LeadRule+Due.swift", "guard let named = dueDay(anchor: anchor, workingDays: workingDays) else { return nil }",
     "only a working calendar without working days knows none before or after a day; the reader refuses such a week"),
    ("Scheduler/Dates/Recurrence+Series.swift", "else { return nil }",
     "29 February is no end of a window: refused when it is read"),
    ("Scheduler/Engine/Dispatcher.swift", "} catch .full {",
     "the disk is full while the clock is not believed; the outcomes are kept for the next step"),
    ("Scheduler/Plans/WhenParser+Checks.swift",
     "guard let lunar = LunarCalendar.lunarDay(of: day) else { throw .refused(\"this lunar date cannot be checked\", at: offset) }",
     "the lunar calendar knows every day that a plan can name"),
    ("Scheduler/Plans/WhenParser.swift", "guard atEnd else { throw nonsense() }",
     "dates() reads to the end or refuses by itself what it does not know"),
    ("Scheduler/Evaluation/Evaluation+Changes.swift",
     "guard let announcement = accepted.announcement(about: one, number: number, now: now) else { return false }",
     "there was one a few lines before, with another number"),
    ("Scheduler/Evaluation/Scheduled.swift",
     "guard let due = due(lead, anchor: anchor, in: dates, zone: zone, workingDays: workingDays) else { return nil }",
     "as for the lead: a calendar without working days"),
]


def tool(name):
    """A tool of the toolchain that built the tests, because others do not read its profiles."""
    info = json.loads(subprocess.run(["swift", "-print-target-info"], check=True, capture_output=True, text=True).stdout)
    return str(pathlib.Path(info["paths"]["runtimeResourcePath"]).parent.parent / "bin" / name)


def bare(text):
    """Code without comments and the contents of strings, with the same length."""
    blank = lambda match: re.sub(r"[^\n]", " ", match[0])
    text = re.sub(r'"""(?:\\.|(?!""").)*"""', blank, text, flags=re.S)
    text = re.sub(r'"(?:\\\((?:[^()"]|\((?:[^()"])*\)|"[^"\n]*")*\)|\\.|[^"\\\n])*"', blank, text)
    return re.sub(r"//[^\n]*", blank, text)


def merge(profiles, into):
    """Merges all profiles into one.

    A generic function of a library (swift-atomics) is compiled into several object files. It then
    has several records with one counter, and the programs that share a profile add that counter
    once for each record, so that it grows exponentially until it overflows. No code of the three
    folders is affected. llvm-profdata fails because of it unless it is told to warn. Any other
    warning is printed."""
    run = subprocess.run(
        [tool("llvm-profdata"), "merge", "-sparse", "--failure-mode=warn", "-o", str(into), *profiles], stderr=subprocess.PIPE, text=True)
    known = ("counter overflow", "excessively large counter value", "no profile can be merged")
    print("".join(line for line in run.stderr.splitlines(True) if not any(words in line for words in known)), end="", file=sys.stderr)
    if run.returncode != 0:
        sys.exit(f"llvm-profdata ended with {run.returncode}")


def ways(path):
    """Yields (line, column), from 1, of each way to fail, where its own code begins."""
    lines = bare(path.read_text(encoding="utf-8")).split("\n")
    for number, line in enumerate(lines, 1):
        if match := re.search(r"\bcatch\b[^{]*\{", line):
            yield number, match.end() + 1
            continue
        if match := re.search(r"\belse\s*\{", line):
            block = line[match.end():].strip() or (lines[number].strip() if number < len(lines) else "")
            if re.match(r"throw\b|return (nil|false)\b", block):
                yield number, match.end() + 1
                continue
        if (match := re.search(r"(?<![\w(])throw\s|\.failure\(", line)) and not re.search(r"\belse\s*\{\s*$", lines[number - 2] if number > 1 else ""):
            yield number, match.start() + 1


def counts(segments, line, column):
    """How often the code at this place ran; None if no code was mapped."""
    count = None
    for start_line, start_column, times, has_count, *_ in segments:
        if (start_line, start_column) > (line, column):
            break
        count = times if has_count else None
    return count


def main():
    folder, profiles = pathlib.Path(sys.argv[1]), sys.argv[2:]
    if not profiles:
        sys.exit("no profiles: build and test with --enable-code-coverage first")
    merged = folder / "ways.profdata"
    merge(profiles, merged)
    files = sorted(str(path) for room in ROOMS for path in (root / room).rglob("*.swift"))
    exported = subprocess.run(
        [tool("llvm-cov"), "export", f"-instr-profile={merged}", str(folder / "reminddPackageTests.xctest"), "-object", str(folder / "remindd"), *files],
        check=True, capture_output=True, text=True)
    merged.unlink()
    covered = {entry["filename"]: entry["segments"] for entry in json.loads(exported.stdout)["data"][0]["files"]}
    seen, missed, rooms = 0, [], collections.Counter()
    for name in files:
        path = pathlib.Path(name)
        source = path.read_text(encoding="utf-8").split("\n")
        for line, column in ways(path):
            count = counts(covered.get(name, []), line, column)
            if count is None:
                continue
            seen += 1
            relative = str(path.relative_to(root))
            rooms["/".join(relative.split("/")[:2])] += 1
            if count == 0:
                missed.append((relative, source[line - 1].strip(), line))
    argued = collections.Counter((f"Sources/{path}", code) for path, code, _ in ARGUED)
    left = argued.copy()
    problems = []
    for path, code, line in missed:
        if left[path, code] > 0:
            left[path, code] -= 1
        else:
            problems.append(f"{path}:{line}: no test goes here: {code}")
    problems += [f"{path}: argued for, and a test goes there, or it is gone, {count} times: {code}" for (path, code), count in left.items() if count > 0]
    print("\n".join(problems + [f"ways to fail: {', '.join(f'{room} {count}' for room, count in sorted(rooms.items()))}"]))
    print(f"{seen - len(missed)} of {seen} are gone by a test, {argued.total() - left.total()} are argued for")
    sys.exit(1 if problems else 0)


main()
