"""Loading a model file: what it defines is taken, what is wrong is told with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.source.load import Arguments, LoadedModel
from tests.cases import Workshop, a_model, line_of

NET = "import torch\nfrom torch import nn\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return x + 1\n"
EXAMPLE = "def example_inputs():\n    return {'a': (torch.ones(2),)}\n"
PLAIN = a_model("return x * self.w", "'a': (torch.randn(2),)", init="self.w = nn.Parameter(torch.randn(2))")


@pytest.mark.parametrize(
    ("text", "model"),
    [
        pytest.param(NET + EXAMPLE + "def build_model(): return Net()\n", "Net", id="build_model"),
        pytest.param(NET + EXAMPLE, "Net", id="the one class"),
        pytest.param(NET.replace("class", "def make(): return nn.ReLU()\n\nclass") + EXAMPLE, "Net",
                     id="the one class beside a factory"),
        pytest.param("import torch\ndef make(): return torch.nn.ReLU()\n" + EXAMPLE, "ReLU", id="the one factory"),
        pytest.param("import torch\ndef helper(x): return x\ndef make(): return torch.nn.ReLU()\n" + EXAMPLE, "ReLU",
                     id="the one factory without parameters"),
        pytest.param(NET + EXAMPLE + "build_model = 3\n", "Net", id="build_model that is no function"),
        pytest.param("from torch.nn import *\nimport torch\nclass Net(Module):\n    pass\n" + EXAMPLE, "Net",
                     id="imported classes are not the file's"),
    ],
)  # fmt: skip
def test_the_model_is_found(workshop: Workshop, text: str, model: str) -> None:
    assert type(loaded(workshop, text).build()).__name__ == model


@pytest.mark.parametrize(("target", "model"), [("One", "One"), ("Two", "Two"), ("make", "ReLU")])
def test_a_target_chooses_among_several(workshop: Workshop, target: str, model: str) -> None:
    text = NET.replace("Net", "One") + NET.replace("Net", "Two") + "def make(): return nn.ReLU()\n" + EXAMPLE
    assert type(loaded(workshop, text, target=target).build()).__name__ == model


BUILD = "def build_model():\n    return Net()\n"
REFUSED = [
    pytest.param(NET.replace("nn.Module", "object") + EXAMPLE, "no model", None, id="no model"),
    pytest.param(NET.replace("Net", "One") + NET.replace("Net", "Two") + EXAMPLE, "more than one model: One, Two", None,
                 id="two models"),
    pytest.param("def one(): pass\ndef two(): pass\n", "more than one model: one, two", None, id="two factories"),
    pytest.param(NET, "no inputs", None, id="no inputs"),
    pytest.param(NET + EXAMPLE + "raise ValueError('on import')  # !\n", "on import", "# !", id="raises on import"),
    pytest.param(NET + EXAMPLE + "import no_such_module_here  # !\n", "No module named", "# !", id="missing import"),
    pytest.param("import sys\n" + NET + EXAMPLE + "sys.exit(1)  # !\n", "ends the program", "# !", id="exits on import"),
    pytest.param("import sys\n" + NET + EXAMPLE + "def build_model():\n    sys.exit()  # !\n", "ends the program", "# !",
                 id="exits on build"),
    pytest.param(NET + EXAMPLE + "def build_model():\n    return Net(1, 2)  # !\n", "Building the model fails", "# !",
                 id="raises on build"),
    pytest.param(NET + EXAMPLE + "def make():\n    raise ValueError('deep')  # !\n\ndef build_model():\n    return make()\n",
                 "deep", "# !", id="raises below build"),
    pytest.param(NET + EXAMPLE + "def build_model():  # !\n    return 3\n", "returns int", "# !", id="builds a number"),
    pytest.param(NET + EXAMPLE + "def build_model():  # !\n    return Net\n", "returns type", "# !", id="builds a class"),
    pytest.param(NET + BUILD + "def example_inputs():\n    return {'a': (torch.ones(2, 'x'),)}  # !\n", "example inputs fails",
                 "# !", id="examples raise"),
    pytest.param(NET + BUILD + "def example_inputs():  # !\n    return [torch.ones(2)]\n", "returns list", "# !",
                 id="examples are a list"),
    pytest.param(NET + BUILD + "def example_inputs():  # !\n    return {'a': [torch.ones(2)]}\n", "'a' is list", "# !",
                 id="an example is a list"),
    pytest.param(NET + BUILD + "def example_inputs():\n    return {}\n", "no inputs", None, id="no examples"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says", "mark"), REFUSED)
def test_what_cannot_be_loaded_is_refused_with_its_line(
    workshop: Workshop, text: str, says: str, mark: str | None
) -> None:
    refused = workshop.refusal(text)
    assert says in refused.message
    assert (refused.error, refused.file) == ("source", "model.py")
    assert refused.hint
    if mark is not None:
        assert refused.line == line_of(text, mark)


def test_a_target_that_is_no_callable_is_refused(workshop: Workshop) -> None:
    assert "not a class or a function" in workshop.refusal(NET + "LIMIT = 3\n", target="LIMIT").message


@pytest.mark.parametrize(
    ("inside", "arguments"),
    [
        pytest.param("'a': (1, 2)", Arguments(args=(1, 2), kwargs={}), id="positional"),
        pytest.param("'a': ((1,), {'y': 2})", Arguments(args=(1,), kwargs={"y": 2}), id="args and kwargs"),
        pytest.param("'a': ((), {'y': 2})", Arguments(args=(), kwargs={"y": 2}), id="kwargs alone"),
        pytest.param("'a': ()", Arguments(args=(), kwargs={}), id="none"),
        pytest.param("'a': (1, {'y': 2})", Arguments(args=(1, {"y": 2}), kwargs={}), id="a dict as last argument"),
        pytest.param("'a': ((1, 2),)", Arguments(args=((1, 2),), kwargs={}), id="a tuple as argument"),
        pytest.param("7: (1,)", Arguments(args=(1,), kwargs={}), id="a name that is no text"),
    ],
)
def test_an_example_is_positional_or_a_pair_of_args_and_kwargs(
    workshop: Workshop, inside: str, arguments: Arguments
) -> None:
    ((name, found),) = loaded(workshop, a_model("return x", inside)).examples.items()
    assert name in {"a", "7"}
    assert found == arguments


def test_inputs_of_the_command_line_are_further_examples(workshop: Workshop, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(3))
    given = [("b", "i64[2,3]<5; 2.5; bool[4]"), ("c", f"@{tmp_path / 'x.npy'}"), ("a", "f16[1]")]
    examples = loaded(workshop, PLAIN, inputs=given).examples
    assert list(examples) == ["a", "b", "c"]
    ints, number, truth = examples["b"].args
    assert (ints.dtype, tuple(ints.shape), number, truth.dtype) == (torch.int64, (2, 3), 2.5, torch.bool)
    assert 0 <= int(ints.min()) <= int(ints.max()) < 5
    assert examples["c"].args[0].tolist() == [0, 1, 2]
    assert examples["a"].args[0].dtype == torch.float16, "one of the same name replaces the file's"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"no array", id="no array"),
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04 broken", id="broken archive"),
    ],
)
def test_an_input_file_that_cannot_be_read_is_bad_usage(
    workshop: Workshop, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "x.npy").write_bytes(content)
    refused = workshop.refusal(PLAIN, inputs=[("b", f"@{tmp_path / 'x.npy'}")])
    assert refused.error == "usage"
    assert "cannot be read" in refused.message


@pytest.mark.parametrize(
    ("array", "says"),
    [
        pytest.param(np.array(["a", "b"]), "<U1", id="texts"),
        pytest.param(np.array([(1, 2.0)], dtype="i4,f4"), "f0", id="records"),
        pytest.param(np.array(["2026-01-01"], dtype="datetime64[D]"), "datetime64", id="dates"),
    ],
)
def test_an_input_file_of_no_numbers_is_bad_usage(workshop: Workshop, tmp_path: Path, array: Any, says: str) -> None:
    np.save(tmp_path / "x.npy", array)
    refused = workshop.refusal(PLAIN, inputs=[("b", f"@{tmp_path / 'x.npy'}")])
    assert (refused.error, "'b' cannot be used" in refused.message, says in refused.message) == ("usage", True, True)
    assert refused.hint


def test_a_seed_of_its_own_gives_other_values_and_the_same_ones_each_time(workshop: Workshop) -> None:
    given = [("b", "f32[4]"), ("c", "f32[4] seed 1"), ("d", "f32[4] seed 2"), ("e", "None; f32[4] seed 1")]
    one, other = (loaded(workshop, PLAIN, inputs=given).examples for _ in range(2))
    values = {name: example.args[-1].tolist() for name, example in one.items()}
    assert values == {name: example.args[-1].tolist() for name, example in other.items()}
    assert values["c"] == values["e"], "it depends on nothing else"
    assert len({tuple(values[name]) for name in "bcd"}) == 3


@pytest.mark.parametrize(
    ("spec", "dtype", "low", "high"),
    [
        pytest.param("-1<=f32[1000]<-0.5", torch.float32, -1, -0.5, id="floats"),
        pytest.param("0<=f8e4m3fn[1000]<1 seed 3", torch.float8_e4m3fn, 0, 1, id="floats of eight bits"),
        pytest.param("-3<=i8[1000]<2", torch.int8, -3, 1, id="whole numbers"),
        pytest.param("5<=u64[1000]<7 seed 1", torch.uint64, 5, 6, id="without a sign"),
    ],
)
def test_the_values_of_a_range_fill_it(
    workshop: Workshop, spec: str, dtype: torch.dtype, low: float, high: float
) -> None:
    (made,) = loaded(workshop, PLAIN, inputs=[("b", spec)]).examples["b"].args
    values = made.to(torch.float64)
    assert made.dtype == dtype
    assert low <= float(values.min()) < float(values.max()) <= high
    assert float(values.max() - values.min()) > 0.9 * (high - low)


@pytest.mark.parametrize("spec", ["f32[99999999,99999999]", "i64[999999999,9999999999,9999999999]"])
def test_an_input_that_fits_into_no_memory_is_bad_usage(workshop: Workshop, spec: str) -> None:
    refused = workshop.refusal(PLAIN, inputs=[("b", spec)])
    assert (refused.error, "'b' cannot be made" in refused.message) == ("usage", True)
    assert refused.hint


def test_an_input_file_is_never_unpickled(workshop: Workshop, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([object()]), allow_pickle=True)
    refused = workshop.refusal(PLAIN, inputs=[("b", f"@{tmp_path / 'x.npy'}")])
    assert (refused.error, "pickle" in refused.message) == ("usage", True)


def test_the_same_seed_gives_the_same_parameters_and_examples(workshop: Workshop) -> None:
    one, other = loaded(workshop, PLAIN), loaded(workshop, PLAIN)
    assert torch.equal(one.examples["a"].args[0], other.examples["a"].args[0])
    assert torch.equal(one.build().w, other.build().w)  # type: ignore[arg-type]


@pytest.mark.parametrize(("flags", "sequence", "grad"), [("", False, False), ("SEQUENCE = True", True, False),
                                                         ("GRAD = True", False, True)])  # fmt: skip
def test_the_flags_of_the_file_are_read(workshop: Workshop, flags: str, sequence: bool, grad: bool) -> None:
    found = loaded(workshop, PLAIN + flags)
    assert (found.sequence, found.grad) == (sequence, grad)


def test_fresh_arguments_share_no_memory_and_keep_aliases() -> None:
    x = torch.ones(2, requires_grad=True)
    given = Arguments(args=(x, [x]), kwargs={"y": torch.zeros(1), "n": 3})
    fresh = given.fresh()
    copied, (again,) = fresh.args
    assert copied is again
    assert copied is not x
    assert copied.requires_grad
    assert not fresh.kwargs["y"].requires_grad
    assert fresh.kwargs["n"] == 3
    with torch.no_grad():
        copied.mul_(5)
    assert x.tolist() == [1, 1]


def loaded(workshop: Workshop, text: str, **given: Any) -> LoadedModel:
    found = workshop.load(text, **given)
    assert isinstance(found, LoadedModel)
    return found
