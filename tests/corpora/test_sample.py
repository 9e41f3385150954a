"""A small, seeded sample of the corpora in ``benchmarks/``: no capture may die, no report may contradict itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from onnx.backend.test.loader import load_model_tests
from torch.nn import modules

from benchmarks.corpora import CorpusModel, StoredModel, corpus_of
from benchmarks.corpora.modules import model_of
from benchmarks.corpora.onnx_backend import STORED
from benchmarks.corpora.onnx_backend import model_of as stored_model
from benchmarks.judging import judged
from benchmarks.records import ModelRecord
from explorer.options import Options
from explorer.sandbox.pool import Pool

SEED = 2
QUICK = Options(captures=("eager", "trace", "script", "jit", "export", "onnx_ts"), time_limit=60, trust=True)
"""Without the captures that take seconds each."""

QUICK_STORED = Options(captures=("onnx", "ort"), time_limit=60, trust=True)

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


ONNX = [stored_model(one) for kind in STORED for one in load_model_tests(kind=kind)]
"""Those that lie in files; onnx makes the others at run time, which takes some seconds."""

REFUSED = ("simple gradient_of_add", "pytorch-operator operator_pow")
"""Two that ONNX Runtime does not run: an op of training, and an opset too old."""


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


@pytest.mark.parametrize("model", [pytest.param(one, id=one.name) for one in DRAWN.sample(ONNX, 8)])
def test_a_stored_graph_ends_with_a_graph_and_runs_as_its_maker_expects(
    model: StoredModel, pool: Pool, tmp_path: Path
) -> None:
    record = judged("onnx-backend", model, QUICK_STORED, folder=tmp_path, pool=pool)
    assert (record.refused, record.broken) == ("", ())
    assert [one.fate for one in record.captures][:1] == ["ok"]
    assert [one for one in record.captures if one.fate == "died"] == []
    assert record.unexpected == "" or (record.unexpected or "").startswith("not run: ONNX Runtime")


@pytest.mark.parametrize("model", [pytest.param(one, id=one.name) for one in ONNX if one.name in REFUSED])
def test_what_onnx_runtime_refuses_is_shown_and_says_why(model: StoredModel, pool: Pool, tmp_path: Path) -> None:
    record = judged("onnx-backend", model, QUICK_STORED, folder=tmp_path, pool=pool)
    shown, optimised = record.captures
    assert (shown.kind, shown.fate, optimised.kind, optimised.fate) == ("onnx", "ok", "ort", "without line")
    assert optimised.reason.startswith(("ONNX Runtime has no implementation of ", "ONNX Runtime has no operator "))


def not_replayed(record: ModelRecord) -> list[str]:
    """Return why recorded runs do not give the same bits when they run again."""
    return [one.replay_reason for one in record.captures if one.kind == "eager" and not one.replay]
