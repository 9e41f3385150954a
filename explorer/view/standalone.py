"""The page as one file: what it shows of a report, with its script and its colours, to be read without an app.

NOTE: an app draws a pair when it is asked for; the file holds those that a cell of the matrix or a difference shows, as
the reader left them, and what stands in each box, which the script puts together when boxes are opened or closed. It
loads nothing, and what a model has written is packed data in it, never part of a script or a page.
"""

from __future__ import annotations

import base64
import hashlib
import html
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
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
from explorer.view.insides import Inside, InsideWriter
from explorer.view.matching import EARLIER, drawable
from explorer.view.matrix import matrix_rows
from explorer.view.panes import MOST_MORE
from explorer.view.reader import NOBODY, Reader
from explorer.view.seeking import entries
from explorer.view.showing import Shown, another, choose, follow

FONTS = {"Source Sans": "SourceSansVF-Upright*.woff2", "Source Code Pro": "SourceCodeVF-Upright*.woff2"}
"""Files that Streamlit brings; a page without them is set in the reader's own fonts."""

MOST_HELD = 32_000_000
"""Letters that a file holds before they are packed, to a tenth and less. Beyond it the insides of boxes are left out,
from the inner ones of the last pairs on: a browser unpacks all of it before it shows anything."""

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';
  script-src '$hash'; font-src data:; img-src data: blob:; base-uri 'none'; form-action 'none'">
<title>$title</title>
<style>
$style
</style>
<noscript><style>#page { display: none; }</style></noscript>
</head>
<body>
<noscript><p class="instead">This report is drawn by a script that is in the file, and scripts are switched off here.
Allow them for this file, or open it in another browser: it loads nothing from elsewhere.</p></noscript>
<div id="page"><p class="instead" role="status">Unpacking the report … <span class="late">If this stays, the file is cut
off: get it once more. Or the browser is older than 2023: open it in a newer one.</span></p></div>
<script type="application/octet-stream" id="report">$data</script>
<script type="module">$script</script>
</body>
</html>
""")


Tell = Callable[[str, float], None]
"""Is told what is done now, and which part of all is done."""


def to_html(report: Report, shown: Shown | None = None, reader: Reader = NOBODY, *, tell: Tell | None = None) -> bytes:
    """Return the page of ``report`` as one file, which opens on what is ``shown``, as its ``reader`` left it.

    Without ``shown`` it opens on the gravest difference.

    Raises
    ------
    SourceError
        There is no capture to show.
    """
    rows = rows_of(report)
    first = shown or choose(report, rows, left=None, right=None, difference=None)
    if first is None:
        raise SourceError("There is nothing to draw: no capture came to its end.", file=report.source.file)
    held = _Held(report, reader)
    wanted = list(_shown(report, rows, first, reader)), list(_beside(report, rows, first))
    graphs = len({tuple(asked.sides.values()) for states in wanted for _, asked in states})
    steps = _Steps(2 * graphs + 1, tell)
    for states in wanted:
        if not held.is_full:  # one more graph is the last that is wanted, and as much work as all before it
            _hold(held, states, steps)
    steps.take("packing it")
    script = f"\n{assets.standalone_script()}\n"
    return PAGE.substitute(
        title=html.escape(f"{report.source.name} · Parallax"),
        style="\n".join((*_fonts(), assets.stage_style(), assets.read("standalone.css"))),
        data=base64.b64encode(zlib.compress(held.text(_common(report, rows, first, reader)).encode())).decode(),
        script=script,
        hash=_hash(script),
    ).encode()


def _hash(script: str) -> str:
    """Return what a policy calls ``script`` by: it alone may run in the page."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _hold(held: _Held, states: Iterable[tuple[str, Shown]], steps: _Steps) -> None:
    for key, asked in states:
        if held.is_new(asked):
            steps.take(f"drawing {' beside '.join(asked.sides.values())}")
        held.add(key, asked)
    for sides in held.fill():
        steps.take(f"writing the boxes of {' beside '.join(sides)}")


class _Steps:
    """Tells how far it is, where somebody listens."""

    def __init__(self, total: int, tell: Tell | None) -> None:
        self._total = total
        self._tell = tell
        self._taken = 0

    def take(self, doing: str) -> None:
        """Tell of the step that begins."""
        if self._tell:
            self._tell(doing, min(1.0, self._taken / self._total))
        self._taken += 1


def _common(report: Report, rows: tuple[Row, ...], first: Shown, reader: Reader) -> dict[str, object]:
    """Return what is the same on every page, and what that of the first is, which is held for itself."""
    scene = payload.scene_of(report, first, reader.toggled, calls=reader.calls)
    whole = payload.payload(report, rows, first, scene, reader)
    return {**msgspec.convert(whole, dict[str, object]), "alone": reader.alone}


def _shown(report: Report, rows: tuple[Row, ...], first: Shown, reader: Reader) -> Iterator[tuple[str, Shown]]:
    """Yield what the file can show, by the action that asks for it, the most wanted first: what it opens on."""
    yield "first", first
    for at in range(len(rows)):
        yield f"difference:{at + 1}", follow(report, rows, first, at)
    for left, right in _pairs(report, first, reader):
        asked = choose(report, rows, left=left, right=right, difference=None)
        if asked is not None:
            yield f"pair:{asked.left}|{asked.right}", asked


def _beside(report: Report, rows: tuple[Row, ...], first: Shown) -> Iterator[tuple[str, Shown]]:
    """Yield the pages with one more graph beside those that it opens on."""
    beside = another(report, first) if len(first.more) < MOST_MORE else None
    if beside is not None:
        more = replace(first, more=(*first.more, beside))
        yield "another", more
        for at in range(len(rows)):
            asked = follow(report, rows, more, at)
            if asked.sides == more.sides:
                yield f"another:{at + 1}", asked


def _pairs(report: Report, first: Shown, reader: Reader) -> Iterator[tuple[str, str]]:
    """Yield the pairs that a cell of the matrix shows, or what is said of an edit."""
    for row in matrix_rows(report, ()):
        for cell in row.cells:
            yield cell.left, cell.right or first.right
    if reader.notice is not None and reader.notice.shows is not None:
        yield reader.notice.shows
    graphs = drawable(report)
    for right in dict.fromkeys(row.variants[0].right for row in reader.removed):
        if right in graphs and right + EARLIER in graphs:
            yield right + EARLIER, right


class _Held:
    """What the file holds: parts, each once however many pages have it, and the pages by what they are made of."""

    def __init__(self, report: Report, reader: Reader) -> None:
        self._report = report
        self._reader = reader
        self._parts: dict[str, int] = {}
        self._length = 0
        self._states: dict[str, Shown] = {}
        self._pages: dict[Shown, dict[str, int]] = {}
        self.is_full = False
        """Whether something was left out."""
        # The drawings are kept here: there may be more of them than stay in the cache until the boxes are filled.
        self._graphs: dict[tuple[str, ...], tuple[InsideWriter, Drawing]] = {}
        self._filled: set[tuple[str, ...]] = set()

    def is_new(self, shown: Shown) -> bool:
        """Whether these graphs are still to be drawn."""
        return tuple(shown.sides.values()) not in self._graphs

    def add(self, key: str, shown: Shown) -> None:
        """Add a page as its reader left it."""
        self._states[key] = shown
        if shown in self._pages:
            return
        calls = self._reader.calls
        writer = self._writer(shown, {})
        self._graphs.setdefault(
            tuple(shown.sides.values()), (writer, payload.drawing_of(self._report, shown, calls=calls))
        )
        page = {name: self._place(part) for name, part in payload.pair_payload(self._report, shown).items()}
        page["panes"] = self._place(writer.panes())
        page["opened"] = self._place(self._opened(shown, writer))
        if self._reader.alone and not self._pages:
            page["own"] = self._place(
                {side: self._in_boxes(self._writer(shown, own)) for side, own in self._reader.alone.items()}
            )
        self._pages[shown] = page

    def _writer(self, shown: Shown, toggled: Mapping[str, bool]) -> InsideWriter:
        return payload.writer_of(self._report, shown, toggled, calls=self._reader.calls)

    def _opened(self, shown: Shown, untouched: InsideWriter) -> dict[str, int]:
        """Place what stands in open boxes: in those of the reader, too, on the first page, and where there is room."""
        toggled = self._reader.toggled
        if toggled:
            texts = {box: self._told(inside) for box, inside in self._writer(shown, toggled).open_ones()}
            if not self._pages or self._fits(*texts.values()):
                return {box: self._put(text) for box, text in texts.items()}
        return self._in_boxes(untouched)

    def _in_boxes(self, writer: InsideWriter) -> dict[str, int]:
        return {box: self._put(self._told(inside)) for box, inside in writer.open_ones()}

    def fill(self) -> Iterator[tuple[str, ...]]:
        """Add what can be found in the graphs of each page and what stands in their closed boxes, as far as it fits.

        Yields the graphs of which it is written next.
        """
        for sides, (writer, drawing) in self._graphs.items():
            if sides in self._filled:
                continue
            yield sides
            self._filled.add(sides)
            parts: dict[str, int] = {}
            if not self.is_full and self._fits(found := _json(_findable(drawing, writer.quiet))):
                parts["entries"] = self._put(found)
            parts["insides"] = self._place(dict(self._insides(writer)))
            for page in (page for one, page in self._pages.items() if tuple(one.sides.values()) == sides):
                page.update(parts)

    def _insides(self, writer: InsideWriter) -> Iterator[tuple[str, int]]:
        """Yield the places of what stands in closed boxes: the outer ones first, until there is no more room."""
        for box, inside in () if self.is_full else writer.closed_ones():
            text = self._told(inside)
            if not self._fits(text):
                return
            yield box, self._put(text)

    def _told(self, inside: Inside) -> str:
        """Return what stands in a box; a stack, which many ops share, is told by its place."""
        told = msgspec.to_builtins(inside, str_keys=True)
        for detail in (detail for details in told["details"] for detail in details.values()):
            detail["stack"] = self._place(detail["stack"])
        return _json(told)

    def _fits(self, *texts: str) -> bool:
        fits = self._length + sum(len(text) for text in {*texts} if text not in self._parts) <= MOST_HELD
        self.is_full = self.is_full or not fits
        return fits

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
    return msgspec.json.encode(value).decode()


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
