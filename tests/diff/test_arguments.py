"""Arguments of the call that are no tensors: what graphs hold of them, and what scripts take them for."""

from __future__ import annotations

import pytest

from explorer.diff.causes.capture_failure import capture_failures
from explorer.evidence import Capture, Failure, Kind
from explorer.report.build import Builder
from explorer.report.schema import Divergence
from tests.cases import Workshop, a_model, line_of
from tests.diff.test_case import case, run

SCALED = a_model(
    "y = x + 1\nwide = 2 * scale\nreturn y * wide  # !",
    "'a': (torch.ones(2), 3), 'b': (torch.ones(2), 2)",
    takes="self, x, scale",
)


@pytest.mark.parametrize("kind", ["export", "onnx", "ort"])
def test_a_number_that_the_call_gives_is_a_constant(workshop: Workshop, kind: Kind) -> None:
    """It was told as values that nothing explains."""
    (told,) = [one for one in workshop.report(SCALED, kind).divergences if one.severity == "error"]
    assert (told.cause, told.line, told.inputs) == ("baked-constant", line_of(SCALED), ("b",))
    assert f"The argument `scale` is a constant of the {kind} graph. It is 3 on “a”" in told.explanation
    assert told.evidence["value on b"] == "2"


@pytest.mark.parametrize(
    ("takes", "first", "other"),
    [
        pytest.param("self, x, by", "torch.ones(2), 3", "torch.ones(2), 2", id="whole"),
        pytest.param("self, x, by", "torch.ones(2), 2.5", "torch.ones(2), 0.5", id="fraction"),
        pytest.param("self, x, by", "torch.ones(2), True", "torch.ones(2), False", id="truth value"),
        pytest.param("self, by, x", "3, torch.ones(2)", "2, torch.ones(2)", id="before the tensor"),
        pytest.param("self, x, by=2.5", "torch.ones(2),", "torch.ones(2), 0.5", id="a default"),
        pytest.param("self, x, by", "(torch.ones(2),), {'by': 3}", "(torch.ones(2),), {'by': 2}", id="by name"),
    ],
)
def test_a_number_is_an_input_to_the_older_exporter(workshop: Workshop, takes: str, first: str, other: str) -> None:
    """Its graph was fed tensors alone, and the number told to be a constant."""
    text = a_model("return x * by + 1", f"'a': ({first}), 'b': ({other})", takes=takes)
    report = workshop.report(text, "onnx_ts")
    assert {name: one.outcome for name, one in report.matrix["onnx_ts"].items()} == {"a": "agrees", "b": "agrees"}
    assert [one for one in report.divergences if one.severity != "note"] == []
    names = takes.removeprefix("self, ").replace("=2.5", "").split(", ")
    assert [op.target for op in workshop.graph(text, "onnx_ts").ops if op.role == "input"] == names


def test_a_number_that_decides_in_python_is_a_constant_to_the_older_exporter(workshop: Workshop) -> None:
    text = a_model("for _ in range(times):\n    x = x * 2  # !\nreturn x + 1",
                   "'a': (torch.ones(2), 3), 'b': (torch.ones(2), 2)", takes="self, x, times")  # fmt: skip
    report = workshop.report(text, "onnx_ts")
    assert report.matrix["onnx_ts"]["b"].outcome == "differs"
    assert [one.severity for one in report.divergences if one.severity != "note"] == ["error"]


@pytest.mark.parametrize("kind", ["export", "onnx"])
def test_a_word_that_the_call_gives_is_a_fixed_choice(workshop: Workshop, kind: Kind) -> None:
    text = a_model(
        "way = {'up': torch.ceil, 'down': torch.floor}[how]\nreturn way(x)  # !",
        "'a': (torch.full((2,), 0.5), 'up'), 'b': (torch.full((2,), 0.5), 'down')",
        takes="self, x, how: str",
    )
    (told,) = [one for one in workshop.report(text, kind).divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("specialised-type", line_of(text))
    assert "the argument `how`" in told.explanation.lower()


def test_an_argument_that_is_left_out_has_its_default(workshop: Workshop) -> None:
    text = a_model("return x * power  # !", "'a': (torch.ones(2),), 'b': ((torch.ones(2),), {'power': 0.5})",
                   takes="self, x, power: float = 2.0")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "onnx").divergences if one.severity == "error"]
    assert told.cause == "baked-constant"
    assert "It is its default on “a”" in told.explanation


def test_an_argument_that_changes_nothing_is_not_at_fault(workshop: Workshop) -> None:
    text = a_model("if x.sum() > 0:  # !\n    return x + 1\nreturn x - 1",
                   "'a': (torch.ones(2), 1), 'b': (-torch.ones(2), 2)", takes="self, x, unused")  # fmt: skip
    found = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-branch", line_of(text))]


def test_a_script_takes_what_has_no_annotation_for_a_tensor(workshop: Workshop) -> None:
    text = a_model("return x * scale", "'a': (torch.ones(2), 3), 'b': (torch.ones(2), 2)", takes="self, x, scale")
    (told,) = [one for one in workshop.report(text, "script").divergences if one.severity == "error"]
    assert (told.cause, told.inputs) == ("specialised-type", ("a", "b"))
    assert "takes the argument `scale` for a tensor" in told.explanation
    assert told.remedy.startswith("Annotate `scale`")


def test_what_a_script_refuses_is_told_once_where_it_asks_for_the_type(workshop: Workshop) -> None:
    """The type test was told to be settled for the captured example, which the script refuses like any other."""
    text = a_model(
        "if isinstance(tree, torch.Tensor):  # !\n    return tree + 1\nreturn tree[0] + tree[1]",
        "'a': ((torch.ones(2), torch.ones(2)),), 'b': (torch.ones(2),)",
        takes="self, tree",
    )
    found = [one for one in workshop.report(text, "script").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("specialised-type", line_of(text))]


def test_an_exporter_that_names_an_operator_is_placed_where_that_runs(workshop: Workshop) -> None:
    """The exporter tells the line of what the operator is given."""
    text = a_model(
        "padded = torch.nn.functional.pad(x, (0, x.shape[-1] - 5))\nreturn padded.unfold(-1, 4, 2)  # !",
        "'a': (torch.ones(2, 8),)",
    )
    (told,) = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("capture-failure", line_of(text))


DECORATED = a_model(
    "return x * 2 if cached else x + 1",
    "'a': ((torch.ones(2),), {'cached': False}), 'b': ((torch.zeros(2),), {'cached': False})",
    takes="self, x, mask=None, cached=True",
    before="import functools\n\ndef with_cache(forward):\n    @functools.wraps(forward)\n"
    "    def called(self, *args, **kwargs):\n        kwargs['cached'] = kwargs.get('cached', True)\n"
    "        return forward(self, *args, **kwargs)\n    return called",
).replace("    def forward", "    @with_cache\n    def forward")


def test_a_forward_behind_a_decorator_is_called_as_the_user_calls_it(workshop: Workshop) -> None:
    """Defaults were given by position, which the decorator gives by name: transformers' models were refused for that."""
    report = workshop.report(DECORATED, "onnx_ts")
    assert [one for one in report.divergences if one.severity != "note" and one.cause != "capture-failure"] == []
    assert {one.outcome for one in report.matrix["onnx_ts"].values()} == {"agrees"}


def test_the_numbers_of_a_list_are_one_fault_where_a_tensor_is_made_of_them(workshop: Workshop) -> None:
    text = a_model("w = torch.tensor(n)  # !\nreturn x * w", "'a': (torch.ones(2), [1.0, 2.0]), 'b': (torch.ones(2), [3.0, 4.0])",
                   takes="self, x, n")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "onnx").divergences if one.severity == "error"]
    assert (told.cause, told.line, told.evidence["argument"]) == ("baked-constant", line_of(text), "n[0]")


def test_an_operator_that_runs_at_several_lines_is_placed_where_the_exporter_says(workshop: Workshop) -> None:
    text = a_model(
        "y = x.unfold(-1, 4, 2)\npadded = torch.nn.functional.pad(x, (0, x.shape[-1] - 5))  # !\n"
        "return y, padded.unfold(-1, 4, 2)",
        "'a': (torch.ones(2, 8),)",
    )
    (told,) = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("capture-failure", line_of(text))


@pytest.mark.parametrize(("file", "line"), [("net.onnx", None), ("model.py", 4), (None, 4)])
def test_a_file_that_is_refused_as_a_whole_is_told_and_else_the_return(file: str | None, line: int | None) -> None:
    refused = Capture(id="trace", kind="trace", input="a", status="failed", failure=Failure(reason="No.", file=file))
    (told,) = capture_failures(case(capture=refused, runs=(run("a", (2, 3, 4)),)), frozenset())
    assert (told.file, told.line) == (file or "model.py", line)


def left_open(workshop: Workshop, text: str, kind: Kind) -> list[Divergence]:
    """Return the errors of a graph whose sizes were left open."""
    made = {kind: workshop.static(text, kind, dynamic=True)}
    built = Builder(workshop.source(text), eager=workshop.eager(text), statics=made, dynamic=True).report()
    return [one for one in built.divergences if one.severity == "error"]


ROW = "def row(x):\n    return x.reshape(1, x.shape[0])"


@pytest.mark.parametrize("kind", ["export", "onnx"])
@pytest.mark.parametrize(
    ("forward", "values", "cause"),
    [
        pytest.param("y = row(x)\nreturn y * by  # !", (2.0, 3.0), "baked-constant", id="number"),
        pytest.param("y = row(x)\nreturn WAYS[by](y)  # !", ("up", "down"), "specialised-type", id="word"),
    ],
)  # fmt: skip
def test_an_argument_is_told_though_the_example_has_another_size_that_was_left_open(
    workshop: Workshop, kind: Kind, forward: str, values: tuple[object, object], cause: str
) -> None:
    """It was told as the size, which the graph takes."""
    first, other = values
    text = a_model(forward, f"'a': (torch.full((2,), 0.5), {first!r}), 'b': (torch.full((3,), 0.5), {other!r})",
                   takes="self, x, by", before=f"{ROW}\n\nWAYS = {{'up': torch.ceil, 'down': torch.floor}}")  # fmt: skip
    (told,) = left_open(workshop, text, kind)
    assert (told.cause, told.line) == (cause, line_of(text))
    assert "the argument `by`" in told.explanation.lower()


def test_an_argument_that_nothing_takes_is_not_at_fault_where_a_size_is_another(workshop: Workshop) -> None:
    text = a_model("y = row(x)\nif torch.compiler.is_compiling():\n    y = y + 1\nreturn y",
                   "'a': (torch.ones(2), 2.0), 'b': (torch.ones(3), 3.0)", takes="self, x, by", before=ROW)  # fmt: skip
    assert not [one for one in left_open(workshop, text, "onnx") if "`by`" in one.explanation]


def test_each_number_that_a_call_gives_is_told_where_it_is_taken(workshop: Workshop) -> None:
    """The first alone was told, though the graph is wrong without it, too."""
    text = a_model("y = x * by  # !\nreturn y + more  # ?", "'a': (torch.ones(2), 2.0, 1.0), 'b': (torch.ones(2), 3.0, 4.0)",
                   takes="self, x, by, more")  # fmt: skip
    found = [one for one in workshop.report(text, "onnx").divergences if one.severity == "error"]
    assert {(one.line, one.evidence["argument"]) for one in found} == {
        (line_of(text), "by"),
        (line_of(text, "# ?"), "more"),
    }


def test_an_argument_that_is_kept_on_its_way_is_told_where_an_op_takes_what_was_kept(workshop: Workshop) -> None:
    text = a_model("self.kept = by\nreturn scaled(self, x)", "'a': (torch.ones(2), 2.0), 'b': (torch.ones(2), 3.0)",
                   takes="self, x, by", before="def scaled(model, x):\n    return x * model.kept  # !")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "onnx").divergences if one.severity == "error"]
    assert (told.cause, told.line, told.evidence["argument"]) == ("baked-constant", line_of(text), "by")
