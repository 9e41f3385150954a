"""The samples that come with the project, found by name, never imported by the app."""

from __future__ import annotations

import ast
import importlib.util
from functools import cache
from pathlib import Path

FIRST = "gated_mlp"
"""The sample that the page opens on."""


@cache
def sample_names() -> tuple[str, ...]:
    """Names of the samples, the first one first, then in order of the alphabet."""
    names = sorted(path.stem for path in _folder().glob("*.py") if not path.stem.startswith("_"))
    return tuple(sorted(names, key=lambda name: name != FIRST))


def sample_path(name: str) -> Path:
    """Where the sample ``name`` is."""
    return _folder() / f"{name}.py"


@cache
def sample_lesson(name: str) -> str:
    """Return the one sentence that the sample ``name`` teaches: its docstring."""
    return ast.get_docstring(ast.parse(sample_path(name).read_text(encoding="utf-8"))) or ""


@cache
def _folder() -> Path:
    spec = importlib.util.find_spec("sample_models")
    if spec is None or not spec.submodule_search_locations:
        return Path(__file__).parents[2] / "sample_models"
    return Path(next(iter(spec.submodule_search_locations)))
