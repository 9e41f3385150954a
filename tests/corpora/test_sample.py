"""A small, seeded sample of the corpora in ``benchmarks/``: no capture may die, no report may contradict itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from torch.nn import modules

from benchmarks.corpora import CorpusModel, corpus_of
from benchmarks.corpora.modules import model_of
from benchmarks.judging import judged
from benchmarks.records import ModelRecord
from explorer.options import Options
from explorer.sandbox.pool import Pool

SEED = 2
QUICK = Options(captures=("eager", "trace", "script", "jit", "export", "onnx_ts"), time_limit=60)
"""Without the captures that take seconds each."""

SMALL = [name for name in modules.__all__ if not name.startswith("Transformer") and not name.endswith(("2d", "3d"))]
"""Documented with arguments that do not take many seconds."""

DRAWN = random.Random(SEED)  # noqa: S311 - a sample, no secret
MODELS = [
    *(("export-db", model) for model in DRAWN.sample(corpus_of("export-db").models, 6)),
    *(("modules", model_of(name)) for name in DRAWN.sample(sorted(SMALL), 8)),
]
CHOSEN = [
    pytest.param(corpus, model, id=f"{corpus} {model.name}")
    for corpus, model in MODELS
    if isinstance(model, CorpusModel)
]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(workers=2)
    yield made
    made.close()


@pytest.mark.parametrize(("corpus", "model"), CHOSEN)
def test_every_capture_ends_with_a_graph_or_a_reason(
    corpus: str, model: CorpusModel, pool: Pool, tmp_path: Path
) -> None:
    record = judged(corpus, model, QUICK, folder=tmp_path, pool=pool)
    assert record.refused == ""
    assert [one for one in record.captures if one.fate == "died"] == []
    assert record.broken == ()
    assert not record.deterministic or not_replayed(record) == []


def not_replayed(record: ModelRecord) -> list[str]:
    """Return why recorded runs do not give the same bits when they run again."""
    return [one.replay_reason for one in record.captures if one.kind == "eager" and not one.replay]
