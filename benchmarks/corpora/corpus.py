"""What a corpus is: texts of model files, what was left out and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.options import ModelSource
from explorer.source.find import find_source, model_source

FILE = "model.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusModel:
    """One model: the text of a file that defines ``build_model()`` and ``example_inputs()``."""

    name: str
    text: str
    elements: int = 0
    """Of the tensors that it is called with, where they are known to be many."""

    def written(self, folder: Path) -> ModelSource:
        """Write the file into a folder of its own below ``folder`` and return it as a source."""
        path = folder / self.name.replace("/", "_") / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text, encoding="utf-8")
        return model_source(self.text, shown=FILE, path=path, name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredModel:
    """One model whose graph is a file."""

    name: str
    save: Callable[[Path], Path]
    """Puts the file and what belongs to it into a folder, if it is nowhere yet, and says where it is."""
    unexpected: Callable[[ModelSource], str]
    """Says in what the graph's run is not what its maker expects; empty where it is."""

    def written(self, folder: Path) -> ModelSource:
        """Return the file as a source."""
        return replace(find_source(str(self.save(folder / self.name))), name=self.name, shown=f"{self.name}.onnx")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A model that could not be made a model file, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Models of one origin."""

    name: str
    about: str
    """One sentence: where they come from and how they are called."""
    version: str
    """Of the package that they come from, such as ``torch 2.13.0``."""
    models: tuple[CorpusModel | StoredModel, ...]
    left_out: tuple[LeftOut, ...] = ()
    preload: tuple[str, ...] = field(default=())
    """Modules that the worker imports once for all of them, besides those of the explorer."""
    small: bool = False
    """Whether a process for each would take longer than the models: all run in one that is kept warm."""
