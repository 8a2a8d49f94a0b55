#!/usr/bin/env python3
"""Writes docs/officer/refusals.md and refusals.vi.md.

The cases are under Tests/reminddTests/Refusals.

Each case has the input and the answers of `remindd check`: `expected` in English, `expected.vi` in
Vietnamese.

    packaging/refusals.py                    writes the pages, which have the twenty commonest cases
    packaging/refusals.py --print [vi]       prints a page; a test compares it with the file
    packaging/refusals.py --print-all [vi]   prints all cases, for `make refusals-all` and releases
    packaging/refusals.py --record PROGRAM   runs PROGRAM on all cases and writes its answers
"""
import pathlib, re, subprocess, sys

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
COMMONEST_VI = {
    "new-user-06-hyphen-for-slash": "Ngày và tháng nối bằng dấu gạch nối",
    "new-user-01-month-first": "Tháng đứng trước ngày",
    "25-backward-windows": "Chỉ một ngày có năm, hoặc ngày kết thúc đứng trước ngày bắt đầu",
    "new-user-04-30-february": "Ngày mà tháng 2 không có",
    "new-user-07-no-accents": "Tiếng Việt không dấu",
    "new-user-13-times-of-twelve-hours": "Giờ không viết theo kiểu 07:30",
    "30-ids": "Id có chữ hoa, chữ có dấu hoặc dấu cách",
    "new-user-05-recipient-misspelt": "Người nhận không có trong cấu hình",
    "19-unknown-keys-and-wrong-types": "Khóa lạ và giá trị sai loại",
    "new-user-12-comma-in-braces": "Dấu phẩy trong văn bản nằm giữa { }",
    "new-user-14-colons-in-titles": "Dấu hai chấm trong tên hoạt động",
    "new-user-15-a-hash-cuts-the-text": "Dấu # trong văn bản",
    "new-user-02-missing-colon": "Thiếu dấu hai chấm",
    "new-user-02b-missing-colon-at-the-end": "Thiếu dấu hai chấm, và thiếu dấu cách sau dấu hai chấm",
    "new-user-02c-missing-colon-of-the-list": "Thiếu dấu hai chấm trước danh sách",
    "new-user-03-tab": "Dấu tab thay cho dấu cách",
    "new-user-08-smart-quotes": "Dấu ngoặc kép của trình soạn văn bản",
    "new-user-11-from-a-word-processor": "Dấu đầu dòng và dấu cách của trình soạn văn bản",
    "new-user-09b-excel-csv-other-encodings": "Bảng Excel theo bảng mã khác",
    "new-user-16-a-workbook-as-csv": "Tệp Excel thay cho tệp CSV",
}
TEXTS = {
    "en": {
        "title": "# What is wrong, where, and what to write instead\n\n",
        "twenty": """`make refusals` makes this page from twenty of the cases under `Tests/reminddTests/Refusals`: the mistakes that new users make
most often. `make refusals-all` makes the page of all cases.

""",
        "all": """`make refusals-all` makes this page from the cases under `Tests/reminddTests/Refusals`.

""",
        "how": """Each case shows a file as somebody wrote it, and the answer of `remindd check --config remindd.yaml`, line for line. An answer
names the file, the line and the column. Then it says what was found, what is allowed, and the nearest right spelling if there is
one. `check` also shows the line itself with a caret below the place, which is left out here. The exit status is 65 if a plan, a
working calendar or a file of recipients has errors, 78 if the configuration has errors, and 0 if there are only warnings.

""",
        "answers": "answers", "first": "## Mistakes of the first day", "rest": "## Everything else",
    },
    "vi": {
        "title": "# Sai ở đâu, sai gì và nên viết thế nào\n\n",
        "twenty": """`make refusals` tạo trang này từ hai mươi trường hợp trong `Tests/reminddTests/Refusals`: những lỗi mà người mới dùng hay mắc
nhất. `make refusals-all` tạo trang gồm mọi trường hợp.

""",
        "all": """`make refusals-all` tạo trang này từ các trường hợp trong `Tests/reminddTests/Refusals`.

""",
        "how": """Mỗi trường hợp gồm tệp như người dùng đã viết và câu trả lời của `remindd check --config remindd.yaml --language vi`, từng dòng
một. Câu trả lời nêu tên tệp, số dòng và số cột, rồi nêu chỗ sai, cách ghi được chấp nhận, và cách viết đúng gần nhất nếu có.
`check` còn in chính dòng ấy với dấu mũ ở dưới chỗ sai; ở đây không in lại. Mã kết thúc là 65 nếu kế hoạch, lịch làm việc hay tệp
người nhận có lỗi, 78 nếu cấu hình có lỗi, và 0 nếu chỉ có cảnh báo.

""",
        "answers": "trả lời", "first": "## Lỗi của ngày đầu", "rest": "## Các lỗi khác",
    },
}
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


def section(case, heading, language):
    """The section of a case. `heading` is a line of Markdown."""
    answer = (case / expected(language)).read_text(encoding="utf-8")
    files = sorted(path for path in case.rglob("*") if path.is_file() and path.name not in ANSWERS)
    mentioned = [path for path in files if f"{path.relative_to(case)}:" in answer]
    parts = [f"{heading}\n"]
    for path in mentioned or [path for path in files if path.name in ("plan.yaml", "schools.csv")]:
        parts.append(f"`{path.relative_to(case)}`\n\n```\n{content(path)}\n```\n")
    lines = answer.rstrip("\n").split("\n")
    lines = [line if len(line) <= 400 else line[:399] + "…" for line in lines]
    parts.append(TEXTS[language]["answers"] + "\n\n```\n" + "\n".join(lines) + "\n```\n")
    return "\n".join(parts)


def page(language):
    texts, headings = TEXTS[language], COMMONEST_VI if language == "vi" else COMMONEST
    sections = "\n".join(
        section(cases / name, f"## {words}", language) for name, words in headings.items())
    return texts["title"] + texts["twenty"] + texts["how"] + sections


def whole(language):
    texts = TEXTS[language]
    names = sorted(path for path in cases.iterdir() if path.is_dir())
    new = [path for path in names if path.name.startswith("new-user-")]
    rest = [path for path in names if path not in new]
    chapters = [(texts["first"], new), (texts["rest"], rest)]
    parts = (
        f"{heading}\n\n"
        + "\n".join(section(case, f"### {title(case.name)}", language) for case in found)
        for heading, found in chapters)
    return texts["title"] + texts["all"] + texts["how"] + "\n".join(parts)


def expected(language):
    return "expected" if language == "en" else f"expected.{language}"


ANSWERS = {expected(language) for language in TEXTS}


def record(program):
    """Writes the answers of a program, without the lines of files that it shows."""
    for case in sorted(path for path in cases.iterdir() if path.is_dir()):
        for language in TEXTS:
            run = subprocess.run(
                [program, "check", "--config", "remindd.yaml", "--language", language], cwd=case, capture_output=True, text=True)
            lines = [line for line in run.stderr.splitlines() if not re.match(r" +\d* \| ", line)]
            answer = "".join(line + "\n" for line in lines) + f"exit {run.returncode}\n"
            (case / expected(language)).write_text(answer, encoding="utf-8")


language = sys.argv[2] if len(sys.argv) > 2 else "en"
if sys.argv[1:2] == ["--print"]:
    sys.stdout.write(page(language))
elif sys.argv[1:2] == ["--print-all"]:
    sys.stdout.write(whole(language))
elif sys.argv[1:2] == ["--record"]:
    record(pathlib.Path(sys.argv[2]).resolve())
else:
    for name in TEXTS:
        suffix = "" if name == "en" else f".{name}"
        (root / f"docs/officer/refusals{suffix}.md").write_text(page(name), encoding="utf-8")
