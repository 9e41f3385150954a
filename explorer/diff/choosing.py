"""What was chosen at a place of the source, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from explorer.diff.places import Site

MOST_WAYS = 4
"""Ways in a row that are told."""
WAYS = {1: "into the body", 0: "past the body"}
PARTS = {1: "a part that held", 0: "a part that did not hold"}


def ways_in(site: Site, choices: Sequence[int]) -> str:
    """Return which ways were taken, equal ones in a row together; the choices as a decision has them.

    Examples
    --------
    >>> from explorer.diff.places import Site
    >>> def site(kind, compound=False):
    ...     return Site(line=1, text="", kind=kind, names=frozenset(), on_type=False, raises=False, lines=range(1, 2),
    ...                 body=2, compound=compound)
    >>> ways_in(site("if"), (0, 0, 1))
    'past the body 2 times, then into the body'
    >>> ways_in(site("loop"), (1, 1, 0, 0))
    '2 turns, then no turn'
    >>> ways_in(site("try"), (7,))
    'the handler at line 7'
    """
    ways = list(_turns(choices) if site.kind == "loop" else (_way(site, choice) for choice in choices))
    grouped = [(way, len(list(same))) for way, same in groupby(ways)]
    told = [way if times == 1 else f"{way} {times} times" for way, times in grouped]
    return ", then ".join(told[:MOST_WAYS] + (["…"] if len(told) > MOST_WAYS else [])) or "never reached"


def _way(site: Site, choice: int) -> str:
    if site.kind == "try":
        return f"the handler at line {choice}" if choice else "no handler"
    return (PARTS if site.compound else WAYS).get(choice, str(choice))


def _turns(choices: Sequence[int]) -> Iterator[str]:
    """Yield how often a loop turned on each visit: a visit ends where it is left, or with the last choice."""
    turns = 0
    for at, choice in enumerate(choices):
        turns += bool(choice)
        if not choice or at == len(choices) - 1:
            yield f"{turns} turns" if turns > 1 else "1 turn" if turns else "no turn"
            turns = 0
