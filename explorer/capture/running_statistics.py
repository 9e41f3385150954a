"""Which calls of a normalisation write to its running statistics.

Neither the schemas of most of them nor the version of what they write to say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

STATISTICS = frozenset({"running_mean", "running_var"})
"""What a normalisation updates while it trains."""

UPDATING = frozenset(
    {
        "native_batch_norm", "cudnn_batch_norm", "miopen_batch_norm", "batch_norm_update_stats",
        "batch_norm_gather_stats", "batch_norm_gather_stats_with_counts", "batch_norm", "instance_norm",
    }
)  # fmt: skip
"""Ops that update them though their schema does not say so."""

ASKING = frozenset({"training", "use_input_stats"})
"""Arguments that say whether they do; an op without one always does."""


class Updated(NamedTuple):
    """The places of the statistics among an op's arguments, and of the argument that says whether it writes to them."""

    places: tuple[int, ...] = ()
    asked: int | None = None


def updated(name: str, arguments: Sequence[str], written: Sequence[int] = ()) -> Updated:
    """Return what an op updates; ``name`` without its namespace, ``written`` what its schema says that it writes to.

    Examples
    --------
    >>> updated("batch_norm", ("input", "running_mean", "running_var", "training"))
    Updated(places=(1, 2), asked=3)
    >>> updated("linear", ("input", "weight"))
    Updated(places=(), asked=None)
    """
    told = (place for place, one in enumerate(arguments) if one in STATISTICS)
    places = tuple(place for place in told if name in UPDATING or place in written)
    asked = next((place for place, one in enumerate(arguments) if one in ASKING), None)
    return Updated(places, asked) if places else Updated()
