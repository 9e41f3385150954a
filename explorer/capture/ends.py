"""The names of a graph's inputs and outputs: those by which the eager graph calls them, paths as the user wrote them.

A producer's graph has a flat list of each, under names of its own; what stands where is known from the call that was
captured and from what it returned.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from explorer.source.encoding import as_text
from explorer.source.held import named_leaves


@dataclass(frozen=True, slots=True)
class Ends:
    """The names of what goes into a graph and of what comes out, in its order; empty where they are not known."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    tensors: tuple[str, ...] = ()
    """Those of the outputs that are tensors: some producers leave out all else."""

    @classmethod
    def of(cls, result: object, inputs: tuple[str, ...] = ()) -> Ends:
        """Return the names of the leaves of ``result``, beside those of the inputs.

        Examples
        --------
        >>> Ends.of({"y": torch.ones(1), "n": None})
        Ends(inputs=(), outputs=("output['y']", "output['n']"), tensors=("output['y']",))
        """
        named = [(as_text(f"output{path}"), leaf) for path, leaf in named_leaves(result)]
        tensors = tuple(name for name, leaf in named if isinstance(leaf, torch.Tensor))
        return cls(inputs, tuple(name for name, _ in named), tensors)

    def results(self, count: int) -> tuple[str, ...]:
        """Return the names of a graph's ``count`` outputs: of all, or of the tensors; empty where it is neither.

        Examples
        --------
        >>> Ends.of((None, torch.ones(1))).results(1)
        ('output[1]',)
        """
        return next((names for names in (self.outputs, self.tensors) if len(names) == count), ())
