#!/usr/bin/env python3
"""Every way in which something can fail in three rooms is gone by a test: Sources/Scheduler, Sources/Ledgers, Sources/Notifiers.

    packaging/coverage.py BIN PROFILES…    BIN: the folder of the built tests; PROFILES: what they left (*.profraw)

A way to fail is a line of code that
  - begins a `catch`, of which the block counts, or
  - holds a `throw` or a `return` (or `? :` branch, or case) with a failure in it: `throw`, `.failure(`, `.broken`, `.full`, `.refused…`, `.notSent`, `.unknown`, or
  - is a `guard … else` whose block throws, returns nil or an empty value, or ends the function.
It is gone where the code at its place was executed at least once, by any test or by the real program in one. What has no test is listed below, each
with its reason; a line of that list that no longer is uncovered fails too, so that the list stays short.
"""
import collections, json, pathlib, re, subprocess, sys

root = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ["Sources/Scheduler", "Sources/Ledgers", "Sources/Notifiers"]

# Path, the line's code, and why no test goes there.
ARGUED = {}


def tool(name):
    """Of the toolchain that built the tests: another's does not read its profiles."""
    info = json.loads(subprocess.run(["swift", "-print-target-info"], check=True, capture_output=True, text=True).stdout)
    return str(pathlib.Path(info["paths"]["runtimeResourcePath"]).parent.parent / "bin" / name)


def bare(text):
    """Code without comments and the insides of strings, place for place."""
    blank = lambda match: re.sub(r"[^\n]", " ", match[0])
    text = re.sub(r'"""(?:\\.|(?!""").)*"""', blank, text, flags=re.S)
    text = re.sub(r'"(?:\\\((?:[^()"]|\((?:[^()"])*\)|"[^"\n]*")*\)|\\.|[^"\\\n])*"', blank, text)
    return re.sub(r"//[^\n]*", blank, text)


FAILING = re.compile(r"\bthrow\b|\bcatch\b|\.failure\(")
ENDING = re.compile(r"\belse\s*\{\s*(throw|return\s+nil\b|return\s+false\b|return\s+\[\]|return\s*\}|continue|break|preconditionFailure|$)")


def ways(path):
    """(line from 1, column from 1) of each way to fail, where its own code begins."""
    lines = bare(path.read_text(encoding="utf-8")).split("\n")
    for number, line in enumerate(lines, 1):
        if re.search(r"preconditionFailure|\bfunc\b|\binit\b.*\{$", line):
            continue
        if match := re.search(r"\bcatch\b[^{]*\{", line):
            yield number, match.end() + 1
        elif match := re.search(r"\bguard\b.*\belse\s*\{", line) or re.search(r"^\s*else\s*\{|\belse\s*\{\s*(?:throw|return)", line):
            after = line[match.end():].strip() or (lines[number].strip() if number < len(lines) else "")
            inside = re.search(r"\belse\s*\{", line)
            if re.match(r"throw|return|continue|break|\}", after) or "throw" in line or "return" in line[inside.start():]:
                yield number, inside.end() + 1
        elif match := re.search(r"(?<!\w)throw\s|\.failure\(", line):
            yield number, match.start() + 1


def counts(segments, line, column):
    """How often the code at this place ran; None where no code was mapped."""
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
    subprocess.run([tool("llvm-profdata"), "merge", "-sparse", "-o", str(merged), *profiles], check=True)
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
    problems = [f"{path}:{line}: no test goes here: {code}" for path, code, line in missed if (path, code) not in ARGUED]
    there = {(path, code) for path, code, _ in missed}
    problems += [f"{path}: argued for no longer, or another line: {code}" for path, code in ARGUED if (path, code) not in there]
    print("\n".join(problems + [f"ways to fail: {', '.join(f'{room} {count}' for room, count in sorted(rooms.items()))}"]))
    print(f"{seen - len(missed)} of {seen} are gone by a test, {len(there & set(ARGUED))} are argued for")
    sys.exit(1 if problems else 0)


main()
