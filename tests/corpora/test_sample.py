"""A small, seeded sample of the corpora in ``benchmarks/``: no capture may die, no report may contradict itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.corpora import CorpusModel, corpus_of
from benchmarks.judging import judged
from benchmarks.records import ModelRecord
from benchmarks.run_corpora import sampled
from explorer.options import Options
from explorer.sandbox.pool import Pool

SEED = 2
QUICK = Options(captures=("eager", "trace", "script", "jit", "export", "onnx_ts"), time_limit=60)
"""Without the captures that take seconds each."""

LARGE = 100_000
"""Elements of the arguments from which on a documented example takes many seconds."""

CHOSEN = [
    pytest.param(corpus.name, model, id=f"{corpus.name} {model.name}")
    for corpus, models in sampled([corpus_of("export-db"), corpus_of("modules")], 12, SEED)
    for model in models
    if model.elements < LARGE
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
