"""What the tracer, and the exporter that builds on it, fail at in checks of their own is told with what helps."""

from __future__ import annotations

import pytest

from explorer.capture.onnx_ts import WITHOUT
from explorer.evidence import Kind
from explorer.report.text import to_text
from tests.cases import Workshop, a_model, line_of

ONE = "'a': (torch.ones(3),)"
SEEN = "self.register_buffer('seen', torch.tensor(False))"


@pytest.mark.parametrize(
    ("wrong", "right", "init", "named"),
    [
        pytest.param("self.seen.fill_(True)", "self.seen.fill_(1)", SEEN, "`fill_`", id="fill_"),
        pytest.param(
            "y = (x > 0).masked_fill(x > 2, True)",
            "y = (x > 0).masked_fill(x > 2, 1)",
            "",
            "`masked_fill`",
            id="masked",
        ),
        pytest.param(
            "y = torch.full((3,), True)", "y = torch.full((3,), 1, dtype=torch.bool)", "", "`full` of a bool", id="full"
        ),
    ],
)
def test_a_bool_that_a_trace_cannot_record_is_to_be_a_number(
    workshop: Workshop, wrong: str, right: str, init: str, named: str
) -> None:
    """What it said was to report a bug to PyTorch."""
    rest = "\nreturn x * y" if wrong.startswith("y") else "\nreturn x * 2"
    text = a_model(f"{wrong}  # !{rest}", ONE, init=init)
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert told.line == line_of(text)
    assert named in told.explanation
    assert told.remedy.startswith("Write a number in place of the bool, 1" if "full" in named else "Write a number")
    mended = workshop.static(a_model(right + rest, ONE, init=init), "trace")
    assert mended.outcomes["a"].outcome == "agrees"


CACHED = a_model(
    "self.cache[:1] = self.fc(x)[:1]  # !\nreturn self.cache * 2",
    ONE,
    init="self.fc = nn.Linear(3, 3); self.register_buffer('cache', torch.zeros(4), persistent=False)",
)


def test_a_buffer_that_is_made_from_parameters_is_exported_without_gradients(workshop: Workshop) -> None:
    """With them the exporter refuses it, which says nothing of the model where outcomes are compared without."""
    made = workshop.static(CACHED, "onnx_ts")
    assert (made.capture.failure, made.capture.note) == (None, WITHOUT)
    assert made.outcomes["a"].outcome == "agrees"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param("return (x * 2,)", "trace", id="a tuple"),
        pytest.param("return x * 2", "trace", id="a tensor"),
    ],
)
def test_what_a_trace_takes_in_place_of_a_dict_can_be_done_in_the_file(
    workshop: Workshop, body: str, kind: Kind
) -> None:
    """A file has no place for strict=False."""
    failure = workshop.static(a_model("return {'y': x * 2}", ONE), kind).capture.refused
    assert failure is not None
    assert failure.hint.startswith("Return a tuple or a tensor.")
    assert workshop.static(a_model(body, ONE), kind).capture.refused is None


def test_an_operator_that_was_taken_apart_is_told_by_what_the_line_calls(workshop: Workshop) -> None:
    """``prims.prod`` stands on no line of the user's."""
    text = a_model("return torch.cumprod(x, -1)  # !", ONE)
    failure = workshop.static(text, "onnx").capture.failure
    assert failure is not None
    assert failure.line == line_of(text)
    assert failure.reason.endswith(": cumprod, which it takes apart into prims.prod.")


UNLOADED = a_model("b = x.to(torch.bfloat16)\nreturn x * (b @ b).float()  # !", ONE)
LOADED = a_model("return x * (x @ x)", ONE)


def test_what_onnx_runtime_does_not_load_is_told_once_with_what_helps(workshop: Workshop) -> None:
    """Both exporters' graphs told it, without a remedy."""
    report = workshop.report(UNLOADED, "onnx", "onnx_ts", "ort")
    assert all(one.remedy.startswith("Write float32") for one in report.divergences if one.severity == "error")
    lines = to_text(report).splitlines()
    assert len([one for one in lines if "has no implementation of" in one and one.startswith("    ")]) == 1
    mended = workshop.report(LOADED, "onnx", "onnx_ts", "ort")
    assert {one.outcome for row in mended.matrix.values() for one in row.values()} == {"agrees"}
