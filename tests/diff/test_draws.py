"""What helps against a draw is true of it: not all take a random tensor."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest

from explorer.diff.causes.draws import called, draws, is_of_dropout
from explorer.evidence import Kind
from explorer.graph import CallId, Edge, Graph, Op, OpId, PythonCall
from tests.cases import Workshop, a_model, line_of

TWO = "'a': (torch.ones(64),), 'b': (torch.ones(64),)"


@pytest.mark.parametrize(
    ("body", "helps"),
    [
        pytest.param(
            "return nn.functional.dropout(x, 0.5) + 1", "training=self.training", id="dropout that always draws"
        ),
        pytest.param("return torch.multinomial(x.softmax(-1), 8)", "topk of log p + noise", id="multinomial"),
        pytest.param("return torch.bernoulli(x / 2)", "noise < p", id="bernoulli"),
        pytest.param("return nn.functional.gumbel_softmax(x)", "softmax((logits + noise) / tau)", id="gumbel"),
        pytest.param("return x + torch.randn(64)", "Pass the random tensor in", id="noise"),
    ],
)
def test_what_helps_is_true_of_what_draws(workshop: Workshop, body: str, helps: str) -> None:
    found = [one for one in workshop.report(a_model(body, TWO), "onnx").divergences if one.severity == "error"]
    assert [(one.cause, helps in one.remedy) for one in found] == [("baked-random", True)]


SEEDED = a_model(
    "torch.manual_seed(7)  # !\nreturn x * (torch.rand_like(x) > 0.5)",
    "'a': (torch.ones(64),), 'b': (-torch.ones(64),)",
)


@pytest.mark.parametrize("kind", ["trace", "export", "onnx_ts"])
def test_a_seed_that_the_model_sets_is_in_no_graph(workshop: Workshop, kind: Kind) -> None:
    (told,) = [one for one in workshop.report(SEEDED, kind).divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("error", "baked-random", line_of(SEEDED))
    assert told.explanation.startswith("This line seeds the generator")


class Unread(tuple[Any, ...]):
    """What is in it must not be searched for each op."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        raise AssertionError


def test_what_draws_nothing_is_known_without_a_search_of_the_graph() -> None:
    """All edges were searched for each op: 23 s for 30,000 ops."""
    op = Op(id=OpId("n"), op="add", target="aten::add")
    graph = Graph(ops=(op,), edges=Unread(), calls=Unread())
    assert not draws(op, graph)
    assert not is_of_dropout(op, graph)


class Counted(tuple[Any, ...]):
    """Counts how often it is gone through."""

    times: ClassVar[int] = 0

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        Counted.times += 1
        return super().__iter__()


def test_edges_and_calls_are_gone_through_once_for_all_dropouts() -> None:
    """Each dropout searched all edges, and each op all calls: 4,000 dropouts took 2.3 s."""
    ops = [Op(id=OpId(f"d{place}"), op="dropout", target="Dropout", call=f"c{place}") for place in range(50)]
    edges = [Edge(source=one.id, target=two.id, target_input=2) for one, two in pairwise(ops)]
    calls = [PythonCall(id=CallId(f"c{place}"), name=f"F.drop{place}") for place in range(50)]
    graph = Graph(ops=tuple(ops), edges=Counted(edges), calls=Counted(calls))
    Counted.times = 0
    assert [draws(op, graph) for op in ops] == [False, *[True] * 49]
    assert [called(op, graph) for op in ops] == [f"drop{place}" for place in range(50)]
    assert Counted.times == 2


def test_a_graph_that_only_draws_by_another_generator_is_not_called_wrong(workshop: Workshop) -> None:
    told = workshop.report(a_model("return nn.functional.dropout(x, 0.5)", TWO), "onnx")
    assert told.verdict == "The onnx graph draws other numbers than eager on 2 of 2 examples"


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        pytest.param("if random.random() < 2:\n    print('a step')", False, id="it decides whether to print"),
        pytest.param("r = random.random()\nif r < 2:\n    print('a step')", False, id="by way of a name"),
        pytest.param("if random.random() < 2:\n    x.mul_(2)", True, id="it decides on an op"),
        pytest.param("if random.random() < 2:\n    x = x + 1", True, id="it decides on a value"),
    ],
)
def test_a_draw_that_no_op_follows_from_is_no_fault(workshop: Workshop, drawn: str, told: bool) -> None:
    text = a_model(f"{drawn}\nreturn x * x.max().item()", "'a': (torch.ones(3),), 'b': (torch.ones(3) * 2,)")
    causes = {one.cause for one in workshop.report(text, "trace").divergences if one.severity == "error"}
    assert ("baked-random" in causes, "baked-constant" in causes or told) == (told, True)


def test_lines_of_the_same_number_in_two_files_are_two(workshop: Workshop) -> None:
    text = a_model("return nn.functional.dropout(drop.drop(x), 0.5, self.training)", TWO, mode="train",
                   before="import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent))\n"
                   "import drop")  # fmt: skip
    line = text.splitlines().index("        return nn.functional.dropout(drop.drop(x), 0.5, self.training)")
    beside = Path(workshop.source(text).path).parent / "drop.py"
    beside.write_text("import torch\n\n\ndef drop(x):\n" + "\n" * (line - 4)
                      + "    return torch.nn.functional.dropout(x, 0.5)\n")  # fmt: skip
    told = [one for one in workshop.report(text, "onnx").divergences if one.cause == "baked-mode"]
    assert {(Path(one.file or "").name, one.line) for one in told} == {("model.py", line + 1), ("drop.py", line + 1)}
