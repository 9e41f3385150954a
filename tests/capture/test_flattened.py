"""Calls and results that a producer does not take as they are."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from torch import nn

from explorer.capture.flattened import Call, OtherCallError
from explorer.evidence import Kind
from explorer.report.build import Builder
from explorer.report.schema import Report
from explorer.source.load import Arguments
from tests.cases import Workshop, a_model, assert_well_formed, line_of

NUMBER = a_model("return x * n", "'a': (torch.ones(2), 3), 'b': ((torch.ones(2),), {'n': 3}), 'c': (torch.ones(2), 5)",
                 takes="self, x, n: int")  # fmt: skip
DICT = a_model("return {'y': x * 2, 'none': None, 'pair': (x, [x + 1])}", "'a': (torch.ones(2),)")
BATCH = a_model(
    "return b.x * b.n - other",
    "'a': (Batch(torch.ones(2)), torch.ones(2)), 'b': (Batch(torch.zeros(2)), torch.ones(2))",
    takes="self, b, other",
    before="from dataclasses import dataclass\n\n@dataclass\nclass Batch:\n    x: torch.Tensor\n    n: int = 3",
)
ORDER = a_model(
    "return x * 2 - y",
    "'a': ((), {'y': torch.ones(2), 'x': torch.zeros(2)}), 'b': ((), {'x': torch.ones(2), 'y': torch.zeros(2)})",
    takes="self, x, y",
)
KEYS = a_model(
    "return (d['p'] - d['q'] * 2 + more['b']).flip(0) * (more['n'] or 1)",
    "'a': (({'p': ones(2), 'q': ones(2)},), {'b': ones(2) * 3, 'n': None}),"
    " 'b': (({'q': ones(2) * 5, 'p': ones(2) * 7},), {'n': None, 'b': ones(2)}),"
    " 'c': (({'p': ones(2), 'r': ones(2)},), {'b': ones(2), 'n': None})",
    takes="self, d, **more",
    before="from torch import ones",
)
GIVEN = a_model(
    "return d['p'] - d['q'] * 2 + (0 if b.x is None else b.x * 3) + (0 if more is None else more * 7)",
    "'a': ((), {'d': {'p': ones(2), 'q': ones(2)}, 'b': B(ones(2) * 3)}),"
    " 'b': ((), {'b': B(ones(2) * 2), 'd': {'q': ones(2) * 5, 'p': ones(2) * 7}}),"
    " 'c': (({'p': ones(2) * 4, 'q': ones(2)}, B(ones(2))), {}),"
    " 'd': (({'p': ones(2) * 4, 'q': ones(2)}, B(None), ones(2)), {})",
    takes="self, d, b, more=None",
    before="from dataclasses import dataclass\nfrom torch import ones\n\n@dataclass\nclass B:\n    x: torch.Tensor"
    "\n\ntorch.utils._pytree.register_dataclass(B)",
)
KEY = a_model("return {('p' if len(x) == 2 else 'q'): x * 2}", "'a': (torch.ones(2),), 'b': (torch.ones(3),)")


@dataclass
class Box:
    tensor: torch.Tensor


class Doubled(nn.Module):
    def forward(self, x: torch.Tensor, box: Box, n: int = 1) -> torch.Tensor:
        return x * box.tensor * n


def test_a_call_is_filled_with_the_tensors_of_another_of_its_form() -> None:
    call = Call.of(Doubled(), Arguments(args=(torch.zeros(1), Box(torch.zeros(1))), kwargs={}))
    tensors = call.tensors(Arguments(args=(), kwargs={"box": Box(torch.full((1,), 5.0)), "x": torch.ones(1)}))
    args, _ = call.form.filled(tensors)
    assert (float(args[0]), float(args[1].tensor)) == (1.0, 5.0)


@pytest.mark.parametrize(
    ("body", "given", "kind", "says"),
    [
        ("return {'y': x * 2}  # !", "torch.ones(2)", "trace", "Encountering a dict at the output"),
        ("return x * 2, None  # !", "torch.ones(2)", "trace", "Only tensors, lists, tuples of tensors"),
        ("return x[0] * x[1]", "[torch.ones(2), 3]", "trace", "List inputs to traced functions"),
        ("return first * x", "3", "trace", "cannot be traced. Only Tensors"),
        ("return Out(x * 2)  # !", "torch.ones(2)", "onnx_ts", "Only tuples, lists and Variables"),
    ],
)
def test_what_the_producer_refuses_plainly_is_told_beside_the_graph(
    workshop: Workshop, body: str, given: str, kind: Kind, says: str
) -> None:
    text = a_model(
        body,
        f"'a': (torch.ones(2), {given}), 'b': (torch.ones(2), {given})",
        takes="self, first, x",
        before="from dataclasses import dataclass\n\n@dataclass\nclass Out:\n    y: torch.Tensor\n\n"
        "torch.utils._pytree.register_dataclass(Out)",
    ).replace("def forward(self, first, x):", f"def forward(self, first, x):{'' if '# !' in body else '  # !'}")
    report = workshop.report(text, kind)
    (told,) = [one for one in report.divergences if one.severity == "error"]
    assert (told.cause, told.line, told.inputs) == ("capture-failure", line_of(text), ("a", "b"))
    assert says in str(told.evidence["message"])
    assert "The graph shown is of a wrapper" in told.explanation
    assert {one.outcome for one in report.matrix[kind].values()} == {"agrees"}
    assert report.summary == f"Called plainly, {kind} refuses the model."


LIBRARY = a_model(
    "return ids * scale, Pool(ids)  # !",
    "'a': ((torch.ones(2, 3),), {'scale': torch.ones(3)}), 'b': ((torch.ones(4, 3),), {'scale': torch.ones(3)})",
    takes="self, ids, scale",
    before="from pools import Pool",
)


@pytest.fixture
def _pools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library with a class of objects that hold a tensor, which pytree does not open."""
    package = tmp_path / "site-packages"
    package.mkdir()
    (package / "pools.py").write_text("class Pool:\n    def __init__(self, held):\n        self.held = held\n")
    monkeypatch.syspath_prepend(str(package))
    monkeypatch.delitem(sys.modules, "pools", raising=False)


@pytest.mark.usefixtures("_pools")
@pytest.mark.parametrize("kind", ["export", "onnx"])
def test_what_torch_export_refuses_plainly_is_told_beside_the_graph(workshop: Workshop, kind: Kind) -> None:
    """Both were told to be all right: their graphs are of a wrapper."""
    report = workshop.report(LIBRARY, kind)
    (told,) = [one for one in report.divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("capture-failure", line_of(LIBRARY))
    assert "does not take the type `Pool` among the outputs. The graph shown is of a wrapper" in told.explanation
    assert "in output, which is not a known type" in str(told.evidence["message"])


UNTRACEABLE = a_model(
    "return sorted([x], key=lambda one: 1)[0] * 2, {'a': x.exp(), 'b': None}", "'a': (torch.ones(2),)"
)


@pytest.mark.usefixtures("_pools")
@pytest.mark.parametrize(("text", "made", "form"), [(UNTRACEABLE, "trace", "jit"), (LIBRARY, "onnx", "ort")])
def test_what_a_form_of_a_capture_refuses_is_told_once(workshop: Workshop, text: str, made: Kind, form: Kind) -> None:
    """Asked for alone, the form was told to be all right, and its graph was of a wrapper."""

    def refusing(report: Report) -> list[str]:
        return [one.capture for one in report.divergences if one.cause == "capture-failure"]

    assert refusing(workshop.report(text, form)) == [form]
    assert refusing(workshop.report(text, form, made)) == [made]
    first = {form: workshop.static(text, form)}
    builder = Builder(workshop.source(text), eager=workshop.eager(text), statics=dict(first))
    assert refusing(builder.report()) == [form]
    builder.statics[made] = workshop.static(text, made)
    assert refusing(builder.report()) == [made], "when the other one comes later"


@pytest.mark.usefixtures("_pools")
@pytest.mark.parametrize("kind", ["export", "onnx"])
def test_a_library_object_among_the_arguments_is_refused_plainly(workshop: Workshop, kind: Kind) -> None:
    text = a_model("return x * d.held", "'a': (torch.ones(2), Pool(torch.ones(2)))",
                   takes="self, x, d", before="from pools import Pool")  # fmt: skip
    refused = workshop.static(text, kind).capture.refused
    assert refused is not None
    assert "does not take the type `Pool` among the arguments." in refused.reason


@pytest.mark.parametrize(("kind", "refuses"), [("trace", "arguments of these types: Tuple[int]"), ("onnx_ts", "")])
def test_a_call_without_a_tensor_is_refused_in_the_producers_words(
    workshop: Workshop, kind: Kind, refuses: str
) -> None:
    """The older exporter was told to refuse it with "list index out of range", which was our own."""
    text = a_model("return self.w * n", "'a': (3,)", takes="self, n: int", init="self.w = nn.Parameter(torch.ones(2))")
    refused = workshop.static(text, kind).capture.refused
    assert (refused.reason if refused else "").startswith(f"torch.jit.trace does not take {refuses}" if refuses else "")
    assert (refused is None) == (not refuses)


@pytest.mark.usefixtures("_pools")
@pytest.mark.parametrize("kind", ["export", "onnx"])
def test_messages_of_a_wrappers_graph_name_what_the_user_gave(workshop: Workshop, kind: Kind) -> None:
    """It was ``tensors_0.size()[0] == 2``."""
    said = workshop.static(LIBRARY, kind).outcomes["b"].message
    assert said is not None
    assert "ids" in said
    assert "tensors_" not in said


def test_messages_of_an_exporter_that_has_names_of_its_own_name_what_the_user_gave(workshop: Workshop) -> None:
    text = a_model("return d['ids'] * 2", "'a': ({'ids': torch.ones(2)},), 'b': ({'ids': torch.ones(3)},)",
                   takes="self, d")  # fmt: skip
    assert "input: d['ids'] for" in (workshop.static(text, "onnx").outcomes["b"].message or "")


@pytest.mark.parametrize("kind", ["export", "onnx", "ort"])
def test_sizes_of_keyword_arguments_without_a_name_are_left_open(workshop: Workshop, kind: Kind) -> None:
    """torch.export: "Must provide a tree_name when there might be a mismatch"."""
    given = ", ".join(f"'{name}': ((torch.ones({n}, 2), torch.ones({n}, 2)), {{'k': torch.ones({n}, 2)}})"
                      for name, n in (("a", 3), ("b", 4)))  # fmt: skip
    text = a_model("return x * rest[0] + more['k']", given, takes="self, x, *rest, scale=None, **more")
    result = workshop.static(text, kind, dynamic=True)
    assert {one.outcome for one in result.outcomes.values()} == {"agrees"}, result.capture.failure
    assert result.capture.refused is None


def test_what_a_wrappers_graph_is_shown_to_do_wrong_is_an_error_beside_the_refusal(workshop: Workshop) -> None:
    text = a_model(
        "if x.sum() > 0:  # !\n    x = x * 2\nreturn {'y': x}", "'a': (torch.ones(2),), 'b': (-torch.ones(2),)"
    )
    found = workshop.report(text, "trace", "onnx_ts").divergences
    told = {(one.capture, one.severity) for one in found if one.cause == "baked-branch" and one.line == line_of(text)}
    assert told == {("trace", "error"), ("onnx_ts", "error")}
    assert [one.capture for one in found if one.cause == "capture-failure"] == ["trace"]


@pytest.mark.parametrize(
    ("text", "kind"), [(ORDER, "trace"), (DICT, "onnx_ts"), (DICT, "jit"), (NUMBER, "onnx_ts"), (NUMBER, "ort")]
)
def test_what_the_producer_takes_is_not_told_to_be_refused(workshop: Workshop, text: str, kind: Kind) -> None:
    assert workshop.static(text, kind).capture.refused is None


@pytest.mark.parametrize("kind", ["trace", "jit", "onnx_ts"])
@pytest.mark.parametrize("text", [NUMBER, DICT, BATCH], ids=["number", "dict", "dataclass"])
def test_what_is_no_tensor_is_taken_for_the_producer(workshop: Workshop, text: str, kind: Kind) -> None:
    """A number by position was refused, or an input of the graph that nothing fed; a dict was refused."""
    result = workshop.static(text, kind)
    assert result.capture.graph is not None, result.capture.failure
    assert_well_formed(result.capture.graph)
    assert {result.outcomes[name].outcome for name in result.outcomes if name != "c"} == {"agrees"}


@pytest.mark.parametrize(("text", "names"), [(BATCH, ["b.x", "other"]), (ORDER, ["x", "y"])])
@pytest.mark.parametrize("kind", ["trace", "onnx_ts"])
def test_the_inputs_have_the_names_that_the_user_wrote(
    workshop: Workshop, text: str, kind: Kind, names: list[str]
) -> None:
    """Arguments by name, in another order than forward has them, had each other's names."""
    graph = workshop.graph(text, kind)
    assert [op.target for op in graph.ops if op.role == "input"] == names


@pytest.mark.parametrize("kind", ["trace", "onnx_ts", "onnx", "export"])
def test_arguments_by_name_may_come_in_any_order(workshop: Workshop, kind: Kind) -> None:
    outcomes = workshop.static(ORDER, kind).outcomes
    assert {name: one.outcome for name, one in outcomes.items()} == {"a": "agrees", "b": "agrees"}


@pytest.mark.parametrize("kind", ["trace", "jit"])
def test_the_keys_of_a_dict_may_come_in_any_order(workshop: Workshop, kind: Kind) -> None:
    """The wrapper refused them, as if the graph did. On ``c``, which lacks a key, eager raises too."""
    outcomes = workshop.static(KEYS, kind).outcomes
    assert {name: one.outcome for name, one in outcomes.items()} == dict.fromkeys("abc", "agrees")


@pytest.mark.parametrize("kind", ["onnx", "ort"])
def test_tensors_are_fed_by_name_whatever_the_call_looks_like(workshop: Workshop, kind: Kind) -> None:
    """They were fed in order, so that a dict with another order of its keys swapped them."""
    outcomes = workshop.static(GIVEN, kind).outcomes
    assert {name: one.outcome for name, one in outcomes.items() if name != "d"} == dict.fromkeys("abc", "agrees")
    assert (outcomes["d"].outcome, outcomes["d"].message) == (
        "raises", "The graph takes b.x; this example has more instead"
    )  # fmt: skip


def test_a_call_with_other_keys_is_of_another_form() -> None:
    call = Call.of(Doubled(), Arguments(args=(torch.zeros(1), {"p": torch.zeros(1), "q": torch.ones(1)}), kwargs={}))
    with pytest.raises(OtherCallError, match="another form"):
        call.tensors(Arguments(args=(torch.zeros(1), {"p": torch.zeros(1), "r": torch.ones(1)}), kwargs={}))


def test_another_number_than_was_captured_is_named(workshop: Workshop) -> None:
    outcomes = workshop.static(NUMBER, "trace").outcomes
    assert (outcomes["c"].outcome, outcomes["c"].message) == (
        "raises", "`n` is a constant of the graph, 3 as it was captured, and is 5 here"
    )  # fmt: skip
    assert workshop.static(NUMBER, "onnx_ts").outcomes["c"].outcome == "agrees"  # it makes an input of it


def test_a_graph_keeps_the_structure_that_it_was_captured_with(workshop: Workshop) -> None:
    outcomes = workshop.static(KEY, "trace").outcomes
    assert (outcomes["a"].outcome, outcomes["b"].where) == ("agrees", "structure")


def test_a_result_of_the_users_own_class_stays_refused(workshop: Workshop) -> None:
    """Pytree does not know the class, and no graph returns one."""
    text = a_model("return Out(x * 2)  # !", "'a': (torch.ones(2),)",
                   before="from dataclasses import dataclass\n\n@dataclass\nclass Out:\n    y: torch.Tensor")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("capture-failure", line_of(text))


@pytest.mark.parametrize("kind", ["trace", "jit", "export", "onnx", "onnx_ts"])
def test_parameters_are_called_as_the_model_calls_them(workshop: Workshop, kind: Kind) -> None:
    """They were ``.wrapped_x.weight`` in a trace and ``wrapped.wrapped_x.weight`` in the older exporter's graph."""
    text = a_model(
        "return {'y': self.wrapped_x(x) + self.n * times}",
        "'a': (torch.ones(2, 3), 3)",
        takes="self, x, times: int",
        init="self.wrapped_x = nn.Linear(3, 3)\nself.register_buffer('n', torch.ones(3))",
    )
    graph = workshop.graph(text, kind)
    named = {(op.target, op.module) for op in graph.ops if op.role == "parameter"}
    assert {("wrapped_x.weight", "wrapped_x"), ("wrapped_x.bias", "wrapped_x")} <= named
    assert {name for name, _ in named} <= {"wrapped_x.weight", "wrapped_x.bias", "n"}
    assert {op.module for op in graph.compute} == {"", "wrapped_x"}
