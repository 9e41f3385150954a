"""What each of TorchScript's passes leaves of a graph, and what it costs where one of them fails."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import MappingProxyType

import pytest

from explorer.capture import jit, jit_passes
from explorer.capture.jit_passes import PASSES, Pass, Stage
from explorer.evidence import Capture, Form
from explorer.source.load import Arguments
from explorer.source.samples import sample_names
from tests.cases import Workshop, a_model, assert_well_formed, compute, graph_of, line_of
from tests.test_golden import MODELS

NORMED = a_model("return self.norm(self.conv(x))  # !", "'a': (torch.ones(1, 2, 4, 4),)",
                 init="self.conv = nn.Conv2d(2, 2, 3)\nself.norm = nn.BatchNorm2d(2)")  # fmt: skip
TRAINED = NORMED.replace(".eval()", ".train()")
WRAPPED = NORMED.replace("self, x", "self, x, **scale").replace(
    "(torch.ones(1, 2, 4, 4),)", "((torch.ones(1, 2, 4, 4),), {'by': 2.0})"
)
NOT_SCRIPTABLE = a_model("return self.fc(x * factor(**{}))", "'a': (torch.ones(2, 3),)",
                         before="def factor(**_kw):\n    return 2.0", init="self.fc = nn.Linear(3, 2)")  # fmt: skip
COUNTS = a_model("self.n += 1\nreturn x * self.n", "'a': (torch.ones(2),)", init="self.n = 0")
LISTED = a_model("for layer in self.layers:\n    x = layer(x)  # !\nreturn x", "'a': (torch.ones(2, 3),)",
                 init="self.layers = nn.ModuleList(nn.Linear(3, 3) for _ in 'ab')")  # fmt: skip


def forms(workshop: Workshop, text: str) -> dict[str, Form]:
    return {form.name: form for form in workshop.static(text, "jit").capture.forms}


def ops(form: Form) -> list[str]:
    assert form.graph is not None, form
    return compute(form.graph)


@pytest.mark.parametrize("sample", sample_names())
def test_every_pass_of_every_sample_is_told(workshop: Workshop, sample: str) -> None:
    told = forms(workshop, sample)
    assert list(told) == [one.name for one in PASSES]
    for form in told.values():
        assert form.changed is (form.graph is not None)
        assert form.after in {*told, "script", "trace"}
        if form.graph is not None:
            assert_well_formed(form.graph)


@pytest.mark.parametrize("sample", sample_names())
def test_what_changes_nothing_is_the_graph_before_it(workshop: Workshop, sample: str) -> None:
    told = forms(workshop, sample)
    assert all(told[form.after].changed for form in told.values() if form.after in told)


def test_a_model_whose_call_is_wrapped_is_frozen_in_its_own_mode(workshop: Workshop) -> None:
    """The wrapper once was in training mode, whatever the model was."""
    for text, is_frozen in ((WRAPPED, True), (WRAPPED.replace(".eval()", ".train()"), False)):
        capture = workshop.static(text, "jit").capture
        assert "arguments" in capture.note
        freeze = next(form for form in capture.forms if form.name == "freeze")
        assert (freeze.reason == "") is is_frozen, freeze


def test_each_pass_does_what_its_name_says(workshop: Workshop) -> None:
    told = forms(workshop, MODELS["passes"])
    assert ops(told["inline"]) == [
        "softplus",
        "exp",
        "exp",
        "add",
        "arange",
        "sum",
        "mul",
        "loop",
        "tanh",
        "mul",
        "relu",
        "div",
    ]
    assert ops(told["dce"]) == ops(told["inline"])[1:]
    assert ops(told["constants"]) == ["exp", "exp", "add", "loop", "tanh", "mul", "relu", "div"]
    assert ops(told["cse"]) == ["exp", "add", "loop", "tanh", "mul", "relu", "div"]
    assert ops(told["unroll"]) == ["exp", "add", "tanh", "tanh", "mul", "relu", "div"]
    assert "if" in ops(told["fuse"])


def test_freezing_and_folding_start_from_the_inlined_graph(workshop: Workshop) -> None:
    told = forms(workshop, NORMED)
    assert (told["freeze"].after, told["fold_conv_bn"].after) == ("inline", "freeze")
    assert ops(told["freeze"]) == ["conv", "batch_norm"]
    assert ops(told["fold_conv_bn"]) == ["conv"]


def test_a_model_in_training_mode_is_not_frozen_and_says_why(workshop: Workshop) -> None:
    told = forms(workshop, TRAINED)
    assert told["freeze"].reason == "A model in training mode cannot be frozen."
    assert "frozen" in told["fold_conv_bn"].reason
    assert told["inline"].changed


def test_what_does_not_script_is_followed_from_the_trace(workshop: Workshop) -> None:
    told = forms(workshop, NOT_SCRIPTABLE)
    assert told["inline"].after == "trace"
    assert ops(told["inline"]) == ["mul", "linear"]


def test_a_frozen_model_has_the_state_of_the_start(workshop: Workshop) -> None:
    assert forms(workshop, COUNTS)["freeze"].reason == ""
    assert workshop.static(COUNTS, "jit").outcomes["a"].outcome == "agrees"


def test_ops_keep_their_module_and_the_users_line(workshop: Workshop) -> None:
    for text, modules in ((NORMED, {"conv", "norm"}), (LISTED, {"layers.0", "layers.1"})):
        for form in forms(workshop, text).values():
            for op in form.graph.compute if form.graph else ():
                if op.op in {"conv", "linear"}:
                    assert op.module in modules, form.name
                    assert op.location is not None
                    assert op.location.line == line_of(text), form.name


def test_values_have_their_shapes(workshop: Workshop) -> None:
    for form in forms(workshop, NORMED).values():
        if form.graph is not None:
            assert [str(op.outputs[0]) for op in form.graph.compute if op.op == "conv"] == ["f32[1, 2, 2, 2]"]


def _raising(_stage: Stage, _arguments: Arguments) -> Stage:
    message = "it fell over at 0x7f00.\nAnd more"
    raise RuntimeError(message)


def test_a_pass_that_fails_costs_only_itself(monkeypatch: pytest.MonkeyPatch, workshop: Workshop) -> None:
    told = _told_with(monkeypatch, workshop, lambda one: one.name == "constants")
    assert told["constants"].reason.startswith("it fell over")
    assert (told["constants"].changed, told["constants"].graph) == (False, None)
    assert (told["cse"].after, told["cse"].changed) == ("dce", True)


def test_without_the_inlined_graph_nothing_follows(monkeypatch: pytest.MonkeyPatch, workshop: Workshop) -> None:
    told = _told_with(monkeypatch, workshop, lambda one: one.name == "inline")
    assert list(told) == ["inline"]


def test_a_module_that_cannot_be_copied_has_no_forms(monkeypatch: pytest.MonkeyPatch, workshop: Workshop) -> None:
    monkeypatch.setattr(jit, "stand_in", lambda _module: None)
    result = workshop.static(f"{NORMED}\n# not copied\n", "jit")
    assert (result.capture.status, result.capture.forms) == ("ok", ())
    assert result.outcomes["a"].outcome == "agrees"
    assert compute(graph_of(result.capture)) == ["conv", "batch_norm"]


def test_a_graph_that_is_too_large_is_said_to_be(monkeypatch: pytest.MonkeyPatch, workshop: Workshop) -> None:
    monkeypatch.setattr(jit_passes, "LARGEST", 3)
    monkeypatch.setattr(jit_passes, "LARGEST_GONE_ON_WITH", 3)
    told = _told_with(monkeypatch, workshop, lambda _: False)
    assert list(told) == ["inline"]
    assert "more than the 3" in told["inline"].reason


def test_a_graph_that_is_too_large_to_be_shown_is_gone_on_with(
    monkeypatch: pytest.MonkeyPatch, workshop: Workshop
) -> None:
    """The whole nn.Transformer had no form, as its inlined graph alone is too large."""
    monkeypatch.setattr(jit_passes, "LARGEST", 12)
    told = _told_with(monkeypatch, workshop, lambda _: False)
    assert "more than the 12" in told["inline"].reason
    shown = [form for form in told.values() if form.graph is not None]
    assert shown[0].after == "script"
    assert shown[0].name in {"dce", "constants"}
    assert "freeze" in {form.name for form in shown}


def _told_with(
    monkeypatch: pytest.MonkeyPatch, workshop: Workshop, fails: Callable[[Pass], bool]
) -> MappingProxyType[str, Form]:
    """Return the forms of a model of its own where some passes fail."""
    broken = tuple(
        Pass(name=one.name, what=one.what, act=_raising if fails(one) else one.act, after=one.after) for one in PASSES
    )
    monkeypatch.setattr(jit_passes, "PASSES", broken)
    name = sys._getframe(1).f_code.co_name
    result = workshop.static(f"{MODELS['passes']}\n# {name}\n", "jit")
    assert result.outcomes["a"].outcome == "agrees"
    assert graph_of(result.capture).ops
    return MappingProxyType(_by_name(result.capture))


def _by_name(capture: Capture) -> dict[str, Form]:
    return {form.name: form for form in capture.forms}
