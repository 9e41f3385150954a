"""Which model teaches which cause, and what of its run the page shows.

The words for a reader stand in the models' docstrings, under ``docs/causes/models``.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from explorer.evidence import Kind
from explorer.options import ModelSource
from explorer.source.find import model_source

FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A cause and how it is shown."""

    cause: str
    captures: tuple[Kind, ...]
    """Rows of the table; the first is the graph that is drawn."""
    beside: str = ""
    """The example whose eager graph is drawn; that of the finding where none is named."""
    repaired_by: str = "model"
    """``model``: a second model file; ``dynamic``: open sizes; empty where nothing is to be repaired."""

    @property
    def shown(self) -> Kind:
        """The capture whose graph is drawn."""
        return self.captures[0]

    @property
    def file(self) -> Path:
        """The model that shows the cause."""
        return FOLDER / "models" / f"{self.cause.replace('-', '_')}.py"

    @property
    def repaired(self) -> Path | None:
        """The model without it, if there is one of its own."""
        return self.file.with_stem(f"{self.file.stem}_repaired") if self.repaired_by == "model" else None


LESSONS: tuple[Lesson, ...] = (
    Lesson(cause="baked-branch", captures=("trace", "onnx_ts", "script")),
    Lesson(cause="unrolled-loop", captures=("trace", "script")),
    Lesson(cause="baked-constant", captures=("trace", "export")),
    Lesson(cause="baked-random", captures=("export", "trace")),
    Lesson(cause="baked-state", captures=("trace", "onnx_ts")),
    Lesson(cause="baked-mode", captures=("onnx_ts", "trace")),
    Lesson(cause="specialised-shape", captures=("export", "onnx"), repaired_by="dynamic"),
    Lesson(cause="specialised-type", captures=("trace", "script")),
    Lesson(cause="mutation", captures=("onnx", "trace", "export")),
    Lesson(cause="lost-check", captures=("trace", "script")),
    Lesson(cause="output-structure", captures=("trace", "script", "export")),
    Lesson(cause="numerical-mismatch", captures=("onnx", "trace")),
    Lesson(cause="capture-failure", captures=("export", "script")),
    Lesson(cause="graph-break", captures=("dynamo",)),
    Lesson(cause="fused", captures=("ort", "onnx"), repaired_by=""),
    Lesson(cause="decomposed", captures=("onnx", "trace"), repaired_by=""),
    Lesson(cause="folded-constant", captures=("onnx", "export"), repaired_by=""),
    Lesson(cause="removed", captures=("trace", "export"), repaired_by=""),
    Lesson(cause="reordered", captures=("ort", "onnx"), repaired_by=""),
    Lesson(cause="layout", captures=("export", "trace"), repaired_by=""),
    Lesson(cause="control-flow-kept", captures=("script",), beside="long", repaired_by=""),
)


def source(file: Path) -> ModelSource:
    """Return a model of the pages as what the explorer takes; it is called by the file's name alone."""
    return model_source(file.read_text(encoding="utf-8"), shown=file.name, path=file)


def words(file: Path) -> list[str]:
    """Return the paragraphs of a model's docstring."""
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return [" ".join(part.split()) for part in text.split("\n\n")]


def listing(text: str, marked: int | None = None) -> str:
    """Return a model file below its docstring, with numbers of lines, and a mark at one of them."""
    begins = ast.parse(text).body[0].end_lineno or 0
    lines = list(enumerate(text.splitlines(), 1))[begins:]
    while not lines[0][1]:
        del lines[0]
    return "\n".join(f"{'►' if number == marked else ' '} {number:>2}  {line}".rstrip() for number, line in lines)
