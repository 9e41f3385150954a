"""State that changes between calls, as code reads it."""

from __future__ import annotations

from explorer.diff.causes.changing import read_as
from explorer.evidence import StateChange


def test_names_of_what_changed_are_those_that_code_reads() -> None:
    kinds = ("attribute", "model.part.count"), ("global", "globals.N")
    attribute, known = (
        read_as(StateChange(name=name, kind=kind, before="0", after="1"))  # type: ignore[arg-type]
        for kind, name in kinds
    )
    assert attribute == {".count"}
    assert known == {"N", ".N"}
