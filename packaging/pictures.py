#!/usr/bin/env python3
"""`make pictures`: draws the pictures of the READMEs in docs/pictures.

They come from the program's real output and a headless Chromium.

    packaging/pictures.py [--remindd PROGRAM] [--only mail,messages,demo,year]

mail.png, mail.vi.png  the HTML part of the mail that `remindd render` writes for the example in
                       docs/officer/plan.md and plan.vi.md. The lines above it (subject, sender,
                       recipient, time) come from the header of the mail. Mail programs draw these
                       lines, so their appearance is that of this script.
messages/*.png         the HTML part of every kind of mail, at the widths of a computer and of a
                       telephone, in the light and the dark scheme; README.md lists them. Two tests
                       write the pages (PictureTests.swift in Tests/NotifiersTests, and
                       OperatorPictureTests.swift in Tests/MonitoringTests).
demo.png               the output of `make demo` in a terminal of 80 columns: its first months,
                       and the comparison at the end.
year.png, year.vi.png  the output of `remindd year` for one sample plan in a terminal of 80 columns.
year-page.png          the page that `remindd year --html` writes for another sample plan, with the
                       example of `sheet:` in config/remindd.yaml.
year-sheet.png         the first page of the PDF that `remindd year --pdf` makes from it.

Fails if a picture is larger than 150 kB.
"""

import argparse
import email
import email.policy
import fcntl
import html
import os
import pathlib
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = CHECKOUT / "docs/pictures"
LARGEST = 150_000  # bytes
COLUMNS, ROWS = 80, 24
# The page of the example, the campaign, and the words of the frame.
MAILS = {
    "mail.png": ("plan.md", "swimming", ("From", "To")),
    "mail.vi.png": ("plan.vi.md", "hoc-boi", ("Từ", "Đến")),
}
# The demo's colours (SGR) as a dark terminal shows them.
COLOURS = {"31": "#f07178", "32": "#8fd694", "33": "#f2c66d", "35": "#d7a3e8", "36": "#7fd1e0"}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--remindd", type=pathlib.Path, default=CHECKOUT / ".build/debug/remindd", help="the program to show")
    arguments.add_argument("--only", default="mail,messages,demo,year", help="which pictures to make")
    options = arguments.parse_args()
    program = options.remindd.absolute()
    FOLDER.mkdir(exist_ok=True)
    if "mail" in options.only.split(","):
        for name, (page, campaign, words) in MAILS.items():
            draw(mail_page(rendered(program, page, campaign), words), 680, FOLDER / name)
    if "messages" in options.only.split(","):
        draw_messages()
    if "demo" in options.only.split(","):
        draw(terminal_page(excerpt(demo(program))), 706, FOLDER / "demo.png")
    if "year" in options.only.split(","):
        year(program)


def rendered(program, page, campaign):
    """The mail of the page's example, made with the command on the page."""
    text = (CHECKOUT / "docs/officer" / page).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in re.findall(r"`([a-z./]+\.yaml)`:[^`]*(?:`[^`]*`[^`]*)*?```yaml\n(.*?)```", text, re.DOTALL):
            path = pathlib.Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        command = re.search(rf"^    remindd (render {campaign} .*) > mail\.eml$", text, re.MULTILINE)[1]
        done = subprocess.run(["/bin/sh", "-c", f'"$0" {command}', program], cwd=folder, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"pictures: remindd {command}: {done.stderr.decode()}")
    return email.message_from_bytes(done.stdout, policy=email.policy.default)


def draw_messages():
    """Draws every kind of mail four times, and lists the pictures in README.md."""
    target = FOLDER / "messages"
    target.mkdir(exist_ok=True)
    readme = FOLDER / "README.md"
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        command = ["swift", "test", "--skip-build", "--disable-xctest", "--filter", "PictureTests"]
        done = subprocess.run(
            command, cwd=CHECKOUT, env=os.environ | {"PICTURES": folder}, capture_output=True, text=True
        )
        pages = sorted(pathlib.Path(folder).glob("*.html"))
        if done.returncode != 0 or not pages:
            sys.exit(f"pictures: {' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        for page in pages:
            cells = []
            for scheme in ("light", "dark"):
                for width in (900, 380):
                    name = f"messages/{page.stem}-{width}-{scheme}.png"
                    draw(framed(page.read_text(encoding="utf-8")), width, FOLDER / name, scheme=scheme, scale=1)
                    cells.append(f"[{width} px]({name})")
            rows.append(f"| {page.stem} | {cells[0]}, {cells[1]} | {cells[2]}, {cells[3]} |")
    head = readme.read_text(encoding="utf-8").partition("|---|---|---|\n")
    readme.write_text(head[0] + head[1] + "\n".join(rows) + "\n", encoding="utf-8")


def framed(page):
    """The page with the element whose height is the height of the picture."""
    return page.replace("<body ", '<body id="all" ', 1)


def mail_page(mail, words):
    body = mail.get_body(("html",)).get_content()
    style = re.search(r"<body([^>]*)>", body)[1]
    content = re.search(r"<body[^>]*>(.*)</body>", body, re.DOTALL)[1]
    lines = "".join(f"<div><b>{word}:</b> {html.escape(mail[name])}</div>" for word, name in zip(words, ("From", "To")))
    return f"""<!DOCTYPE html>
<html lang="{mail["Content-Language"]}"><head><meta charset="utf-8"><style>
html {{ background: #e8ebef; }}
#all {{ padding: 16px; font-family: "Liberation Sans", Arial, sans-serif; }}
#mail {{ background: #fff; border: 1px solid #b9c1cb; border-radius: 6px; overflow: hidden; }}
#head {{ background: #f4f6f8; border-bottom: 1px solid #d3d9e0; padding: 14px 23px; font-size: 14px; line-height: 1.55; color: #333; }}
#head h1 {{ margin: 0 0 6px; font-size: 17px; line-height: 1.35; color: #111; }}
#time {{ float: right; color: #555; }}
</style></head><body style="margin:0"><div id="all"><div id="mail">
<div id="head"><h1>{html.escape(mail["Subject"])}</h1><div id="time">{mail["Date"].datetime:%d/%m/%Y %H:%M}</div>{lines}</div>
<div{style}>{content}</div>
</div></div></body></html>
"""


def year(program):
    """The year in a terminal, as a page and as a sheet."""
    configuration = str(CHECKOUT / "config/remindd.yaml")
    words = ["year", "2027", "--plan", "quang-ninh-transport"]
    for name, language in (("year.png", "en_US.UTF-8"), ("year.vi.png", "vi_VN.UTF-8")):
        lines = in_terminal([str(program), *words, "--config", configuration], {"LANG": language, "LC_ALL": language})
        draw(terminal_page(["\x1b[2m$\x1b[0m remindd " + " ".join(words), "", *lines]), 706, FOLDER / name)
    with tempfile.TemporaryDirectory() as folder:
        # The configuration with the example of `sheet:` in force.
        shutil.copytree(CHECKOUT / "config", folder, dirs_exist_ok=True)
        file = pathlib.Path(folder) / "remindd.yaml"
        text, example = file.read_text(encoding="utf-8").split("# sheet:\n")
        file.write_text(text + "sheet:\n" + re.sub("^# ", "", example, flags=re.MULTILINE), encoding="utf-8")
        for form in ("html", "pdf"):
            command = [program, "year", "2027", "--plan", "ninh-binh-education-union", "--config", file, f"--{form}", f"{folder}/year.{form}"]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"pictures: remindd year --{form}: {done.stderr}")
        page = (pathlib.Path(folder) / "year.html").read_text(encoding="utf-8")
        draw(page.replace("<body>", '<body id="all">'), 1070, FOLDER / "year-page.png")
        subprocess.run(["pdftoppm", "-r", "110", "-f", "1", "-l", "1", "-singlefile", "-png", f"{folder}/year.pdf", f"{folder}/sheet"], check=True)
        store((pathlib.Path(folder) / "sheet.png").read_bytes(), FOLDER / "year-sheet.png", "page 1")


def demo(program):
    """The output of the demo on a terminal of its own."""
    return in_terminal(["/usr/bin/python3", str(CHECKOUT / "packaging/demo/demo.py"), "--remindd", str(program)], {})


def in_terminal(command, environment):
    """The lines of a command's output on a terminal of its own."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.environ.pop("NO_COLOR", None)
        os.environ.update(environment)
        # The terminal has no size until the parent sets it.
        while os.get_terminal_size(0).columns != COLUMNS:
            time.sleep(0.01)
        os.execv(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    output = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed (Linux)
            break
        if not piece:
            break
        output += piece
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(f"pictures: {command} failed:\n{output.decode(errors='replace')[-2000:]}")
    return output.decode("utf-8").replace("\r\n", "\n").split("\n")


def excerpt(lines):
    """The first two months, and the part from the end of the year to the table of places.

    Omitted lines are marked."""
    bare = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in lines]

    def first(pattern, start=0):
        return next(index for index in range(start, len(bare)) if re.search(pattern, bare[index]))

    month = r"^[A-Z][a-z]+ \d{4}$"
    begin = first(month)
    middle = first(month, first(month, begin + 1) + 1)
    table = first("^Compared with")
    return ["\x1b[2m$\x1b[0m make demo", "\x1b[2m…\x1b[0m", *lines[begin:middle], "\x1b[2m…\x1b[0m", "", *lines[table : table + 4]]


def terminal_page(lines):
    rows = "\n".join(row for line in lines for row in spans(line))
    return f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><style>
#all {{ background: #1d2229; padding: 14px 16px; width: fit-content; }}
pre {{ margin: 0; font: 14px/1.35 "JetBrains Mono", monospace; font-variant-ligatures: none; color: #dfe3e8; width: {COLUMNS}ch; }}
</style></head><body style="margin:0;background:#1d2229"><div id="all"><pre>{rows}</pre></div></body></html>
"""


def spans(line):
    """One line of the terminal as HTML, broken where the terminal breaks it."""
    style, column, row = "", 0, ""
    for code, text in re.findall("\x1b\\[([0-9;]*)m|([^\x1b]+)", line):
        if not text:
            names = set(code.split(";")) - {"", "0"}
            rules = [f"color:{COLOURS[name]}" for name in sorted(names) if name in COLOURS]
            style = ";".join(rules + ["font-weight:bold"] * ("1" in names) + ["color:#8b949e"] * ("2" in names))
            continue
        while text:
            piece, text = text[: COLUMNS - column], text[COLUMNS - column :]
            row += f'<span style="{style}">{html.escape(piece)}</span>'
            column += len(piece)
            if text:
                yield row
                column, row = 0, ""
    yield row


def draw(page, width, target, scheme="light", scale=1.5):
    """Draws a page at its full height."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "page.html"
        # Chromium prints the page after its scripts have run, so the height is known.
        script = "<script>document.body.dataset.height = Math.ceil(document.getElementById('all').getBoundingClientRect().height)</script>"
        file.write_text(page.replace("</body>", script + "</body>"), encoding="utf-8")
        # A window is at least 500 pixels wide, so the page is in a frame of the wanted width.
        frame = pathlib.Path(folder) / "frame.html"
        inner = f'<iframe src="page.html" style="width:{width}px;height:%spx;border:0;display:block"></iframe>'
        frame.write_text(f'<body style="margin:0">{inner % 2000}</body>')
        flags = [f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}", f"--force-device-scale-factor={scale}"]
        script = "parent.document.body.dataset.height = document.body.dataset.height"
        file.write_text(file.read_text(encoding="utf-8").replace("</script>", f"; {script}</script>"), encoding="utf-8")
        shown = chromium(folder, *flags, "--allow-file-access-from-files", f"--window-size={width},2000", "--dump-dom", frame.as_uri())
        height = re.search(r'data-height="(\d+)"', shown)[1]
        frame.write_text(f'<body style="margin:0">{inner % height}</body>')
        picture = pathlib.Path(folder) / "picture.png"
        chromium(folder, *flags, f"--window-size={width},{height}", f"--screenshot={picture}", frame.as_uri())
        store(picture.read_bytes(), target, f"{width} × {height}")


def store(picture, target, size):
    """Writes a picture with fewer colours."""
    # 64 colours are enough for black on white and for a terminal. The file shrinks to less than
    # half.
    quantised = subprocess.run(["pngquant", "--nofs", "--speed", "1", "64", "-"], input=picture, capture_output=True)
    if quantised.returncode != 0:
        sys.exit(f"pictures: pngquant: {quantised.stderr.decode()}")
    data = quantised.stdout
    if len(data) > LARGEST:
        sys.exit(f"pictures: {target.name} has {len(data)} bytes; {LARGEST} is the most")
    target.write_bytes(data)
    print(f"{target.relative_to(CHECKOUT)}: {size}, {len(data)} bytes")


def chromium(folder, *words):
    # Root cannot use the sandbox. The page is our own, and nothing is downloaded.
    flags = ["--headless", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    done = subprocess.run(["chromium", *flags, *words], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        sys.exit(f"pictures: chromium: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
