"""What is written in the boxes: short names, shapes, attributes, and how wide that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from explorer.graph import Attribute
from explorer.report.gathering import printable
from explorer.report.schema import Group, GroupKind, NodeEntry, ValueEntry
from explorer.view.tree import Frame

LONGEST = 30
"""Letters of a line in a box; the rest is in the inspector."""

LONGEST_STATEMENT = 60
"""Letters of a statement that names a box, with its line."""

TITLE_LETTER = 6.9
"""Mean width of a letter of a box's first line, in pixels."""
DETAIL_LETTER = 6.4

MOST_NAMED = 3
"""Layers that differ and are named, at most; more are counted."""

_TELLING = ("dim", "dims", "axis", "value", "other", "p")

SIGNS: Mapping[GroupKind, str] = {
    "same": "",
    "changed": "≠",
    "moved": "↷",
    "fused": "⊕",
    "decomposed": "⊟",
    "only-left": "◆",
    "only-right": "◇",
}
"""A sign for each kind of group, as colour never stands alone."""

OTHERWISE = "~"
"""The sign of what differs and is quiet: only written otherwise."""


def how(group: Group) -> str:
    """Return by what the sides of a group were matched, how sure that is, and whether they gave the same.

    Examples
    --------
    >>> how(Group(left=("a",), right=("b",), kind="same", matched_by="line and op", sure="likely", held="same"))
    'line and op (likely); they gave the same values'
    """
    sure = f" ({group.sure})" if group.sure and group.matched_by else ""
    gave = {"same": "the same", "apart": "other"}.get(group.held or "")
    return f"{group.matched_by}{sure}" + (f"; they gave {gave} values" if gave else "")


def title(node: NodeEntry, prefix: str = "", call: str = "") -> str:
    """Return the name of an op, or of the Python call that it is, after the module that holds it alone."""
    shown = call or node.op
    if node.role in ("input", "output"):
        path = node.target.removeprefix("output") if node.role == "output" else ""
        is_path = node.target == node.role or path.startswith(("[", "."))
        shown = node.target if is_path else f"{node.role} {node.target}"
    return clipped(f"{prefix} · {shown}" if prefix else shown)


def detail(node: NodeEntry, number: str = "") -> str:
    """Return an op's output and its most telling attributes; ``number`` is one that is told beside them."""
    parts = [value_text(output) for output in node.outputs[:1]]
    told = {one.partition("=")[0] for one in number.split()}
    parts += [f"{name}={short(node.attributes[name])}" for name in _TELLING
              if name in node.attributes and name not in told]  # fmt: skip
    return clipped(" ".join(part for part in parts if part))


def short(value: Attribute) -> str:
    """Return an attribute as a box tells it: a number with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def value_text(output: ValueEntry) -> str:
    """Return ``f32[4, 16]`` for an output's dtype and shape."""
    return _value_text(output.dtype, output.shape)


@lru_cache(maxsize=4096)
def _value_text(dtype: str | None, shape: tuple[int | str | None, ...] | None) -> str:
    if shape is None:
        return dtype or ""
    sizes = ", ".join("?" if size is None else str(size) for size in shape)
    return f"{dtype or '?'}[{sizes}]"


def values_text(outputs: Sequence[ValueEntry]) -> str:
    """Return what the first output held, in a few numbers: ``mean 0.5, -1 to 2, 3 of 8 not finite``."""
    summary = outputs[0].summary if outputs else None
    if summary is None:
        return ""
    strange = f", {summary.strange} of {summary.count} not finite" if summary.strange else ""
    if summary.count == 1 and not strange:
        return f"{summary.mean:.4g}"
    return f"mean {summary.mean:.4g}, {summary.smallest:.4g} to {summary.largest:.4g}{strange}"


def clipped(text: str, longest: int = LONGEST) -> str:
    r"""Return ``text`` on one line of at most ``longest`` letters, all of which can be shown.

    Examples
    --------
    >>> clipped("a\x01b\n  c")
    'a b c'
    """
    line = " ".join(printable(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def frame_title(frame: Frame) -> str:
    """Return the name of a box: module and class, or what it stands for."""
    if frame.kind == "module" and frame.type:
        return clipped(f"{frame.label} · {frame.type}", 36)
    return clipped(frame.label, LONGEST_STATEMENT if frame.kind in ("loop", "branch") else 36)


def roll_up(number: int) -> str:
    """Return what a closed box holds in one graph: ``48 ops``."""
    return f"{number} op" if number == 1 else f"{number} ops"


def badge(frame: Frame, at: int = 0, *, alone: bool = False) -> str:
    """Return whether what a box holds in the graph at the place ``at`` matches; nothing where nothing can.

    What matches is equal only where its number of ops is: 16 ops beside 12 do the same work. Layers are counted: of 24,
    that ``7 differs`` says where to look. Where the graph matches and others in sight do not, it says so: what they
    have otherwise is in this box. A branch that a graph fixed is never told to be equal: on other inputs it is not.
    """
    layers = frame.layers
    number = f"×{layers.count} · " if layers and frame.kind != "repeat" else ""
    if alone:
        return number.removesuffix(" · ")
    if frame.counts.differing[at]:
        return number + _differing(frame, at)
    if frame.counts.differing[0]:
        return f"{number}{_differing(frame, 0)} elsewhere"
    if frame.kind == "branch" and frame.owner is None:
        return ""
    return f"{number}same work" if _in_other_ops(frame, at) else f"{number.removesuffix('· ')}= all"


def _in_other_ops(frame: Frame, at: int) -> bool:
    """Whether a graph does with another number of ops what the first one does; of the first, whether any does."""
    own, *others = frame.counts.ops[at], *(frame.counts.ops[1:] if at == 0 else frame.counts.ops[:1])
    return any(other not in {0, own} for other in others)


def _differing(frame: Frame, at: int) -> str:
    layers, differing = frame.layers, frame.counts.differing[at]
    if frame.kind == "repeat" and layers:
        return f"{_differ(differing // layers.count)} in each"
    names = layers.differing[at] if layers else ()
    if not layers:
        return _differ(differing)
    if not names:  # what stands beside the layers does
        return "1 other op differs" if differing == 1 else f"{differing} other ops differ"
    if len(names) == layers.count:
        return "all differ"
    told = f"{', '.join(names)} {'differs' if len(names) == 1 else 'differ'}"
    return told if len(names) <= MOST_NAMED else _differ(len(names))


def _differ(number: int) -> str:
    return f"{number} differ" if number > 1 else "1 differs"


def statement(line: str, number: int) -> str:
    """Return the first line of a statement as the title of a box, with its place in the file."""
    return f"{clipped(line.strip().removesuffix(':'), 34)} · line {number}"
