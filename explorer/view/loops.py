"""Loops of the model's source that ran, turn by turn: their turns get a box each, although no graph knows them.

NOTE: the eager graph tells under which turns of which loops an op ran. A graph in which a loop was unrolled does not:
there an op is of the turn of the eager op that it is matched with, on the example of its capture, and what is matched
with none of the turn of what it takes. A loop that only calls other modules, one in each turn, has no box: the
modules have.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from explorer.report.schema import FrameEntry, GraphEntry, Group, NodeEntry

CONTAINERS = "torch/nn/modules/container.py"
"""Where a Sequential runs its parts: it is called itself, which a list of modules is not."""

FEWEST_TURNS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn, from 0, of the loop at a line, in the call of a module."""

    file: str
    line: int
    module: str
    number: int


Turns = Mapping[str, tuple[Turn, ...]]
"""The turns around each op, from the outermost inwards, by the op's id."""


@dataclass(frozen=True)
class Loops:
    """Finds the turns around the ops of a graph. ``file`` is the model file, ``text`` what stands in it."""

    file: str
    text: str

    def turns(self, eager: GraphEntry) -> Turns:
        """Return the turns around the ops of an eager graph: what a `while` asks is of the turn that it begins.

        What it asked last, before it ended, is of a turn of its own.
        """
        found: dict[str, tuple[Turn, ...]] = {}
        latest: dict[tuple[object, ...], int] = {}
        for node in eager.nodes:
            turns = tuple(self._around(node, eager.stacks))
            for depth, turn in enumerate(turns):
                latest[turns[:depth], turn.line, turn.module] = turn.number
            line = self._conditions.get(node.line or 0) if node.file == self.file else None
            if line is not None and all(turn.line != line for turn in turns):
                module = self._module(node, eager.stacks[node.stack] if node.stack is not None else (), line)
                number = latest.get((turns, line, module), -1) + 1
                turns = (*turns, Turn(file=self.file, line=line, module=module, number=number))
            if turns:
                found[node.id] = turns
        return found

    def _around(self, node: NodeEntry, stacks: Sequence[tuple[FrameEntry, ...]]) -> Iterator[Turn]:
        frames = stacks[node.stack] if node.stack is not None else ()
        for step in node.within:
            if step.kind == "body" and step.turn is not None and step.file == self.file:
                yield Turn(
                    file=step.file, line=step.line, module=self._module(node, frames, step.line), number=step.turn
                )

    def _module(self, node: NodeEntry, frames: Sequence[FrameEntry], line: int) -> str:
        """Return the module in whose call the loop at ``line`` runs: that of the op, without those called below."""
        below: list[FrameEntry] = []
        function = self._function(line)
        for frame in frames:
            if frame.file == self.file and function[0] <= frame.line <= function[1]:
                break
            below.append(frame)
        module = node.module.split(".") if node.module else []
        calls = [frame for frame in below if frame.function.rpartition(".")[2] == "forward"]
        for at, _ in enumerate(calls):
            part = module.pop() if module else ""
            in_sequence = at + 1 < len(calls) and calls[at + 1].file.endswith(CONTAINERS)
            if part.isdecimal() and module and not in_sequence:
                module.pop()
        return ".".join(module)

    def _function(self, line: int) -> tuple[int, int]:
        """Return the lines of the innermost function around ``line``."""
        around = [one for one in self._functions if one[0] <= line <= one[1]]
        return max(around, default=(line, line))

    @cached_property
    def _statements(self) -> tuple[ast.AST, ...]:
        try:
            return tuple(ast.walk(ast.parse(self.text)))
        except (SyntaxError, ValueError, RecursionError):
            return ()  # it ran, so this is a text that only another version of Python reads

    @cached_property
    def _functions(self) -> tuple[tuple[int, int], ...]:
        functions = (one for one in self._statements if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
        return tuple((one.lineno, one.end_lineno or one.lineno) for one in functions)

    @cached_property
    def _conditions(self) -> Mapping[int, int]:
        """The line of each `while` by the lines of what it asks, but for those on which its body begins."""
        loops = [one for one in self._statements if isinstance(one, ast.While)]
        return {
            line: one.lineno
            for one in loops
            for line in range(one.lineno, (one.test.end_lineno or one.lineno) + 1)
            if line < one.body[0].lineno
        }


def borrowed(eager: Turns, groups: Iterable[Group], graph: GraphEntry) -> Turns:
    """Return the turns of a static graph: of each op those of its eager counterpart, else of what it takes.

    What a loop carries is taken together with something of the turn itself, so that the latest turn tells.
    """
    found: dict[str, tuple[Turn, ...]] = {}
    tied: set[str] = set()
    for group in groups:
        turns = [eager[op] for op in group.left if op in eager]
        tied.update(group.right if group.left else ())
        if turns:
            found.update(dict.fromkeys(group.right, max(turns, key=_when)))
    takes: dict[str, list[str]] = {}
    for edge in graph.edges:
        takes.setdefault(edge.target, []).append(edge.source)
    lines = {(node.file, node.line) for node in graph.nodes if node.id in found}
    for node in graph.nodes:
        near = [found[op] for op in takes.get(node.id, ()) if op in found]
        if near and node.id not in tied and (node.file, node.line) in lines:
            found[node.id] = max(near, key=_when)
    return found


def _when(turns: tuple[Turn, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((turn.line, turn.number) for turn in turns)


def told_turns(around: Iterable[tuple[str, str, tuple[Turn, ...]]]) -> frozenset[tuple[str, int, str]]:
    """Return the loops that have a box, by file, line and module.

    ``around`` are ops with their modules and the turns around them.
    """
    parts: dict[tuple[str, int, str], dict[tuple[Turn, ...], set[str]]] = {}
    for op, module, turns in around:
        for depth, turn in enumerate(turns, start=1):
            inner = turns[depth:]
            part = f"line {inner[0].line}" if inner and inner[0].module == turn.module else _called(module, turn, op)
            loop = parts.setdefault((turn.file, turn.line, turn.module), {})
            loop.setdefault(turns[:depth], set()).add(part)
    return frozenset(key for key, turns in parts.items() if _is_told(list(turns.values())))


def _is_told(turns: Sequence[set[str]]) -> bool:
    """Whether a loop does more than to call another module in each of its turns."""
    if len(turns) < FEWEST_TURNS:
        return False
    called = {part for parts in turns for part in parts}
    return len(called) < len(turns) or any(len(parts) > 1 for parts in turns)


def _called(module: str, turn: Turn, op: str) -> str:
    """Return the module that a loop calls for an op, with its number in a list; an op of its own is itself."""
    if module == turn.module:
        return f"op {op}"
    inside = module.removeprefix(f"{turn.module}.") if turn.module else module
    names = inside.split(".")
    return ".".join(names[: 2 if names[1:] and names[1].isdecimal() else 1])
