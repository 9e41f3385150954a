"""The matrix: what each static graph does on each example beside eager."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.evidence import Outcome
from explorer.report.gathering import refused_at
from explorer.report.schema import CaptureEntry, InputEntry, Report
from explorer.view.labels import roll_up
from explorer.view.reference import is_beside, measure_of, name_of, row_name, statics_of, stored_of

ERROR = "Δ"
"""What tells an error from a number of ops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One capture on one example, and the pair of captures that a click shows."""

    input: str
    outcome: str
    """The outcome of the contract, or ``refused`` and ``pending`` where nothing ran (``data`` says not-run),
    or ``ran`` and ``itself`` of eager, where it raises: that is what the model does, and no fault of a graph."""
    data: str
    text: str
    hint: str
    left: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One kind of capture."""

    kind: str
    capture: str
    origin: str
    cells: tuple[Cell, ...]
    seconds: str
    ops: str


def matrix_rows(report: Report, pending: Sequence[str] = ()) -> tuple[MatrixRow, ...]:
    """Return the rows of the matrix, eager first, what is still to come last."""
    eager = tuple(one for one in report.captures if one.kind == "eager" and not is_beside(one))
    static, stored = statics_of(report), stored_of(report)
    rows = [_eager_row(report, eager)] if eager else []
    rows += [_stored_row(report, stored)] if stored else []
    rows += [_static_row(report, capture) for capture in static]
    done = {row_name(report, capture) for capture in static}
    return (*rows, *(_pending_row(report, kind) for kind in pending if kind not in done and kind != "eager"))


def _eager_row(report: Report, captures: tuple[CaptureEntry, ...]) -> MatrixRow:
    of_input = {capture.input: capture for capture in captures}
    return MatrixRow(
        kind="eager",
        capture=captures[0].id,
        origin="",
        cells=tuple(_eager_cell(example, of_input.get(example.name)) for example in report.inputs),
        seconds=f"{sum(capture.seconds for capture in captures):.1f} s",
        ops="",
    )


def _stored_row(report: Report, capture: CaptureEntry) -> MatrixRow:
    """Return the row of the graph that the others are compared with."""
    return MatrixRow(
        kind=capture.kind,
        capture=capture.id,
        origin="stored",
        cells=tuple(replace(_eager_cell(example, capture), left=capture.id) for example in report.inputs),
        seconds=f"{capture.seconds:.1f} s",
        ops=str(capture.ops or capture.nodes),
    )


def _eager_cell(example: InputEntry, capture: CaptureEntry | None) -> Cell:
    if example.raised is not None:
        outcome, data, text = "itself", "raises", "✗ raises itself"
    elif capture is not None and capture.status == "ok":
        outcome, data, text = "ran", "agrees", roll_up(capture.ops or capture.nodes)
    else:
        outcome, data, text = "not-run", "not-run", "· no graph"
    return Cell(
        input=example.name,
        outcome=outcome,
        data=data,
        text=text,
        hint=f"{'; '.join(example.arguments)}: {_eager_hint(example, capture)}",
        left=f"eager:{example.name}",
        right="",
    )


def _eager_hint(example: InputEntry, capture: CaptureEntry | None) -> str:
    if example.raised is not None:
        return f"eager itself raises {example.raised}. A graph that raises there, too, agrees with it."
    return "number of ops" if capture is None or capture.status == "ok" else capture.reason or "eager was not recorded"


def _static_row(report: Report, capture: CaptureEntry) -> MatrixRow:
    name = row_name(report, capture)
    outcomes = report.matrix.get(name, {})
    place = refused_at(report, capture)
    cells = tuple(
        replace(
            _cell(capture, example, outcomes.get(example.name), place=place),
            left=measure_of(report, example.name),
        )
        for example in report.inputs
    )
    made = capture.status == "ok"
    return MatrixRow(
        kind=name,
        capture=capture.id,
        origin=_origin(capture),
        cells=cells,
        seconds=f"{capture.seconds:.1f} s",
        ops=str(capture.ops or capture.nodes) if made else "—",
    )


def _origin(capture: CaptureEntry) -> str:
    if is_beside(capture):
        return "beside it"
    return f"from {capture.input}" if capture.input else capture.id.partition(":")[2]


def _cell(capture: CaptureEntry, example: InputEntry, outcome: Outcome | None, *, place: str) -> Cell:
    name = example.name
    refused = capture.status == "failed"
    shown = "refused" if refused else outcome.outcome if outcome else "not-run"
    text = "· cancelled" if capture.status == "skipped" else _text(outcome, raised=bool(example.raised))
    return Cell(
        input=name,
        outcome=shown,
        data=outcome.outcome if outcome else "not-run",
        text=f"⊘ {place or ('no graph' if is_beside(capture) else 'refused')}" if refused else text,
        hint=_hint(capture, name, outcome),
        left=f"eager:{name}",
        right=capture.id,
    )


def _text(outcome: Outcome | None, *, raised: bool = False) -> str:
    if outcome is None:
        return "· not run"
    match outcome.outcome:
        case "agrees":
            return "✓ raises too" if raised else f"✓ {_figure(outcome.max_abs_error)}".rstrip()
        case "differs":
            figure = _figure(outcome.max_abs_error) or outcome.beneath or outcome.where or ""
            return f"≠ {'structure, ' if outcome.beneath else ''}{figure}".rstrip()
        case "raises":
            return "✗ raises"
        case "returns":
            return "≠ returns"
        case "not-run":
            return "· not run"


def _figure(error: float | None) -> str:
    if error is None:
        return ""
    figure = "0" if error == 0 else f"{error:.2g}".replace("e-0", "e-").replace("e+0", "e+")
    return f"{ERROR} {figure}"


def _hint(capture: CaptureEntry, name: str, outcome: Outcome | None) -> str:
    called = name_of(capture)
    if capture.status == "skipped":
        return f"{called} was not captured: {capture.reason or 'skipped'}"
    if capture.status != "ok":
        place = f" ({capture.file}:{capture.line})" if capture.line is not None else ""
        does = "cannot be used" if is_beside(capture) else "refuses the model"
        return f"{called} {does}: {capture.reason or capture.status}{place}"
    said = outcome.message if outcome and outcome.message else ""
    return f"{called} on {name}: {outcome.outcome if outcome else 'not run'}. {said}".strip()


def _pending_row(report: Report, kind: str) -> MatrixRow:
    cells = tuple(
        Cell(
            input=example.name,
            outcome="pending",
            data="not-run",
            text="…",
            hint=f"{kind} is still to come",
            left=f"eager:{example.name}",
            right="",
        )
        for example in report.inputs
    )
    return MatrixRow(kind=kind, capture="", origin="", cells=cells, seconds="", ops="")
