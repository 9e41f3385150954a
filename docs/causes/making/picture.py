"""Draw two small graphs side by side as an SVG file: places by Graphviz, as in the page of the explorer.

NOTE: sizes of boxes come from the number of letters, not from a font, so that the same graphs are the same file
everywhere. The ground is opaque, as the file is shown on light and on dark pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from docs.causes.making.boxes import Box, Drawn, Manner, both
from docs.causes.making.page import sides
from docs.causes.making.running import Taught, UntrueError
from explorer.view.layout import Level, Placed, Point, Slot, lay_out

LETTER, LINE, PAD, MARGIN, HEAD, GAP = 7.4, 16.0, 12.0, 20.0, 44.0, 44.0
LEAST = 96.0
LARGEST = 40_000
"""Bytes of a picture, at most."""
ROUNDING = 6.0

FACES: dict[Manner, str] = {
    "same": 'fill="#ffffff" stroke="#7d8590" stroke-width="1"',
    "changed": 'fill="#fff4d6" stroke="#8f6000" stroke-width="2"',
    "alone": 'fill="#fdeae6" stroke="#b42d12" stroke-width="2" stroke-dasharray="6 4"',
}
INKS: dict[Manner, str] = {"same": "#1c2430", "changed": "#6b4800", "alone": "#9a2810"}
FONT = "Menlo, Consolas, 'DejaVu Sans Mono', monospace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """One side: its name, its boxes and where they stand."""

    name: str
    drawn: Drawn
    placed: Placed

    @property
    def width(self) -> float:
        """Width of the pane: of its boxes, or of its name where that is wider."""
        return max(self.placed.width, LETTER * len(self.name) + PAD)


def picture(taught: Taught) -> str:
    """Return the picture of a cause as the text of an SVG file.

    Raises
    ------
    UntrueError
        It is too large to be looked at.
    """
    left, right = both(taught)
    names = sides(taught)
    refused = Drawn(boxes=(Box(lines=("no graph", f"{taught.lesson.shown} refuses the model"), manner="alone"),))
    panes = (_pane(names[0], left), _pane(names[1], right or refused))
    text = "\n".join(_lines(panes)) + "\n"
    if len(text.encode()) > LARGEST:
        raise UntrueError(f"the picture of {taught.lesson.cause} has {len(text.encode())} bytes")
    return text


def _pane(name: str, drawn: Drawn) -> Pane:
    slots = tuple(Slot(width=_width(box), height=LINE * len(box.lines) + PAD) for box in drawn.boxes)
    return Pane(name=name, drawn=drawn, placed=lay_out(Level(slots=slots, wires=drawn.wires)))


def _width(box: Box) -> float:
    return max(LEAST, LETTER * max(map(len, box.lines)) + 2 * PAD)


def _lines(panes: tuple[Pane, Pane]) -> Iterator[str]:
    height = HEAD + max(pane.placed.height for pane in panes) + MARGIN
    width = sum(pane.width for pane in panes) + GAP + 2 * MARGIN
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
           f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}" font-size="12" role="img">')  # fmt: skip
    yield f"<title>{escape(f'{panes[0].name}, and {panes[1].name}')}</title>"
    yield f'<rect width="{width:.0f}" height="{height:.0f}" rx="{ROUNDING:.0f}" fill="#f6f8fa"/>'
    middle = MARGIN + panes[0].width + GAP / 2
    yield f'<path d="M{middle:.1f} {MARGIN:.0f}V{height - MARGIN:.1f}" stroke="#c4cad1"/>'
    yield from _drawing(panes[0], MARGIN)
    yield from _drawing(panes[1], MARGIN + panes[0].width + GAP)
    yield "</svg>"


def _drawing(pane: Pane, left: float) -> Iterator[str]:
    """Yield a pane: its name, wires, and boxes over them."""
    centre = left + pane.width / 2
    yield (f'<text x="{centre:.1f}" y="26" text-anchor="middle" font-weight="bold" fill="#1c2430">'
           f"{escape(pane.name)}</text>")  # fmt: skip
    yield f'<g transform="translate({centre - pane.placed.width / 2:.1f} {HEAD:.0f})">'
    yield '<g fill="none" stroke="#57606a" stroke-width="1.3">'
    for wire in pane.placed.wires:
        yield f'<path d="{_curve(wire)}"/>'
    yield "</g>"
    for wire in pane.placed.wires:
        x, y = wire[-1]
        yield f'<path d="M{x:.1f} {y:.1f}l-3.5 -7h7z" fill="#57606a"/>'
    for box, at in zip(pane.drawn.boxes, pane.placed.centres, strict=True):
        yield from _box(box, at)
    yield "</g>"


def _curve(points: tuple[Point, ...]) -> str:
    return f"M{points[0][0]:.1f} {points[0][1]:.1f}C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in points[1:])


def _box(box: Box, at: Point) -> Iterator[str]:
    width, height = _width(box), LINE * len(box.lines) + PAD
    x, y = at[0] - width / 2, at[1] - height / 2
    yield (f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{ROUNDING:.0f}" '
           f"{FACES[box.manner]}/>")  # fmt: skip
    for number, line in enumerate(box.lines):
        weight = ' font-weight="bold"' if number == 0 else ""
        last = box.manner != "same" and number == len(box.lines) - 1
        ink = INKS[box.manner] if last else "#1c2430" if number == 0 else "#4b5563"
        yield (f'<text x="{at[0]:.1f}" y="{y + PAD / 2 + LINE * number + 12:.1f}" text-anchor="middle"{weight} '
               f'fill="{ink}">{escape(line)}</text>')  # fmt: skip
