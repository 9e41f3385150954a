"""What outlives a model is put back: globals, attributes of classes, defaults of functions, caches, generators."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from tests.cases import Workshop, a_model, line_of
from tests.source.test_load import loaded

TWO = "'a': (torch.ones(3),), 'b': (torch.ones(3),)"
HEAD = "import collections, functools, random\nimport numpy as np\n"
KEPT = {
    "number": ("N = 1", "global N\nN += 1", "N"),
    "list": ("N = [1, [2]]", "N.append(3)\nN[1].append(4)", "N"),
    "dict": ("N = {'a': 1}", "N['a'] = 2\nN['b'] = 3", "N"),
    "deque": ("N = collections.deque([1, 2], maxlen=2)", "N.append(3)", "N"),
    "set": ("N = {1}", "N.add(2)", "N"),
    "tensor": ("N = torch.zeros(2)", "N.add_(1)", "N"),
    "array": ("N = np.zeros(2)", "N[0] = 1", "N"),
    "name that is new": ("", "global N\nN = 3", "'N' in globals()"),
    "attribute of a class": ("class A:\n    n = 1\n    seen = []", "A.n = 2\nA.seen.append(1)", "(A.n, A.seen)"),
    "default": ("def f(seen=[]):\n    return seen", "f().append(1)", "f()"),
    "cache": ("@functools.lru_cache\ndef f(x):\n    return x", "f(1)", "f.cache_info().currsize"),
    "Python's generator": ("R = random.Random(0)", "R.random()", "R.getstate()"),
    "NumPy's generator": ("R = np.random.default_rng(0)", "R.random()", "R.bit_generator.state"),
    "torch's generator": ("R = torch.Generator()", "torch.rand(1, generator=R)", "R.get_state().sum()"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "write", "read"), KEPT.values(), ids=KEPT)
def test_what_a_run_wrote_is_put_back(workshop: Workshop, text: str, write: str, read: str) -> None:
    acts = f"def write():\n{indent(write, '    ')}\n\n\ndef read():\n    return repr({read})\n"
    model = loaded(workshop, f"{HEAD}{a_model('return x', TWO)}\n\n{text}\n\n\n{acts}")
    before = model.module.read()
    model.module.write()
    assert model.module.read() != before
    model.outliving.restore()
    assert model.module.read() == before


def test_a_list_stays_the_one_that_others_hold(workshop: Workshop) -> None:
    model = loaded(workshop, a_model("return x", TWO) + "\n\nN = [1]\nM = N\n")
    model.module.N.append(2)
    model.outliving.restore()
    assert model.module.N is model.module.M
    assert model.module.M == [1]


def test_what_a_file_beside_holds_is_put_back(workshop: Workshop) -> None:
    text = a_model("kept_beside.COUNT += 1\nreturn x * kept_beside.COUNT", TWO, before="import kept_beside")
    Path(workshop.source(text).path).with_name("kept_beside.py").write_text("COUNT = 0\n")
    report = workshop.report(text, "trace")
    assert {one.outcome for one in report.matrix["trace"].values()} == {"agrees"}


def test_examples_do_not_see_what_others_left_in_globals(workshop: Workshop) -> None:
    """Eager was taken for a model that draws: no run could be judged, and no line was told."""
    text = a_model("global STEP\nSTEP += 1  # !\nreturn x * STEP", TWO, before="STEP = 0")
    report = workshop.report(text, "trace")
    assert {one.outcome for one in report.matrix["trace"].values()} == {"agrees"}
    (told,) = [one for one in report.divergences if one.severity == "warning"]
    assert (told.cause, told.line) == ("baked-state", line_of(text))


def test_a_sequence_begins_with_globals_as_they_were(workshop: Workshop) -> None:
    text = a_model("global STEP\nSTEP += 1\nreturn x * STEP", TWO, before="STEP = 0") + "\n\nSEQUENCE = True\n"
    report = workshop.report(text, "trace")
    assert [one.outcome for one in report.matrix["trace"].values()] == ["agrees", "differs"]
