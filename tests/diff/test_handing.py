"""Where a value comes to: by names, and by the arguments of calls."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from explorer.diff.handing import Handing
from explorer.diff.places import SourceMap
from explorer.graph import Graph, Location, Op, OpId

TEXT = dedent("""\
    def smaller(h, w, *, by=1):
        if h < w:
            return by
        return w

    class Inner(nn.Module):
        def forward(self, x, size):
            doubled = size * 2
            return x[:doubled]

    class Net(nn.Module):
        def forward(self, x, k):
            h = smaller(x.shape[0], 3, by=k)
            n = x.shape[1]
            y = self.inner(x, n)
            return y * h
    """)


def handing(*stacks: tuple[int, ...]) -> Handing:
    """Return the handing of the text, with an op for each stack of lines, innermost first."""
    ops = tuple(
        Op(id=OpId(f"n{at}"), op="mul", target="mul",
           stack=tuple(Location(file="m.py", line=line, function="", user=True) for line in stack))
        for at, stack in enumerate(stacks)
    )  # fmt: skip
    return Handing({"m.py": SourceMap(TEXT)}, [Graph(ops=ops, edges=())])


def lines(found: frozenset[tuple[str, int]]) -> list[int]:
    return sorted(line for _, line in found)


def test_what_a_call_is_given_comes_to_the_function_of_its_name() -> None:
    """The second argument is a constant, so the line that returns it takes nothing of what is read."""
    assert lines(handing().from_line("m.py", 13)) == [2, 3, 13, 16]


def test_a_module_is_known_by_what_ran_below_its_call() -> None:
    assert lines(handing().from_line("m.py", 14)) == [14, 15, 16]
    assert lines(handing((9, 15)).from_line("m.py", 14)) == [8, 9, 14, 15, 16]


def test_a_parameter_comes_to_what_it_is_handed_to_by_keyword() -> None:
    assert lines(handing().from_parameter("m.py", 12, "k")) == [3, 13, 16]


def test_a_name_that_nothing_reads_comes_nowhere() -> None:
    assert handing().from_parameter("m.py", 12, "other") == frozenset()


def test_a_function_that_calls_itself_comes_to_an_end() -> None:
    source = SourceMap("def f(n):\n    return f(n - 1)\n")
    assert Handing({"m.py": source}, []).from_parameter("m.py", 1, "n") == {("m.py", 2)}


PICKS = """\
def pick(x, n):
    if n > 2:
        return x
    return -x


def scaled(x, n):
    return x * n


"""


@pytest.mark.parametrize(
    ("body", "conditions"),
    [
        pytest.param("n = x.item()\nreturn x * n", None, id="computed with"),
        pytest.param("n = x.item()\nif n > 2:\n    return x", {13}, id="asked for"),
        pytest.param("n = x.item()\nif n > 2:\n    return x * n", None, id="both"),
        pytest.param("n = x.item()\nreturn x", set(), id="neither"),
        pytest.param("return x.item()", set(), id="without a name"),
        pytest.param("n = x.item()\nm = n + 1\nassert m > 2\nreturn x", {14}, id="by way of another name"),
        pytest.param("n = x.item()\nm = n + 1\nreturn x * m", None, id="computed with by way of another"),
        pytest.param("n = x.item()\nreturn pick(x, n)", {2}, id="handed to what asks"),
        pytest.param("n = x.item()\ny = pick(x, n)\nreturn y", {2}, id="handed to what asks for a result"),
        pytest.param("n = x.item()\nreturn scaled(x, n)", None, id="handed to what computes"),
        pytest.param("n = x.item()\nreturn torch.full((n,), 0)", None, id="handed to what is not known"),
    ],
)
def test_a_value_that_only_decides_is_told_from_one_that_is_computed_with(
    body: str, conditions: set[int] | None
) -> None:
    source = SourceMap(f"{PICKS}def forward(self, x):\n{indent(body, '    ')}\n")
    found = Handing({"m.py": source}, []).conditions("m.py", 12)
    assert found == (None if conditions is None else {("m.py", line) for line in conditions})
