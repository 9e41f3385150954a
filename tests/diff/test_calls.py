"""What the lines of a file call."""

from __future__ import annotations

import pytest

from explorer.diff.calls import always_trains, calls_at, functions_at
from explorer.diff.places import SourceMap

HEAD = "import math\nimport numpy as np\nimport torch.nn.functional as F\nfrom torch.nn.functional import dropout\n"
LINE = HEAD.count("\n") + 1


def source(*lines: str) -> SourceMap:
    return SourceMap(HEAD + "\n".join(lines))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param("np.linalg.norm(x)", [("numpy.linalg", "norm", "np.linalg.norm")], id="by another name"),
        pytest.param("dropout(x)", [("torch.nn.functional", "dropout", "dropout")], id="by its own name"),
        pytest.param("math.log(x)", [("math", "log", "math.log")], id="a module"),
        pytest.param("self.net(x)", [], id="what no import brings"),
        pytest.param("float(x.item())", [("", "float", "float")], id="Python's own, of what was read"),
        pytest.param("float(x)", [], id="Python's own, of something else"),
        pytest.param("max(1, x.item())", [], id="of two arguments"),
    ],
)
def test_a_function_is_told_by_the_module_that_has_it(code: str, found: list[tuple[str, str, str]]) -> None:
    assert list(functions_at(source(code), {LINE})) == found


def test_what_was_read_is_followed_under_its_name() -> None:
    code = source("n = x.item()", "y = round(n)")
    assert list(functions_at(code, {LINE + 1})) == []
    assert list(functions_at(code, {LINE, LINE + 1})) == [("", "round", "round")]


def test_only_calls_that_begin_on_a_line_are_its() -> None:
    code = source("f(", "    g(x))")
    assert [one.lineno for one in calls_at(code, {LINE})] == [LINE]
    assert [one.lineno for one in calls_at(code, {LINE + 1})] == [LINE + 1]


@pytest.mark.parametrize(
    ("code", "name", "switch"),
    [
        pytest.param("F.dropout(x, 0.5)", "dropout", "training=self.training", id="by default"),
        pytest.param("F.dropout(x, 0.5, True)", "dropout", "training=self.training", id="by position"),
        pytest.param("F.dropout(x, training=True)", "dropout", "training=self.training", id="by name"),
        pytest.param("dropout(x)", "dropout", "training=self.training", id="imported itself"),
        pytest.param("F.dropout(x, 0.5, self.training)", "dropout", "", id="follows the mode"),
        pytest.param("F.dropout(x, *rest)", "dropout", "", id="what is given is not known"),
        pytest.param("F.dropout(x, **rest)", "dropout", "", id="nor by name"),
        pytest.param("self.dropout(x)", "dropout", "", id="a module"),
        pytest.param("F.scaled_dot_product_attention(q, k, v, dropout_p=self.p)", "scaled_dot_product_attention",
                     "dropout_p=self.p if self.training else 0.0", id="attention"),
        pytest.param("F.scaled_dot_product_attention(q, k, v, dropout_p=self.p if self.training else 0.0)",
                     "scaled_dot_product_attention", "", id="attention that follows the mode"),
    ],
)  # fmt: skip
def test_what_trains_in_every_mode_is_told_what_switches_it(code: str, name: str, switch: str) -> None:
    assert always_trains(source(code), LINE, name) == switch
