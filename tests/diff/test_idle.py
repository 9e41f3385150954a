"""Choices that change nothing of what a model computes."""

from __future__ import annotations

import pytest

from explorer.diff.idle import is_idle, only_tells
from explorer.diff.places import SourceMap
from tests.cases import Workshop, a_model

TWO = "'a': (torch.ones(3, 4),), 'b': (-torch.ones(3, 4),)"


def source(side: str, after: str = "return x") -> SourceMap:
    return SourceMap(f"def forward(self, x):\n    if x.sum() > 0:\n        {side}\n    {after}\n")


@pytest.mark.parametrize(
    ("side", "after", "idle"),
    [
        pytest.param("print(x)", "return x", True, id="printed"),
        pytest.param("self.log.warning('large')", "return x", True, id="logged"),
        pytest.param("tag = 'large'", "name = tag", True, id="named"),
        pytest.param("tag = 2.0", "return x * tag", False, id="computed with"),
        pytest.param("x = x * 2", "return x", False, id="an op"),
        pytest.param("self.warned = True", "return x", True, id="kept for none"),
        pytest.param("self.large = True", "return self.pick(self.large)", False, id="kept for another"),
        pytest.param("self.log('large', 1)", "return x", True, id="logged by Lightning"),
        pytest.param("sys.stderr.write('large')", "return x", True, id="written to a stream"),
        pytest.param("self.cache.write(2.0)", "return x * self.cache.value", False, id="written to what is read"),
        pytest.param("self.large = True", "return x if getattr(self, 'large') else -x", False, id="asked for by name"),
        pytest.param("self.large = True", "return x if vars(self)['large'] else -x", False, id="asked for with all"),
        pytest.param("found.append(x)", "return x", False, id="a list"),
        pytest.param("return x + 1", "return x", False, id="an early return"),
    ],
)
def test_what_is_told_or_named_alone_is_idle(side: str, after: str, idle: bool) -> None:
    ops = {3} if side == "x = x * 2" else {4} if "*" in after else set[int]()
    assert is_idle(source(side, after), 2, lambda lines: not ops.isdisjoint(lines)) is idle


def test_what_a_choice_with_ops_is_made_by_is_not_idle() -> None:
    text = "def f(x):\n    if x.sum() > 0:\n        large = True\n    if large:\n        x = x * 2\n    return x\n"
    assert not is_idle(SourceMap(text), 2, lambda lines: 5 in lines)


def test_the_ops_of_its_own_condition_are_none_that_follow() -> None:
    text = "def f(self, x):\n    if x.sum() > 0 and not self.warned:\n        self.warned = True\n    return x\n"
    assert is_idle(SourceMap(text), 2, lambda lines: 2 in lines)


def test_what_only_its_own_condition_asks_for_is_idle() -> None:
    text = "def forward(self, x):\n    if x.sum() > 0 and not self.warned:\n        self.warned = True\n    return x\n"
    assert is_idle(SourceMap(text), 2, lambda _: False)


def test_a_line_that_prints_only_tells() -> None:
    assert only_tells(source("print(x)"), 3)
    assert not only_tells(source("self.add(x)"), 3)
    assert not only_tells(source("print(x)"), 4)


def test_a_branch_that_only_prints_is_not_what_a_graph_is_wrong_for(workshop: Workshop) -> None:
    text = a_model("if x.sum() > 0:\n    print('positive')\nreturn x * x.max().item()  # !", TWO)
    causes = [one.cause for one in workshop.report(text, "trace").divergences if one.severity != "note"]
    assert causes == ["baked-constant"]
