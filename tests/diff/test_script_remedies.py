"""What is told to help where torch.jit.script refuses a line is said of the line, and does help."""

from __future__ import annotations

from textwrap import indent

import pytest

from tests.cases import Workshop, a_model, line_of

TWO = "'a': (torch.ones(3),), 'b': (3 * torch.ones(3),)"
TYPES = "from typing import Dict, List, Optional, Tuple\n\nfrom torch import Tensor\n\nLIMIT = 2"

LAYERS = "self.parts = nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)])"
STATIC = "@staticmethod\ndef clipped(x{more}):\n    return x.clamp(max={limit})"
NORM = "class Norm(nn.LayerNorm):\n    def forward(self, x):\n        return {call}"
HELD = (
    "class Norm(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.norm = nn.LayerNorm(n)\n\n"
    "    def forward(self, x):\n        return self.norm(x * 2)"
)
BY_FUNCTION = "nn.functional.layer_norm(x * 2, self.normalized_shape, self.weight, self.bias, self.eps)"
OFFSET = "class Offset:\n    def __init__(self, x):\n        self.x = x\n\n\nclass Twice(Offset):\n    def __init__(self, x):\n        super().__init__(x * 2)"
PAIRS = "pairs = [(x, x), (x, x)]\n{use}\nreturn y"


def a_module(body: str, *, init: str = "", before: str = "", method: str = "") -> str:
    """Return a model with ``before`` above it, and ``method`` beside its ``forward``."""
    text = a_model(body, TWO, init=init, before=f"{TYPES}\n\n\n{before}")
    return text.replace("    def forward(", f"{indent(method, '    ')}\n\n    def forward(") if method else text


def told(workshop: Workshop, text: str) -> tuple[int | None, str, str]:
    """Return the line, what is said and what is told to help of the one error of the script."""
    (found,) = [one for one in workshop.report(text, "script").divergences if one.severity == "error"]
    return found.line, found.explanation, found.remedy


CASES = [
    pytest.param(
        a_module("return x.clamp(max=LIMIT)  # !"),
        "`LIMIT`",
        "an attribute that is set in __init__",
        a_module("return x.clamp(max=self.limit)", init="self.limit = LIMIT"),
        id="a global variable",
    ),
    pytest.param(
        a_module("return self.clipped(x)", method=STATIC.format(more="", limit="LIMIT  # !\n").replace("  # !\n)", ")  # !")),
        "`LIMIT`",
        "an argument with a default, such as `limit: int = …`",
        a_module("return self.clipped(x)", method=STATIC.format(more=", limit: int = LIMIT", limit="limit")),
        id="a global variable in a static method",
    ),
    pytest.param(
        a_module("Net.calls += 1  # !\nreturn x / Net.calls", init="Net.calls = 0", method="calls = 0"),
        "`Net.calls`",
        "an attribute that is set in __init__",
        a_module("self.calls += 1\nreturn x + self.calls * 0", init="self.calls = 0"),
        id="an attribute of a class",
    ),
    pytest.param(
        a_module("return x * self.calls  # !", method="calls = 2"),
        "`calls` of Net",
        "Set it on the instance, in __init__",
        a_module("return x * self.calls", init="self.calls = 2"),
        id="an attribute of the class by self",
    ),
    pytest.param(
        a_module("_, h = self.rnn(x[None])\nfor _ in range(2):  # !\n    h = h + 1\nreturn h", init="self.rnn = nn.GRU(3, 2)"),
        "`_` is of the type Tensor before, and int here",
        "a name of its own",
        a_module("_, h = self.rnn(x[None])\nfor i in range(2):\n    h = h + 1\nreturn h", init="self.rnn = nn.GRU(3, 2)"),
        id="a name of another type",
    ),
    pytest.param(
        a_module("y = 0\nfor i in range(2):\n    y = y + 0.5  # !\nreturn x + y"),
        "`y` is of the type int before, and float here",
        "begin `y` with what is of the type float",
        a_module("y = 0.0\nfor i in range(2):\n    y = y + 0.5\nreturn x + y"),
        id="a sum that begins as a number",
    ),
    pytest.param(
        a_module("for i in range(2):\n    x = self.parts[i](x)  # !\nreturn x", init=LAYERS),
        "by a number that is written out",
        "enumerate(self.parts)",
        a_module("for i, part in enumerate(self.parts):\n    x = part(x)\nreturn x", init=LAYERS),
        id="a part by its number",
    ),
    pytest.param(
        a_module(PAIRS.format(use="y = torch.stack([part(a) + b for part, (a, b) in zip(self.parts, pairs)])  # !"), init=LAYERS),
        "does not know how many turns",
        "`rest[i]`",
        a_module(
            PAIRS.format(use="made: List[Tensor] = []\nfor i, part in enumerate(self.parts):\n    a, b = pairs[i]\n"
                             "    made.append(part(a) + b)\ny = torch.stack(made)"), init=LAYERS),
        id="modules along with a list",
    ),
    pytest.param(
        a_module("return self.norm(x)", init="self.norm = Norm(3)", before=NORM.format(call="super().forward(x * 2)  # !")),
        "has no super()",
        "Keep a module of the parent's class as a part",
        a_module("return self.norm(x)", init="self.norm = Norm(3)", before=HELD),
        id="super, by a part",
    ),
    pytest.param(
        a_module("return self.norm(x)", init="self.norm = Norm(3)", before=NORM.format(call="super().forward(x * 2)  # !")),
        "`forward`",
        "F.layer_norm",
        a_module("return self.norm(x)", init="self.norm = Norm(3)", before=NORM.format(call=BY_FUNCTION)),
        id="super, by a function",
    ),
    pytest.param(
        a_module("return Twice(x).x", before=f"{OFFSET}  # !"),
        "inherits from another",
        "in functions of torch, in the model itself",
        a_module("return x * 2"),
        id="super of another class",
    ),
    pytest.param(
        a_module("for y in reversed([x, x * 2]):  # !\n    x = x - y\nreturn x"),
        "turns no List[Tensor] around",
        "`values[::-1]`",
        a_module("for y in [x, x * 2][::-1]:\n    x = x - y\nreturn x"),
        id="reversed",
    ),
    pytest.param(
        a_module("n = (x > 0).sum()\nfor i in range(n):  # !\n    x = x * 2\nreturn x"),
        "counts a range to no tensor",
        "`range(int(n))`",
        a_module("n = (x > 0).sum()\nfor i in range(int(n)):\n    x = x * 2\nreturn x"),
        id="a range that a tensor counts",
    ),
    pytest.param(
        a_module("n = x.shape[0]\nif n > 3:\n    warnings.warn(f'{n:.2f}')  # !\nreturn x", before="import warnings"),
        "how a value is written",
        "`{value}` for `{value:.2f}`",
        a_module("n = x.shape[0]\nif n > 3:\n    warnings.warn(f'{n}')\nreturn x", before="import warnings"),
        id="an f-string with a format",
    ),
    pytest.param(
        a_module("return torch.stack([y for y in (x, x * 2) if y.shape[0] > 1])  # !"),
        "no comprehension that leaves something out",
        "append under an if",
        a_module("made: List[Tensor] = []\nfor y in [x, x * 2]:\n    if y.shape[0] > 1:\n        made.append(y)\nreturn torch.stack(made)"),
        id="a comprehension with an if",
    ),
    pytest.param(
        a_module("found = []\nfound.append([1, 2])  # !\nreturn x + torch.tensor(found).sum()"),
        "a List[int] is appended",
        "`values: List[List[int]] = []`",
        a_module("found: List[List[int]] = []\nfound.append([1, 2])\nreturn x + torch.tensor(found).sum()"),
        id="a list that begins empty",
    ),
    pytest.param(
        a_module("self.update(x)\nreturn x + self.last", init="self.register_buffer('last', torch.zeros(3))",
                 method="@torch.no_grad()  # !\ndef update(self, x):\n    self.last.copy_(torch.ones_like(x))"),
        "where the decorator is defined, and finds no `torch` there",
        "write `with torch.no_grad():` inside",
        a_module("self.update(x)\nreturn x + self.last", init="self.register_buffer('last', torch.zeros(3))",
                 method="def update(self, x):\n    with torch.no_grad():\n        self.last.copy_(torch.ones_like(x))"),
        id="behind a decorator",
    ),
    pytest.param(
        a_module("return self.shifted(x)",
                 method="@torch.no_grad()  # !\ndef shifted(self, x):\n    y = x * 2\n    y = y - 1\n    y = y * 3\n"
                        "    return torch.relu(y)"),
        "where the decorator is defined, and finds no `torch` there",
        "write `with torch.no_grad():` inside",
        a_module("return self.shifted(x)",
                 method="def shifted(self, x):\n    with torch.no_grad():\n        y = x * 2\n        y = y - 1\n"
                        "        y = y * 3\n        return torch.relu(y)"),
        id="far below a decorator",
    ),
    pytest.param(
        a_module("if self.last is not None:\n    x = x + self.last * 0  # !\nself.last = x\nreturn x",
                 init="self.last = None", method="last: Optional[Tensor]"),
        "one that may be None",
        "`last = self.last`, then write `if last is not None:`",
        a_module("last = self.last\nif last is not None:\n    x = x + last * 0\nself.last = x\nreturn x",
                 init="self.last = None", method="last: Optional[Tensor]"),
        id="an attribute that may be None",
    ),
    pytest.param(
        a_module("if self.last is not None:\n    x = x + self.last.sum() * 0  # !\nself.last = x\nreturn x",
                 init="self.last = None", method="last: Optional[Tensor]"),
        "one that may be None",
        "`last = self.last`",
        a_module("last = self.last\nif last is not None:\n    x = x + last.sum() * 0\nself.last = x\nreturn x",
                 init="self.last = None", method="last: Optional[Tensor]"),
        id="a method of an attribute that may be None",
    ),
    pytest.param(
        a_module("return self.added([(x, x), (x, x)], x)",
                 method="def added(self, pairs, x):\n    for k, (a, b) in enumerate(pairs):  # !\n        x = x + a * b\n    return x"),
        "does not unpack a tensor",
        "`pairs: List[Tuple[Tensor, Tensor]]`",
        a_module("return self.added([(x, x), (x, x)], x)",
                 method="def added(self, pairs: List[Tuple[Tensor, Tensor]], x):\n    for k, (a, b) in enumerate(pairs):\n"
                        "        x = x + a * b\n    return x"),
        id="a tuple of a list without annotation",
    ),
    pytest.param(
        a_module("a, b, c = x * 2  # !\nreturn a + b + c"),
        "does not unpack a tensor",
        "`a, b = x.unbind(0)`",
        a_module("a, b, c = (x * 2).unbind(0)\nreturn a + b + c"),
        id="a tensor",
    ),
    pytest.param(
        a_module("return self.added(x)", method="def added(self, y):\n    a, b, c = y  # !\n    return a + b + c"),
        "does not unpack",
        "unbind(0)",
        a_module("return self.added(x)", method="def added(self, y):\n    a, b, c = y.unbind(0)\n    return a + b + c"),
        id="an argument that is a tensor",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says", "helps", "mended"), CASES)
def test_what_is_told_of_a_line_that_a_script_refuses_helps(
    workshop: Workshop, text: str, says: str, helps: str, mended: str
) -> None:
    """It was to be rewritten in the subset of Python that TorchScript compiles, or to be unpacked as a tensor."""
    line, said, remedy = told(workshop, text)
    assert line == line_of(text)
    assert says in said
    assert helps in remedy
    assert {one.outcome for one in workshop.static(mended, "script").outcomes.values()} == {"agrees"}
