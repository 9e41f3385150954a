"""The page as one file: what it shows of a report, with its script and its colours, to be read without an app.

NOTE: an app draws a pair when it is asked for; the file holds those that a cell of the matrix or a difference shows, as
the page opens them, and what stands in each box, which the script puts together when boxes are opened or closed. It
loads nothing, and what a model has written is packed data in it, never part of a script or a page.
"""

from __future__ import annotations

import base64
import html
import json
import zlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from string import Template

import msgspec

from explorer.errors import SourceError
from explorer.report.schema import Report
from explorer.view import assets, payload
from explorer.view.differences import Row, rows_of
from explorer.view.drawing import Drawing
from explorer.view.insides import InsideWriter
from explorer.view.matrix import matrix_rows
from explorer.view.panes import MOST_MORE
from explorer.view.seeking import entries
from explorer.view.showing import Shown, another, choose, follow

FONTS = {"Source Sans": "SourceSansVF-Upright*.woff2", "Source Code Pro": "SourceCodeVF-Upright*.woff2"}
"""Files that Streamlit brings; a page without them is set in the reader's own fonts."""

MOST_HELD = 24_000_000
"""Letters that a file holds before they are packed, to a tenth and less. Beyond it the insides of boxes are left out,
from the inner ones of the last pairs on: a browser unpacks all of it before it shows anything."""

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';
  script-src 'unsafe-inline'; font-src data:; img-src data: blob:">
<title>$title</title>
<style>
$style
</style>
</head>
<body>
<div id="page"></div>
<script type="application/octet-stream" id="report">$data</script>
<script type="module">
$script
</script>
</body>
</html>
""")


def to_html(report: Report, shown: Shown | None = None) -> bytes:
    """Return the page of ``report`` as one file, which opens on ``shown`` or on the gravest difference.

    Raises
    ------
    SourceError
        There is no capture to show.
    """
    rows = rows_of(report)
    first = shown or choose(report, rows, left=None, right=None, difference=None)
    if first is None:
        raise SourceError("There is nothing to draw: no capture came to its end.", file=report.source.file)
    held = _Held(report)
    for key, asked in _shown(report, rows, first):
        held.add(key, asked)
    held.fill()
    whole = payload.payload(report, rows, first, payload.scene_of(report, first, {}))
    common = msgspec.convert(whole, dict[str, object])
    return PAGE.substitute(
        title=html.escape(f"{report.source.name} · Parallax"),
        style="\n".join((*_fonts(), assets.stage_style(), assets.read("standalone.css"))),
        data=base64.b64encode(zlib.compress(held.text(common).encode(), 9)).decode(),
        script=assets.standalone_script(),
    ).encode()


def _shown(report: Report, rows: tuple[Row, ...], first: Shown) -> Iterator[tuple[str, Shown]]:
    """Yield what the file can show, by the action that asks for it, the most wanted first: what it opens on."""
    yield "first", first
    for at in range(len(rows)):
        yield f"difference:{at}", follow(report, rows, first, at)
    for row in matrix_rows(report, ()):
        for cell in row.cells:
            asked = choose(report, rows, left=cell.left, right=cell.right or first.right, difference=None)
            if asked is not None:
                yield f"pair:{asked.left}|{asked.right}", asked
    beside = another(report, first) if len(first.more) < MOST_MORE else None
    if beside is not None:
        more = replace(first, more=(*first.more, beside))
        yield "another", more
        for at in range(len(rows)):
            asked = follow(report, rows, more, at)
            if asked.sides == more.sides:
                yield f"another:{at}", asked


class _Held:
    """What the file holds: parts, each once however many pages have it, and the pages by what they are made of."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._parts: dict[str, int] = {}
        self._length = 0
        self._states: dict[str, Shown] = {}
        self._pages: dict[Shown, dict[str, int]] = {}
        self._writers: dict[tuple[str, ...], tuple[InsideWriter, Shown]] = {}

    def add(self, key: str, shown: Shown) -> None:
        """Add a page as it opens by itself."""
        self._states[key] = shown
        if shown in self._pages:
            return
        writer = payload.writer_of(self._report, shown, {})
        opened = {box: self._place(inside) for box, inside in writer.open_ones()}
        self._writers.setdefault(tuple(shown.sides.values()), (writer, shown))
        self._pages[shown] = {
            **{name: self._place(part) for name, part in payload.pair_payload(self._report, shown).items()},
            "panes": self._place(writer.panes()),
            "opened": self._place(opened),
        }

    def fill(self) -> None:
        """Add what can be found in the graphs of each page and what stands in their closed boxes, as far as it fits."""
        for sides, (writer, shown) in self._writers.items():
            drawing = payload.drawing_of(self._report, shown)
            parts = {"insides": self._place(dict(self._insides(writer)))}
            if self._fits(found := _json(_findable(drawing, writer.quiet))):
                parts["entries"] = self._put(found)
            for page in (page for one, page in self._pages.items() if tuple(one.sides.values()) == sides):
                page.update(parts)

    def _insides(self, writer: InsideWriter) -> Iterator[tuple[str, int]]:
        """Yield the places of what stands in closed boxes: the outer ones first, until there is no more room."""
        for box, inside in writer.closed_ones():
            text = _json(inside)
            if not self._fits(text):
                return
            yield box, self._put(text)

    def _fits(self, text: str) -> bool:
        return text in self._parts or self._length + len(text) <= MOST_HELD

    def _place(self, part: object) -> int:
        return self._put(_json(part))

    def _put(self, text: str) -> int:
        if text not in self._parts:
            self._length += len(text)
        return self._parts.setdefault(text, len(self._parts))

    def text(self, common: Mapping[str, object]) -> str:
        """Return all of it as JSON, with what is the same on every page."""
        pages = {key: self._pages[shown] for key, shown in self._states.items()}
        alike = {name: part for name, part in common.items() if name != "scene" and name not in pages["first"]}
        return f'{{"common":{_json(alike)},"parts":[{",".join(self._parts)}],"states":{_json(pages)}}}'


def _findable(drawing: Drawing, quiet: Container[str]) -> dict[str, object]:
    """Return the ops that can be found, and the box around each of them and around each box."""
    return {
        "entries": list(entries(drawing, quiet)),
        "around": {one: box for one, box in drawing.tree.parent_of.items() if box},
    }


def _json(value: object) -> str:
    return json.dumps(msgspec.to_builtins(value, str_keys=True), ensure_ascii=False, separators=(",", ":"))


def _fonts() -> Iterator[str]:
    """Yield the fonts of the app, as rules that hold them: both are under the SIL Open Font License."""
    found = find_spec("streamlit")
    folder = Path(found.origin).parent / "static" / "static" / "media" if found and found.origin else None
    if folder is None:
        return
    for family, pattern in FONTS.items():
        for path in sorted(folder.glob(pattern))[:1]:
            held = base64.b64encode(path.read_bytes()).decode()
            yield (
                f'@font-face {{ font-family: "{family}"; font-weight: 200 900; '
                f'src: url("data:font/woff2;base64,{held}") format("woff2"); }}'
            )
