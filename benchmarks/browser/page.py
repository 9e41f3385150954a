"""The page ``docs/speed.md``: every number in it comes from one run."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.browser.figures import PRESSED, Figures, Opening, Panning, Taken

GOALS: Mapping[int, float] = {144: 1.0, 2_000: 2.0, 10_000: 3.0}
"""CPU seconds above Streamlit's own for the first view, by the ops that were asked for."""
OPENING_GOAL = 100.0
"""Milliseconds."""
PANNING_GOAL = 30.0
"""Frames of a second."""

HEAD = """# What the page costs the browser

This page is written by a command; nothing in it is by hand:

```
{command}
```

{surroundings}

CPU seconds are those of all processes of one Chromium, started anew for each figure, with software rendering. They are
read until the page is drawn and idle. Each is the median of {rounds} rounds, in which all take turns; in brackets
the seconds on the clock, which hang on what else the machine did. Read them as ratios.
"""

FIRST = """
## First view

Parallax shows two graphs compared: eager on an input that takes other branches, beside the trace. The comparison is
made before, so that the browser's part is measured alone. *above Streamlit* is without what an empty page of Streamlit
takes, {shell}. The other viewers show one graph: Netron all of the ONNX file, Model Explorer the first boxes of the
`.pt2` file; none of them compares. Both files are of the same model without its branches, which torch.export refuses.
"""

BOXES = """
## Opening a box

A click on a closed box of the first view, which was not open before, until the frame in which it is: median (fastest)
of up to seven boxes. Where the pointer, or the focus, rests on a box, the page asks for what stands in it before the
click; where a finger presses it, here for {pressed} ms, when it comes down. A click that nothing precedes, as a
script's, waits for the server's answer.
"""

BYTES = """
## What is sent

Bytes over the page's websocket, and what compression makes of them; beside them what both graphs of the pair take as
JSON. What the browser has is named by its hash and not sent again, the page's script and style included.
"""

PANS = """
## Panning

Frames a second while a pane is dragged, and the other with it; counted are frames in which the view has moved.
"""


def page(figures: Figures, *, command: str, surroundings: str, rounds: int) -> str:
    """Return the whole page."""
    parts = [HEAD.format(command=command, surroundings=surroundings, rounds=rounds)]
    parts += [FIRST.format(shell=_taken(figures.empty)), *_first(figures)]
    parts += [
        BOXES.format(pressed=PRESSED),
        *_opening(figures),
        BYTES,
        *_sent(figures),
        PANS,
        *_panning(figures.panning),
    ]
    return "\n".join(parts)


def missed(figures: Figures) -> list[str]:
    """Return the goals that are missed, in words."""
    found = [
        f"first view of {ops:,} ops: {above:.2f} CPU s, goal {GOALS[ops]:g}"
        for ops, above in _above(figures).items()
        if ops in GOALS and above >= GOALS[ops]
    ]
    found += [
        f"opening a box at {ops:,} ops, {how}: {statistics.median(taken):.0f} ms, goal {OPENING_GOAL:g}"
        for ops, one in figures.opening.items()
        for how, taken in (("by pointer", one.rested), ("by touch", one.touched))
        if statistics.median(taken) >= OPENING_GOAL
    ]
    found += [
        f"panning {one.boxes:,} boxes: {one.frames:.0f} frames/s, goal {PANNING_GOAL:g}"
        for one in figures.panning
        if one.frames < PANNING_GOAL
    ]
    return found


def _first(figures: Figures) -> Iterator[str]:
    sizes = [model.asked for model in figures.models]
    yield from _head("", [f"{size:,} ops" for size in sizes])
    for graph in dict.fromkeys(name for model in figures.models for name in model.nodes):
        yield _row(
            f"ops of the {graph} graph",
            [f"{one.nodes[graph]:,}" if graph in one.nodes else "" for one in figures.models],
        )
    yield _row("Parallax, the whole page", [_taken(figures.page.get(size, [])) for size in sizes])
    above = _above(figures)
    yield _row("**Parallax, above Streamlit**", [f"**{above[size]:.2f}**" if size in above else "" for size in sizes])
    yield _row("goal", [f"< {GOALS[size]:g}" if size in GOALS else "" for size in sizes])
    for name, by_size in figures.beside.items():
        yield _row(name, [_taken(by_size.get(size, [])) for size in sizes])
    for name, by_size in figures.beside.items():
        yield _row(
            f"{name} over Parallax, whole page",
            [_ratio(by_size.get(size, []), figures.page.get(size, [])) for size in sizes],
        )


def _above(figures: Figures) -> dict[int, float]:
    """Return the CPU seconds of the first view above those of an empty page."""
    shell = _median(figures.empty)
    pages = {size: _median(taken) for size, taken in figures.page.items()}
    return {} if shell is None else {size: own - shell for size, own in pages.items() if own is not None}


def _opening(figures: Figures) -> Iterator[str]:
    columns: list[tuple[str, Opening]] = [(f"{size:,} ops", one) for size, one in figures.opening.items()]
    yield from _head("milliseconds", [name for name, _ in columns])
    yield _row("boxes", [str(len(one.wall)) for _, one in columns])
    yield _row(
        f"until it is drawn, the pointer rested on it before; goal < {OPENING_GOAL:g}",
        [_spread(one.rested) for _, one in columns],
    )
    yield _row(
        f"until it is drawn, a finger pressed it; goal < {OPENING_GOAL:g}", [_spread(one.touched) for _, one in columns]
    )
    yield _row("until it is drawn, nothing preceded the click", [_spread(one.wall) for _, one in columns])
    yield _row("of that until the answer is there", [_spread(one.served) for _, one in columns])
    yield _row("CPU of the browser, mean", [f"{one.cpu:.0f}" for _, one in columns])


def _sent(figures: Figures) -> Iterator[str]:
    yield from _head("kB", [f"{size:,} ops" for size in figures.sent])
    for what in dict.fromkeys(name for by_name in figures.sent.values() for name in by_name):
        sent = [by_name.get(what) for by_name in figures.sent.values()]
        yield _row(
            what, ["" if one is None else f"{_kilobytes(one.plain)}, packed {_kilobytes(one.packed)}" for one in sent]
        )
    yield _row("both graphs of the pair", [_kilobytes(figures.graphs[size]) for size in figures.sent])


def _panning(panning: Sequence[Panning]) -> Iterator[str]:
    yield "| boxes on screen | scale | frames a second | goal |\n| --: | --: | --: | --: |"
    for one in panning:
        yield f"| {one.boxes:,} | {one.scale:.2f} | {one.frames:.0f} | {PANNING_GOAL:g} |"


def _head(first: str, columns: Sequence[str]) -> Iterator[str]:
    yield _row(first, columns)
    yield f"| --- |{' --: |' * len(columns)}"


def _row(first: str, cells: Sequence[str]) -> str:
    return f"| {first} | {' | '.join(cells)} |"


def _median(taken: Sequence[Taken]) -> float | None:
    """Return the median of the CPU seconds; there is none where a round has no figure."""
    return statistics.median(one.cpu for one in taken) if taken and not any(one.failed for one in taken) else None


def _taken(taken: Sequence[Taken]) -> str:
    failed = next((one for one in taken if one.failed), None)
    if failed is not None:
        return f"{failed.failed} ({failed.cpu:.0f} CPU s so far)" if failed.cpu else failed.failed
    if not taken:
        return "not measured"
    return f"{statistics.median(one.cpu for one in taken):.2f} ({statistics.median(one.wall for one in taken):.1f})"


def _ratio(other: Sequence[Taken], own: Sequence[Taken]) -> str:
    """Return how many times ours the other takes; at least, where it was cut off."""
    ours = _median(own)
    if ours is None or not other or not other[0].cpu:
        return ""
    theirs = _median(other)
    return f"×{theirs / ours:.1f}" if theirs is not None else f"> ×{max(one.cpu for one in other) / ours:.1f}"


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f})"


def _kilobytes(count: int) -> str:
    return f"{count / 1000:,.0f}"
