"""What the lines of a file call, by the names that it imports, and how."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from explorer.diff.places import SourceMap

DROPOUT_P = "dropout_p"
"""The argument of attention that drops, whatever mode the model is in."""

READS = frozenset({"item", "numpy", "tolist"})
"""Methods that read a tensor's values out."""

BY_POSITION = {"dropout": 2, "dropout1d": 2, "dropout2d": 2, "dropout3d": 2, "alpha_dropout": 2,
               "feature_alpha_dropout": 2, "rrelu": 3, "batch_norm": 5}  # fmt: skip
"""At which position functions of torch.nn.functional take ``training``."""


def calls_at(source: SourceMap, lines: Collection[int]) -> list[ast.Call]:
    """Return the calls that begin on one of ``lines``."""
    return [node for node in source.nodes if isinstance(node, ast.Call) and node.lineno in lines]


def functions_at(source: SourceMap, lines: Collection[int]) -> Iterator[tuple[str, str, str]]:
    """Yield module, name and written form of what ``lines`` call: ``numpy``, ``quantile``, ``np.quantile``.

    The module is empty for what no import of the file brings, such as Python's own functions of one argument. Of these
    count what take something that was read out of a tensor, there or under a name that one of the lines assigns.
    """
    imports = _imports(source)
    names = frozenset[str]().union(*map(source.names.assigned_at, lines))
    for call in calls_at(source, lines):
        written = ast.unparse(call.func)
        root, _, rest = written.partition(".")
        if not rest and root not in imports:
            if len(call.args) == 1 and _holds_read(call.args[0], names):  # max(1, n) is another function
                yield "", root, written
        elif root in imports and all(part.isidentifier() for part in written.split(".")):
            module, _, name = ".".join((imports[root], *rest.split("."))).rstrip(".").rpartition(".")
            yield module, name, written


def gives_list(source: SourceMap, lines: Collection[int], written: str) -> bool:
    """Return whether a call on ``lines``, in the form ``written``, is given a list or tuple that is put together."""
    calls = (call for call in calls_at(source, lines) if ast.unparse(call.func) == written)
    return any(isinstance(one, ast.List | ast.Tuple | ast.ListComp) for call in calls for one in call.args[:1])


def _holds_read(argument: ast.expr, names: Collection[str]) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in READS) or (isinstance(node, ast.Name) and node.id in names)
        for node in ast.walk(argument)
    )


def always_trains(source: SourceMap, line: int, name: str) -> str:
    """Return what switches the function ``name``, called on ``line``, with the model's mode; empty where that does.

    What was seen to run in training does so in every mode where its call neither reads the mode nor names it.
    """
    imports = _imports(source)
    for call in calls_at(source, {line}):
        root, _, rest = ast.unparse(call.func).partition(".")
        if root not in imports or (rest or imports[root]).rpartition(".")[2] != name:
            continue  # such as self.dropout(x), which is a module
        given = {one.arg: one.value for one in call.keywords}
        attends = DROPOUT_P in given and not _asks_mode(given[DROPOUT_P])
        if attends:
            return f"{DROPOUT_P}={ast.unparse(given[DROPOUT_P])} if self.training else 0.0"
        place = BY_POSITION.get(name)
        if place is None or None in given or any(isinstance(one, ast.Starred) for one in call.args):
            continue
        mode = given.get("training", call.args[place] if len(call.args) > place else None)
        if mode is None or (isinstance(mode, ast.Constant) and mode.value is True):
            return "training=self.training"
    return ""


def _asks_mode(value: ast.expr) -> bool:
    """Whether an argument may follow the mode: a number that is written out, or kept by the model, does not."""
    return not isinstance(value, ast.Constant | ast.Attribute)


def _imports(source: SourceMap) -> dict[str, str]:
    """Return what each name that the file imports stands for: ``np`` for ``numpy``, ``F`` for its module."""
    found: dict[str, str] = {}
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for one in node.names:
                found[one.asname or one.name.partition(".")[0]] = one.name if one.asname else one.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return found
