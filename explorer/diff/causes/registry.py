"""The table of causes and the order in which they are asked.

A new cause is one file with a function marked ``@cause("name")`` and its line in :data:`FILES`.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator

from explorer.diff.case import Case
from explorer.divergence import QUIET_CAUSES, Divergence
from explorer.evidence import IN_TENSORS

CauseFunction = Callable[[Case, frozenset[str]], Iterator[Divergence]]

FILES: tuple[str, ...] = (
    "output_structure", "capture_failure", "graph_break", "lost_check", "specialised_type", "unrolled_loop",
    "baked_branch", "baked_mode", "baked_random", "baked_state", "mutation", "baked_constant", "specialised_shape",
    "numerical_mismatch",
    "fused", "decomposed", "folded_constant", "removed", "reordered", "layout", "control_flow_kept",
)  # fmt: skip
"""In the order in which they are asked: what has direct evidence first, then what is left to explain, at last notes."""

_registered: dict[str, CauseFunction] = {}


def cause(name: str) -> Callable[[CauseFunction], CauseFunction]:
    """Register a function as the finder of ``name``; a second one of the same name raises.

    The function gets the case and the names of the wrong examples that no error explains so far.
    """

    def register(function: CauseFunction) -> CauseFunction:
        if name in _registered:
            message = f"two causes named {name!r}"
            raise ValueError(message)
        _registered[name] = function
        return function

    return register


def causes() -> dict[str, CauseFunction]:
    """Return all causes by name, in the order in which they are asked."""
    for file in FILES:
        importlib.import_module(f"explorer.diff.causes.{file}")
    # One file may import another: the order in which they are imported is not that of FILES.
    return dict(sorted(_registered.items(), key=lambda one: FILES.index(one[1].__module__.rpartition(".")[2])))


def explain(case: Case) -> tuple[Divergence, ...]:
    """Return what diverges in ``case``: each place once, with its cause.

    A graph without an example ran nowhere: there is nothing to tell but how it is built.
    """
    found: list[Divergence] = []
    unexplained = frozenset(case.wrong)
    for name, finder in causes().items():
        if not case.runs and name not in QUIET_CAUSES:
            continue
        try:
            told = list(finder(case, unexplained))
        except Exception as error:  # noqa: BLE001 - one cause that fails must not lose what the others find
            warnings.warn(f"Looking for {name} fails: {error!r}", RuntimeWarning, stacklevel=2)
            told = [_unknown(case, name, error)]
        found += told
        for one in told:
            if one.severity == "error":
                unexplained -= set(one.inputs) - _open(case, one)
    return tuple(found)


def _unknown(case: Case, name: str, error: Exception) -> Divergence:
    """Return the warning that a cause could not be looked for: the report holds less than it could, and says so."""
    return Divergence(
        id="",
        severity="warning",
        cause=name,
        capture=case.kind,
        inputs=(),
        file=case.file,
        line=None,
        function=None,
        module="",
        explanation=f"An internal error kept the explorer from looking for this in the {case.name} graph "
        f"({type(error).__name__}). It is no fault of the model's: please report it with the model file.",
        remedy="",
        evidence={},
        left=(),
        right=(),
        left_capture=None,
        right_capture=case.capture.id if case.capture.graph else None,
        source=case.other,
    )


def _open(case: Case, one: Divergence) -> frozenset[str]:
    """Return the examples on which values differ that no other structure explains."""
    if one.cause != "output-structure":
        return frozenset()
    return frozenset(name for name, outcome in case.outcomes.items()
                     if outcome.beneath in IN_TENSORS and case.runs[name].deterministic)  # fmt: skip
