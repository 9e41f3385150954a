"""Why a producer refuses, in its own words where nothing is known of them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from explorer.capture.refusals import refusal
from explorer.evidence import KINDS, Kind
from explorer.report.build import Builder
from tests.cases import Workshop, a_model, line_of

WRITES = a_model(
    "return torch.cond(x.sum() > 0, lambda v: v.add_(1), lambda v: v * 2, (x,))  # !", "'a': (torch.ones(4),)"
)


@pytest.mark.parametrize("kind", ["export", "dynamo", "onnx"])
def test_what_dynamo_explains_is_the_reason(workshop: Workshop, kind: Kind) -> None:
    """The reason was that the operator does not work unless it is compiled, which it was."""
    failure = workshop.static(WRITES, kind).capture.failure
    assert failure is not None
    assert failure.reason.endswith("fails: Higher order ops do not support input mutation.")
    assert failure.line == line_of(WRITES)


def test_a_function_that_the_script_compiler_cannot_look_up_has_the_line_that_calls_it(workshop: Workshop) -> None:
    text = a_model(
        "return half(x)",
        "'a': (torch.ones(4),)",
        before="import numpy as np\n\ndef half(x):\n    y = x + 1\n    return y * np.median(y.numpy())  # !",
    )
    failure = workshop.static(text, "script").capture.failure
    assert failure is not None
    assert failure.reason == "torch.jit.script does not compile what calls NumPy."
    assert failure.line == line_of(text)


def test_the_method_that_calls_what_the_script_compiler_cannot_look_up_has_the_line(workshop: Workshop) -> None:
    """The return statement was told: the compiler holds no function, but the stub of a method."""
    text = a_model(
        "y = torch.from_numpy(np.unwrap(x.numpy()))  # !\nreturn y + 1",
        "'a': (torch.ones(4),)",
        before="import numpy as np",
    )
    failure = workshop.static(text, "script").capture.failure
    assert failure is not None
    assert failure.line == line_of(text)


def test_a_call_that_the_script_compilers_message_leaves_out_has_the_line(workshop: Workshop) -> None:
    """The message names what calls the method, and the line of torch's own that is refused."""
    text = a_model(
        "self.scale()\nreturn self.inner(x)",
        "'a': (torch.ones(1, 4),)",
        init="self.inner = nn.Linear(4, 4)",
    ).replace(
        "    def forward",
        "    def scale(self) -> None:\n        for one in self.inner.parameters():  # !\n            one.data.mul_(2)"
        "\n\n    def forward",
    )
    failure = workshop.static(text, "script").capture.failure
    assert failure is not None
    assert (failure.line, failure.function) == (line_of(text), "scale")


@pytest.mark.parametrize("kind", ["export", "onnx"])
def test_a_tensor_that_an_export_makes_of_its_own_is_placed_where_it_is_taken(workshop: Workshop, kind: Kind) -> None:
    text = a_model(
        "y = torch.tanh(x)\n(slope,) = torch.autograd.grad(y.pow(2).sum(), x)  # !\nreturn slope",
        "'a': (torch.ones(4, requires_grad=True),)",
        before="GRAD = True",
    )
    failure = workshop.static(text, kind).capture.failure
    assert failure is not None
    assert "fake tensor" in failure.reason
    assert failure.line == line_of(text)


@pytest.mark.parametrize(
    ("forward", "kind", "named"),
    [
        pytest.param("y = torch.linalg.qr(x)[1]  # !\nreturn y + 1", "onnx", "linalg_qr", id="an op"),
        pytest.param(
            "y = torch.special.i0e(x)  # !\nreturn y + 1",
            "onnx",
            "special_i0e, which it takes apart into prims.bessel_i0e",
            id="what it is made of",
        ),
        pytest.param("y = mapped(torch.sin, x)  # !\nreturn y + 1", "onnx", "map_impl", id="a function of functions"),
        pytest.param("y = torch.linalg.qr(x)[1]  # !\nreturn y + 1", "onnx_ts", "linalg_qr", id="older exporter"),
    ],
)
def test_an_operator_without_a_translation_is_named_at_its_line(
    workshop: Workshop, forward: str, kind: Kind, named: str
) -> None:
    """Neither was told: the line was that of the return statement."""
    before = "from torch._higher_order_ops.map import map as mapped"
    text = a_model(forward, "'a': (torch.ones(3, 3),)", before=before)
    (told,) = [one for one in workshop.report(text, kind).divergences if one.severity == "error"]
    assert told.explanation.endswith(f"has no translation for an operator of the model: {named}.")
    assert told.line == line_of(text)


OUTPUT = "from dataclasses import dataclass\n\n@dataclass\nclass Output:\n    y: torch.Tensor"


@pytest.mark.parametrize(
    ("kind", "reason", "hint"),
    [
        ("export", "torch.export does not take the type `Output` among the outputs.", "register_dataclass(Output)"),
        ("onnx", "does not take the type `Output` among the outputs.", "register_dataclass(Output)"),
        ("trace", "torch.jit.trace does not take the type `Output` among the outputs.", "what it holds in a tuple"),
        ("onnx_ts", "does not take the type `Output` among the outputs.", "what it holds in a tuple"),
    ],
)
def test_a_type_that_is_refused_is_named_with_what_makes_it_taken(
    workshop: Workshop, kind: Kind, reason: str, hint: str
) -> None:
    """It was "this type of input or output", and the repair that was told is none for torch.export."""
    text = a_model("return Output(x * 2)", "'a': (torch.ones(4),)", before=OUTPUT)
    failure = workshop.static(text, kind).capture.failure
    assert failure is not None
    assert failure.reason.endswith(reason)
    assert hint in failure.hint


@pytest.mark.parametrize("kind", ["export", "onnx"])
def test_a_dataclass_that_is_registered_as_the_hint_says_is_taken(workshop: Workshop, kind: Kind) -> None:
    registered = f"{OUTPUT}\n\ntorch.export.register_dataclass(Output)"
    text = a_model("return Output(x * 3)", "'a': (torch.ones(4),)", before=registered)
    assert workshop.static(text, kind).capture.failure is None


@pytest.mark.parametrize("kind", ["trace", "onnx_ts"])
def test_a_number_among_the_outputs_is_named(workshop: Workshop, kind: Kind) -> None:
    failure = workshop.static(a_model("return x, x + 1, 7", "'a': (torch.ones(4),)"), kind).capture.failure
    assert failure is not None
    assert "among the outputs: `int`." in failure.reason or "from the inputs: `int`." in failure.reason


@pytest.mark.parametrize(
    ("takes", "forward", "reason"),
    [
        pytest.param("self, x, *rest", "return x", "does not compile a function with `*rest`.", id="args"),
        pytest.param("self, x, **more", "return x", "does not compile a function with `**more`.", id="kwargs"),
        pytest.param(
            "self, x, *, k=None",
            "return x",
            "does not compile a function with keyword-only arguments that have defaults.",
            id="keyword-only",
        ),
        pytest.param(
            "self, x",
            "def inner(v):\n    return v\nreturn inner(x)",
            "does not compile a function that is defined inside of another.",
            id="def",
        ),
        pytest.param(
            "self, x",
            "try:\n    return x + 1\nexcept ValueError:\n    return x",
            "does not compile try blocks.",
            id="try",
        ),
        pytest.param(
            "self, x", "return half(x, 2)", "as it has no annotation, and finds that it is given int.", id="int"
        ),
        pytest.param(
            "self, x", "y: Foo = x\nreturn y", "fails: Unknown type name 'Foo'.", id="the compiler's own words"
        ),
    ],
)
def test_what_the_script_compiler_refuses_is_said(workshop: Workshop, takes: str, forward: str, reason: str) -> None:
    """All were "a part of Python that the model uses"."""
    before = "def half(v, k):\n    return v * k"
    failure = workshop.static(
        a_model(forward, "'a': (torch.ones(4),)", takes=takes, before=before), "script"
    ).capture.failure
    assert failure is not None
    assert failure.reason.endswith(reason)
    assert "part of Python" not in failure.reason


@pytest.mark.parametrize("kind", ["export", "onnx", "dynamo"])
def test_a_scripted_module_is_told_to_be_one(workshop: Workshop, kind: Kind) -> None:
    text = a_model("return x * 2", "'a': (torch.ones(4),)").replace(
        "return Net().eval()", "return torch.jit.script(nn.Sequential(nn.ReLU()))"
    )
    failure = workshop.static(text, kind).capture.failure
    assert failure is not None
    assert failure.reason.endswith("does not take a module that is scripted already.")
    assert "nn.Module" in failure.hint


def test_another_opset_is_no_hint_where_none_has_the_operator(workshop: Workshop) -> None:
    failure = workshop.static(
        a_model("return torch.fft.rfft(x).abs()", "'a': (torch.ones(4),)"), "onnx_ts"
    ).capture.failure
    assert failure is not None
    assert failure.hint == "Write it with operators that ONNX has."


def test_the_opset_that_has_the_operator_is_named(workshop: Workshop) -> None:
    said = (
        "Exporting the operator 'aten::scan' to ONNX opset version 9 is not supported. "
        "Support for this operator was added in version 17, try exporting with this version"
    )
    places = workshop.load(a_model("return x", "'a': (torch.ones(1),)")).places  # type: ignore[attr-defined]
    assert refusal("onnx_ts", RuntimeError(said), places).hint == "Export with opset_version=17: that opset has it."


@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_is_known_no_reason_is_guessed(workshop: Workshop, kind: Kind) -> None:
    """torch.export's was "Keep Python state, threads and scripted modules out of forward", whatever had failed."""
    places = workshop.load(a_model("return x", "'a': (torch.ones(1),)")).places  # type: ignore[attr-defined]
    found = refusal(kind, RuntimeError("Something odd."), places)
    assert found.reason.endswith("fails: Something odd.")
    assert not re.search("thread|state|tensors alone", found.hint)


def test_an_operator_that_runs_as_several_is_found_by_the_call_in_python(workshop: Workshop) -> None:
    """Eager ran none of its name: it was the line of the return statement."""
    text = a_model("y = nn.functional.rms_norm(x, (4,))  # !\nreturn y + 1", "'a': (torch.ones(4),)")
    result = workshop.static(text, "onnx_ts")
    assert result.capture.failure is not None
    lost = replace(result.capture, failure=replace(result.capture.failure, line=None, file=None))
    builder = Builder(
        workshop.source(text), eager=workshop.eager(text), statics={"onnx_ts": replace(result, capture=lost)}
    )
    (told,) = [one for one in builder.report().divergences if one.severity == "error"]
    assert told.line == line_of(text)


def test_a_check_of_a_size_that_is_traced_is_told_by_what_helps(workshop: Workshop) -> None:
    text = a_model("torch._check(x.shape[0] >= 1)  # !\nreturn x * 2", "'a': (torch.ones(3),)")
    failure = workshop.static(text, "trace").capture.failure
    assert failure is not None
    assert "torch._check" in failure.reason
    assert (failure.line, "torch.export" in failure.hint) == (line_of(text), True)


def test_an_error_inside_of_torchscripts_executor_is_told_by_its_own_words(workshop: Workshop) -> None:
    init = "self.mid = nn.utils.parametrizations.weight_norm(nn.Linear(4, 4))"
    failure = workshop.static(
        a_model("return self.mid(x)", "'a': (torch.ones(2, 4),)", init=init), "jit"
    ).capture.failure
    assert failure is not None
    assert failure.reason == "TorchScript fails: Parametrization is not working with scripting."


def test_an_explanation_that_explains_nothing_is_left_out(workshop: Workshop) -> None:
    body = "return torch.func.grad(lambda p: (self.l(p).tanh() ** 2).sum())(x)"
    text = a_model(body, "'a': (torch.ones(3, 4),)", init="self.l = nn.Linear(4, 4)")
    failure = workshop.static(text, "export").capture.failure
    assert failure is not None
    assert "functorch" in failure.reason


@pytest.mark.parametrize(("loop", "step"), [("while i < 3", "\n    i += 1"), ("for i in range(3)", "")])
def test_a_loop_with_an_else_is_told_at_the_loop(workshop: Workshop, loop: str, step: str) -> None:
    """Of a ``while`` torch fails at putting together its own words."""
    text = a_model(f"i = 0\n{loop}:  # !\n    x = x + i{step}\nelse:\n    x = x * 2\nreturn x", "'a': (torch.ones(4),)")
    failure = workshop.static(text, "script").capture.failure
    assert failure is not None
    assert failure.reason == f"torch.jit.script does not compile a {loop.partition(' ')[0]} loop with an else."
    assert failure.line == line_of(text)


def test_a_dict_that_is_returned_is_not_told_to_be_an_argument(workshop: Workshop) -> None:
    """Torch says "Dictionary inputs" of what is returned, too."""
    text = a_model("y = x * 2\nreturn {'name': 'head', 'scores': y}  # !", "'a': (torch.ones(4),)")
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity != "note"]
    assert told.line == line_of(text)
    assert told.explanation.endswith("a dict that holds both str and Tensor among the outputs.")
