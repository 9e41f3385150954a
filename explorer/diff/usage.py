"""What the lines of a file do with what they read: choose by it, compute with it, make a bool or a size of it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from explorer.diff.handing import Handing, Place
from explorer.diff.loops import branch_at
from explorer.diff.places import SourceMap

CHOOSE = frozenset({"all", "any", "filter", "max", "min", "next", "sorted"})


OWN_TENSORS = frozenset({f"torch.{name}" for name in ("tensor", "as_tensor", "Tensor", "FloatTensor", "LongTensor")})
"""What makes a tensor of Python's numbers: a constant, to a tracer."""

OWN_NUMBERS = frozenset({"float", "int", "max", "min", "round"})


def makes_bool(source: SourceMap, line: int) -> bool:
    """Return whether ``line`` itself makes a bool of something, for none of Python's functions to choose by."""
    calls = [node for node in source.of(ast.Call) if isinstance(node.func, ast.Name)]
    chosen = {id(one) for node in calls if getattr(node.func, "id", "") in CHOOSE for one in ast.walk(node)}
    return any(node.lineno <= line <= (node.end_lineno or node.lineno) and id(node) not in chosen
               for node in calls if getattr(node.func, "id", "") == "bool")  # fmt: skip


def names_in_passing(source: SourceMap, line: int) -> bool:
    """Return whether ``line`` names a value within an expression, with ``:=``."""
    return bool(source.at(line, ast.NamedExpr))


def is_tested_at(source: SourceMap, line: int) -> bool:
    """Return whether the condition of a statement stands on ``line``."""
    tests = (node.test for node in source.nodes if isinstance(node, ast.If | ast.While | ast.Assert))
    return any(one.lineno <= line <= (one.end_lineno or one.lineno) for one in tests)


def choice_at(source: SourceMap, line: int) -> tuple[frozenset[str], frozenset[str]] | None:
    """Return the names that both sides of the one ``a if c else b`` on ``line`` read."""
    found = [node for node in source.expressions_that_choose if node.lineno == line]
    return (_names(found[0].body), _names(found[0].orelse)) if len(found) == 1 else None


def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def dimensions_at(source: SourceMap, line: int) -> frozenset[int]:
    """Return the dimensions whose sizes ``line`` takes, where it takes each by a constant index of ``shape``."""
    here = [node for node in source.nodes if getattr(node, "lineno", None) == line]
    shapes = [node for node in here if isinstance(node, ast.Attribute) and node.attr == "shape"]
    taken = [_index(node) for node in here if isinstance(node, ast.Subscript) and node.value in shapes]
    return (
        frozenset(at for at in taken if at is not None)
        if len(taken) == len(shapes) and None not in taken
        else frozenset()
    )


def choices_by(source: SourceMap, name: str) -> Iterator[tuple[int, range]]:
    """Yield the line of each condition, and of each call's argument, that reads ``name``, of something or by itself.

    With each comes the range of lines that a condition may skip.
    """
    for node in source.nodes:
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            asks, skipped = [node.test], range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
        elif isinstance(node, ast.Match):
            asks, skipped = [node.subject], range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
        elif isinstance(node, ast.Call):
            asks, skipped = [*node.args, *(one.value for one in node.keywords)], range(0)
        else:
            continue
        read = (one for ask in asks for one in ast.walk(ask))
        if any(name in {getattr(one, "attr", ""), getattr(one, "id", "")} for one in read):
            yield node.lineno, skipped


def indexes_by(source: SourceMap, attribute: str, handing: Handing, file: str) -> bool:
    """Return whether a subscript takes an attribute of something, or a name on the lines that it is handed on to."""
    reads = [node for node in source.of(ast.Attribute) if node.attr == attribute and isinstance(node.ctx, ast.Load)]
    carried = frozenset[Place]().union(*(handing.from_line(file, node.lineno) for node in reads))
    own = {node.lineno for node in reads}
    taken = ((node.lineno, one) for node in source.of(ast.Subscript) for one in ast.walk(node.slice))
    return any(one in reads or (isinstance(one, ast.Name) and (file, line) in carried and line not in own)
               for line, one in taken)  # fmt: skip


def bounds_slice(source: SourceMap, line: int) -> bool:
    """Return whether what ``line`` reads is where a slice begins or ends, there or by a name that the line assigns."""
    function, names = source.function_at(line), source.names.assigned_at(line)
    slices = (node for node in (ast.walk(function) if function else ()) if isinstance(node, ast.Slice))
    bounds = (one for node in slices for one in (node.lower, node.upper) if one is not None)
    return any(_is_read(one, names) or (one.lineno == line and not isinstance(one, ast.Constant)) for one in bounds)


def bounds_range(source: SourceMap, line: int) -> str:
    """Return the name that ``line`` assigns and a ``range`` of its function counts to; empty where none does."""
    function, names = source.function_at(line), source.names.assigned_at(line)
    calls = [one for one in (ast.walk(function) if function else ()) if isinstance(one, ast.Call)]
    bounds = (one for call in calls if isinstance(call.func, ast.Name) and call.func.id == "range" for one in call.args)
    named = {one.id for bound in bounds for one in ast.walk(bound) if isinstance(one, ast.Name)}
    return next(iter(sorted(names & named)), "")


def lengths_at(source: SourceMap, line: int) -> list[str]:
    """Return what ``line`` takes the length of by ``len``, as written."""
    calls = (node for node in source.nodes if isinstance(node, ast.Call) and node.lineno == line)
    return [ast.unparse(one.args[0]) for one in calls
            if isinstance(one.func, ast.Name) and one.func.id == "len" and len(one.args) == 1]  # fmt: skip


def writes_slice(source: SourceMap, line: int) -> bool:
    """Return whether ``line`` writes into a slice that begins or ends at what is computed."""
    targets = (one for node in source.nodes if isinstance(node, ast.Assign) and node.lineno == line
               for one in node.targets if isinstance(one, ast.Subscript))  # fmt: skip
    slices = (one for target in targets for one in ast.walk(target.slice) if isinstance(one, ast.Slice))
    return any(bound is not None and not isinstance(bound, ast.Constant) for one in slices
               for bound in (one.lower, one.upper))  # fmt: skip


def unpacked_at(source: SourceMap, line: int) -> frozenset[str]:
    """Return the names of which a part is unpacked on ``line``, also by a name that stands for the part."""
    values: list[ast.expr] = []
    for node in source.nodes:
        if isinstance(node, ast.For | ast.comprehension) and node.iter.lineno == line:
            values.append(node.iter)
        elif isinstance(node, ast.Assign) and node.lineno == line and isinstance(node.targets[0], ast.Tuple):
            values.append(node.value)
    named = frozenset[str]().union(*map(_names, values))
    behind = (_names(node.value) for node in source.nodes if isinstance(node, ast.Assign) and node.lineno < line
              and isinstance(node.value, ast.Subscript) and _names(node.targets[0]) & named)  # fmt: skip
    return named.union(*behind)


def asked_for_none(source: SourceMap, line: int) -> list[str]:
    """Return the attributes of the module on ``line`` that its function asks for None."""
    function = source.function_at(line)
    tests = [one for one in (ast.walk(function) if function else ()) if isinstance(one, ast.Compare)]
    asked = {part.attr for one in tests for part in ast.walk(one) if isinstance(part, ast.Attribute)
             and any(isinstance(with_, ast.Constant) and with_.value is None for with_ in one.comparators)}  # fmt: skip
    here = (node for node in source.nodes if isinstance(node, ast.Attribute) and node.lineno == line)
    return sorted({one.attr for one in here if isinstance(one.value, ast.Name) and one.value.id == "self"} & asked)


def loops_over_list(source: SourceMap, line: int) -> bool:
    """Return whether a ``for`` on ``line`` is over a list that is read there: its length is a size, and no number."""
    loops = (node for node in source.nodes if isinstance(node, ast.For) and node.iter.lineno == line)
    read = (one for node in loops for one in ast.walk(node.iter))
    return any(isinstance(one, ast.Attribute) and one.attr == "tolist" for one in read)


def _is_read(bound: ast.expr, names: frozenset[str]) -> bool:
    """Whether a bound is computed from one of ``names`` itself, not from a size of it."""
    sized = {id(one.value) for one in ast.walk(bound) if isinstance(one, ast.Attribute)}
    return any(isinstance(one, ast.Name) and one.id in names and id(one) not in sized for one in ast.walk(bound))


def lines_calling(source: SourceMap, methods: frozenset[str]) -> list[int]:
    """Return the lines that call one of ``methods`` of something, in the file's order."""
    calls = (node for node in source.nodes if isinstance(node, ast.Call))
    return sorted(one.lineno for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr in methods)


def call_before(source: SourceMap, line: int, method: str) -> int | None:
    """Return the last line before ``line``, in its function, that calls ``method`` of something."""
    function = source.function_at(line)
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)] if function else []
    lines = [node.lineno for node in calls if isinstance(node.func, ast.Attribute) and node.func.attr == method]
    return max((one for one in lines if one < line), default=None)


def _index(node: ast.Subscript) -> int | None:
    """Return the constant index of a subscript, if that is what it has."""
    try:
        index = ast.literal_eval(node.slice)
    except ValueError:
        return None
    return index if isinstance(index, int) else None


def sides_at(source: SourceMap, line: int) -> tuple[range, range] | None:
    """Return the lines of both sides of the ``if`` statement at ``line``; ``None`` where there is none."""
    found = branch_at(source, line)
    return (_extent(found.body), _extent(found.orelse)) if found is not None else None


def written_at(source: SourceMap, lines: Collection[int]) -> frozenset[str]:
    """Return the names that ``lines`` assign, write into, or call a method of for what it does."""
    found = set[str]()
    for node in source.nodes:
        if getattr(node, "lineno", None) not in lines:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(_root(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found.add(_root(node.value.func))
    return frozenset(found)


def _root(node: ast.expr) -> str:
    """Return the name that subscripts and attributes begin at: ``x`` of ``x.y[0]``."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _extent(body: list[ast.stmt]) -> range:
    return range(body[0].lineno, (body[-1].end_lineno or body[-1].lineno) + 1) if body else range(0)


def fixed_from(source: SourceMap, line: int) -> int | None:
    """Return the line at which Python makes a number of its own of what ``line`` reads; ``None`` where none does.

    That may be ``line`` itself, or a later one of its function that takes a name which ``line`` assigns.
    """
    names, function = source.names.assigned_at(line), source.function_at(line)
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)] if function else []
    own = {node.lineno for node in calls if _is_own(node) and (node.lineno == line or _takes(node, names))}
    return min((one for one in own if one >= line), default=None)


def makes_tensor_at(source: SourceMap, line: int) -> bool:
    """Return whether a tensor is made of Python's numbers at ``line``."""
    return any(map(_is_of_numbers, source.at(line, ast.Call)))


def _is_own(node: ast.Call) -> bool:
    """Whether what is called makes a number, or a tensor of numbers, that no tracer follows."""
    called = node.func
    if isinstance(called, ast.Attribute):
        own = isinstance(called.value, ast.Name) and called.value.id in {"math", "np", "numpy"}
        return own or _is_of_numbers(node)
    return isinstance(called, ast.Name) and called.id in OWN_NUMBERS


def _is_of_numbers(node: ast.Call) -> bool:
    return ast.unparse(node.func) in OWN_TENSORS


def _takes(node: ast.Call, names: frozenset[str]) -> bool:
    return any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(node))
