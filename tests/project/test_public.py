"""What is public is documented, and light to import."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import explorer

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "explorer").rglob("*.py"))
TOUCH_TORCH = (
    "explorer/capture/",
    "explorer/verify/",
    "explorer/source/held.py",
    "explorer/source/load.py",
    "explorer/source/memory.py",
    "explorer/source/outliving.py",
    "explorer/source/tensor_files.py",
)


def _undocumented(node: ast.AST, name: str) -> Iterator[str]:
    """Names of public modules, classes and functions at or below ``node`` that have no docstring."""
    definitions = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if isinstance(node, definitions) and not ast.get_docstring(node):
        yield name
    if isinstance(node, ast.Module | ast.ClassDef):
        for child in node.body:
            if isinstance(child, definitions) and not child.name.startswith("_") and not _overrides(child):
                yield from _undocumented(child, f"{name}.{child.name}")


def _overrides(node: ast.stmt) -> bool:
    decorators = getattr(node, "decorator_list", [])
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in decorators}
    return not names.isdisjoint({"override", "overload", "setter"})


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_public_name_has_a_docstring(file: Path) -> None:
    assert list(_undocumented(ast.parse(file.read_text(encoding="utf-8")), file.stem)) == []


def test_every_exported_name_exists_and_is_documented() -> None:
    exported = [name for name in explorer.__all__ if not name.startswith("_")]

    assert "compare" in exported
    assert [name for name in exported if not getattr(explorer, name).__doc__] == []


@pytest.mark.parametrize("module", ["explorer", "explorer.cli", "explorer.comparison", "sample_models"])
def test_importing_it_loads_neither_torch_nor_the_page(module: str) -> None:
    heavy = {"torch", "onnx", "onnxruntime", "onnxscript", "streamlit"}
    code = f"import sys, {module}; print(*sorted({heavy!r} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert answer.stdout.split() == []


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_does_not_touch_torch_is_typed_strictly(file: Path) -> None:
    pyright = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pyright"]
    path = file.relative_to(ROOT)
    strict = any(path.match(entry) or Path(entry) in path.parents for entry in pyright["strict"])

    assert strict or path.as_posix().startswith(TOUCH_TORCH)


@pytest.mark.parametrize("module", sorted((ROOT / "explorer/diff").glob("[!_]*.py")), ids=lambda path: path.stem)
def test_every_module_of_the_diff_has_tests_of_its_own(module: Path) -> None:
    assert (ROOT / "tests/diff" / f"test_{module.stem}.py").is_file()
