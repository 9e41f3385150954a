"""One attempt to capture, of a model or of a stored graph: how it is made, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from explorer.capture.refusals import refusal
from explorer.capture.registry import Captured, RefusedError
from explorer.errors import ExplorerError
from explorer.evidence import Capture, Failure, Form, Kind, Outcome, Seen, StaticResult
from explorer.graph import Graph
from explorer.messages import CaptureMade, Doing, FormMade, FromWorker, OutcomeMade
from explorer.source.load import Arguments
from explorer.source.memory import reraise_want_of_memory
from explorer.source.places import Places

Emit = Callable[[FromWorker], None]


def attempt(
    make: Callable[[], Captured], kind: Kind, places: Places, result: object = None
) -> tuple[Captured | None, Failure | None]:
    """Return what ``make`` captures, or why it does not; ``result`` is what eager returned, if it ran."""
    try:
        return make(), None
    except ExplorerError as error:
        return None, Failure(reason=error.message, file=error.file, line=error.line, hint=error.hint, error="refused")
    except RefusedError as refused:
        return None, refused.failure
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a refusal is a result, whatever the producer raises
        reraise_want_of_memory(error)
        return None, refusal(kind, error, places, result)


def capture_record(
    name: str, kind: Kind, example: str | None, made: tuple[Captured | None, Failure | None], seconds: float
) -> Capture:
    """Return the record of one attempt to capture, whether it gave a graph or a failure."""
    captured, failure = made
    record = Capture(
        id=name,
        kind=kind,
        input=example,
        status="ok" if captured else "failed",
        failure=failure,
        seconds=seconds,
    )
    if captured is None:
        return record
    return replace(
        record,
        graph=captured.graph,
        warnings=captured.warnings,
        breaks=captured.breaks,
        note=captured.note,
        refused=captured.refused,
        made_from=captured.made_from,
    )


def told(
    capture: Capture,
    captured: Captured | None,
    examples: Mapping[str, Arguments],
    outcomes: Callable[[Captured], Iterator[tuple[str, Outcome]]],
    emit: Emit,
    *,
    ready: Callable[[Captured, str], bool] = lambda _captured, _example: True,
) -> StaticResult:
    """Tell the capture, then each outcome and each form as it comes; return them together.

    ``ready`` puts state and seed back to what they were when eager saw an example, and says whether it could.
    """
    emit(CaptureMade(capture=capture))
    if captured is None:
        untried = Outcome(outcome="not-run", message="The capture failed.")
        return StaticResult(capture=capture, outcomes=dict.fromkeys(examples, untried))
    found: dict[str, Outcome] = {}
    for name, outcome in outcomes(captured):
        found[name] = outcome
        emit(OutcomeMade(example=name, outcome=outcome))

    def watched(name: str | None) -> Graph | None:
        if captured.sized is None or name is None or not ready(captured, name):
            return None
        emit(Doing(what=f"watching {capture.id}", stage="watching"))
        return captured.sized(examples[name].fresh())

    first = next(iter(examples), None)
    apart = next((name for name, one in found.items() if one.outcome == "differs" and name != first), None)
    shown, other = watched(first) or capture.graph, watched(apart)
    seen = Seen(example=apart, outputs={op.id: op.outputs for op in other.ops}) if apart and other else None
    made: list[Form] = []
    for form in captured.forms():
        made.append(form)
        emit(FormMade(form=form))
    return StaticResult(capture=replace(capture, graph=shown, forms=tuple(made)), outcomes=found, seen=seen)
