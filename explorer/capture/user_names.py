"""What a producer raises, in the names that the user knows: it makes others of its own for what it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def renamed(named: Callable[[str], str]) -> Iterator[None]:
    """Let what is raised while the context is open say what ``named`` makes of its words."""
    try:
        yield
    except Exception as error:
        error.args = tuple(named(one) if isinstance(one, str) else one for one in error.args)
        raise


def with_names(said: str, names: Mapping[str, str]) -> str:
    """Return a message with names of the producer's replaced by those that they are mapped to.

    Examples
    --------
    >>> with_names("Got invalid dimensions for input: batch_ids", {"batch_ids": "batch['ids']", "dim": "dim"})
    "Got invalid dimensions for input: batch['ids']"
    """
    made = sorted((one for one, other in names.items() if one != other), key=len, reverse=True)
    if not made:
        return said
    return re.sub(rf"\b(?:{'|'.join(map(re.escape, made))})\b", lambda found: names[found[0]], said)
