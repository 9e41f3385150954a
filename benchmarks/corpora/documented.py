"""What the example in a class's docstring calls: the module, and the arguments it is called with."""

from __future__ import annotations

import contextlib
import doctest
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentedCall:
    """One call of a module by its documentation."""

    module: nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def example_lines(documented: type[nn.Module]) -> tuple[str, ...]:
    """Return the ``>>>`` statements of a class's own docstring; empty where there are none."""
    lines: list[str] = []
    for one in doctest.DocTestParser().get_examples(documented.__doc__ or ""):
        if lines and _is_open(lines[-1]):
            lines[-1] += one.source  # the documentation often begins each line of a statement with >>>
        else:
            lines.append(one.source)
    return tuple(lines)


def _is_open(statement: str) -> bool:
    try:
        compile(statement, "<documentation>", "exec")
    except SyntaxError as error:
        return "was never closed" in error.msg or "unexpected EOF" in error.msg
    return False


def first_call(lines: Sequence[str], wanted: type[nn.Module], *, seed: int = 0) -> DocumentedCall:
    """Run ``lines`` one by one and return the first outermost call of a ``wanted`` module.

    A statement that fails is passed over, as a reader would who only wants to see the call.

    Raises
    ------
    LookupError
        The lines call none; its text has the first error that they met.
    """
    torch.manual_seed(seed)
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": nn.functional}
    errors: list[str] = []
    with _noted_calls() as calls, contextlib.redirect_stdout(io.StringIO()):
        for line in lines:
            try:
                exec(compile(line, "<documentation>", "exec"), names)  # noqa: S102 - torch's own documentation
            except Exception as error:  # noqa: BLE001 - an example may do anything
                errors.append(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")
            found = next((one for one in calls if type(one.module) is wanted), None)
            if found is not None:
                return found
    raise LookupError(f"its example fails: {errors[0]}" if errors else f"its example calls no {wanted.__name__}")


@contextlib.contextmanager
def _noted_calls() -> Iterator[list[DocumentedCall]]:
    """Note the outermost calls of modules while the context is open; torch's global hooks do not see keywords."""
    original: Any = nn.Module.__call__
    found: list[DocumentedCall] = []
    depth = 0

    def call(module: nn.Module, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as nn.Module.__call__ has it
        nonlocal depth
        depth += 1
        try:
            result = original(module, *args, **kwargs)
        finally:
            depth -= 1
        if depth == 0:
            found.append(DocumentedCall(module=module, args=args, kwargs=kwargs))
        return result

    nn.Module.__call__ = call
    try:
        yield found
    finally:
        nn.Module.__call__ = original
