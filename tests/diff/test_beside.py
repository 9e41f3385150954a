"""A finding holds whatever else is wrong on other examples."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind
from explorer.report.schema import Divergence
from tests.cases import Workshop, a_model, line_of


def told(workshop: Workshop, text: str, kind: Kind) -> list[Divergence]:
    return [one for one in workshop.report(text, kind).divergences if one.severity != "note"]


QUANTISED = a_model(
    "top = float(x.abs().max())  # !\nscale = top / 127.0 if top > 1e-8 else 1.0\nreturn torch.round(x / scale)",
    "'a': (torch.ones(4),), 'loud': (torch.ones(4) * 90 + torch.arange(4),), 'silent': (torch.zeros(4),)",
)


def test_a_number_that_decides_on_one_example_is_a_constant_on_another(workshop: Workshop) -> None:
    found = [one for one in told(workshop, QUANTISED, "trace") if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-constant", line_of(QUANTISED))]
    assert "loud" in found[0].inputs


def test_a_size_that_does_not_differ_is_no_constant(workshop: Workshop) -> None:
    text = a_model("return x * 2 ** int(x.shape[-1])", "'a': (torch.ones(2, 4),), 'b': (torch.ones(7, 4),)")
    assert [one.cause for one in told(workshop, text, "onnx_ts")] == ["specialised-shape"]
    assert told(workshop, text, "trace") == []


def test_a_size_that_a_condition_asks_for_in_vain_is_no_constant(workshop: Workshop) -> None:
    text = a_model(
        "kept = x[x > 0]\nif kept.numel() == 0:\n    return x.sum()\nreturn kept.sum() * int(kept.shape[0])  # !",
        "'a': (torch.tensor([1.0, 2.0, -1.0]),), 'b': (torch.tensor([1.0, 2.0, 3.0]),)",
    )
    found = [one for one in told(workshop, text, "trace") if one.severity == "error"]
    assert {one.line for one in found} == {line_of(text)}


SEEN = a_model("self.seen += 1  # !\nreturn x + 1", "'a': (torch.ones(3, 4),), 'b': (torch.ones(5, 4),)",
               init="self.register_buffer('seen', torch.zeros(()))")  # fmt: skip


@pytest.mark.parametrize("sequence", ["", "\nSEQUENCE = True\n"])
def test_a_buffer_is_lost_though_another_example_is_refused(workshop: Workshop, sequence: str) -> None:
    found = [one for one in told(workshop, SEEN + sequence, "onnx_ts") if one.cause == "baked-state"]
    assert [(one.severity, one.line) for one in found] == [("warning", line_of(SEEN))]


AVERAGED = a_model(
    "self.steps += 1  # !\nself.mean = 0.5 * self.mean + x.mean(0)\nreturn x * self.steps - self.mean",
    "'a': (torch.ones(3, 4),), 'b': (-torch.ones(3, 4),)",
    init="self.steps = 0\nself.register_buffer('mean', torch.zeros(4))",
)


def test_an_exported_program_keeps_a_buffer_that_eager_binds_anew(workshop: Workshop) -> None:
    found = [one for one in told(workshop, AVERAGED + "\nSEQUENCE = True\n", "export") if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-state", line_of(AVERAGED))]


STOPS = a_model(
    "if (x > 100).all():  # !\n    return x * 0\nreturn x + 1", "'a': (torch.ones(4),), 'b': (-torch.ones(4),)"
)


def test_a_branch_that_no_example_takes_is_a_warning_where_the_tracer_warns(workshop: Workshop) -> None:
    (one,) = told(workshop, STOPS, "trace")
    assert (one.severity, one.cause, one.line) == ("warning", "baked-branch", line_of(STOPS))
    assert "the side that all examples take" in one.explanation


ROUTED = a_model(
    "out = torch.zeros_like(x)\nsel = (x[:, 0] > 0).nonzero().squeeze(-1)\nout[sel] = x[sel] * 2  # !\nreturn out",
    "'one': (torch.ones(1, 4),), 'more': (torch.ones(3, 4),)",
)


def test_a_graph_that_refuses_a_shape_is_told_where_it_raises(workshop: Workshop) -> None:
    (one,) = [one for one in told(workshop, ROUTED, "trace") if one.severity == "error"]
    assert (one.cause, one.line) == ("specialised-shape", line_of(ROUTED))
    assert "index_copy" in one.remedy
    assert workshop.report(ROUTED, "trace").matrix["trace"]["more"].line == line_of(ROUTED)


ASIDE = a_model(
    "scale = x.abs().max().item()\nx = x / scale if scale > 1.0 else x  # !\nreturn x + 1 if x.sum() > 0 else x - 1  # ?",
    "'a': (torch.full((2,), 0.5),), 'loud': (torch.full((2,), 9.0),), 'low': (torch.full((2,), -0.25),)",
)


def test_a_number_that_the_captured_example_only_asked_for_is_no_constant(workshop: Workshop) -> None:
    found = {(one.cause, one.line) for one in told(workshop, ASIDE, "trace") if one.severity == "error"}
    assert found == {("baked-branch", line_of(ASIDE)), ("baked-branch", line_of(ASIDE, "# ?"))}


EMA = a_model(
    "y = self.slow(x)\nwith torch.no_grad():\n    for slow, fast in zip(self.slow.parameters(), self.fast.parameters()):\n"
    "        slow.mul_(0.5).add_(fast)  # !\nreturn y",
    "'a': (torch.ones(1, 2),), 'b': (torch.ones(1, 2),)",
    init="self.slow, self.fast = nn.Linear(2, 2), nn.Linear(2, 2)",
)


def test_all_parameters_that_a_line_writes_are_one_finding(workshop: Workshop) -> None:
    (found,) = [one for one in told(workshop, EMA + "\nSEQUENCE = True\n", "trace") if one.severity == "error"]
    assert (found.cause, found.line) == ("mutation", line_of(EMA))
    assert "`slow.weight` and 1 more" in found.explanation
    assert "begins with what the capture's own run of the model has left" in found.explanation
    assert found.remedy.startswith("Update parameters outside")


PADDED = a_model(
    "return self.net(x, src_key_padding_mask=mask)",
    "'whole': (torch.ones(1, 3, 4), torch.zeros(1, 3, dtype=torch.bool)), "
    "'padded': (torch.ones(1, 3, 4), torch.tensor([[False, False, True]]))",
    init="self.net = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), 1)",
    takes="self, x, mask",
)


def test_the_fast_path_of_eager_is_named(workshop: Workshop) -> None:
    (found,) = [one for one in told(workshop, PADDED, "trace") if one.severity == "error"]
    assert "fast path" in found.explanation
    assert "set_fastpath_enabled(False)" in found.remedy


COUNTED = a_model(
    "n = x.sum().item()\nk = 0\nwhile k < n:  # !\n    x = x + 1\n    k += 1\nif torch.jit.is_tracing():  # ?\n    x = x * 2\nreturn x",
    "'a': (torch.full((2,), 1.1),), 'b': (torch.full((2,), 1.2),), 'c': (torch.full((2,), 3.0),)",
)  # fmt: skip


def test_a_number_that_a_loop_asks_for_is_no_constant_where_it_turns_as_often(workshop: Workshop) -> None:
    """What the trace did otherwise on that example was told as the number's doing."""
    found = [(one.cause, one.line, one.inputs) for one in told(workshop, COUNTED, "trace")]
    assert found == [
        ("unrolled-loop", line_of(COUNTED), ("c",)),
        ("baked-branch", line_of(COUNTED, "# ?"), ("a", "b")),
    ]


HANDLED = a_model(
    "try:\n    y = math.log(x.sum().item())  # !\nexcept ValueError:\n    y = 5.0\nreturn x * y",
    "'a': (torch.full((2,), 1.1),), 'b': (torch.full((2,), 1.9),), 'c': (torch.full((2,), -3.0),)",
    before="import math",
)


def test_a_number_that_a_try_goes_on_with_is_a_constant_though_it_raises_on_another_example(workshop: Workshop) -> None:
    found = {(one.cause, one.line, one.inputs) for one in told(workshop, HANDLED, "trace")}
    assert found == {("baked-branch", line_of(HANDLED), ("c",)), ("baked-constant", line_of(HANDLED), ("b",))}
