"""How sentences are put together, whoever says them."""

from __future__ import annotations

from collections.abc import Sequence


def joined(parts: Sequence[str]) -> str:
    """Return ``parts``, of which there is at least one, as a sentence lists them.

    Examples
    --------
    >>> joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    *before, last = parts
    return f"{', '.join(before)} and {last}" if before else last


def sentence(text: str) -> str:
    """Return ``text`` with a capital at its beginning and a period at its end."""
    return f"{text[:1].upper()}{text[1:]}."
