"""All frames of an exported op, not those of functions named ``forward`` alone, nor of code that Dynamo has written.

NOTE: torch.export leaves out the lines of every other function, but for what it has registered as an anchor: here,
all code of the user's, of libraries and of torch's own modules is. What ``torch.cond`` and its like run is compiled by
Dynamo first, and then exported: its ops stand in Dynamo's code, whose nodes know where the user wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import fx, nn
from torch.fx import proxy

ANCHORS = "_STACK_TRACE_ANCHORS"
"""Torch's own set of files and functions; other versions have none, and keep all frames or cannot be asked."""

FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>\S+)')
CODE = "<eval_with_key>"
"""How the name of the file begins in which the code of a graph module is said to stand."""
CLOSED_OVER = re.compile(r".*\.cell_contents\.")
"""How the path of a module begins of which a function knows the owner."""

Frame = tuple[str, int, str]
"""File, line and function."""

_written: dict[str, fx.GraphModule] = {}
"""Whose code stands in which file, since :func:`all_frames` was last entered."""
_paths: dict[str, str] = {}
"""The paths of the model's modules by their identity, which Dynamo names them by."""


class _Anchors(set[tuple[str, str]]):
    def __contains__(self, frame: object) -> bool:
        if super().__contains__(frame):
            return True
        file = frame[0] if isinstance(frame, tuple) else None
        return isinstance(file, str) and ("/torch/" not in file or "/torch/nn/" in file)


@contextmanager
def all_frames(model: nn.Module | None = None) -> Iterator[None]:
    """Have exported ops know all their frames, and the modules of ``model`` they are in, while the context is open."""
    before = getattr(proxy, ANCHORS, None)
    recompile = fx.GraphModule.recompile
    _written.clear()
    _paths.clear()
    _paths.update((str(id(one)), path) for path, one in (model.named_modules() if model is not None else ()) if path)
    if before is not None:
        setattr(proxy, ANCHORS, _Anchors(before))
    setattr(fx.GraphModule, recompile.__name__, _noting(recompile))
    try:
        yield
    finally:
        setattr(fx.GraphModule, recompile.__name__, recompile)
        if before is not None:
            setattr(proxy, ANCHORS, before)


def frames_in(text: str) -> list[Frame]:
    """Return the frames of an fx ``stack_trace``, the outermost first; those of written code as the user wrote them."""
    frames = [(m["file"], int(m["line"]), m["function"]) for m in FRAME.finditer(text)]
    found: list[Frame] = []
    for frame in frames:
        if not frame[0].startswith(CODE):
            found.append(frame)
        elif (node := _node_at(frame)) is not None:
            found += [one for one in frames_in(node.stack_trace or "") if one not in found]
    return found


def module_in(text: str, above: tuple[str, str]) -> tuple[str, str]:
    """Return path and class of the module that the innermost written code in ``text`` stands for.

    What owns the function that runs is ``above``, with its class; that is returned where the code tells of no module.
    """
    nodes = (_node_at((m["file"], int(m["line"]), "")) for m in FRAME.finditer(text) if m["file"].startswith(CODE))
    stacks = [list((node.meta.get("nn_module_stack") or {}).items()) for node in nodes if node is not None]
    if not stacks or not stacks[-1]:
        return above
    identity, (path, owner) = stacks[-1][-1]
    kind = owner if isinstance(owner, str) else getattr(owner, "__name__", "")
    inside = CLOSED_OVER.match(str(path))
    if inside is not None:
        return ".".join(filter(None, (above[0], str(path)[inside.end() :]))), kind
    return (_paths[str(identity)], kind) if str(identity) in _paths else above


def _node_at(frame: Frame) -> fx.Node | None:
    module = _written.get(frame[0])
    if module is None:
        return None
    lines: dict[int, int | None] = getattr(module, "_lineno_map", None) or {}
    place = lines.get(frame[1] - getattr(module, "_prologue_start", 0))
    nodes = list(module.graph.nodes)
    return nodes[place] if place is not None and place < len(nodes) else None


def _noting(recompile: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def noted(module: Any) -> Any:
        code = recompile(module)
        _written[type(module).forward.__code__.co_filename] = module
        return code

    return noted
