"""Models of others as model files: one file per corpus, with its line in :data:`FILES`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import cast

from benchmarks.corpora.corpus import Corpus, CorpusModel, LeftOut, StoredModel

__all__ = ["FILES", "Corpus", "CorpusModel", "LeftOut", "StoredModel", "corpus_of"]

FILES: Mapping[str, str] = {
    "export-db": "benchmarks.corpora.export_db",
    "modules": "benchmarks.corpora.modules",
    "transformers": "benchmarks.corpora.transformers_models",
    "onnx-backend": "benchmarks.corpora.onnx_backend",
    "torchlens": "benchmarks.corpora.torchlens",
}
"""Name of a corpus to the module whose ``corpus()`` makes it."""


def corpus_of(name: str) -> Corpus:
    """Return the corpus ``name``; its file, and the package that it is made of, is imported when first asked for."""
    make = cast("Callable[[], Corpus]", importlib.import_module(FILES[name]).corpus)
    return make()
