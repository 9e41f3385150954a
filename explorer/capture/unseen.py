"""Memory that is handed to what is no op, such as NumPy, and may be written to there.

NOTE: the memory of what was there before the run is copied when it is first handed out, and compared afterwards. That
of an op's result is not: where such a write matters, the recorded ops give another result when they run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import torch
from torch.utils._python_dispatch import _disable_current_modes  # no public name

from explorer.capture.origins import Origins, identity_of
from explorer.capture.replay import on_memory, same_bits
from explorer.evidence import StateChange
from explorer.graph import Location
from explorer.source.places import Places

HANDS_OUT: dict[object, str] = {
    torch.Tensor.numpy: "NumPy",
    torch.Tensor.__array__: "NumPy",
    torch.Tensor.__dlpack__: "another library",
    torch.Tensor.storage: "Python as its storage",
    torch.Tensor.untyped_storage: "Python as its storage",
}
"""What hands memory out, and to whom."""

WRITES = {getattr(torch.Tensor, name): name for name in ("apply_", "map_", "map2_")}
"""What writes to memory by a Python function."""

GIVES_ANOTHER = torch.Tensor.data.__set__  # type: ignore[attr-defined]
"""What gives a tensor another memory."""

NOTED = frozenset({*HANDS_OUT, *WRITES, GIVES_ANOTHER})

Named = Iterable[tuple[str, torch.Tensor, torch.Tensor]]
"""Names of tensors, each with another tensor on the memory that it had at the start."""


@dataclass
class Unseen:
    """Knows what was handed out, where, and what gave a tensor another memory."""

    origins: Origins
    places: Places
    _said: dict[str, None] = field(default_factory=dict[str, None])
    _handed: dict[int, Location | None] = field(default_factory=dict[int, "Location | None"])
    """Where each memory was first handed out of which it is known what it held."""
    _moved: dict[int, Location | None] = field(default_factory=dict[int, "Location | None"])
    """Where each tensor was last given another memory, by identity."""

    def note(self, func: Any, args: tuple[Any, ...], frame: FrameType) -> None:
        """Note a call that is about to be made."""
        if not args or not isinstance(tensor := args[0], torch.Tensor):
            return
        place = self._place(frame)
        if func == GIVES_ANOTHER:
            self._moved[identity_of(tensor)] = place
            return
        with _disable_current_modes(), torch._C.DisableTorchFunction():  # noqa: SLF001 - no public name
            known = self.origins.before_handing_out(tensor)
        if known:
            self._handed.setdefault(self.origins.memory(tensor), place)
        line = f" in line {place.line}" if place else ""
        if func in WRITES:
            self._said[f"Tensor.{WRITES[func]}{line} writes by a Python function, which no op shows."] = None
        else:
            self._said[f"Memory was handed to {HANDS_OUT[func]}{line}, and may have been written to."] = None

    @property
    def causes(self) -> list[str]:
        """Why a result may be another when the ops run again, in words."""
        return list(self._said)

    def place(self, tensor: torch.Tensor) -> Location | None:
        """Return where ``tensor`` was given another memory, or else where its own was handed out."""
        return self._moved.get(identity_of(tensor)) or self._handed.get(self.origins.memory(tensor))

    def written(self, named: Named, told: frozenset[str]) -> Iterator[StateChange]:
        """Yield the tensors whose memory no op wrote to and that is not what it was; ``told`` are known to be."""
        for name, _, start in named:
            memory = self.origins.memory(start)
            if memory not in self._handed or name in told:
                continue
            if not same_bits(start, on_memory(self.origins.unwritten[memory], start)):
                yield StateChange.written(name, self._handed[memory])

    def _place(self, frame: FrameType | None) -> Location | None:
        while frame is not None and not self.places.is_user(frame.f_code.co_filename):
            frame = frame.f_back
        return self.places.location(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name) if frame else None
