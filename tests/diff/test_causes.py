"""Each cause is found, at the line that a person would change, and nothing is said of what is well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.diff.causes import registry
from explorer.diff.causes.numerical_mismatch import numerical_mismatches
from explorer.diff.causes.registry import cause, causes
from explorer.divergence import CAUSES
from explorer.evidence import Kind, Outcome
from explorer.report.schema import Divergence
from tests.cases import Workshop, a_model, graph_of, line_of, lines_of
from tests.diff.test_case import case, run

TWO = "'a': (torch.ones(3),), 'b': (-torch.ones(3),)"
SIZES = "'a': (torch.ones(3),), 'b': (torch.ones(5),)"
SEQUENCE = "\nSEQUENCE = True\n"

MODELS = {
    "branch": a_model("if x.sum() > 0:  # !\n    return x * 2\nreturn x - 5", TWO),
    "ternary": a_model("s = 2.0 if x.max() > 0 else 0.5  # !\nreturn x * s", TWO),
    "branch in a module": a_model(
        "return self.part(x) + 1", TWO, init="self.part = Part()",
        before="class Part(nn.Module):\n    def forward(self, x):\n        if x[0] > 0:  # !\n            x = x * 3\n"
        "        return x",
    ),
    "second half of and": a_model("if x.dim() == 1 and x[0] > 0:  # !\n    x = x * 3\nreturn x", TWO),
    "early return": a_model("for i in range(3):\n    if x[i] > 0:  # !\n        return x * 2\nreturn x + 5", TWO),
    "handler": a_model(
        "try:\n    y = x.view(3, 1).sum(1)  # !\nexcept RuntimeError:\n    y = x * 0\nreturn y.sum()", SIZES
    ),
    "for over a size": a_model("for i in range(x.shape[0]):  # !\n    x = x + x[i]\nreturn x.sum()", SIZES),
    "while": a_model("while x.abs().sum() > 2:  # !\n    x = x / 2\nreturn x", "'a': (torch.ones(3),), 'b': (9 * torch.ones(3),)"),
    "item": a_model("n = x.sum().item()  # !\nreturn x * n", TWO),
    "float": a_model("y = x + 3\nreturn y * float(x.max())  # !", TWO),
    "size as a number": a_model("return x.sum() / int(x.shape[0])  # !", SIZES),
    "random": a_model("return x * random.random()  # !", TWO),
    "attribute": a_model("self.k = self.k + 1  # !\nreturn x * self.k", TWO, init="self.k = 0") + SEQUENCE,
    "global": a_model("global N\nN += 1  # !\nreturn x * N", TWO, before="N = 0") + SEQUENCE,
    "list": a_model("self.seen.append(1)  # !\nreturn x * len(self.seen)", TWO, init="self.seen = []") + SEQUENCE,
    "dropout": a_model("return nn.functional.dropout(x, 0.5, self.training) + 1  # !",
                       "'a': (torch.ones(64),), 'b': (torch.ones(64),)", mode="train"),
    "none": a_model("if y is None:  # !\n    return x\nreturn x + y", "'a': (torch.ones(2),), 'b': (torch.ones(2), torch.ones(2))",
                    takes="self, x, y=None"),
    "rank": a_model("if x.dim() == 1:  # !\n    return x * 2\nreturn x.sum(0)", "'a': (torch.ones(2),), 'b': (torch.ones(2, 2),)"),
    "dtype": a_model("if x.dtype == torch.float64:  # !\n    return x * 3\nreturn x",
                     "'a': (torch.ones(2),), 'b': (torch.ones(2).double(),)"),
    "argument written": a_model("y = x.view(-1)\ny.mul_(2)  # !\nreturn y + 1", TWO),
    "assert": a_model("assert x.sum() > 0  # !\nreturn x * 2", TWO),
    "raise": a_model("if x.sum() < 0:  # !\n    raise ValueError('no')\nreturn x * 2", TWO),
    "int output": a_model("y = x * 2\nreturn y, len(x)  # !", "'a': (torch.ones(3),), 'b': (2 * torch.ones(3),)"),
    "namedtuple output": a_model("return Out(x * 2, x + 1)  # !", "'a': (torch.ones(3),)", before="Out = namedtuple('Out', 'p q')"),
    "fixed shape": a_model("return x.view(3, 1) * 2", SIZES).replace("x.view(3, 1)", "torch.arange(3.0) + x[:3]"),
    "script refuses": a_model("return (lambda v: v * 2)(x)  # !", TWO),
    "dict output": a_model("return {'y': x, 'z': (x, 1)}  # !", TWO),
}  # fmt: skip

EXPECTED: list[tuple[str, Kind, str, str]] = [
    *(("branch", kind, "error", "baked-branch") for kind in ("trace", "onnx_ts")),
    ("branch", "export", "error", "capture-failure"),
    ("ternary", "trace", "error", "baked-branch"),
    ("branch in a module", "trace", "error", "baked-branch"),
    ("early return", "trace", "error", "baked-branch"),
    ("handler", "trace", "error", "baked-branch"),
    ("for over a size", "trace", "error", "unrolled-loop"),
    ("for over a size", "onnx_ts", "error", "unrolled-loop"),
    ("while", "trace", "error", "unrolled-loop"),
    ("item", "trace", "error", "baked-constant"),
    ("float", "trace", "error", "baked-constant"),
    ("size as a number", "trace", "error", "baked-constant"),
    ("random", "trace", "error", "baked-random"),
    ("random", "export", "error", "baked-random"),
    ("attribute", "trace", "error", "baked-state"),
    ("global", "trace", "error", "baked-state"),
    ("list", "trace", "error", "baked-state"),
    ("dropout", "onnx_ts", "error", "baked-mode"),
    ("none", "trace", "error", "specialised-type"),
    ("rank", "trace", "error", "specialised-type"),
    ("dtype", "trace", "error", "specialised-type"),
    ("argument written", "onnx_ts", "error", "mutation"),
    ("assert", "trace", "error", "lost-check"),
    ("raise", "trace", "error", "lost-check"),
    ("raise", "onnx_ts", "error", "lost-check"),
    ("int output", "trace", "error", "capture-failure"),
    ("namedtuple output", "script", "error", "output-structure"),
    ("namedtuple output", "trace", "error", "output-structure"),
    ("script refuses", "script", "error", "capture-failure"),
]

WELL: list[tuple[str, Kind]] = [
    *((name, "script") for name in ("branch", "ternary", "early return", "while", "for over a size", "assert", "rank")),
    ("dropout", "trace"),
    ("int output", "script"),
    ("argument written", "trace"),
    ("argument written", "export"),
    *(("residual_block", kind) for kind in ("trace", "script", "export", "onnx_ts")),
]


@pytest.mark.parametrize(
    ("name", "kind", "severity", "expected"), [pytest.param(*one, id=f"{one[0]}-{one[1]}") for one in EXPECTED]
)
def test_a_cause_is_found_at_its_line(workshop: Workshop, name: str, kind: Kind, severity: str, expected: str) -> None:
    text = MODELS[name]
    assert [(one.severity, one.cause, one.file, one.line) for one in loud(workshop, text, kind)] == [
        (severity, expected, "model.py", line_of(text))
    ]


def test_the_half_of_a_condition_that_parts_gives_the_cause(workshop: Workshop) -> None:
    (found,) = loud(workshop, MODELS["second half of and"], "trace")
    assert found.cause == "baked-branch"


@pytest.mark.parametrize(("name", "kind"), [pytest.param(*one, id="-".join(one)) for one in WELL])
def test_nothing_is_said_of_a_graph_that_is_well(workshop: Workshop, name: str, kind: Kind) -> None:
    text = MODELS.get(name, name)
    assert loud(workshop, text, kind) == []
    assert {one.outcome for one in workshop.static(text, kind).outcomes.values()} == {"agrees"}


@pytest.mark.parametrize(
    ("name", "line"),
    [pytest.param("item", True, id="item"), pytest.param("branch", True, id="branch")],
)
def test_a_graph_break_is_a_warning(workshop: Workshop, name: str, line: bool) -> None:
    (found,) = loud(workshop, MODELS[name], "dynamo")
    assert (found.severity, found.cause, found.line == line_of(MODELS[name])) == ("warning", "graph-break", line)


def test_a_branch_that_only_one_example_shows_is_a_warning(workshop: Workshop) -> None:
    text = a_model("if x.sum() > 0:  # !\n    return x * 2\nreturn x - 1", "'a': (torch.ones(3),)")
    (found,) = loud(workshop, text, "trace")
    assert (found.severity, found.cause, found.line) == ("warning", "baked-branch", line_of(text))


def test_a_kept_branch_is_a_note(workshop: Workshop) -> None:
    notes = [one for one in workshop.report(MODELS["branch"], "script").divergences if one.severity == "note"]
    assert ("control-flow-kept", line_of(MODELS["branch"])) in {(one.cause, one.line) for one in notes}


def test_a_divergence_says_where_on_which_examples_and_what_to_do(workshop: Workshop) -> None:
    text = MODELS["branch in a module"]
    (found,) = loud(workshop, text, "trace")
    assert (found.capture, found.inputs, found.module, found.function) == ("trace", ("b",), "part", "forward")
    assert "x[0] > 0" in found.explanation
    assert found.remedy
    assert found.evidence["parts on"] == ["b"]


def test_a_divergence_names_nodes_that_are_there(workshop: Workshop) -> None:
    report = workshop.report(MODELS["branch"], "trace", "onnx_ts")
    assert report.graphs is not None
    for one in report.divergences:
        assert one.left_capture is not None
        assert set(one.left) <= {node.id for node in report.graphs[one.left_capture].nodes}
        if one.right_capture is not None:
            assert set(one.right) <= {node.id for node in report.graphs[one.right_capture].nodes}


def test_every_cause_of_the_contract_is_a_file_of_its_name() -> None:
    files = {name: finder.__module__.rpartition(".")[2] for name, finder in causes().items()}
    assert files == {name: name.replace("-", "_") for name in CAUSES}
    assert sorted(files.values()) == sorted(registry.FILES)


@pytest.mark.filterwarnings("ignore:Looking for")
def test_a_cause_that_fails_loses_nothing_of_the_others(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_case: object, _unexplained: object) -> Iterator[Divergence]:
        raise KeyError("b")

    failing.__module__ = "explorer.diff.causes.lost_check"
    registry.causes()
    monkeypatch.setitem(registry._registered, "lost-check", failing)
    text = a_model("if x.sum() > 0:  # !\n    return x * 2\nreturn x", TWO)
    told = {one.cause: one for one in workshop.report(text, "trace").divergences if one.severity != "note"}
    assert told["baked-branch"].line == line_of(text)
    assert "KeyError" in told["lost-check"].explanation


def test_a_second_finder_of_one_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    causes()
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    with pytest.raises(ValueError, match="two causes named 'baked-branch'"):
        cause("baked-branch")(lambda _case, _unexplained: iter(()))


def loud(workshop: Workshop, text: str, kind: Kind) -> list[Divergence]:
    return [one for one in workshop.report(text, kind).divergences if one.severity != "note"]


def test_a_loop_of_thousands_of_turns_is_told_too(workshop: Workshop) -> None:
    text = a_model("for _ in range(x.shape[0]):  # !\n    pass\nreturn x[: x.shape[0] // 2 * 0 + 1] * len(x)",
                   "'a': (torch.ones(2500),), 'b': (torch.ones(3000),)")  # fmt: skip
    found = [one for one in workshop.report(text, "trace").divergences if one.cause == "unrolled-loop"]
    assert [one.line for one in found] == [line_of(text)]
    assert "2500 turns on “a” and 3000 turns on “b”" in found[0].explanation


def test_a_refusal_of_a_librarys_model_stands_where_the_user_makes_it(workshop: Workshop) -> None:
    text = (
        "import torch\nfrom torch import nn\n\n\ndef build_model():\n    return nn.LSTM(2, 3)  # !\n\n\n"
        "def example_inputs():\n    return {'a': (torch.ones(4, 1, 2),)}\n"
    )
    (told,) = [one for one in workshop.report(text, "script").divergences if one.cause == "capture-failure"]
    assert (told.file, told.line) == ("model.py", line_of(text))
    assert "only where another module calls it" in told.explanation


TWO_STEPS = "'a': (torch.ones(2),), 'b': (3 * torch.ones(2),), 'c': (torch.ones(2),)"


def _errors(workshop: Workshop, text: str, *kinds: Kind) -> set[tuple[int | None, str, str]]:
    report = workshop.report(text, *kinds)
    return {(one.line, one.cause, one.capture) for one in report.divergences if one.severity == "error"}


def test_a_buffer_that_is_bound_anew_is_state(workshop: Workshop) -> None:
    text = a_model("self.top = torch.maximum(self.top, x.max())  # !\nreturn x / self.top", TWO_STEPS,
                   init="self.register_buffer('top', torch.ones(()))") + SEQUENCE  # fmt: skip
    assert (line_of(text), "baked-state", "onnx_ts") in _errors(workshop, text, "onnx_ts")


def test_a_tensor_that_is_kept_for_the_next_call_is_state_and_no_form_of_the_input(workshop: Workshop) -> None:
    body = "last, seen = self.last, self.seen\nif last is not None:\n    x = x + last\nself.last, self.seen = x, True  # !\nreturn x"
    text = a_model(body, TWO_STEPS, init="self.last = None\nself.seen = False") + SEQUENCE
    assert {cause for _, cause, _ in _errors(workshop, text, "onnx_ts")} == {"baked-state"}
    assert (line_of(text), "baked-state", "onnx_ts") in _errors(workshop, text, "onnx_ts")


@pytest.mark.parametrize("kind", ["trace", "export", "onnx_ts"])
def test_state_that_is_written_and_read_in_one_call_is_told_where_it_is_written(workshop: Workshop, kind: Kind) -> None:
    """The capture's own run has written to it: the graph is one ahead, and it was told that values differ."""
    text = a_model("self.count += 1  # !\nreturn x * self.count", TWO, init="self.count = torch.zeros(1)")
    assert _errors(workshop, text, kind) == {(line_of(text), "baked-state", kind)}
    outcomes = workshop.static(text, kind).outcomes
    assert len({one.max_abs_error for one in outcomes.values()}) == 1, "each example meets the graph as it was made"


def test_of_the_state_written_at_one_line_that_is_named_which_the_output_reads(workshop: Workshop) -> None:
    """It was the first, ``bn.num_batches_tracked``, on which nothing depends."""
    examples = "'one': (torch.randn(6, 4) + 3,), 'two': (torch.randn(6, 4) - 1,)"
    text = a_model("y = self.bn(x)  # !\nreturn y + self.bn.running_mean", examples,
                   init="self.bn = nn.BatchNorm1d(4)", mode="train") + SEQUENCE  # fmt: skip
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert (told.line, told.cause, told.evidence["state"]) == (line_of(text), "baked-state", "bn.running_mean")


def test_a_write_by_numpy_to_a_buffer_is_state_that_the_graph_lacks(workshop: Workshop) -> None:
    text = a_model(
        "self.n.numpy()[0] += 1  # !\nreturn x + self.n", TWO, init="self.register_buffer('n', torch.zeros(1))"
    )
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert (told.line, told.cause) == (line_of(text), "baked-state")
    assert "changes it, too" not in told.explanation, "no op of the graph does"


def test_state_on_which_the_value_that_differs_does_not_depend_is_not_told(workshop: Workshop) -> None:
    text = a_model("self.n.numpy()[0] += 1\nreturn x.topk(4).indices", "'a': (torch.ones(6),)",
                   init="self.register_buffer('n', torch.zeros(1))")  # fmt: skip
    assert {cause for _, cause, _ in _errors(workshop, text, "onnx_ts")} == {"numerical-mismatch"}


def test_a_trace_keeps_what_is_written_into_a_buffer(workshop: Workshop) -> None:
    text = a_model("self.n.add_(1)\nself.k += 1  # !\nreturn x * self.k + self.n", TWO_STEPS,
                   init="self.k = 0\nself.register_buffer('n', torch.zeros(()))") + SEQUENCE  # fmt: skip
    assert {line for line, cause, _ in _errors(workshop, text, "trace") if cause == "baked-state"} == {line_of(text)}


def test_another_shape_out_of_another_side_is_the_branchs_doing(workshop: Workshop) -> None:
    text = a_model("if x.sum() > 0:  # !\n    return x\nreturn torch.cat([x, x])", TWO)
    assert _errors(workshop, text, "trace") == {(line_of(text), "baked-branch", "trace")}


def test_a_size_that_a_library_takes_from_the_data_is_a_constant_at_the_users_line(workshop: Workshop) -> None:
    body = ("packed = nn.utils.rnn.pack_padded_sequence(x, n, batch_first=True)\n"
            "padded, _ = nn.utils.rnn.pad_packed_sequence(self.rnn(packed)[0], batch_first=True)  # !\n"
            "return padded.tanh()")  # fmt: skip
    lengths = "'a': (torch.ones(2, 5, 3), torch.tensor([5, 2])), 'b': (torch.ones(2, 5, 3), torch.tensor([2, 1]))"
    text = a_model(body, lengths, init="self.rnn = nn.LSTM(3, 4, batch_first=True)", takes="self, x, n")
    report = workshop.report(text, "onnx_ts")
    (found,) = [one for one in report.divergences if one.severity == "error"]
    assert (found.cause, found.line, found.inputs) == ("baked-constant", line_of(text), ("b",))
    assert "f32[2, 5, 4]" in found.explanation


def test_where_the_values_part_on_another_example_the_first_op_there_is_named(workshop: Workshop) -> None:
    """NumPy's log is not followed: the trace keeps what it gave for the first example."""
    body = "y = torch.from_numpy(np.log(x.numpy()))  # !\nz = x * 2\nreturn z + y"
    text = a_model(body, "'a': (torch.ones(2),), 'b': (3 * torch.ones(2),)", before="import numpy as np")
    result = workshop.static(text, "trace")
    assert result.seen is not None
    assert result.seen.example == "b"
    held = {op.op: op.outputs[0].summary for op in graph_of(workshop.eager(text).captures[1]).compute}
    seen = {op.op: result.seen.outputs[op.id][0].summary for op in graph_of(result.capture).compute}
    assert held["mul"] == seen["mul"]
    assert held["add"] != seen["add"]


def test_an_attribute_that_is_asked_for_before_it_is_there_is_state_and_no_form_of_the_input(
    workshop: Workshop,
) -> None:
    text = (
        a_model("if not hasattr(self, 'k'):  # ?\n    self.k = x.max()  # !\nreturn x * self.k", TWO_STEPS) + SEQUENCE
    )
    assert _errors(workshop, text, "onnx_ts") == {
        (line_of(text), "baked-state", "onnx_ts"),
        (line_of(text, "# ?"), "baked-state", "onnx_ts"),
    }


def test_a_loop_over_values_is_one_fault_where_it_turns_as_often_over_other_ones(workshop: Workshop) -> None:
    tokens = "'a': (torch.tensor([0, 1]),), 'b': (torch.tensor([2, 3]),), 'c': (torch.tensor([3]),)"
    text = a_model("y = torch.ones(4)\nfor i in x.tolist():  # !\n    y[i] = 2 * y[i] + 1\nreturn y", tokens)
    assert {one for one in _errors(workshop, text, "trace") if one[1] != "specialised-shape"} == {
        (line_of(text), "unrolled-loop", "trace"),
    }


def test_a_write_by_way_of_a_view_that_an_exporter_loses_is_a_mutation(workshop: Workshop) -> None:
    text = a_model("x[1:].copy_(y)  # !\nreturn self.fc(x)", "'a': (torch.ones(3, 2), torch.zeros(2, 2))",
                   init="self.fc = nn.Linear(2, 2)", takes="self, x, y")  # fmt: skip
    assert _errors(workshop, text, "onnx_ts") == {(line_of(text), "mutation", "onnx_ts")}


WRITTEN = a_model("y = self.fc(x)\nfirst = y[0]\ny.mul_(self.fc.bias)  # !\nreturn first + 1",
                  "'a': (torch.ones(3, 2),)", init="self.fc = nn.Linear(2, 2)")  # fmt: skip


def test_a_write_after_a_view_was_taken_that_an_exporter_loses_is_a_mutation(workshop: Workshop) -> None:
    assert _errors(workshop, WRITTEN, "onnx_ts") == {(line_of(WRITTEN), "mutation", "onnx_ts")}


def test_what_is_told_to_help_against_it_does(workshop: Workshop) -> None:
    helped = WRITTEN.replace("        first = y[0]\n", "").replace("y.mul_(self.fc.bias)", "y = y * self.fc.bias")
    helped = helped.replace("first + 1", "y[0] + 1")
    assert not _errors(workshop, helped, "onnx_ts")


def test_a_break_before_the_first_graph_is_told(workshop: Workshop) -> None:
    text = a_model("return torch.bincount(x, minlength=4) * 2  # !", "'a': (torch.tensor([1, 1, 3]),)")
    found = [(one.line, one.cause) for one in workshop.report(text, "dynamo").divergences if one.severity == "warning"]
    assert found == [(line_of(text), "graph-break")]


def test_a_value_that_is_only_printed_makes_no_graph_refuse_a_shape(workshop: Workshop) -> None:
    text = a_model("print(x.sum().item())\nreturn x * 2", SIZES)
    assert {cause for _, cause, _ in _errors(workshop, text, "export")} == {"specialised-shape"}


def test_one_more_read_of_the_same_value_is_no_constant(workshop: Workshop) -> None:
    body = "for i in range(n):\n    x = x * 2\n    if bool((x > 100).all()):\n        break\nreturn x"
    text = a_model(body, "'a': (torch.ones(2), 4), 'b': (torch.ones(2), 2)", takes="self, x, n")
    assert {cause for _, cause, _ in _errors(workshop, text, "onnx_ts")} == {"unrolled-loop"}


def test_an_operator_that_is_refused_by_name_has_its_line(workshop: Workshop) -> None:
    text = a_model("y = x * 2\nself.kept.copy_(y)  # !\nreturn y + self.kept", TWO,
                   init="self.register_buffer('kept', torch.zeros(3))")  # fmt: skip
    assert (line_of(text), "capture-failure", "onnx_ts") in _errors(workshop, text, "onnx_ts")


KEPT_FUNCTIONS = {
    "lambda": ("self.act = lambda v: v.tanh()", "", "lambda that is kept in the attribute `act`"),
    "closure": ("self.act = scaled(2.0)", "def scaled(by):\n    def act(v):\n        return v * by\n    return act",
                "uses a variable of the one that made it"),
    "nonlocal": ("self.act = counted()",
                 "def counted():\n    n = 0\n    def act(v):\n        nonlocal n\n        n += 1\n        return v * n\n    return act",
                 "uses a variable of the one that made it"),
}  # fmt: skip


@pytest.mark.parametrize(("init", "before", "says"), KEPT_FUNCTIONS.values(), ids=KEPT_FUNCTIONS)
def test_a_function_that_a_script_cannot_keep_is_told_where_it_is_called(
    workshop: Workshop, init: str, before: str, says: str
) -> None:
    text = a_model("y = x + 1\nreturn self.act(y)  # !", TWO, init=init, before=before)
    (told,) = [one for one in workshop.report(text, "script").divergences if one.severity == "error"]
    assert (told.line, told.cause) == (line_of(text), "capture-failure")
    assert says in told.explanation


def test_a_partial_that_a_script_fails_over_is_told_where_it_is_called(workshop: Workshop) -> None:
    text = a_model("y = x + 1\nreturn scored(y)  # !", TWO,
                   before="import functools\nscored = functools.partial(nn.functional.log_softmax, dim=-1)")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "script").divergences if one.severity == "error"]
    assert (told.line, told.cause) == (line_of(text), "capture-failure")


def test_a_refused_shape_is_told_at_the_condition_that_is_handed_the_size(workshop: Workshop) -> None:
    """It was told where the size is read, and the branch beside it."""
    text = a_model("return longer(x, x.shape[0])", SIZES,
                   before="def longer(x, size):\n    if size > 4:  # !\n        x = x * 2\n    return x + 1")  # fmt: skip
    assert _errors(workshop, text, "export") == {(line_of(text), "specialised-shape", "export")}


def test_an_argument_is_told_where_it_is_taken_not_in_what_was_chosen_by_it(workshop: Workshop) -> None:
    text = a_model("return self.parts[name](x)  # !", "'a': (torch.ones(3), 'up'), 'b': (torch.ones(3), 'down')",
                   init="self.parts = nn.ModuleDict({'up': Part(2), 'down': Part(3)})", takes="self, x, name",
                   before="class Part(nn.Module):\n    def __init__(self, by):\n        super().__init__()\n        "
                   "self.by = by\n\n    def forward(self, x):\n        return x * self.by")  # fmt: skip
    assert _errors(workshop, text, "export") == {(line_of(text), "specialised-type", "export")}


def test_a_hook_that_a_script_refuses_stands_where_it_is_hung_on(workshop: Workshop) -> None:
    """It stood at the line that makes the model."""
    text = a_model("return self.part(x)", TWO, before="def kept(module, given, made):\n    return made",
                   init="self.part = nn.ReLU()\nself.part.register_forward_hook(kept)  # !")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "script").divergences if one.severity == "error"]
    assert (told.line, told.cause) == (line_of(text), "capture-failure")


def test_the_first_op_that_departs_has_the_line(workshop: Workshop) -> None:
    text = a_model("y = self.norm(x)  # !\nreturn y.sum(1)", "'a': (torch.randn(6, 3),), 'b': (torch.randn(6, 3),)",
                   init="self.norm = nn.BatchNorm1d(3)", mode="train")  # fmt: skip
    found = [one for one in workshop.report(text, "onnx").divergences if one.severity == "error"]
    assert {one.line for one in found} == {line_of(text)}


def test_other_arguments_are_no_other_shape(workshop: Workshop) -> None:
    text = a_model("return x + y if y is not None else x", "'a': (torch.ones(2),), 'b': (torch.ones(2), torch.ones(2))",
                   takes="self, x, y=None").replace("x + y if y is not None else x", "x * 2")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "export").divergences if one.severity == "error"]
    assert told.cause == "specialised-type"
    assert "(x)" in told.explanation
    assert "(x, y)" in told.explanation


def test_a_size_of_one_is_told_to_be_fixed_always(workshop: Workshop) -> None:
    text = a_model("return x * 2", "'a': (torch.ones(1, 3),), 'b': (torch.ones(2, 3),)")
    (told,) = [one for one in workshop.report(text, "export").divergences if one.severity == "error"]
    assert "at least 2" in told.remedy


def test_a_mode_that_the_model_sets_for_a_while_is_told_where_it_is_set(workshop: Workshop) -> None:
    text = a_model(
        "self.norm.train()  # !\ny = self.norm(x)\nself.norm.eval()\nreturn y.exp()",
        "'a': (torch.arange(8.).view(4, 2) ** 2,)",
        init="self.norm = nn.BatchNorm1d(2)",
    )
    assert _errors(workshop, text, "onnx") == {(line_of(text), "baked-mode", "onnx")}


@pytest.mark.parametrize("kind", ["onnx", "onnx_ts"])
def test_a_mode_makes_no_graph_raise(workshop: Workshop, kind: Kind) -> None:
    """What ONNX Runtime cannot load was blamed on the dropout, and that it cannot was not told."""
    text = a_model(
        "x = self.drop(x)\nreturn self.fc(x.to(torch.bfloat16)).float()  # !",
        TWO.replace("(3)", "(2, 3)"),
        init="self.drop = nn.Dropout(0.5)\nself.fc = nn.Linear(3, 3, dtype=torch.bfloat16)",
        mode="train",
    )
    assert _errors(workshop, text, kind) == {(line_of(text), "capture-failure", kind)}


def test_a_size_is_fixed_where_python_makes_a_number_of_its_own_of_it(workshop: Workshop) -> None:
    text = a_model("n = x.size(0)\nhalf = math.ceil(n / 3)  # !\nreturn x[:half]", SIZES, before="import math")
    assert _errors(workshop, text, "trace") == {(line_of(text), "specialised-shape", "trace")}


@pytest.mark.parametrize(
    "check",
    ["if x.size(0) != 3:\n    raise ValueError('not three')", "assert x.size(0) == 3, f'{x.size(0)} is not three'"],
)
def test_a_line_at_which_eager_raises_is_no_break(workshop: Workshop, check: str) -> None:
    report = workshop.report(a_model(f"{check}\nreturn x * 2", SIZES), "dynamo")
    assert not [one for one in report.divergences if one.cause == "graph-break"]
    assert next(one.note for one in report.captures if one.id == "dynamo") == ""


def test_each_break_is_told_one_before_the_first_op_of_a_frame_included(workshop: Workshop) -> None:
    body = "t = x.nonzero()  # !\nu = torch.unique(x)  # !\nprint('here')  # !\nreturn x + 1, t.shape[0] * u.sum()"
    text = a_model(body, "'a': (torch.ones(2, 4),)")
    found = workshop.report(text, "dynamo").divergences
    assert sorted(one.line or 0 for one in found if one.cause == "graph-break") == lines_of(text)


def test_a_break_before_a_line_that_raises_is_told(workshop: Workshop) -> None:
    text = a_model("print('here')  # !\nif x.size(0) != 3:\n    raise ValueError('not three')\nreturn x * 2", SIZES)
    found = [one.line for one in workshop.report(text, "dynamo").divergences if one.cause == "graph-break"]
    assert found == [line_of(text)]


def test_a_break_in_a_library_is_told_where_no_line_of_the_users_has_one(workshop: Workshop) -> None:
    text = a_model("return x", "'a': (torch.ones(1, 2),)") + (
        "\n\ndef build_model():\n    model = nn.Sequential(nn.Linear(2, 2)).eval()\n"
        "    return torch.ao.quantization.quantize_dynamic(model, {nn.Linear}, dtype=torch.qint8)\n"
    )
    (told,) = workshop.report(text, "dynamo").divergences
    assert (told.cause, told.file) == ("graph-break", "torch/ao/nn/quantized/dynamic/modules/linear.py")


HANDED_IN = a_model(
    "y = b.x * 2\nreturn y",
    "'a': (Batch(torch.ones(2)),)",
    takes="self, b: Batch",
    before="from dataclasses import dataclass\n\n@dataclass\nclass Batch:\n    x: torch.Tensor",
).replace("b: Batch):", "b: Batch):  # !")
MADE_INSIDE = (
    HANDED_IN.replace("self, b: Batch", "self, b")
    .replace("):  # !", "):")
    .replace("y = b.x * 2\n", "y = Batch(b.x * 2).x  # !\n")
)


@pytest.mark.parametrize(
    ("text", "kind"), [(HANDED_IN, "export"), (HANDED_IN, "onnx"), (HANDED_IN, "script"), (MADE_INSIDE, "script")]
)
def test_a_refused_class_is_told_where_it_comes_in(workshop: Workshop, text: str, kind: Kind) -> None:
    """It was told at the return statement, which has no part in it."""
    (told,) = [one for one in workshop.report(text, kind).divergences if one.cause == "capture-failure"]
    assert told.line == line_of(text)


CLOCK = a_model("return x * (time.perf_counter_ns() % 1_000_003 + 1)", TWO, before="import time")
SEEDED = a_model(
    "e = torch.from_numpy(np.random.default_rng(0).normal(size=(4,)))\nrandom.seed(3)\n"
    "return x.sum(0) + e + random.random() + np.random.RandomState(5).rand() + x.shape[0]  # !",
    "'a': (torch.ones(2, 4),), 'b': (torch.ones(3, 4),)",
    before="import numpy as np",
)
SEEDED_BEFORE = a_model(
    "return x + self.rng.random()  # !",
    TWO,
    init="self.rng = np.random.default_rng(0)",
    before="import numpy as np",
)


def test_values_that_eager_does_not_repeat_are_no_mismatch(workshop: Workshop) -> None:
    """Dynamo, which read the clock as eager did, was told as wrong."""
    report = workshop.report(CLOCK, "dynamo")
    assert not [one for one in report.divergences if one.severity == "error"]
    assert [one.outcome for one in report.matrix["dynamo"].values()] == ["not-run", "not-run"]
    assert all("runs again" in (one.message or "") for one in report.matrix["dynamo"].values())
    assert report.verdict == "No static graph was seen to be wrong, but 2 of 2 runs could not be judged"


def test_numbers_of_a_generator_that_forward_seeds_are_the_same_on_every_call(workshop: Workshop) -> None:
    """They were told as drawn anew, which hid what was wrong."""
    found = {(one.line, one.cause) for one in workshop.report(SEEDED, "export").divergences if one.severity == "error"}
    assert found == {(line_of(SEEDED), "specialised-shape")}
    (kept,) = workshop.run(SEEDED_BEFORE).escapes
    assert [one.steady for one in workshop.run(SEEDED).escapes if one.source == "random"] == [True, True, True]
    assert not kept.steady


def test_a_size_that_is_refused_is_no_number_drawn(workshop: Workshop) -> None:
    text = a_model("n = random.random()\nreturn x * n + x.shape[0]  # !",
                   "'a': (torch.ones(2),), 'b': (torch.ones(3),)")  # fmt: skip
    assert (line_of(text), "specialised-shape", "export") in _errors(workshop, text, "export")


@pytest.mark.parametrize("body", ["a, b = y", "for row in y:\n    a = b = row", "a, b = y.unbind(0)"])
def test_what_python_asks_to_unpack_a_tensor_is_no_number_of_the_users(workshop: Workshop, body: str) -> None:
    """The rank, and the rows themselves as text, were told as sizes that are constants."""
    text = a_model(f"y = torch.stack([x, x * 2])\n{body}\nif x.sum() > 0:  # !\n    return a * 2\nreturn a - b", TWO)
    assert _errors(workshop, text, "trace") == {(line_of(text), "baked-branch", "trace")}
    assert [one.value for one in workshop.run(text).escapes if one.source == "shape"] == [2]


def _imported(workshop: Workshop, text: str, name: str) -> str:
    """Return a model file that imports all it has of the file ``name`` beside it, which holds ``text``."""
    imports = f"from {name} import build_model, example_inputs\n"
    Path(workshop.source(imports).path).with_name(f"{name}.py").write_text(text)
    return imports


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("none", "trace"),
        ("branch", "trace"),
        ("for over a size", "trace"),
        ("assert", "trace"),
        ("namedtuple output", "script"),
        ("size as a number", "trace"),
    ],
)
def test_what_a_file_beside_the_model_file_does_is_told_as_if_it_stood_in_it(
    workshop: Workshop, model: str, kind: Kind
) -> None:
    """It was told as a branch on data, with no condition, at that line of the model file."""
    imports = _imported(workshop, MODELS[model], f"beside_{model.replace(' ', '_')}_{kind}")
    (alone,), (beside,) = loud(workshop, MODELS[model], kind), loud(workshop, imports, kind)
    assert (beside.cause, beside.line, beside.explanation) == (alone.cause, alone.line, alone.explanation)
    assert beside.file == f"beside_{model.replace(' ', '_')}_{kind}.py"
    assert (beside.left, beside.right, beside.function) == (alone.left, alone.right, alone.function)


CACHED = a_model(
    "y = x.exp()\nreturn y, Cache(y)  # !", TWO, before="class Cache:\n    def __init__(self, x):\n        self.x = x"
)
TAKES = a_model("return x * 2", "'a': (torch.ones(2), None)", takes="self, x, y")
NAMED = a_model("y = x * 2\nreturn torch.special.bessel_j0(y)  # !", TWO)


@pytest.mark.parametrize(
    ("text", "kind", "mark"),
    [
        pytest.param(CACHED, "trace", "# !", id="the return"),
        pytest.param(TAKES, "trace", "def forward(self, x, y):", id="the arguments"),
        pytest.param(NAMED, "onnx_ts", "# !", id="an op that is named"),
    ],
)
def test_a_refusal_is_told_in_the_users_file_that_holds_the_model(
    workshop: Workshop, text: str, kind: Kind, mark: str
) -> None:
    """It was told at the line of the model file that makes the model."""
    name = f"refused_{kind}_{line_of(text, mark)}"
    (found,) = loud(workshop, _imported(workshop, text, name), kind)
    assert (found.cause, found.file, found.line) == ("capture-failure", f"{name}.py", line_of(text, mark))


def test_a_change_of_state_is_placed_in_the_file_that_makes_it(workshop: Workshop) -> None:
    text = a_model("self.top = torch.maximum(self.top, x.max())  # !\nreturn x / self.top", TWO_STEPS,
                   init="self.register_buffer('top', torch.ones(()))")  # fmt: skip
    changes = workshop.run(_imported(workshop, text, "beside_state")).changes
    assert [(one.name, one.location and one.location.line) for one in changes] == [("top", line_of(text))]


def test_a_size_that_a_graph_refuses_is_told_where_it_is_read(workshop: Workshop) -> None:
    """It was told where the rows of a tensor were unpacked."""
    text = a_model(
        "a, b = y\nn = x.shape[0]  # !\nreturn a[:n] + x.sum() * n + b[:n]",
        "'a': (torch.ones(3), torch.ones(2, 4)), 'b': (torch.ones(2), torch.zeros(2, 4))",
        takes="self, x, y",
    )
    assert _errors(workshop, text, "export") == {(line_of(text), "specialised-shape", "export")}


SKIPPED_ROUTE = a_model(
    "y = x * 1\nfor i in range(2):\n    at = torch.nonzero(x[:, 0] == i)[:, 0]\n    if at.numel() == 0:  # ?\n"
    "        continue\n    y = y.index_add(0, at, x[at])\nreturn y",
    "'a': (torch.tensor([[0., 1.], [1., 1.]]),), 'b': (torch.tensor([[0., 1.]]),)",
).replace("def forward(self, x):", "def forward(self, x):  # !")


def test_what_refuses_a_shape_never_comes_to_a_branch(workshop: Workshop) -> None:
    """It was told as the branch's doing, though the trace, with the same branch, agrees."""
    told = [(one.severity, one.cause, one.line) for one in loud(workshop, SKIPPED_ROUTE, "onnx_ts")]
    assert told == [
        ("error", "specialised-shape", line_of(SKIPPED_ROUTE)),
        ("warning", "baked-branch", line_of(SKIPPED_ROUTE, "# ?")),
    ]


def test_a_refused_shape_is_told_at_the_condition_that_asks_for_it(workshop: Workshop) -> None:
    text = a_model("n = x.shape[0]\nif n > 3:  # !\n    x = x * 2\nreturn x + 1", SIZES)
    assert _errors(workshop, text, "export") == {(line_of(text), "specialised-shape", "export")}


def test_a_while_that_is_left_by_break_is_the_loops_doing(workshop: Workshop) -> None:
    """What its condition reads at each turn was told as one number that is a constant."""
    body = "y = x[x > 0]\nn = 0 * x.sum()\nwhile y.numel() > 0:  # !\n    n = n + y[0]\n    if y.numel() == 1:  # ?\n        break\n    y = y[1:]\nreturn n"
    text = a_model(body, "'a': (torch.tensor([1., 1., -1.]),), 'b': (torch.tensor([1., 1., 1.]),)")
    found = loud(workshop, text, "trace")
    assert [(one.cause, one.line) for one in found] == [
        ("unrolled-loop", line_of(text)),
        ("baked-branch", line_of(text, "# ?")),
    ]
    assert "2 turns on “a” and 3 turns on “b”" in found[0].explanation


STRUCTURE = "Out = namedtuple('Out', 'p q')"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if x.sum() > 0:  # !\n    x = x * 2\nreturn Out(x, x + 1)", "baked-branch"),
        ("return Out(x * x.sum().item(), x)  # !", "baked-constant"),
        ("x = torch.from_numpy(np.log1p(x.abs().numpy() + x.numpy()))  # !\nreturn Out(x, x)", "baked-constant"),
    ],
)
def test_what_makes_values_differ_is_told_beside_another_structure(
    workshop: Workshop, body: str, expected: str
) -> None:
    """Where a trace gives a tuple for a named one, what was wrong in it was not looked at."""
    text = a_model(body, TWO, before=f"import numpy as np\n{STRUCTURE}")
    found = _errors(workshop, text, "trace")
    assert (line_of(text), expected, "trace") in found
    assert "output-structure" in {cause for _, cause, _ in found}
    told = workshop.report(text, "trace").divergences
    assert [one.inputs for one in told if one.cause == "output-structure"] == [("a", "b")], "a choice is not why"
    outcomes = workshop.static(text, "trace").outcomes
    assert [(one.where, one.beneath) for one in outcomes.values()] == [("structure", None), ("structure", "value")]
    assert outcomes["b"].max_abs_error


def test_a_branch_is_not_at_fault_where_the_structure_alone_differs(workshop: Workshop) -> None:
    text = a_model("if x.sum() > 0:\n    y = x * 2\nelse:\n    y = x + x\nreturn Out(x, y)  # !", TWO, before=STRUCTURE)
    assert _errors(workshop, text, "trace") == {(line_of(text), "output-structure", "trace")}


DRAWN = a_model(
    "y = nn.functional.dropout(x, 0.5, training=True) + torch.rand(3)  # !\nreturn y",
    "'a': (torch.ones(64, 3),), 'b': (torch.ones(64, 3),)",
)


@pytest.mark.parametrize("kind", ["onnx", "ort"])
def test_a_graph_that_draws_by_another_generator_cannot_be_compared(workshop: Workshop, kind: Kind) -> None:
    """It was told to call eval() where the model is in it, and of `bernoulli`, which nobody had called."""
    (told,) = [one for one in workshop.report(DRAWN, kind).divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("baked-random", line_of(DRAWN))
    assert told.explanation.startswith("`dropout` and `rand` draw")
    assert "draws, too" in told.explanation
    assert "eval" not in told.explanation + told.remedy


def test_a_mode_that_a_graph_has_lost_is_told_by_what_the_graph_holds(workshop: Workshop) -> None:
    (told,) = loud(workshop, MODELS["dropout"], "onnx_ts")
    assert (
        told.explanation == "`dropout` runs in training mode in eager; the onnx_ts graph computes it as in evaluation."
    )
    assert "eval()" in told.remedy


def test_a_choice_on_a_plain_argument_is_no_branch_on_data(workshop: Workshop) -> None:
    """It was told to choose with torch.where what picks the keys of a dict."""
    text = a_model("if both:  # !\n    return {'y': x, 'z': x + 1}\nreturn {'y': x}",
                   "'a': (torch.ones(2), True), 'b': (torch.ones(2), False)", takes="self, x, both: bool")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "export").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("specialised-type", line_of(text))
    assert "torch.where" not in told.remedy


@pytest.mark.parametrize(
    ("examples", "was", "now"),
    [
        (TWO, "raises nothing", "raises what the handler at line"),
        ("'b': (-torch.ones(3),), 'a': (torch.ones(3),)", "raises what the handler at line", "raises nothing"),
    ],
)
def test_a_handler_is_told_by_which_one_ran(workshop: Workshop, examples: str, was: str, now: str) -> None:
    body = "try:\n    y = math.log(x.sum().item())  # !\nexcept ValueError:\n    y = 5.0\nreturn x * y"
    text = a_model(body, examples, before="import math")
    (told,) = [one for one in loud(workshop, text, "trace") if one.cause == "baked-branch"]
    before, _, after = told.explanation.partition(". On ")
    assert was in before
    assert now in after
    assert "torch.jit.script" not in told.remedy


def test_a_script_is_proposed_only_where_it_was_seen_to_take_the_model(workshop: Workshop) -> None:
    taken = a_model("y = x * 2\nif x.sum() > 0:  # !\n    y = y + 1\nreturn y", TWO)
    refused = taken.replace("y = x * 2", "y = (lambda v: v * 2)(x)")
    reports = (workshop.report(taken, "trace"), workshop.report(taken, "trace", "script"),
               workshop.report(refused, "trace", "script"))  # fmt: skip
    told = [[one.remedy for one in report.divergences if one.cause == "baked-branch"] for report in reports]
    assert ["torch.jit.script" in remedy for (remedy,) in told] == [False, True, False]


def test_a_refused_shape_is_not_told_at_a_condition_that_goes_the_same_way(workshop: Workshop) -> None:
    text = a_model("n = x.shape[0]  # !\nassert n != 7\nreturn x * n", f"{SIZES}, 'c': (torch.ones(7),)")
    found = {error for error in _errors(workshop, text, "export") if error[1] == "specialised-shape"}
    assert found == {(line_of(text), "specialised-shape", "export")}


RANKS = "'flat': (torch.arange(3.),), 'deep': (torch.ones(2, 3),)"
SIGNS = "'up': (torch.ones(3),), 'down': (-torch.ones(3),)"
SEQUENCED = "case (_,):\n        return x + 1\n    case (_, _):\n        return x - 1"


@pytest.mark.parametrize("kind", ["trace", "export", "onnx", "onnx_ts"])
@pytest.mark.parametrize(
    "asks",
    [
        pytest.param(
            "match x.ndim:  # !\n    case 1:\n        return x + 1\n    case _:\n        return x - 1", id="rank"
        ),
        pytest.param(f"match x.shape:  # !\n    {SEQUENCED}", id="sizes"),
        pytest.param("match x.dim():\n    case n if n > 1:  # !\n        return x + 1\nreturn x - 1", id="guard"),
        pytest.param("if len(x.shape) > 1:  # !\n    return x + 1\nreturn x - 1", id="length of the shape"),
    ],
)
def test_a_choice_by_rank_is_one_of_type_also_where_another_rank_is_refused(
    workshop: Workshop, asks: str, kind: Kind
) -> None:
    text = a_model(asks, RANKS)
    assert _errors(workshop, text, kind) == {(line_of(text), "specialised-type", kind)}


@pytest.mark.parametrize(
    ("asks", "examples", "cause"),
    [
        pytest.param(
            "match x.sum().item():  # !\n    case 3.0:\n        return x + 1\n    case _:\n        return x - 1",
            SIGNS, "baked-branch", id="data",
        ),
        pytest.param(
            "match x.sum(), x.ndim:\n    case high, 1 if high > 0:  # !\n        return x + 1\nreturn x - 1",
            SIGNS, "baked-branch", id="guard",
        ),
        pytest.param(
            "match x:  # !\n    case torch.Tensor():\n        return x + 1\n    case _:\n        return x[0] - 1",
            "'one': (torch.ones(3),), 'list': ([torch.ones(3)],)", "specialised-type", id="class",
        ),
        pytest.param(
            "match x.shape:  # !\n    case (3,):\n        return x + 1\nreturn x - 1",
            "'three': (torch.ones(3),), 'four': (torch.ones(4),)", "baked-branch", id="size",
        ),
    ],
)  # fmt: skip
def test_a_match_is_told_where_it_begins_by_what_it_asks(
    workshop: Workshop, asks: str, examples: str, cause: str
) -> None:
    text = a_model(asks, examples)
    assert _errors(workshop, text, "trace") == {(line_of(text), cause, "trace")}


def test_a_match_on_a_plain_argument_is_one_of_type(workshop: Workshop) -> None:
    text = a_model(
        "match way:  # !\n    case 'up':\n        return x + 1\n    case _:\n        return x - 1",
        "'up': (torch.ones(3), 'up'), 'down': (torch.ones(3), 'down')",
        takes="self, x, way: str",
    )
    assert _errors(workshop, text, "export") == {(line_of(text), "specialised-type", "export")}


@pytest.mark.parametrize(
    "forward",
    [
        pytest.param("if self.training:  # !\n    x = x - x.mean()\nreturn x * 2", id="if"),
        pytest.param("if not self.training:  # !\n    return x\nreturn x * 2", id="if not"),
        pytest.param("return twice(x, self.training)  # !", id="argument"),
        pytest.param("if self.training or x.ndim:\n    x = x.exp()\nx = x * (2 if self.training else 3)  # !\nreturn x",
                     id="a condition that held all the same"),
    ],
)  # fmt: skip
def test_a_choice_by_the_mode_is_lost_where_the_exporter_switches_it(workshop: Workshop, forward: str) -> None:
    before = "def twice(x, wanted):\n    return x * 2 if wanted else x"
    text = a_model(forward, "'a': (torch.rand(4),), 'b': (torch.rand(4),)", before=before, mode="train")
    assert _errors(workshop, text, "onnx_ts", "onnx", "export") == {(line_of(text), "baked-mode", "onnx_ts")}


def test_a_choice_by_the_mode_explains_no_other_example_alone(workshop: Workshop) -> None:
    text = a_model("if self.training:\n    pass\nif x.sum() > 0:  # !\n    return x * 2\nreturn x",
                   "'up': (torch.ones(4),), 'down': (-torch.ones(4),)", mode="train")  # fmt: skip
    assert _errors(workshop, text, "onnx_ts") == {(line_of(text), "baked-branch", "onnx_ts")}


def test_a_loop_that_a_comment_calls_one_is_told(workshop: Workshop) -> None:
    """What Dynamo logs holds the user's line: a word in it is not what Dynamo says."""
    text = a_model("while x.sum() > 1:  # a loop\n    if x.max() > 0.5:\n        x = x / 2\n    x = x / 2\nreturn x",
                   "'a': (torch.ones(4),)")  # fmt: skip
    told = {one.line for one in workshop.report(text, "dynamo").divergences if one.cause == "graph-break"}
    assert text.splitlines().index("        while x.sum() > 1:  # a loop") + 1 in told


def test_a_dict_in_a_dict_is_refused_where_it_is_returned(workshop: Workshop) -> None:
    text = a_model("y = x + 1\nreturn {'found': {'y': y}, 'x': x}  # !", "'a': (torch.ones(4),)")
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("capture-failure", line_of(text))


def test_what_onnx_runtime_does_not_load_is_told_at_the_line_of_the_node(workshop: Workshop) -> None:
    text = a_model("y = x + 1\nreturn nn.functional.one_hot(y)  # !", "'a': (torch.tensor([0, 2, 1]),)")
    (told,) = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("capture-failure", line_of(text))


@pytest.mark.parametrize(
    ("body", "helps"),
    [
        pytest.param("y = x * 2\nif y.sum() > 0:\n    y = y + 1\nreturn y", "torch.cond", id="a branch on data"),
        pytest.param("return x * x.sum().item()", "capture_scalar_outputs", id="a number is read"),
        pytest.param("return x[x > 0.5] * 2", "capture_dynamic_output_shape_ops", id="a size comes from data"),
        pytest.param("y = x * 2\nprint('y', y)\nreturn y + 1", "reorderable_logging_functions", id="a print"),
        pytest.param("return nn.functional.one_hot(x.long()) * 2", "Pass num_classes", id="classes"),
        pytest.param("return x * random.random()", "Draw with torch", id="a draw"),
    ],
)
def test_what_helps_against_a_break_is_of_its_kind(workshop: Workshop, body: str, helps: str) -> None:
    told = [one for one in workshop.report(a_model(body, "'a': (torch.ones(4),)"), "dynamo").divergences
            if one.cause == "graph-break"]  # fmt: skip
    assert [helps in one.remedy for one in told] == [True]


@pytest.mark.parametrize(
    ("forward", "lines"),
    [
        pytest.param("for n in x[0].tolist():  # !\n    x = x + n\nreturn x", 1, id="a loop over a list"),
        pytest.param("a, *rest = x.sum(0).tolist()  # !\nreturn x * a", 1, id="a star"),
        pytest.param("if (n := int(x.sum())) > 100:  # !\n    return x - n\nreturn x * n", 1, id="named in passing"),
    ],
)
def test_a_number_is_followed_however_it_is_named(workshop: Workshop, forward: str, lines: int) -> None:
    text = a_model(forward, "'a': (torch.ones(2, 3),), 'b': (torch.full((2, 3), 2.0),)")
    found = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-constant", line_of(text))] * lines


def test_an_op_with_another_number_is_not_given_the_same(workshop: Workshop) -> None:
    """Where no line of a file tells, the first op to depart does, and what it is given."""
    body = "def forward(self, x):\n    k = x.max().item()\n    return x * k\n"
    text = a_model("return FOUND['forward'](self, x)", "'a': (torch.ones(2, 3),), 'b': (torch.full((2, 3), 2.0),)",
                   before=f"FOUND = {{}}\nexec({body!r}, FOUND)")  # fmt: skip
    (found,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert "is given the same" not in found.explanation


def test_a_branch_by_the_mode_and_by_chance_is_the_modes_where_the_exporter_switches_it_off(workshop: Workshop) -> None:
    """It was told to hold what ran on the captured example, of a graph that holds none of it."""
    text = a_model("if self.training and x.sum() > 0:  # !\n    return x * 2\nreturn x - 5", TWO, mode="train")
    found = {kind: [(one.cause, one.inputs) for one in workshop.report(text, kind).divergences if one.severity == "error"]
             for kind in ("trace", "onnx_ts")}  # fmt: skip
    assert found == {"trace": [("baked-branch", ("b",))], "onnx_ts": [("baked-mode", ("a",))]}


def test_a_choice_within_one_by_the_mode_is_not_the_exporters(workshop: Workshop) -> None:
    text = a_model("if self.training:  # !\n    if x.sum() > 0:\n        x = x * 2\n    else:\n        x = x * 3\nreturn x - 5",
                   TWO, mode="train")  # fmt: skip
    errors = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert [(one.cause, one.line, one.inputs) for one in errors] == [("baked-mode", line_of(text), ("a", "b"))]


def test_a_write_that_an_exporter_loses_is_told_where_a_layer_is_several_ops(workshop: Workshop) -> None:
    """What departs first is the last of the ops that a linear layer is, and not that which takes what was written."""
    text = a_model("for row in x:\n    row[1:] = 0.0  # !\nreturn self.lin(x)",
                   "'a': (torch.ones(2, 3, 4),), 'b': (torch.full((2, 3, 4), 2.0),)", init="self.lin = nn.Linear(4, 4)")  # fmt: skip
    found = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("mutation", line_of(text))]


def test_a_number_that_is_kept_for_nobody_is_no_constant(workshop: Workshop) -> None:
    text = a_model("self.low = x.min().item()\nself.scale = x.max().item()  # !\nreturn x * self.scale",
                   "'a': (torch.tensor([1.0, 2.0]),), 'b': (torch.tensor([-3.0, 4.0]),)")  # fmt: skip
    found = [one for one in workshop.report(text, "trace").divergences if one.cause == "baked-constant"]
    assert [(one.severity, one.line) for one in found] == [("error", line_of(text))]


def test_rounding_behind_a_call_that_lost_state_is_not_told_of_its_own() -> None:
    """What a call has lost may show in the next by little."""
    outcomes = {"a": Outcome(outcome="agrees"), "b": Outcome(outcome="differs", where="value"),
                "c": Outcome(outcome="differs", where="value", rounding=True)}  # fmt: skip
    known = case(runs=(run("a"), run("b"), run("c")), outcomes=outcomes)
    assert [one.inputs for one in numerical_mismatches(known, frozenset())] == [("c",)]
    assert list(numerical_mismatches(replace(known, sequence=True), frozenset())) == []
