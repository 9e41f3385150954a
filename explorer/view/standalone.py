"""The page as one file: what it shows of a report, with its script and its colours, to be read without an app.

NOTE: an app draws a pair when it is asked for; the file holds those that a cell of the matrix or a difference shows, as
the page opens them. It loads nothing, and what a model has written is data in it, never part of a script or a page.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from string import Template

import msgspec

from explorer.errors import SourceError
from explorer.report.schema import Report
from explorer.view import assets, payload
from explorer.view.differences import Row, rows_of
from explorer.view.matrix import matrix_rows
from explorer.view.showing import Shown, choose, follow

FONTS = {"Source Sans": "SourceSansVF-Upright*.woff2", "Source Code Pro": "SourceCodeVF-Upright*.woff2"}
"""Files that Streamlit brings; a page without them is set in the reader's own fonts."""

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
<script type="application/json" id="report">$data</script>
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
    asked = dict(_shown(report, rows, first))
    scenes = {one: payload.scene_of(report, one, {}) for one in dict.fromkeys(asked.values())}
    parts: dict[str, int] = {}
    kept = {one: {name: _place(part, parts) for name, part in payload.pair_payload(report, one, scene).items()}
            for one, scene in scenes.items()}  # fmt: skip
    states = {key: kept[one] for key, one in asked.items()}
    whole = msgspec.convert(payload.payload(report, rows, first, scenes[first]), dict[str, object])
    common = {name: part for name, part in whole.items() if name not in kept[first]}
    data = f'{{"common": {_json(common)}, "parts": [{", ".join(parts)}], "states": {_json(states)}}}'
    return PAGE.substitute(
        title=html.escape(f"{report.source.name} · Parallax"),
        style="\n".join((*_fonts(), assets.stage_style(), assets.read("standalone.css"))),
        data=data.replace("<", "\\u003c"),
        script=assets.standalone_script(),
    ).encode()


def _shown(report: Report, rows: tuple[Row, ...], first: Shown) -> Iterator[tuple[str, Shown]]:
    """Yield what the file can show, by the action that asks for it; what it opens on comes first."""
    yield "first", first
    for at in range(len(rows)):
        yield f"difference:{at}", follow(report, rows, first, at)
    for row in matrix_rows(report, ()):
        for cell in row.cells:
            asked = choose(report, rows, left=cell.left, right=cell.right or first.right, difference=None)
            if asked is not None:
                yield f"pair:{asked.left}|{asked.right}", asked


def _place(part: object, parts: dict[str, int]) -> int:
    """Return the place of a part in the file: pages share many."""
    return parts.setdefault(_json(part), len(parts))


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
