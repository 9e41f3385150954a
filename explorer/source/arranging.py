"""Bring the examples of a source in the order, and under the names, that were asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

from explorer.errors import UsageError
from explorer.options import Arrangement, ModelSource

Thing = TypeVar("Thing")


def arranged(examples: Mapping[str, Thing], source: ModelSource) -> dict[str, Thing]:
    """Return the examples that stay, the one to be captured first, under their new names.

    Raises
    ------
    UsageError
        None stays, or two would have one name.
    """
    wanted = source.arranged
    kept = [name for name in examples if name not in wanted.removed]
    if examples and not kept:
        raise UsageError(
            "No example is left to run the model on.", file=source.shown, hint="Keep at least one of them."
        )
    if wanted.first in kept:
        kept.sort(key=lambda name: name != wanted.first)
    names = renamed(kept, wanted)
    if twice := [name for name, count in Counter(names.values()).items() if count > 1]:
        message = f"Two examples would have the name {twice[0]!r}."
        raise UsageError(message, file=source.shown, hint="Give each a name of its own.")
    return {names[name]: examples[name] for name in kept}


def renamed(names: list[str], wanted: Arrangement) -> dict[str, str]:
    """Return what each of ``names`` is called."""
    new = dict(wanted.renamed)
    return {name: new.get(name, name) for name in names}
