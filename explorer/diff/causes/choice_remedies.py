"""What helps against a choice of Python's that a graph holds fixed: by what it asks for, and what it decides."""

from __future__ import annotations

import ast
from typing import Literal

from explorer.diff.case import Case
from explorer.diff.causes.given import plain
from explorer.diff.causes.side_remedies import EMPTY, LISTED, TELLS, returns_empty, tells
from explorer.diff.loops import (
    branch_at,
    calls_modules,
    collects,
    loop_around,
    loop_at,
    resizes,
    skips_nothing,
    way_out,
)
from explorer.diff.partings import Parting
from explorer.diff.places import SourceMap
from explorer.evidence import EXPORTS, TRACERS

What = Literal["data", "type", "argument", "exit", "loop", "try"]

REMEDIES: dict[What, str] = {
    "data": "Compute both sides and choose with torch.where, or keep both with torch.cond.",
    "type": "Capture one graph for each form of the input, or choose the form outside the model.",
    "argument": "Capture one graph for each value of the argument, or make it an attribute of the model.",
    "exit": "Run all of it and choose the result with torch.where.",
    "loop": "Make the loop a tensor operation, or take a fixed number of turns and choose by torch.where which count.",
    "try": "Ask before the call for what would raise, outside the model: no graph holds a handler.",
}
SCRIPTED: dict[What, str] = {
    "data": " torch.jit.script keeps the branch as it is.",
    "exit": " torch.jit.script keeps both ways.",
    "loop": " torch.jit.script keeps the loop.",
}
"""What helps besides, where torch.jit.script takes the model."""

IN_SCRIPT = ", or put the {what} in {where}, which this capture keeps{but}."
FUNCTION = "a torch.jit.script function"
MODULE = "a module of its own and script that (torch.jit.script(module))"
TRACED: dict[What, str] = {
    "data": "Compute both sides and choose with torch.where",
    "loop": "Make the loop a tensor operation, or take a fixed number of turns and choose by torch.where which count",
}
"""What helps where the model is traced: torch.cond and torch.while_loop cannot be."""

TURNS = "Run a fixed number of turns and keep what is done with a mask: torch.where(done, old, new)"
SKIPPED = "Run the whole turn and keep the old value where it is skipped: torch.where(skip, old, new)"
"""Neither ``torch.cond`` nor a function can hold what ends a loop or a turn of it."""

SKIPS_NOTHING = (
    "Leave the shortcut out where a turn over an empty tensor changes nothing; else run the whole turn and keep the "
    "old value with a mask that is a tensor: torch.where takes no bool of Python's."
)
NUMBER = (
    "Keep what the condition asks for a tensor, in place of a number: torch.where takes no bool of Python's. Then {}"
)
BY_NUMBER: dict[What, str] = {
    "data": NUMBER.format("compute both sides and choose with torch.where."),
    "exit": NUMBER.format("run all of it and choose the result with torch.where."),
}
"""What helps where the condition is no tensor."""

BEHIND = (
    " Write `with {decorator}:` inside of the function in place of the decorator: torch.jit.script finds no torch in a "
    "function that is decorated so."
)
STAYS = " What the condition asks for must stay a tensor: torch.where takes no bool of Python's."

AS_LONG = " With a mask, what the loop collects is as long as all its turns."

COUNTED = "Pass `{name}` as a tensor and loop with torch.while_loop, or capture one graph for each value."
COUNTED_IN_TRACE = (
    "Capture one graph for each value; or pass `{name}` as a tensor, take a fixed number of turns and choose by "
    "torch.where which count"
)
OPTIONAL = "Annotate `{name}` as Optional[torch.Tensor], so that torch.jit.script keeps both sides."

STACKED = (
    "Capture one graph for each number of tensors: a graph has as many inputs as when it was captured. Or pass them "
    "stacked, as one tensor, and compute on all of it at once."
)
OPEN = " Leave the size along which they are stacked open in the export (dynamic_shapes)."

SIZES = (
    "Have one side serve every size: what does nothing for a size, such as a pad of 0 or an empty slice, may always "
    "run. Else capture one graph for each side."
)

DRAWN = (
    "Draw with torch and choose with torch.where, as in torch.where(torch.rand(()) < p, a, b), or draw outside and "
    "pass the number in as a tensor: what Python draws in the model stays fixed, also in torch.where."
)
DRAWN_OUTSIDE = (
    "Draw outside the model, pass the number in as a tensor, and choose with torch.where: ONNX Runtime draws from a "
    "generator of its own."
)


def remedy_of(case: Case, what: What, parting: Parting | None = None) -> str:
    """Return what helps against a choice that is fixed."""
    scripted = SCRIPTED.get(what, "") if case.scripts else ""
    if parting is not None and (told := _by_what_is_asked(case, what, parting)):
        return told
    if case.scripts and parting is not None and what in BY_NUMBER:
        scripted += _behind_decorator(case.source_of(parting.file), parting.site.line)
    if what in BY_NUMBER and parting is not None and not asks_tensor(case, parting.file, parting.site.lines):
        return BY_NUMBER[what] + scripted
    name = _counted_by(case, parting) if parting is not None and what == "loop" else None
    if case.maker in TRACERS and what in TRACED:
        said = COUNTED_IN_TRACE.format(name=name) if name else TRACED[what]
        kept = _in_script(case, parting, "loop" if what == "loop" else "branch")
        return said + kept + scripted.removeprefix(SCRIPTED.get(what, ""))
    return (COUNTED.format(name=name) if name else REMEDIES[what]) + scripted


def at_way_out(source: SourceMap, line: int, kept: str = ".") -> str:
    """Return what helps where the ``if`` at ``line`` ends a loop or a turn of it; empty for another.

    That does in every graph; ``kept`` ends the sentence with what does in this one.
    """
    if skips_nothing(source, line):
        return SKIPS_NOTHING
    ends = way_out(source, line)
    longer = AS_LONG if collects(loop_around(source, line)) else ""
    return f"{SKIPPED if ends == 'turn' else TURNS}{kept}{longer}" if ends else ""


def _behind_decorator(source: SourceMap, line: int) -> str:
    """Return what a script needs where a decorated function at ``line`` begins to call torch; empty for another."""
    function = source.function_at(line)
    written = [ast.unparse(one) for one in function.decorator_list if isinstance(one, ast.Call)] if function else []
    by_torch = next((one for one in written if one.startswith("torch.")), "")
    return BEHIND.format(decorator=by_torch) if by_torch else ""


def by_sides(source: SourceMap, line: int) -> str:
    """Return what helps against the ``if`` at ``line`` by what its sides do; empty where that tells nothing."""
    if tells(source, line):
        return TELLS
    if returns_empty(source, line):
        return EMPTY
    return LISTED if collects(branch_at(source, line)) and not way_out(source, line) else ""


def asks_tensor(case: Case, file: str, lines: range) -> bool:
    """Return whether a condition on ``lines`` is a tensor, of which Python asks whether it is true."""
    return any(one.how == "__bool__" for one in case.escapes_at(file, lines))


def with_tensor(case: Case, file: str, lines: range, told: str) -> str:
    """Return ``told``, which chooses by the condition on ``lines``, with what that takes where it is no tensor."""
    chosen = "torch.where(" in told and not asks_tensor(case, file, lines)
    return told + STAYS if chosen else told


def is_drawn(case: Case, parting: Parting) -> bool:
    """Return whether a condition asks for a number that Python or NumPy drew, and for nothing of a tensor's data."""
    asked = _asked_for(case, parting)
    return "random" in asked and "data" not in asked


def _by_what_is_asked(case: Case, what: What, parting: Parting) -> str:
    """Return what helps by what the condition asks for, or by what it ends; empty where neither tells more."""
    if what == "type" and case.maker == "script" and (name := _optional(case, parting)):
        return OPTIONAL.format(name=name)
    if what == "loop" and _is_over_inputs(case, parting):
        return STACKED + (OPEN if case.maker in EXPORTS else "")
    if what not in {"data", "exit"}:
        return ""
    if _asked_for(case, parting) == {"shape"}:
        return SIZES
    if is_drawn(case, parting):
        return DRAWN_OUTSIDE if case.maker in {"onnx", "onnx_ts"} else DRAWN
    source, line = case.source_of(parting.file), parting.site.line
    kept = _in_script(case, parting, "whole loop") if case.maker in TRACERS else "."
    return by_sides(source, line) or with_tensor(case, parting.file, parting.site.lines, at_way_out(source, line, kept))


def _in_script(case: Case, parting: Parting | None, what: Literal["loop", "whole loop", "branch"]) -> str:
    """Return the end of a sentence that says what keeps ``what`` in a traced graph, where something does.

    The older ONNX exporter takes no scripted module inside of a traced one, and ONNX Runtime fails at a loop that
    carries a tensor of changing size.
    """
    node, modules = None, False
    if parting is not None:
        source, line = case.source_of(parting.file), parting.site.line
        node = {"loop": loop_at, "whole loop": loop_around, "branch": branch_at}[what](source, line)
        modules = calls_modules(source, node)
    if not case.scripts or (case.maker != "trace" and (modules or resizes(node))):
        return "."
    where, but = (MODULE, " and the exporters refuse") if modules else (FUNCTION, "")
    return IN_SCRIPT.format(what=what, where=where, but=but)


def _asked_for(case: Case, parting: Parting) -> set[str]:
    """Return what a condition reads: data, sizes, draws.

    It reads them on its own lines, on those that assign what it asks for, and where the functions return that it calls.
    """
    site, file = parting.site, parting.file
    lines = {*site.lines, *case.source_of(file).names.behind(site.names, site.line)}
    places = {(file, line) for line in lines} | case.handing.returned_by(file, lines)
    return {one.source for where, line in places for one in case.escapes_at(where, range(line, line + 1))}


def _is_over_inputs(case: Case, parting: Parting) -> bool:
    """Whether a loop is over an argument that holds more or fewer tensors than on the captured example."""
    source, line = case.source_of(parting.file), parting.site.line
    names = sorted(name for name in parting.site.names if not source.names.lines_assigning(name, line))
    before, now = ([sum(key.startswith(f"{name}[") for key in case.given(example)) for name in names]
                   for example in (case.first, parting.example))  # fmt: skip
    return before != now


def _counted_by(case: Case, parting: Parting) -> str | None:
    """Return the plain argument of the call that says how often a loop turns, by its name in the function."""
    site = parting.site
    arguments, given = case.source_of(parting.file).arguments_at(site.line), plain(case, parting.example)
    if case.escapes_at(parting.file, site.lines) or not any(value.isdecimal() for value in given.values()):
        return None
    asked = sorted(site.names & arguments)  # in a function that the model calls it may have another name
    return next((name for name in asked if given.get(name, "0").isdecimal()), None)


def _optional(case: Case, parting: Parting) -> str | None:
    """Return the argument without annotation that a condition asks for None."""
    asked = case.source_of(parting.file).unannotated_at(parting.site.line) & parting.site.names
    return next(iter(sorted(asked)), None) if "None" in parting.site.text else None
