"""The further graphs of a capture, as the report lists them."""

from __future__ import annotations

from explorer.evidence import Capture
from explorer.report.schema import FormEntry


def form_id(capture: Capture, name: str) -> str:
    """Return the id of the form ``name`` of ``capture``."""
    return f"{capture.id}:{name}"


def form_entries(capture: Capture) -> tuple[FormEntry, ...]:
    """Return what the report says of each form of ``capture``."""
    return tuple(
        FormEntry(
            id=form_id(capture, form.name),
            name=form.name,
            what=form.what,
            after=_after(capture, form.after),
            nodes=len(form.graph.ops) if form.graph else 0,
            edges=len(form.graph.edges) if form.graph else 0,
            seconds=round(form.seconds, 4),
            changed=form.changed,
            reason=form.reason or None,
        )
        for form in capture.forms
    )


def _after(capture: Capture, name: str) -> str:
    if not name:
        return capture.id
    return form_id(capture, name) if any(form.name == name for form in capture.forms) else name
