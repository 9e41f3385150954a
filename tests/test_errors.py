"""Errors say what, where and what next, and cross a process."""

from __future__ import annotations

import pickle

import pytest

from explorer import errors
from explorer.errors import ExplorerError, NothingRunsError, SourceError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ExplorerError)]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(SourceError("It fails.", file="a.py", line=3, hint="Mend it."), "a.py:3: It fails. Mend it.", id="all"),
        pytest.param(SourceError("It fails.", file="a.py"), "a.py: It fails.", id="file"),
        pytest.param(SourceError("It fails.", line=0, file="a.py"), "a.py:0: It fails.", id="line 0 is a line"),
        pytest.param(SourceError("It fails.", hint="Mend it."), "It fails. Mend it.", id="no place"),
    ],
)  # fmt: skip
def test_an_error_reads_as_place_sentence_and_next_step(error: ExplorerError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling_with_its_fields(kind: type[ExplorerError]) -> None:
    error = pickle.loads(pickle.dumps(kind("m", file="f", line=1, hint="h")))  # noqa: S301 - our own bytes
    assert (type(error), error.message, error.file, error.line, error.hint) == (kind, "m", "f", 1, "h")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_only_a_model_that_runs_nowhere_exits_with_3(kind: type[ExplorerError]) -> None:
    assert kind.exit_status == (3 if kind is NothingRunsError else 2)
