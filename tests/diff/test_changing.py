"""State that changes between calls, as code reads it."""

from __future__ import annotations

from explorer.diff.causes.changing import changed_names
from explorer.evidence import StateChange
from tests.diff.test_case import case, run


def test_names_of_what_changed_are_those_that_code_reads() -> None:
    kinds = ("attribute", "model.part.count"), ("global", "globals.N")
    changes = tuple(StateChange(name=name, kind=kind, before="0", after="1") for kind, name in kinds)  # type: ignore[arg-type]
    names = changed_names(case(runs=(run("a", changes=changes),)))
    assert {".count", "N", "hasattr(self, 'count'"} <= names
    assert ".N" not in names
