"""``specialised-type``: a branch on None, a type, a rank, a dtype or a key is fixed."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.branches import frozen, is_check, is_choice
from explorer.diff.causes.choice_remedies import REMEDIES
from explorer.diff.causes.given import given_otherwise, told
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

ARGUMENT = (
    "The choice by {text} was made when {kind} captured “{first}”: the argument that it asks for is no tensor, and so "
    "no input of the graph. On {names} eager goes the other way; {holds}."
)
SENTENCE = (
    "{text} asks for the form of the input, and was settled for “{first}” when {kind} captured it. "
    "On {names} eager goes the other way; the graph cannot follow."
)


@cause("specialised-type")
def specialised_types(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each condition on the form of an input that went another way, and each argument that chooses."""
    yield from frozen(
        case,
        "specialised-type",
        lambda one: (
            one.site.on_type
            and one.site.kind == "if"
            and not is_check(case, one.file, one.site.line)
            and (case.maker != "script" or one.example in unexplained)
        ),
        "type",
        SENTENCE,
    )
    yield from frozen(case, "specialised-type", lambda one: is_choice(case, one), "argument", ARGUMENT)
    if case.runs_python and not case.stranger:
        parted = {one.example for one in case.partings}
        for given, examples in given_otherwise(case, unexplained - parted):
            if not given.is_number:
                what, remedy = "a fixed choice", REMEDIES["argument"]
                yield told(case, "specialised-type", given, examples, what=what, remedy=remedy)
