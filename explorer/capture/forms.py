"""Further graphs of one capture: the attempt to make one, and what is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from explorer.capture.refusals import first_sentence
from explorer.evidence import Form
from explorer.graph import Graph
from explorer.source.encoding import words_of
from explorer.source.places import Places


def made(form: Form, make: Callable[[], Graph | None], places: Places) -> Form:
    """Return ``form`` with the graph that ``make`` gives, or with why it gives none.

    Parameters
    ----------
    make
        ``None`` from it says that nothing has changed.
    """
    start = time.perf_counter()
    graph, reason = None, ""
    try:
        graph = make()
    except MemoryError:
        reason = "There is not enough memory for it."
    except Exception as error:  # noqa: BLE001 - a form that cannot be made is told, whatever is raised
        reason = first_sentence(places.clean(words_of(error))) or f"{type(error).__name__}."
    seconds = time.perf_counter() - start
    return replace(form, graph=graph, reason=reason, seconds=seconds, changed=graph is not None)
