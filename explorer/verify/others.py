"""A further source, run on the examples of the first: a stored graph as it is, a model file by its eager graph."""

from __future__ import annotations

from dataclasses import replace

from explorer.capture.attributes import names, plain_attributes
from explorer.capture.closures import own_cells
from explorer.capture.escapes import Escapes
from explorer.capture.observe import observe
from explorer.capture.registry import Captured, state_of
from explorer.capture.stored import read_stored
from explorer.options import ModelSource
from explorer.source.load import Arguments, load, seed_everything
from explorer.source.places import Places

UNUSED = (("unused", "0"),)
"""An example that is never run: the first source's are."""


def captured_other(other: ModelSource, arguments: Arguments, seed: int) -> Captured:
    """Return the graph of ``other`` and a way to run it; a model file is recorded on ``arguments``.

    Raises
    ------
    SourceError
        The file does not hold what its name says.
    """
    if other.stored:
        stored = read_stored(other, Places.of(other))
        return replace(stored.captured, sized=stored.sized)
    loaded = load(replace(other, inputs=other.inputs or UNUSED), seed=seed)
    model = loaded.build()
    seed_everything(seed)
    seen = observe(loaded, "first", loaded.build(), arguments.fresh(), Escapes(loaded.places))
    if seen.capture.graph is None:
        message = "nothing was recorded"
        raise RuntimeError(message)
    return Captured(
        graph=seen.capture.graph,
        run=lambda given: model(*given.args, **given.kwargs),
        state=state_of(model),
        attributes=(*names(model), *plain_attributes(model), *own_cells(model, loaded.places)),
    )
