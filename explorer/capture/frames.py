"""All frames of an exported op, not those of functions named ``forward`` alone.

NOTE: torch.export leaves out the lines of every other function, but for what it has registered as an anchor: here,
all code of the user's, of libraries and of torch's own modules is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch.fx import proxy

ANCHORS = "_STACK_TRACE_ANCHORS"
"""Torch's own set of files and functions; other versions have none, and keep all frames or cannot be asked."""


class _Anchors(set[tuple[str, str]]):
    def __contains__(self, frame: object) -> bool:
        if super().__contains__(frame):
            return True
        file = frame[0] if isinstance(frame, tuple) else None
        return isinstance(file, str) and ("/torch/" not in file or "/torch/nn/" in file)


@contextmanager
def all_frames() -> Iterator[None]:
    """Have exported ops know all their frames while the context is open."""
    before = getattr(proxy, ANCHORS, None)
    if before is None:
        yield
        return
    setattr(proxy, ANCHORS, _Anchors(before))
    try:
        yield
    finally:
        setattr(proxy, ANCHORS, before)
