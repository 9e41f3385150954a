"""Dynamo's partial graphs as one graph.

NOTE: each graph takes and gives tensors under names of Dynamo's own, in an order of its own. Which of them are the
model's arguments and results is told by the tensors themselves, as the graphs were handed them and gave them in a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import fx, nn

from explorer.capture.fx_graph import FxWalker
from explorer.capture.tensors import argument_names
from explorer.graph import BETWEEN, Graph
from explorer.source.encoding import as_text
from explorer.source.held import named_leaves
from explorer.source.load import Arguments
from explorer.source.places import Places


@dataclass
class Partial:
    """A graph, and what it was handed and gave."""

    module: fx.GraphModule
    inputs: list[Any]
    runs: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    """Kept alive: a tensor that is gone leaves its identity to another."""

    def run(self, *given: Any) -> Any:
        """Run the graph as it is."""
        result = self.module.forward(*given)
        self.runs.append(tuple(result))
        return result

    def inputs_named(self, known: Mapping[int, str]) -> dict[str, str]:
        """Return the names of what it was handed, by those of its placeholders."""
        placeholders = [node.name for node in self.module.graph.nodes if node.op == "placeholder"]
        if len(placeholders) != len(self.inputs):
            return {}
        handed = zip(placeholders, self.inputs, strict=True)
        return {placeholder: known[id(one)] for placeholder, one in handed if id(one) in known}

    def results_named(self, known: Mapping[int, str], count: int) -> list[str | None]:
        """Return the names of what it gave, ``None`` for what is no result of the model's."""
        runs = [run for run in self.runs if len(run) == count]
        return [next((known[id(run[at])] for run in runs if id(run[at]) in known), None) for at in range(count)]


@dataclass(frozen=True)
class Owner:
    """A model and the names of what was its own, or given to it, before it ran: a run may put others in their place."""

    model: nn.Module
    stored: Mapping[int, str]
    given: Mapping[int, str]
    held: tuple[object, ...]
    """What is named here, kept alive."""

    @classmethod
    def of(cls, model: nn.Module, arguments: Arguments) -> Owner:
        """Return the owner of what ``model`` reads when it is called with ``arguments``."""
        stored = [*model.named_parameters(), *model.named_buffers()]
        given = list(argument_names(model, arguments))
        return cls(model, _by_identity(stored), _by_identity(given), (*stored, *given))


def joined(graphs: list[Partial], owner: Owner, result: object, places: Places) -> Graph:
    """Return one graph of them all, ``result`` being what the model returned.

    What is the model's own is called as the user wrote it, whichever graph it is in; all else tells its graph's number.
    """
    results = _by_identity((as_text(f"output{path}"), leaf) for path, leaf in named_leaves(result))
    walker = FxWalker(places=places)
    for number, one in enumerate(graphs, start=1):
        walker.suffix = f"{BETWEEN}{number}" if len(graphs) > 1 else ""
        walker.parameters = one.inputs_named(owner.stored)
        walker.inputs = one.inputs_named(owner.given)
        walker.results = lambda count, one=one: one.results_named(results, count)
        walker.add(one.module)
    return walker.builder.graph()


def _by_identity(named: Iterable[tuple[str, Any]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for name, thing in named:
        if isinstance(thing, torch.Tensor):
            found.setdefault(id(thing), name)
    return found
