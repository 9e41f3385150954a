"""What is told to help against a choice is true of what its condition is and of what its sides do, and does help."""

from __future__ import annotations

import pytest

from explorer.diff.causes.side_remedies import returns_empty, tells
from explorer.diff.loops import branch_at, collects
from explorer.diff.places import SourceMap
from explorer.evidence import Kind
from tests.cases import Workshop, a_model

TWO = "'a': (torch.ones(3),), 'b': (-torch.ones(3),)"
TRACED: tuple[Kind, ...] = ("trace", "onnx_ts")
EXPORTED: tuple[Kind, ...] = ("export", "onnx")
ALL: tuple[Kind, ...] = ("trace", "script", "export", "onnx", "onnx_ts")


def told(workshop: Workshop, text: str, *kinds: Kind) -> dict[str, set[str]]:
    """Return what is told to help against what is fixed or refused, by the capture, of errors and warnings."""
    found = workshop.report(text, *kinds).divergences
    of_kind = {kind: {one.remedy for one in found if one.capture == kind and one.severity != "note"} for kind in kinds}
    return {kind: remedies for kind, remedies in of_kind.items() if remedies}


def outcomes(workshop: Workshop, text: str, *kinds: Kind) -> set[str]:
    return {one.outcome for row in workshop.report(text, *kinds).matrix.values() for one in row.values()}


BY_NUMBER = "t = x.sum().item()\nif t > 0:\n    x = x * 2\nreturn x + 1"
BY_TENSOR = "t = x.sum()\nx = torch.where(t > 0, x * 2, x)\nreturn x + 1"


def test_a_condition_on_a_number_is_to_be_a_tensor_before_torch_where_chooses_by_it(workshop: Workshop) -> None:
    """``torch.where`` raises a TypeError at a bool of Python's."""
    found = told(workshop, a_model(BY_NUMBER, TWO), *TRACED, *EXPORTED)
    assert all(
        any(one.startswith("Keep what the condition asks for a tensor") for one in found[kind]) for kind in TRACED
    )
    assert all("choose with torch.where by a tensor" in one for kind in EXPORTED for one in found[kind])
    assert outcomes(workshop, a_model(BY_TENSOR, TWO), *ALL) == {"agrees"}


def test_a_condition_on_a_tensor_is_one_already(workshop: Workshop) -> None:
    found = told(workshop, a_model("if x.sum() > 0:\n    x = x * 2\nreturn x + 1", TWO), "trace")
    assert not any("a bool of Python's" in one for one in found["trace"])


BOTH_KEPT = "t = x.sum().long().item()\nx = torch.cond(t > 0, lambda v: v * 2, lambda v: v * 1, (x,))\nreturn x + 1"


def test_a_number_that_an_export_keeps_may_choose_in_torch_cond(workshop: Workshop) -> None:
    assert outcomes(workshop, a_model(BOTH_KEPT, TWO), "export") == {"agrees"}


TABLE = (
    "import numpy as np",
    "self.table = np.linspace(1.0, 2.0, 5)",
    "self.register_buffer('table', torch.as_tensor(np.linspace(1.0, 2.0, 5)))",
)
STEPS = "'a': (torch.ones(2, dtype=torch.float64), torch.tensor(1)), 'b': (torch.ones(2, dtype=torch.float64), torch.tensor(3))"


def test_a_table_of_numpys_is_to_be_a_tensor_where_the_data_say_which_element(workshop: Workshop) -> None:
    """It was said to read the whole message."""
    before, held, kept = TABLE
    text = a_model("t = n.item()\nreturn x * self.table[t]", STEPS, init=held, before=before, takes="self, x, n")
    assert all("self.register_buffer('table'" in one for one in told(workshop, text, "export")["export"])
    mended = a_model("return x * self.table[n]", STEPS, init=kept, before=before, takes="self, x, n")
    assert outcomes(workshop, mended, "trace", "export") == {"agrees"}


COUNT = "valid = torch.nonzero(x > 0).squeeze(1)\nk = min(2, {count})\nreturn x[valid].topk(k)[0].sum() + x"
FEW = "'a': (torch.tensor([1., 2., 3.]),), 'b': (torch.tensor([1., -2., -3.]),)"


def test_the_length_of_what_the_data_size_is_read_as_a_size(workshop: Workshop) -> None:
    """It was to be kept in operations of torch, with torch.where and a mask."""
    found = told(workshop, a_model(COUNT.format(count="len(valid)"), FEW), "export")["export"]
    assert {one.partition(":")[0] for one in found} == {"Write `valid.shape[0]` for `len(valid)`"}
    assert outcomes(workshop, a_model(COUNT.format(count="valid.shape[0]"), FEW), "export") == {"agrees"}


CACHE = "self.register_buffer('cache', torch.zeros(4)); self.register_buffer('at', torch.tensor(0))"
SLICED = "self.cache[self.at : self.at + 1] = x[:1]\nself.at += 1\nreturn self.cache * 2"
BY_INDEX = "self.cache.index_copy_(0, self.at + torch.arange(1), x[:1])\nself.at += 1\nreturn self.cache * 2"


def test_what_is_written_at_a_place_that_the_data_say_is_written_by_its_index(workshop: Workshop) -> None:
    """It was to be chosen by torch.where, after the position was put in a buffer as was told."""
    found = told(workshop, a_model(SLICED, TWO, init=CACHE), "export")["export"]
    assert any("index_copy_" in one for one in found)
    assert outcomes(workshop, f"{a_model(BY_INDEX, TWO, init=CACHE)}\nSEQUENCE = True\n", "export") == {"agrees"}


GROWN = (
    "found = []\non, start = False, 0\nfor i, p in enumerate(x.tolist()):\n    if not on and p > 0:\n"
    "        on, start = True, i\n    elif on and p < 0:\n        on = False\n        found.append([start, i])\n"
    "return x.sum() + torch.tensor(found).sum()"
)
SPEECH = "'a': (torch.tensor([1., 1., -1., -1.]),), 'b': (torch.tensor([1., -1., 1., -1.]),)"
TYPED = GROWN.replace("found = []", "found: List[List[int]] = []\nvalues: List[float] = x.tolist()").replace(
    "enumerate(x.tolist())", "enumerate(values)"
)


def test_between_lists_no_function_of_torch_chooses(workshop: Workshop) -> None:
    """Both sides were to be computed, and to be chosen from with torch.where."""
    found = told(workshop, a_model(GROWN, SPEECH), "trace", "export")
    assert all(any("between lists neither torch.where" in one for one in found[kind]) for kind in ("trace", "export"))
    mended = a_model(TYPED, SPEECH, before="from typing import List")
    assert outcomes(workshop, mended, "script") == {"agrees"}


COUNTED = "n = int(m.sum())\ny = x[0]\nfor i in range(1, n):\n    y = y * 2 + x[i]\nreturn y"
MASKED = "n = m.sum()\ny = x[0]\nfor i in range(1, x.shape[0]):\n    y = torch.where(i < n, y * 2 + x[i], y)\nreturn y"
ROWS = "'a': (torch.ones(5), torch.arange(5) < 2), 'b': (torch.ones(5), torch.arange(5) < 4)"


def test_a_tensor_is_no_help_where_range_makes_a_number_of_it_again(workshop: Workshop) -> None:
    """The 0-dimensional tensor itself was to be used, and was baked again."""
    text = a_model(COUNTED, ROWS, takes="self, x, m")
    found = told(workshop, text, "trace", "export", "script")
    assert all(any("torch.where(i < n, new, old)" in one for one in found[kind]) for kind in ("trace", "export"))
    assert not any("0-dimensional tensor itself" in one for remedies in found.values() for one in remedies)
    assert any(one.endswith("torch.jit.script keeps the loop as it is.") for one in found["trace"])
    assert outcomes(workshop, a_model(MASKED, ROWS, takes="self, x, m"), *ALL) == {"agrees"}


NOTHING = (
    "y = torch.zeros(3)\nfor i in range(2):\n    at = torch.nonzero(x > i).squeeze(1)\n{skip}"
    "    y.index_add_(0, at, self.fc(x[at, None]).squeeze(1))\nreturn y"
)
SKIP = "    if at.shape[0] == 0:\n        continue\n"


def test_a_turn_over_nothing_need_not_be_skipped(workshop: Workshop) -> None:
    """It was to be chosen by torch.where(skip, old, new), whose skip was a bool of Python's."""
    found = told(workshop, a_model(NOTHING.format(skip=SKIP), TWO, init="self.fc = nn.Linear(1, 1)"), "export")[
        "export"
    ]
    assert {one.startswith("Leave the shortcut out where a turn over an empty tensor") for one in found} == {True}
    mended = a_model(NOTHING.format(skip=""), TWO, init="self.fc = nn.Linear(1, 1)")
    assert outcomes(workshop, mended, "trace", "export", "script") == {"agrees"}


WARNS = "peak = x.abs().max().item()\nif {asks}peak > 2:\n    warnings.warn('large')\nreturn x * 2"


def test_what_only_warns_is_left_out_of_a_graph(workshop: Workshop) -> None:
    """It was to be kept by torch.cond, or to be promised never to happen."""
    text = a_model(WARNS.format(asks=""), TWO, before="import warnings")
    assert all("torch.compiler.is_compiling()" in one for one in told(workshop, text, "export")["export"])
    mended = a_model(WARNS.format(asks="not torch.compiler.is_compiling() and "), TWO, before="import warnings")
    assert outcomes(workshop, mended, "export", "onnx", "trace", "script", "dynamo") == {"agrees"}


NONE_KEPT = (
    "keep = x > 0\nif keep.sum() == 0:\n    return x.new_zeros((0, 2))\ny = x[keep]\nreturn torch.stack([y, y * 2], 1)"
)
ANY_KEPT = "keep = x > 0\ny = x[keep]\nreturn torch.stack([y, y * 2], 1)"


def test_nothing_chooses_between_what_is_there_and_an_empty_result(workshop: Workshop) -> None:
    """Both were to be computed and chosen from, though they differ in shape."""
    found = told(workshop, a_model(NONE_KEPT, "'a': (torch.ones(3),), 'b': (2 * torch.ones(3),)"), "trace", "export")
    assert all(any(one.startswith("Leave the shortcut out") for one in found[kind]) for kind in ("trace", "export"))
    assert outcomes(workshop, a_model(ANY_KEPT, TWO), "trace", "export", "script") == {"agrees"}
    assert outcomes(workshop, a_model(NONE_KEPT, TWO), "script") == {"agrees"}


@pytest.mark.parametrize(
    ("body", "fails"),
    [
        pytest.param(NONE_KEPT, "a wrong result or an error.", id="returns early"),
        pytest.param("if x.sum() > 0:\n    x = x * 2\nreturn x", "a wrong result without an error.", id="goes on"),
    ],
)
def test_a_side_that_no_example_takes_may_end_in_an_error_where_it_returns_early(
    workshop: Workshop, body: str, fails: str
) -> None:
    report = workshop.report(a_model(body, "'a': (torch.ones(3),), 'b': (2 * torch.ones(3),)"), "trace")
    (one,) = [one for one in report.divergences if one.severity == "warning"]
    assert one.explanation.endswith(fails)


@pytest.mark.parametrize(
    ("body", "does"),
    [
        pytest.param("log.info('x')\n", (True, False, False), id="logs"),
        pytest.param("log.info('x')\n    y = 1", (False, False, False), id="logs and binds"),
        pytest.param("found.append(1)", (False, False, True), id="appends"),
        pytest.param("return torch.full((3,), 0)", (False, False, False), id="a tensor of zeros"),
        pytest.param("return torch.full((0, 3), 1.0)", (False, True, False), id="no rows"),
        pytest.param("return x, torch.empty(0, 2)", (False, True, False), id="no rows beside another"),
        pytest.param("return torch.tensor([])", (False, True, False), id="no values"),
        pytest.param("return torch.tensor([0])", (False, False, False), id="the value 0"),
    ],
)
def test_what_a_side_does_is_told_by_its_statements(body: str, does: tuple[bool, bool, bool]) -> None:
    source = SourceMap(f"if c:\n    {body}\n")
    assert (tells(source, 1), returns_empty(source, 1), collects(branch_at(source, 1))) == does


KEEPING = """
    {decorator}
    def keep(self, x):
        {begin}

    def forward("""
BEGUN = "self.register_buffer('begun', torch.tensor(False)); self.register_buffer('first', torch.zeros(3))"


def kept(decorator: str, begin: str) -> str:
    """Return a model that keeps the first input in a method, which it calls."""
    text = a_model(
        "self.keep(x)\nreturn x + self.first", "'a': (torch.ones(3),), 'b': (2 * torch.ones(3),)", init=BEGUN
    )
    return text.replace("\n    def forward(", KEEPING.format(decorator=decorator, begin=begin)) + "\nSEQUENCE = True\n"


EARLY = "if self.begun:\n            return\n        self.first.copy_(x)\n        self.begun.fill_(1)"
CHOSEN = "    self.first.copy_(torch.where(self.begun, self.first, x))\n            self.begun.fill_(1)"


def test_torch_where_is_told_with_what_a_script_needs_behind_a_decorator(workshop: Workshop) -> None:
    """A script took the model before the remedy, and then found no torch in the function."""
    text = kept("@torch.no_grad()", EARLY)
    assert outcomes(workshop, text, "script") == {"agrees"}
    found = told(workshop, text, "trace", "script")["trace"]
    assert any("Write `with torch.no_grad():` inside" in one for one in found)
    mended = kept("", f"with torch.no_grad():\n        {CHOSEN}")
    assert outcomes(workshop, mended, "script") == {"agrees"}
    behind = kept(
        "@torch.no_grad()", "self.first.copy_(torch.where(self.begun, self.first, x))\n        self.begun.fill_(1)"
    )
    assert outcomes(workshop, behind, "script") == {"not-run"}
