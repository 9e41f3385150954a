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
    graph = Graph(ops=(op,), edges=())
    for name in ("edges", "calls"):  # a graph looks at them once, as it is made
        object.__setattr__(graph, name, Unread())
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
        pytest.param("if random.random() < 2:\n    x.mul_(2)", False, id="it always decides alike"),
        pytest.param("x.mul_(1 + round(random.random()))", True, id="an op takes what follows from it"),
        pytest.param("x = x + (random.random() < 0.5)", True, id="it decides on a value"),
    ],
)
def test_a_draw_that_no_op_follows_from_is_no_fault(workshop: Workshop, drawn: str, told: bool) -> None:
    text = a_model(f"{drawn}\nreturn x * x.max().item()", "'a': (torch.ones(3),), 'b': (torch.ones(3) * 2,)")
    causes = {one.cause for one in workshop.report(text, "trace").divergences if one.severity == "error"}
    assert ("baked-random" in causes, "baked-constant" in causes or told) == (told, True)


WITH_READ = "ids = [n if random.random() >= {p} else 0 for n in x.tolist()]  # !\nreturn x * ids[0] * ids[1]"


@pytest.mark.parametrize(("p", "expected"), [(0, {"baked-constant"}), (0.5, {"baked-constant", "baked-branch"})])
def test_a_number_that_is_read_where_one_is_drawn_is_told(workshop: Workshop, p: float, expected: set[str]) -> None:
    """The draw, which changed nothing, explained what the read had fixed."""
    text = a_model(WITH_READ.format(p=p), "'a': (torch.ones(9),), 'b': (torch.ones(9) * 2,)")
    found = [one for one in workshop.report(text, "trace").divergences if one.severity != "note"]
    assert {(one.severity, one.cause, one.line) for one in found} == {("error", one, line_of(text)) for one in expected}


@pytest.mark.parametrize("kind", ["trace", "export"])
@pytest.mark.parametrize(
    "read",
    [
        pytest.param("os.urandom(1)[0]", id="the system's generator"),
        pytest.param("(uuid.uuid4().int % 1009)", id="uuid"),
        pytest.param("secrets.randbelow(1009)", id="secrets"),
        pytest.param("random.SystemRandom().random()", id="SystemRandom"),
        pytest.param("datetime.datetime.now().microsecond", id="the time as a date"),
    ],
)
def test_what_the_system_gives_is_frozen_too(workshop: Workshop, read: str, kind: Kind) -> None:
    """Nothing was told of it: eager is not steady, and the graph counted as not judged."""
    text = a_model(f"n = {read}  # !\nreturn x + n", TWO, before="import datetime, os, secrets, uuid")
    told = [one for one in workshop.report(text, kind).divergences if one.severity != "note"]
    if workshop.static(text, kind).capture.status == "ok":
        assert {(one.severity, one.cause, one.line) for one in told} == {("error", "baked-random", line_of(text))}


@pytest.mark.parametrize(
    ("body", "examples", "told"),
    [
        pytest.param("return x + time.time()  # !", TWO, True, id="a clock that f32 does not tell apart"),
        pytest.param("n = time.time()  # !\nreturn x + n % 7", "'a': (1e9 * torch.ones(2),)", True, id="by a name"),
        pytest.param("return x * random.random()  # !", "'a': (torch.ones(2),)", True, id="a draw on one example"),
        pytest.param("if time.time() > 5:  # !\n    x = x * 2\nreturn x", TWO, True, id="a choice by the time"),
        pytest.param("n = time.time()  # !\ny = x * 2\nprint(time.time() - n)\nreturn y", TWO, False, id="a run timed"),
        pytest.param("self.last = time.time()  # !\nreturn x * 2", TWO, False, id="the time kept"),
        pytest.param("if random.random() < 0:  # !\n    x = x * 2\nreturn x", TWO, False, id="what changes nothing"),
    ],
)
def test_what_no_example_shows_of_a_draw_is_a_warning(workshop: Workshop, body: str, examples: str, told: bool) -> None:
    text = a_model(body, examples, before="import time")
    found = [(one.severity, one.cause, one.line) for one in workshop.report(text, "trace").divergences
             if one.severity != "note"]  # fmt: skip
    assert found == ([("warning", "baked-random", line_of(text))] if told else [])


def test_no_draw_is_told_of_a_graph_that_was_made_where_nothing_is_drawn(workshop: Workshop) -> None:
    """The older ONNX exporter runs the model in evaluation."""
    text = a_model(
        "if self.training:\n    x = x * random.random()\nreturn x + 1", "'a': (torch.ones(2),)", mode="train"
    )
    told = [one.cause for one in workshop.report(text, "onnx_ts").divergences if one.severity != "note"]
    assert told == ["baked-mode"]


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


def test_a_seed_that_comes_after_what_is_drawn_is_not_at_fault(workshop: Workshop) -> None:
    text = a_model("y = x + torch.rand(64)  # !\ntorch.manual_seed(7)\nreturn y", TWO)
    found = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-random", line_of(text))]


SEEDED_AT = "import itertools\nimport time\nimport numpy as np\n\nSEEDS = itertools.count()"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("k = np.random.default_rng(next(SEEDS)).random()  # !\nreturn x * k", id="another seed each time"),
        pytest.param("k = np.random.default_rng(0).random()\nreturn x * k * random.random()  # !", id="beside a draw"),
        pytest.param(
            "k = np.random.default_rng(0).random()\nreturn x * k * (time.perf_counter_ns() % 1009)  # !",
            id="beside the clock",
        ),
    ],
)
def test_of_what_is_drawn_only_that_is_told_which_another_call_does_not_draw(workshop: Workshop, body: str) -> None:
    """Beside a clock, a draw that is the same on every call was told to be made anew."""
    text = a_model(body, TWO, before=SEEDED_AT)
    found = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-random", line_of(text))]
