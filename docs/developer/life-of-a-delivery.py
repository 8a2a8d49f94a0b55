"""Writes life-of-a-delivery.svg next to this file: the states of a delivery and the transitions between them.

The numbers are those of the table "The transitions" in life-of-a-delivery.md.
"""

from html import escape
from pathlib import Path

WIDTH, HEIGHT = 800, 640
FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
TEXT = "#1f2933"

# Who decides a transition: colour, dash pattern, text of the legend.
WRITERS = {
    "planner": ("#0b7a4b", "9 4", "planner"),
    "dispatcher": ("#1f4e9c", "", "dispatcher"),
    "operator": ("#b03a00", "3 3", "operator's command"),
}

# Name, note below it, x, y, width, height, fill, border.
STATES = [
    ("superseded", "", 110, 62, 134, 48, "#eceff1", "#607d8b"),
    ("cancelled", "with a reason", 568, 22, 130, 158, "#eceff1", "#607d8b"),
    ("pending", "waits for a try", 124, 262, 232, 92, "#e3edfb", "#1f4e9c"),
    ("in flight", "claimed", 530, 262, 104, 92, "#e3edfb", "#1f4e9c"),
    ("delivered", "final", 702, 280, 94, 56, "#e2f4e8", "#0b7a4b"),
    ("dead", "given up", 414, 424, 108, 56, "#fde8e4", "#b3261e"),
    ("unknown", "may have arrived", 394, 522, 148, 56, "#fff3d6", "#9a6700"),
]

# Number, writer, corners of the arrow, place of the number, text lines with the place of the first, anchor.
TRANSITIONS = [
    (1, "planner", [(18, 284), (124, 284)], (44, 284), ["due"], (58, 279), "start"),
    (2, "dispatcher", [(18, 332), (124, 332)], (44, 332), ["fail over"], (58, 327), "start"),
    (3, "dispatcher", [(356, 282), (530, 282)], (396, 282), ["claim"], (410, 277), "start"),
    (4, "dispatcher", [(634, 308), (702, 308)], (665, 308), ["accepted"], (667, 293), "middle"),
    (5, "dispatcher", [(530, 309), (356, 309)], (396, 309), ["next try later"], (410, 304), "start"),
    (6, "dispatcher", [(530, 336), (356, 336)], (396, 336), ["after a crash"], (410, 331), "start"),
    (7, "dispatcher", [(608, 354), (608, 550), (542, 550)], (608, 456),
     ["outcome unknown,", "no further try"], (624, 453), "start"),
    (8, "dispatcher", [(556, 354), (556, 452), (522, 452)], (556, 400),
     ["refused for good, too late,", "or fourth crash"], (540, 393), "end"),
    (9, "dispatcher", [(606, 262), (606, 180)], (606, 221),
     ["not sent: no longer valid;", "or changed in flight"], (622, 218), "start"),
    (10, "dispatcher", [(318, 354), (318, 438), (414, 438)], (318, 392), ["deadline"], (334, 433), "start"),
    (11, "dispatcher", [(260, 262), (260, 38), (568, 38)], (370, 38), ["channel gone, via changed"], (384, 33), "start"),
    (12, "dispatcher", [(277, 262), (277, 63), (568, 63)], (370, 63), ["failed over"], (384, 58), "start"),
    (13, "planner", [(294, 262), (294, 88), (568, 88)], (370, 88), ["changed, gone"], (384, 83), "start"),
    (14, "operator", [(311, 262), (311, 113), (568, 113)], (370, 113), ["dropped"], (384, 108), "start"),
    (15, "planner", [(222, 262), (222, 110)], (222, 206), ["later lead", "fires"], (207, 176), "end"),
    (16, "operator", [(414, 466), (232, 466), (232, 354)], (366, 466), ["failed retry"], (248, 461), "start"),
    (17, "operator", [(394, 550), (160, 550), (160, 354)], (366, 550), ["failed retry"], (248, 545), "start"),
    (18, "planner", [(568, 138), (328, 138), (328, 262)], (370, 138), ["reason has ended"], (384, 133), "start"),
    (19, "dispatcher", [(568, 163), (345, 163), (345, 262)], (370, 163), ["needed to fail over"], (384, 158), "start"),
    (20, "planner", [(138, 110), (138, 262)], (138, 206), ["needed", "again"], (123, 176), "end"),
]


def text(x, y, words, size=12, anchor="start", colour=TEXT, bold=False):
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"{weight}>'
        f"{escape(words, quote=False)}</text>"
    )


def state(name, note, x, y, width, height, fill, border):
    middle_x, middle_y = x + width / 2, y + height / 2
    yield (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{fill}" '
        f'stroke="{border}" stroke-width="1.5"/>'
    )
    yield text(f"{middle_x:g}", f"{middle_y - 3 if note else middle_y + 5:g}", name, 15, "middle", bold=True)
    if note:
        yield text(f"{middle_x:g}", f"{middle_y + 15:g}", note, 12, "middle")


def arrow(writer, corners):
    colour, dashes, _ = WRITERS[writer]
    pattern = f' stroke-dasharray="{dashes}"' if dashes else ""
    # The line ends inside the arrowhead, whose point touches the border of the state.
    (x0, y0), (x1, y1) = corners[-2:]
    length = abs(x1 - x0) + abs(y1 - y0)
    end = (x1 - 6 * (x1 - x0) / length, y1 - 6 * (y1 - y0) / length)
    points = " ".join(f"{x:g},{y:g}" for x, y in [*corners[:-1], end])
    yield (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.6"{pattern} '
        f'marker-end="url(#{writer})"/>'
    )


def badge(number, writer, place):
    colour = WRITERS[writer][0]
    x, y = place
    yield f'<circle cx="{x}" cy="{y}" r="10.5" fill="#ffffff" stroke="{colour}" stroke-width="1.4"/>'
    yield text(x, f"{y + 4.3:g}", str(number), 12, "middle", colour, bold=True)


def legend(y):
    x = 130
    yield text(20, y + 4, "Decided by:", 12, bold=True)
    for writer, (_, _, label) in WRITERS.items():
        yield from arrow(writer, [(x, y), (x + 56, y)])
        yield text(x + 64, y + 4, label, 12)
        x += 180


def drawing():
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" role="img" aria-labelledby="title">'
    )
    yield '<title id="title">The states of a delivery and the transitions between them</title>'
    yield "<defs>"
    for writer, (colour, _, _) in WRITERS.items():
        yield (
            f'<marker id="{writer}" viewBox="0 0 10 10" refX="3" refY="5" markerWidth="9" markerHeight="9" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0 L10,5 L0,10 z" fill="{colour}"/></marker>'
        )
    yield "</defs>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    for values in STATES:
        yield from state(*values)
    for _, writer, corners, *_ in TRANSITIONS:
        yield from arrow(writer, corners)
    for y in (284, 332):
        yield f'<circle cx="14" cy="{y}" r="6" fill="{TEXT}"/>'
    for number, writer, _, place, lines, (x, y), anchor in TRANSITIONS:
        yield from badge(number, writer, place)
        for index, words in enumerate(lines):
            yield text(x, y + 15 * index, words, 12, anchor)
    yield from legend(612)
    yield "</svg>"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text("\n".join(drawing()) + "\n", encoding="utf-8")
