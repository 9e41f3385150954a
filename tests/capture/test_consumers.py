"""Where values went that left the graph: read from which op, taken by which, deciding what, and how sure that is."""

from __future__ import annotations

import pytest

from explorer.evidence import Escape
from tests.cases import Workshop, a_model, graph_of

ONES = "'a': (torch.full((4,), 250.0),)"
WEIGHT = "self.w = nn.Parameter(torch.ones(3))"


def _first(workshop: Workshop, body: str) -> tuple[Escape, str, str, str]:
    """Return the first escape: what it was read from, what took it and what it decided, in words."""
    capture = workshop.eager(text := a_model(body, ONES, init=WEIGHT)).captures[0]
    graph, escape = graph_of(capture), workshop.run(text).escapes[0]
    fed = " ".join(f"{graph.by_id[one.op].op}:{one.sure}" for one in escape.fed)
    decided = " ".join(f"{one.kind}:{one.sure}" for one in escape.decided)
    source = graph.by_id[escape.op] if escape.op else None
    return escape, source.op if source else "", fed, decided


@pytest.mark.parametrize(
    ("body", "source"),
    [
        pytest.param("return x * x.sum().item()", "sum", id="a result"),
        pytest.param("return x * x.shape[0]", "input", id="an input"),
        pytest.param("return x[0] * self.w * len(self.w)", "parameter", id="a parameter that is there"),
        pytest.param("return x * len(self.w)", "", id="a parameter that no op takes"),
        pytest.param("y = x * 2\ny.add_(1)\nreturn x * y[0:1].item()", "slice", id="a view"),
        pytest.param("y = x.sum()\ny.add_(1)\nreturn x * y.item()", "add", id="what was written since"),
        pytest.param("return x * random.random()", "", id="no tensor"),
    ],
)
def test_an_escape_names_what_it_was_read_from(workshop: Workshop, body: str, source: str) -> None:
    assert _first(workshop, body)[1] == source


@pytest.mark.parametrize(
    ("body", "fed"),
    [
        pytest.param("s = x.sum().item()\nx = x + 1\nreturn x * s", "mul:exact", id="the very float"),
        pytest.param("n = int(x.sum())\nreturn torch.zeros(n).exp()", "zeros:exact", id="the very int"),
        pytest.param(
            "n = int(x.sum())\nreturn torch.zeros((n, 2))[:n]",
            "zeros:exact slice:exact",
            id="in a tuple and in a slice",
        ),
        pytest.param("return x * torch.tensor(x.sum().item())", "identity:exact", id="made a tensor"),
        pytest.param("s = x.sum().item()\nreturn x * (s / 2) + s * 2", "", id="arithmetic makes another number"),
        pytest.param(
            "s = x.sum().item()\nif s > 3:\n    return x * 1000.0\nreturn x", "", id="an equal number of the file's"
        ),
        pytest.param("n = x.shape[0]\nreturn x.view(n, 1)", "reshape:equal", id="a small int by the name"),
        pytest.param("n = x.shape[0]\nreturn x.view(4, 1)", "", id="a small int that is not named"),
        pytest.param("self.n = len(x)\nreturn x.view(self.n, 1)", "reshape:equal", id="an attribute"),
        pytest.param("n = x.dim()\nreturn x.softmax(n - 1).sum(0)", "", id="one stands everywhere"),
        pytest.param(
            "for _ in range(2):\n    s = x.sum().item()\n    x = x * s\nreturn x", "mul:exact", id="each turn its own"
        ),
        pytest.param(
            "for _ in range(2):\n    n = len(x)\n    x = x.view(n)\nreturn x",
            "reshape:equal",
            id="each turn its own, guessed",
        ),
        pytest.param("n = len(x)\nm = n\nreturn x.view(m, 1)", "reshape:equal", id="by another name"),
        pytest.param("n = len(x)\nshape = (n, 1)\nreturn x.view(shape)", "reshape:equal", id="in a tuple with a name"),
        pytest.param("s = x[0].item()\nn = int(s)\nreturn x * n", "mul:equal", id="made an int by another name"),
        pytest.param("s = x[0].item()\nn = s\nreturn x * n", "mul:exact", id="the very float by another name"),
        pytest.param("n = len(x)\nm = n * 2\nreturn x.view(m // 2, 1)", "", id="an equal number of arithmetic"),
        pytest.param("n = len(x)\nm = n\nm += 1\nreturn x.view(m - 1, 1)", "", id="a name that something was added to"),
        pytest.param("n, m = len(x), 2\nx = x + 0.5\nreturn x.reshape(4, m // 2)", "", id="a name beside it"),
        pytest.param("if bool(x.sum() > 0):\n    return x * True\nreturn x", "", id="truth values are not followed"),
        pytest.param("n = int(x[0].item())\nreturn x * n", "mul:equal", id="made an int"),
        pytest.param("r = random.random()\nreturn x * r", "mul:exact", id="drawn at random"),
    ],
)
def test_an_escape_names_the_ops_that_took_it(workshop: Workshop, body: str, fed: str) -> None:
    assert _first(workshop, body)[2] == fed


@pytest.mark.parametrize(
    ("body", "decided"),
    [
        pytest.param("if x.sum() > 0:\n    return x\nreturn -x", "if:exact", id="if"),
        pytest.param("if not x.sum().item() > 0 or len(x) > 9:\n    return x\nreturn -x", "if:exact", id="one operand"),
        pytest.param("return x if x.sum() > 0 else -x", "if:exact", id="ternary"),
        pytest.param("assert x.sum() > 0\nreturn x", "if:exact", id="assert"),
        pytest.param("while x.sum() > 1:\n    x = x / 9\nreturn x", "if:exact", id="while"),
        pytest.param("for i in range(x.shape[0]):\n    x = x + i\nreturn x", "loop:exact", id="for"),
        pytest.param("return sum([x[i] for i in range(len(x))])", "loop:exact", id="comprehension"),
        pytest.param("n = int(x[0])\nif n > 3:\n    x = -x\nfor i in range(n - 249):\n    x = x + i\nreturn x",
                     "if:named loop:named", id="by a name"),
        pytest.param("n = x.sum().item()\nm = int(n) * 2\nif m > 3:\n    x = -x\nreturn x", "if:named", id="by a name of arithmetic"),
        pytest.param("a = x[0].item()\nb = a / 2\nc = max(round(b), 1)\nfor i in range(c - 124):\n    x = x + i\nreturn x", "loop:named", id="a chain"),
        pytest.param("n = x.sum().item()\nbig = n > 3\nreturn x if big else -x", "if:named", id="a comparison"),
        pytest.param("n = x.sum().item()\nm = 0\nfor i in range(2):\n    m += n\nif m > 3:\n    x = -x\nreturn x", "if:named", id="added up"),
        pytest.param("self.n = int(x[0])\nk = self.n + 1\nwhile k < 252:\n    k += 1\nreturn x", "if:named", id="an attribute and a counter"),
        pytest.param("n, m = int(x[0]), 5\nk = n, m\nif m > 3:\n    x = -x\nreturn x", "", id="a name beside it"),
        pytest.param("n = x.sum().item()\nm = n * 2\nm = len(str(x.dtype))\nif m > 3:\n    x = -x\nreturn x", "", id="a name that has another value, too"),
        pytest.param("n = x.sum().item()\ny = x * n\nif y.sum() > 3:\n    x = -x\nreturn x", "", id="an op makes a tensor of it"),
        pytest.param("n = x.sum().item()\nm = n * 2\ny = x * m\nif y.sum() > 3:\n    x = -x\nreturn x", "", id="an op makes a tensor of what it was made"),
        pytest.param("n = x.sum().item()\nm = str(n)\nif m:\n    x = -x\nreturn x", "", id="a text of it"),
        pytest.param("n = x.sum().item()\ny = x if n > 3 else -x\nif y is x:\n    x = -x\nreturn x", "if:named", id="what it chooses is not made of it"),
        pytest.param("n = x.sum().item()\nfor m in range(2):\n    k = m\nif k > 3:\n    x = -x\nm = n * 2\nreturn x", "", id="a name that a loop binds"),
        pytest.param("n = x.sum().item()\ndef f(m):\n    return -x if m > 3 else x\nm = n * 2\nreturn f(5)", "", id="the same name elsewhere"),
        pytest.param("x = x * x.sum().item()\nif x.sum() > 0:\n    x = -x\nreturn x", "", id="the name is a tensor's"),
        pytest.param("x = x[:1] + len(x[:1])\nif x.sum() > 0:\n    x = -x\nreturn x", "", id="one is added to a tensor"),
        pytest.param("x = x.view(len(x))\nif x.sum() > 0:\n    x = -x\nreturn x", "", id="the name is a view's"),
        pytest.param("y = x[0].item() if self.training else 3.0\nreturn x * y", "", id="a side that did not run reads nothing"),
        pytest.param("y = x.sum().item() if len(x) else 3.0\nreturn x * y", "if:exact", id="a test, not its sides"),
        pytest.param("if len(x) and x.sum() > 0:\n    return x\nreturn -x", "if:exact", id="a plain operand"),
        pytest.param("if (x > 0).all():\n    return x\nreturn -x", "if:exact", id="if of a call"),
        pytest.param("if (x > 0).all() and x.ndim > 3:\n    return x\nreturn -x", "if:exact", id="and of a call"),
        pytest.param("done = x[0] > 0\nwhile not done:\n    x = x / 9\nreturn x", "if:exact", id="while of a name"),
        pytest.param("return x if x.all() else -x", "if:exact", id="ternary of a call"),
        pytest.param("y = len(x) or 3\nreturn x * y", "if:exact", id="or of values"),
        pytest.param("match x.ndim:\n    case 1 if x.sum() > 0:\n        return -x\nreturn x", "if:exact", id="what a case matches"),
        pytest.param("match 1:\n    case 1 if x.sum() > 0:\n        return -x\nreturn x", "if:exact", id="guard of a case"),
        pytest.param("n = x.sum().item()\nmatch 1:\n    case 1 if n > 3:\n        return -x\nreturn x", "if:named", id="guard by a name"),
        pytest.param("n = int(x.sum())\nmatch n:\n    case 3:\n        return -x\nreturn x", "if:named", id="match of a name"),
        pytest.param("return x * x.sum().item()", "", id="nothing"),
    ],
)  # fmt: skip
def test_an_escape_names_the_decisions_it_had_a_part_in(workshop: Workshop, body: str, decided: str) -> None:
    escapes = workshop.run(a_model(body, ONES, init=WEIGHT)).escapes
    assert (_first(workshop, body)[3] if escapes else "") == decided


def test_what_the_recorder_reads_for_itself_is_no_escape(workshop: Workshop) -> None:
    """Its own reads were told at the user's line where NumPy or TorchScript dispatched the op."""
    text = a_model(
        "return double(torch.from_numpy(x.detach().numpy()))",
        ONES,
        before="@torch.jit.script\ndef double(x: torch.Tensor):\n    return x * torch.tensor([2.0])",
    )
    assert [one.how for one in workshop.run(text).escapes] == ["numpy"]


def test_a_decision_is_told_at_the_place_of_the_course(workshop: Workshop) -> None:
    text = a_model("if len(x) > 3 and x.sum() > 0:\n    return x\nreturn -x", ONES)
    run = workshop.run(text)
    for escape, decision in zip(run.escapes, run.decisions, strict=True):
        (found,) = escape.decided
        assert (found.line, found.column, found.kind) == (decision.line, decision.column, decision.kind)


def test_the_report_holds_the_escapes_of_each_eager_graph(workshop: Workshop) -> None:
    text = a_model("return x * x.sum().item()", "'a': (torch.ones(2),), 'b': (torch.ones(3),)")
    graphs = workshop.report(text, "trace").graphs
    assert graphs is not None
    assert [[one.value for one in graphs[name].escapes] for name in ("eager:a", "eager:b", "trace")] == [
        [2.0],
        [3.0],
        [],
    ]
    assert graphs["eager:a"].escapes[0].fed[0].op in {node.id for node in graphs["eager:a"].nodes}
