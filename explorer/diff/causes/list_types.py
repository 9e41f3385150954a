"""Lists that are read out of tensors: the type that a script must be told, as it cannot know the tensor's own."""

from __future__ import annotations

import ast

from explorer.diff.calls import calls_at
from explorer.diff.case import Case
from explorer.diff.causes.packing import by_tensor

ANNOTATE = "Assign it to a name with its type, `values: {type} = {read}`, with `from typing import List`."


def of_list(case: Case, file: str, line: int) -> str:
    """Return what helps where a script wants to know the type of a list that ``line`` reads; empty if none was read."""
    values = (str(one.value) for one in case.escapes_at(file, range(line, line + 1)) if one.how == "tolist")
    kind = next((found for one in values if (found := type_of(one))), "")
    calls = [one for one in calls_at(case.source_of(file), {line})
             if isinstance(one.func, ast.Attribute) and one.func.attr == "tolist"]  # fmt: skip
    if not kind or not calls:
        return ""
    return by_tensor(case, file, line) or ANNOTATE.format(type=kind, read=ast.unparse(calls[0]))


def type_of(text: str) -> str:
    """Return the type of a list that reads as ``text``, which may be cut off; empty for what tells none.

    Examples
    --------
    >>> type_of("[5, 3]"), type_of("[[1.5, 2.0], [3.0, …"), type_of("[True]"), type_of("[]")
    ('List[int]', 'List[List[float]]', 'List[bool]', '')
    """
    inside = text.lstrip("[")
    depth, first = len(text) - len(inside), inside.partition(",")[0].rstrip("]")
    if not depth or not first:
        return ""
    element = "bool" if first in {"True", "False"} else "int" if first.lstrip("-").isdecimal() else "float"
    return f"{'List[' * depth}{element}{']' * depth}"
