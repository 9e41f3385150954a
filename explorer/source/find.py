"""Find what the user named and check what can be checked without running it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

from explorer.errors import SourceError
from explorer.options import ModelSource
from explorer.source.encoding import as_text, decoded, is_text
from explorer.source.samples import sample_names, sample_path

LARGEST_FILE = 2_000_000
"""Bytes. A model file is code; what is larger is something else."""

LARGEST_STORED = 2_000_000_000
"""Bytes of a file with a stored graph."""

STORED_KINDS = {".pt": "torchscript", ".pt2": "exported", ".onnx": "onnx"}
BEGINNINGS = {"torchscript": b"PK", "exported": b"PK"}
"""The first bytes of archives; an ONNX file has none of its own."""

CONVENTION = "Define build_model() that returns a torch.nn.Module, and example_inputs() that returns a dict."


def find_source(text: str, *, inputs: Sequence[tuple[str, str]] = ()) -> ModelSource:
    """Return the source that ``text`` names: a sample, ``model.py``, ``model.py:Net`` or a stored graph.

    Raises
    ------
    SourceError
        There is no such sample or file, it is not a Python file that parses, or not what its ending says.
    """
    if text in sample_names():
        path = sample_path(text)
        return _read(text, kind="sample", path=path, shown=f"sample_models/{path.name}", inputs=inputs)
    if not is_text(text):
        message = f"The name {as_text(text)!r} holds bytes that are no UTF-8 text."
        raise SourceError(message, hint="Rename the file and run again.")
    named, target = _split_target(text)
    path = Path(named)
    if path.suffix in STORED_KINDS and path.is_file():
        return _stored(path, named, inputs)
    return _read(path.stem, kind="model", path=path, shown=named, target=target, inputs=inputs)


def model_source(
    text: str,
    *,
    shown: str,
    path: Path,
    name: str | None = None,
    kind: str = "model",
    target: str | None = None,
    inputs: Sequence[tuple[str, str]] = (),
) -> ModelSource:
    """Return ``text``, which stands in ``path``, as a source once it parses and holds a model.

    Raises
    ------
    SourceError
        With the line, where it does not.
    """
    tree = _parse(text, shown)
    _check_model(tree, shown, target)
    resolved = path.resolve()
    if not is_text(str(resolved)):
        message = f"The folder {as_text(str(resolved.parent))!r} has a name that is no UTF-8 text."
        raise SourceError(message, file=shown, hint="Rename the folder and run again.")
    return ModelSource(
        name=name or Path(shown).stem,
        kind=kind,
        path=str(resolved),
        shown=shown,
        text=text,
        target=target,
        inputs=tuple(inputs),
    )


def _stored(path: Path, shown: str, inputs: Sequence[tuple[str, str]]) -> ModelSource:
    kind = STORED_KINDS[path.suffix]
    with path.open("rb") as file:
        begins = file.read(2)
    if not begins or path.stat().st_size > LARGEST_STORED:
        message = "The file is empty." if not begins else f"The file is larger than {LARGEST_STORED // 10**9} GB."
        raise SourceError(message, file=shown, hint="Give a file that was saved with its graph.")
    if kind in BEGINNINGS and begins != BEGINNINGS[kind]:
        message = f"This is no archive, as a {path.suffix} file with a graph is."
        hint = "A plain pickle or weights alone hold no graph: give the model file (.py) instead."
        raise SourceError(message, file=shown, hint=hint)
    return ModelSource(name=path.stem, kind=kind, path=str(path.resolve()), shown=shown, text="", inputs=tuple(inputs))


def _split_target(text: str) -> tuple[str, str | None]:
    head, colon, tail = text.rpartition(":")
    return (head, tail) if colon and head.endswith(".py") and tail.isidentifier() else (text, None)


def _read(
    name: str,
    *,
    kind: str,
    path: Path,
    shown: str,
    target: str | None = None,
    inputs: Sequence[tuple[str, str]] = (),
) -> ModelSource:
    try:
        raw = _bytes_of(path)
    except IsADirectoryError as error:
        message = "This is a folder, not a model file."
        raise SourceError(message, file=shown, hint="Name one .py file in it.") from error
    except FileNotFoundError as error:
        message = "There is no such file, and no sample of this name."
        raise SourceError(message, file=shown, hint=f"Samples: {', '.join(sample_names())}.") from error
    except OSError as error:
        message = f"The file cannot be read: {error.strerror or error}."
        raise SourceError(message, file=shown, hint="Check its permissions.") from error
    except ValueError as error:
        message = "This is no file name: it holds a NUL character."
        raise SourceError(message, hint=f"Samples: {', '.join(sample_names())}.") from error
    text = _decode(raw, shown)
    return model_source(text, shown=shown, path=path, name=name, kind=kind, target=target, inputs=inputs)


def _bytes_of(path: Path) -> bytes:
    if path.is_dir():
        raise IsADirectoryError(path)
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _decode(raw: bytes, shown: str) -> str:
    if len(raw) > LARGEST_FILE:
        message = f"The file is larger than {LARGEST_FILE // 1_000_000} MB, too large for Python code."
        raise SourceError(message, file=shown, hint=CONVENTION)
    text = decoded(raw, shown)
    if "\0" in text:
        message = "This is not Python: the file holds NUL bytes."
        raise SourceError(message, file=shown, line=text[: text.index("\0")].count("\n") + 1, hint=CONVENTION)
    return text


def _parse(text: str, shown: str) -> ast.Module:
    try:
        return ast.parse(text, filename=shown)
    except SyntaxError as error:
        message = f"The file does not parse: {error.msg}."
        raise SourceError(message, file=shown, line=error.lineno, hint="Correct this line and run again.") from error
    except (RecursionError, MemoryError, ValueError) as error:
        message = "The file does not parse: its expressions are nested too deeply."
        raise SourceError(message, file=shown, hint="Give a model file that a person wrote.") from error


def _check_model(tree: ast.Module, shown: str, target: str | None) -> None:
    names = _top_level_names(tree)
    if not tree.body:
        raise SourceError("The file is empty.", file=shown, hint=CONVENTION)
    if target is not None and target not in names and not _has_star_import(tree):
        own = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
        known = ", ".join(sorted(node.name for node in own)) or "no class and no function"
        message = f"There is no {target!r} in the file."
        raise SourceError(message, file=shown, hint=f"It defines {known}.")
    if names.keys() & {"build_model", "example_inputs"} == {"build_model"}:
        return  # inputs may come from --input; the worker says so where they do not
    if not names and not _has_star_import(tree):
        message = "The file holds no model: it defines no class and no function."
        raise SourceError(message, file=shown, line=1, hint=CONVENTION)


def _top_level_names(tree: ast.Module) -> dict[str, ast.stmt]:
    names: dict[str, ast.stmt] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.setdefault(node.name, node)
        elif isinstance(node, ast.Assign):
            names.update({t.id: node for t in node.targets if isinstance(t, ast.Name)})
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names.update({(a.asname or a.name).split(".")[0]: node for a in node.names})
    return names


def _has_star_import(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names) for node in ast.walk(tree)
    )
