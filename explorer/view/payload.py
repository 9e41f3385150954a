"""All that the component shows, as one plain value for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from explorer.errors import ExplorerError
from explorer.report.schema import CaptureEntry, Report
from explorer.view.branches import fixed_branches
from explorer.view.differences import Row, marks_of, notes_text, rows_of
from explorer.view.drawing import Drawing, Mark
from explorer.view.earlier import has_earlier
from explorer.view.headline import headline
from explorer.view.identity import SameReport
from explorer.view.insides import InsideWriter
from explorer.view.library import PACKAGES, excerpt
from explorer.view.listing import listing_of
from explorer.view.matching import EARLIER
from explorer.view.matrix import matrix_rows
from explorer.view.panes import SIDES, SideName, panes_of
from explorer.view.reader import NOBODY, Reader
from explorer.view.readings import Readings
from explorer.view.reference import is_beside, name_of, row_name, stored_of
from explorer.view.saying import is_wrong, outcome_of, saying
from explorer.view.scene import Scene
from explorer.view.seeking import Found
from explorer.view.showing import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A designed error: what is wrong, where, and the next step."""

    message: str
    file: str | None = None
    line: int | None = None
    hint: str = ""
    aside: bool = False
    """Whether what is seen is what was asked for all the same."""


def problem_of(error: ExplorerError, *, aside: bool = False) -> Problem:
    """Return what the page shows of ``error``; ``aside`` says that what is seen is what was asked for all the same."""
    return Problem(message=error.message, file=error.file, line=error.line, hint=error.hint, aside=aside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """The scene as it will be once a box is opened or closed, in all panes or in one that is for itself."""

    key: str
    open: bool
    side: SideName | None
    scene: Scene


def payload(
    report: Report,
    rows: Sequence[Row],
    shown: Shown,
    scene: Scene,
    reader: Reader = NOBODY,
    *,
    pending: Sequence[str] = (),
    problem: Problem | None = None,
    beside: str = "",
    found: Found | None = None,
    alone: Mapping[SideName, Scene] | None = None,
    ahead: Ahead | None = None,
    done: int = 0,
    address: Mapping[str, str | None] | None = None,
) -> dict[str, object]:
    """Return what the component shows of ``report``.

    Parameters
    ----------
    reader
        What the reader made of the page.
    pending
        Captures that are still to come.
    beside
        What is said beside the verdict.
    found
        What the reader looked for.
    alone
        Scenes of the panes whose boxes open for themselves.
    ahead
        What the reader may ask for next.
    done
        How many actions of the reader it knows of.
    address
        What the page writes into its own address, by name; nothing where it has none.
    """
    head = headline(report, pending)
    return msgspec.to_builtins(
        {
            "name": report.source.name,
            "verdict": head,
            "matrix": {
                "inputs": [example.name for example in report.inputs],
                "rows": matrix_rows(report, pending),
            },
            "listing": listing_of(report, rows),
            "captures": [*_options(report)],
            "rows": [_row(row) for row in rows],
            "notes": notes_text(rows),
            "nothing": head.nothing,
            **pair_payload(report, shown),
            "scene": scene,
            "problem": problem,
            "notice": reader.notice,
            "beside": beside,
            "found": found,
            "focus": reader.focus,
            "gaze": reader.gaze,
            "alone": alone or {},
            "ahead": ahead,
            "done": done,
            "address": address,
            "autograd": reader.autograd,
            "calls": reader.calls,
            "large": reader.large,
            "library": excerpt(reader.library),
            "packages": PACKAGES,
            "removed": [_removed(report, row) for row in reader.removed],
        },
        str_keys=True,
    )


def pair_payload(report: Report, shown: Shown) -> dict[str, object]:
    """Return what of that depends on the pair that is shown, beside its scene; the rest is the same for all."""
    return {
        "shown": {**dict.fromkeys(SIDES), **shown.sides, "difference": shown.difference},
        "saying": saying(report, shown.left, shown.right),
        "refusals": {side: _refusal(report, capture) for side, capture in shown.sides.items()},
    }


def empty_payload(*, problem: Problem | None, said: str, working: bool = False) -> dict[str, object]:
    """Return what the component shows while there is nothing to show."""
    return msgspec.to_builtins({"problem": problem, "said": said, "working": working})


def scene_of(report: Report, shown: Shown, toggled: Mapping[str, bool], *, calls: bool = False) -> Scene:
    """Return the scene of the panes that are shown."""
    return writer_of(report, shown, toggled, calls=calls).scene()


def writer_of(report: Report, shown: Shown, toggled: Mapping[str, bool], *, calls: bool = False) -> InsideWriter:
    """Return what writes this scene, and what stands in its boxes."""
    drawing = drawing_of(report, shown, calls=calls)
    captures = [side.capture for side in drawing.panes.sides]
    wrong = [_wrong(report, captures[0], other) for other in captures[1:]]
    selected = -1 if shown.difference is None else shown.difference
    return drawing.writer(_marks(SameReport(report), tuple(captures)), toggled=toggled, selected=selected, wrong=wrong)


@lru_cache(maxsize=24)
def _marks(key: SameReport, captures: tuple[str, ...]) -> tuple[Mark, ...]:
    return marks_of(rows_of(key.report), captures)


def _wrong(report: Report, first: str, other: str) -> bool | None:
    outcome = outcome_of(report, first, other)
    return None if outcome is None or outcome.outcome == "not-run" else is_wrong(outcome)


def drawing_of(report: Report, shown: Shown, *, calls: bool = False) -> Drawing:
    """Return the drawing of the panes that are shown, kept."""
    return _drawing(SameReport(report), tuple(shown.sides.items()), calls)


@lru_cache(maxsize=24)
def _drawing(key: SameReport, captures: tuple[tuple[SideName, str], ...], calls: bool) -> Drawing:
    report = key.report
    ran = {example.name: example.lines for example in report.inputs}
    return Drawing(
        panes_of(report, dict(captures)),
        report.source,
        fixed_branches(report),
        ran,
        Readings.of(report),
        calls=calls,
        changed=_changed(report),
    )


def _changed(report: Report) -> frozenset[str]:
    """Return the names of the parameters and buffers that any example wrote to."""
    return frozenset(one.name for example in report.inputs for one in example.changes
                     if one.kind in ("buffer", "parameter"))  # fmt: skip


def _options(report: Report) -> Iterator[dict[str, object]]:
    """Yield what a pane can show: each capture, then its forms that have a graph."""
    graphs = report.graphs or {}
    for capture in report.captures:
        whole = _option(report, capture)
        yield whole
        for form in capture.forms:
            if form.id in graphs:
                ops = sum(node.role == "compute" for node in graphs[form.id].nodes)
                label = f"{capture.id}, {form.name}"
                yield {**whole, "id": form.id, "label": label, "ok": True, "ops": ops, "note": form.what}


def _option(report: Report, capture: CaptureEntry) -> dict[str, object]:
    example = f" on {capture.input}" if capture.kind == "eager" else f" from {capture.input}"
    if is_beside(capture) and capture.kind != "eager":  # it was made from no example of this model
        example = ""
    return {
        "id": capture.id,
        "kind": capture.kind,
        "label": row_name(report, capture) + (example if capture.input else _form(report, capture)),
        "ok": capture.status == "ok",
        "ops": capture.ops or capture.nodes,
        "raises": capture.kind == "eager" and capture.status == "failed" and capture.id in (report.graphs or {}),
        "note": capture.note,
    }


def _form(report: Report, capture: CaptureEntry) -> str:
    """Return what tells the stored graph from a form of it."""
    return ", stored" if capture is stored_of(report) else "".join(capture.id.partition(":")[1:]).replace(":", ", ")


def _refusal(report: Report, capture: str) -> dict[str, object] | None:
    found = next((entry for entry in report.captures if entry.id == capture), None)
    if found is None or capture in (report.graphs or {}):
        return None
    return {
        "title": _no_graph(found),
        "reason": found.reason or "There is no graph of this capture.",
        "line": found.line,
        "file": found.file,
        "message": found.message,
        "hint": found.hint,
    }


def _no_graph(capture: CaptureEntry) -> str:
    if capture.status == "skipped":
        return f"{name_of(capture)} was not captured"
    if is_beside(capture):
        return f"{capture.id} cannot be used"
    return f"eager has no graph of {capture.input}" if capture.kind == "eager" else f"{capture.id} refuses this model"


def _removed(report: Report, row: Row) -> dict[str, object]:
    """Return a difference that is gone, with the pair that shows its graph before and after the edit."""
    right = row.variants[0].right
    has_both = has_earlier(report, right) and right in (report.graphs or {})
    return {
        "cause": row.cause,
        "place": row.place,
        "captures": row.captures,
        "shows": (right + EARLIER, right) if has_both else None,
    }


def _row(row: Row) -> dict[str, object]:
    return {
        "cause": row.cause,
        "severity": row.severity,
        "sign": row.sign,
        "line": row.line,
        "place": row.place,
        "captures": row.captures,
        "variants": row.variants,
        "said": row.said,
    }
