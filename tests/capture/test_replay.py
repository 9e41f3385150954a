"""A recorded eager graph, run again: the same bits, or the reason why not."""

from __future__ import annotations

import pytest
import torch

from explorer.capture.origins import Origins
from explorer.capture.replay import Call, Slot, replay, same_bits
from explorer.evidence import Replay
from explorer.graph import OpId, Value
from tests.cases import Workshop, a_model, line_of

ONE = "'a': (torch.randn(4),)"
BUFFERS = "self.register_buffer('n', torch.zeros(4))\nself.w = nn.Parameter(torch.ones(4))\nself.rnn = nn.LSTM(4, 4, 2)"

PACKED = """
pack, pad = nn.utils.rnn.pack_padded_sequence, nn.utils.rnn.pad_packed_sequence
y, n = pad(self.rnn(pack(x.expand(2, 3, 4), torch.tensor([2, 3]), batch_first=True, enforce_sorted=False))[0], True)
return (y * (torch.arange(3) < n[:, None])[..., None]).sum(1) / n[:, None]
"""

EXACT = [
    pytest.param("return (x * 2 + 1).relu()", id="chain"),
    pytest.param("return x", id="the input itself"),
    pytest.param("y = x.view(2, 2)\nx.add_(1)\nreturn y.exp()", id="a view of a written input"),
    pytest.param("self.n += x\nself.n.mul_(3)\nreturn self.n[1:] * x[1:]", id="a buffer written twice"),
    pytest.param("self.w.data.mul_(0.5)\nreturn self.w * x", id="a parameter written through its data"),
    pytest.param("self.w.data[1:].fill_(7)\nreturn self.w * x", id="a part of a parameter written"),
    pytest.param("a = torch.tensor([1.0, 2.0, 3.0, 4.0])\na += x\nreturn a", id="a written constant"),
    pytest.param("return torch.rand(4) + nn.functional.dropout(x, 0.5)", id="draws of torch"),
    pytest.param("return x + torch.from_numpy(numpy.ones(4))", id="a constant of NumPy's"),
    pytest.param("return x * random.random()", id="a draw of Python's is a constant"),
    pytest.param("a, b = x.chunk(2)\na.copy_(b)\nreturn x.clone(), a", id="one half onto the other"),
    pytest.param("y = torch.empty(4)\ntorch.add(x, 1, out=y)\nreturn y", id="out="),
    pytest.param("try:\n    x.view(3, 3)\nexcept RuntimeError:\n    x = x + 1\nreturn x", id="after an op that raised"),
    pytest.param("torch._foreach_add_([self.n, x], 1.0)\nreturn self.n + x", id="a list of tensors written"),
    pytest.param("return x.to_sparse() * 2", id="sparse"),
    pytest.param("return x / 0, torch.complex(x, x)", id="infinities and complex numbers"),
    pytest.param("return x.view(2, 2)[:1, 1::2]", id="one element with a stride of two"),
    pytest.param("return self.rnn(x.view(1, 4))", id="a kernel that computes otherwise without gradients"),
    pytest.param("return x if bool(x.sum() > 0) else -x", id="a branch"),
    pytest.param(PACKED, id="lengths that a kernel of torch's fills"),
    pytest.param("y = x * 2\nz = torch.from_dlpack(y)\nz.add_(1)\nreturn y", id="a write by way of DLPack"),
    pytest.param("y = x * 2\nz = torch.from_numpy(y.numpy()[1:])\nz.add_(1)\nreturn y", id="and of NumPy"),
    pytest.param("self.w.data = self.w.data * 2\nreturn self.w * x", id="a parameter is given another memory"),
    pytest.param("x.data = torch.cat([x.data, x.data])\nreturn x + 1", id="an argument is"),
    pytest.param("y = x * 1\nz = y * 3\ny.data = z\nz.add_(1)\nreturn y + 1", id="a result is"),
    pytest.param("y = x * 2\nreturn y + y.storage()[0]", id="a read by way of the storage"),
    pytest.param("y = x * 2\ny.storage()[1] = 7.0\nreturn y + 1", id="a write by way of the storage"),
    pytest.param("y = x * 2\ny.untyped_storage().fill_(0)\nreturn y + 1", id="of its bytes"),
    pytest.param("self.n.untyped_storage().fill_(1)\nreturn self.n + x", id="of a buffer's"),
    pytest.param(
        "y = nn.functional.batch_norm(x[:, None], self.n[:1], self.n[1:2], training=True)\nreturn y[:, 0] + self.n",
        id="running statistics, which no schema says are written",
    ),
    pytest.param("y = x * 2\nz = torch.tensor([]).set_(y.untyped_storage())\nz.add_(1)\nreturn y", id="a tensor of it"),
    pytest.param("y, z = x * 2, x + 1\ntorch.utils.swap_tensors(y, z)\nreturn y - z / 3", id="two results swapped"),
    pytest.param("y = x * 2\ntorch.utils.swap_tensors(y, self.n)\nreturn y - self.n", id="one with a buffer"),
    pytest.param("y = x * 2\ny.share_memory_()\ny.add_(1)\nreturn y", id="a result in memory that processes share"),
    pytest.param("self.n.share_memory_()\nself.n.add_(x)\nreturn self.n + 1", id="a buffer in it"),
    pytest.param(
        "file = io.BytesIO()\ntorch.save(torch.arange(8.0), file)\ny = torch.load(io.BytesIO(file.getvalue()))\n"
        "y[:4].add_(x)\nreturn y[:4] * y[4:]",
        id="what torch.load gives",
    ),
    pytest.param("y = torch.frombuffer(bytearray(16), dtype=torch.float32)\nreturn y.add_(x)", id="memory of Python's"),
]


@pytest.mark.parametrize("body", EXACT)
def test_the_ops_alone_give_the_same_bits(workshop: Workshop, body: str) -> None:
    text = a_model(body, ONE, init=BUFFERS, before="import io\nimport numpy")
    (capture,) = workshop.eager(text).captures
    assert capture.replay == Replay(exact=True)


def test_the_content_of_a_tensor_that_does_not_tell_it_is_not_needed(workshop: Workshop) -> None:
    """What ``tolist`` raises on a masked tensor was told to be the reason why a run could not be recorded."""
    masked = "return torch.masked.masked_tensor(x, x > 0).sum(0).to_tensor(0.0) + 1"
    (capture,) = workshop.eager(a_model(masked, ONE, before="import torch.masked")).captures
    assert capture.replay is not None
    assert "could not be recorded" not in capture.replay.reason


def test_each_example_is_replayed_with_its_own_state(workshop: Workshop) -> None:
    text = a_model("self.n += x\nreturn self.n * 2", "'a': (torch.ones(4),), 'b': (torch.ones(4),)", init=BUFFERS)
    captures = workshop.eager(text + "\n\nSEQUENCE = True\n").captures
    assert [one.replay for one in captures] == [Replay(exact=True)] * 2


def test_what_is_written_behind_torchs_back_is_told(workshop: Workshop) -> None:
    (capture,) = workshop.eager(a_model("y = x * 2\ny.detach().numpy()[0] = 5\nreturn y", ONE)).captures
    assert capture.replay is not None
    assert not capture.replay.exact
    assert capture.replay.reason == (
        "Output 0 is not the same when the ops run again. Memory was handed to NumPy in line 17, and may have been "
        "written to."
    )


def test_memory_that_is_filled_is_not_told_to_be_the_reason_beside_another(workshop: Workshop) -> None:
    """It was told wherever some ``empty`` had run."""
    text = a_model("z = torch.empty(4)\nz.fill_(1)\ny = x * 2\ny.detach().numpy()[0] = 5\nreturn y + z", ONE)
    (capture,) = workshop.eager(text).captures
    assert capture.replay is not None
    assert "handed to NumPy in line" in capture.replay.reason
    assert "filling" not in capture.replay.reason


def test_memory_that_nothing_fills_is_told_where_nothing_else_explains(workshop: Workshop) -> None:
    (capture,) = workshop.eager(a_model("return x + torch.empty(4)", ONE)).captures
    assert capture.replay is not None
    assert capture.replay.reason.endswith("It may read memory that no op shows the filling of.")


def test_a_generator_of_the_models_own_is_told(workshop: Workshop) -> None:
    text = a_model("return torch.rand(4, generator=self.g) + x", ONE, init="self.g = torch.Generator()")
    (capture,) = workshop.eager(text).captures
    assert capture.replay is not None
    assert not capture.replay.exact
    assert capture.replay.reason.endswith("a generator of the model's own.")


def test_a_seed_that_the_model_sets_is_told(workshop: Workshop) -> None:
    (capture,) = workshop.eager(a_model("torch.manual_seed(7)\nreturn x + torch.rand(4)", ONE)).captures
    assert capture.replay is not None
    assert not capture.replay.exact
    assert "generator was seeded" in capture.replay.reason


def test_what_numpy_made_of_values_is_told(workshop: Workshop) -> None:
    """Such a result replayed as a constant, and the graph counted as one that holds all."""
    text = a_model("y = numpy.sin(x.numpy())\nreturn torch.from_numpy(y) + 1", ONE, before="import numpy")
    (capture,) = workshop.eager(text).captures
    assert capture.replay == Replay(exact=False, reason="constant:1 came from NumPy: what no op shows made it.")


THREAD = "found = {}\nthread = threading.Thread(target=lambda: found.update(y=x * 3))\nthread.start()\nthread.join()\n"


def test_what_a_thread_made_is_told(workshop: Workshop) -> None:
    (capture,) = workshop.eager(a_model(THREAD + "return found['y'] + 1", ONE, before="import threading")).captures
    assert capture.replay == Replay(exact=False, reason="constant:1 came from a thread: what no op shows made it.")


def test_a_constant_from_before_the_thread_replays(workshop: Workshop) -> None:
    before = "import threading\n\nONE = torch.ones(4)"
    (capture,) = workshop.eager(a_model(THREAD + "return x + ONE + torch.tensor(2.0)", ONE, before=before)).captures
    assert capture.replay == Replay(exact=True)


def test_a_run_that_raises_is_not_replayed(workshop: Workshop) -> None:
    text = a_model("return x.view(len(x) - 1, 4)", "'bad': (torch.ones(4),), 'good': (torch.ones(2, 2),)")
    bad = workshop.eager(text).captures[0]
    assert (bad.status, bad.replay) == ("failed", None)


def test_an_op_that_cannot_be_called_again_is_named() -> None:
    def refuses(_tensor: torch.Tensor) -> None:
        message = "once only"
        raise RuntimeError(message)

    origins = Origins()
    origins.add_source(OpId("input:x"), torch.ones(2))
    port = OpId("input:x"), 0
    call = Call(op=OpId("n0"), func=refuses, args=(Slot(port),), kwargs={}, takes=(port,), grad=False)
    found = replay([call], origins, [], torch.get_rng_state(), {})
    assert found.reason.endswith("cannot be called again: once only")


def test_an_op_that_could_not_be_recorded_is_told_and_the_model_runs_on(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> bool:
        message = "no such table"
        raise AttributeError(message)

    monkeypatch.setattr("explorer.capture.eager.ties", fails)
    result = workshop.eager(a_model("return x.sort().values * 3", ONE))
    (capture,) = result.captures
    assert capture.status == "ok"
    assert capture.replay is not None
    assert capture.replay.reason == "aten.sort.default could not be recorded: AttributeError: no such table"


@pytest.mark.parametrize(
    ("said", "exact"),
    [
        pytest.param(Value(dtype="f32", shape=(2,), strides=(9,)), True, id="strides apart"),
        pytest.param(Value(dtype="f64", shape=(2,)), False, id="dtype"),
        pytest.param(Value(dtype="f32", shape=(3,)), False, id="shape"),
    ],
)
def test_what_is_recorded_of_a_value_is_what_comes_out_again(said: Value, exact: bool) -> None:
    origins = Origins()
    origins.add_source(OpId("input:x"), torch.ones(2))
    port = OpId("input:x"), 0
    call = Call(op=OpId("n0"), func=torch.neg, args=(Slot(port),), kwargs={}, takes=(port,), grad=False)
    assert replay([call], origins, [], torch.get_rng_state(), {OpId("n0"): (said,)}).exact is exact


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(torch.tensor([float("nan")]), torch.tensor([float("nan")]), True, id="NaN is NaN"),
        pytest.param(torch.tensor([0.0]), torch.tensor([-0.0]), False, id="zero is not minus zero"),
        pytest.param(torch.ones(2), torch.ones(2, dtype=torch.float64), False, id="dtype"),
        pytest.param(torch.ones(2), torch.ones(1, 2), False, id="shape"),
        pytest.param(torch.ones(0), torch.ones(0), True, id="empty"),
        pytest.param(torch.ones(2, 3).t(), torch.ones(3, 2), True, id="strides"),
        pytest.param(torch.ones(2).to_sparse(), torch.ones(2).to_sparse(), True, id="sparse"),
        pytest.param(*[torch.nested.nested_tensor([torch.ones(2)])] * 2, True, id="nested"),
        pytest.param(torch.tensor(1 + 1j).conj(), torch.tensor(1 - 1j), True, id="lazy conjugate"),
    ],
)
def test_bits_are_compared(one: torch.Tensor, other: torch.Tensor, expected: bool) -> None:
    assert same_bits(one, other) is expected


def test_a_write_that_no_op_makes_is_a_change_and_no_exact_replay(workshop: Workshop) -> None:
    text = a_model("x.numpy()[0] = 5.0\nreturn x * 1", "'a': (torch.arange(3.0),)")
    result = workshop.eager(text)
    replay = result.captures[0].replay
    assert replay is not None
    assert not replay.exact
    assert "handed to NumPy" in replay.reason
    assert [(one.name, one.kind) for one in result.runs[0].changes] == [("x", "argument")]


def test_a_write_that_no_op_makes_and_that_nothing_reads_is_told(workshop: Workshop) -> None:
    text = a_model("y = x * 1\nx.numpy()[0] = 5.0\nreturn y", "'a': (torch.arange(3.0),)")
    (capture,) = workshop.eager(text).captures
    assert capture.replay is not None
    assert capture.replay.reason.startswith("What is written into input:x is not the same when the ops run again.")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param("y = x * 1\ny.apply_(lambda v: v + 1)  # !\nreturn y", "Tensor.apply_ in line", id="apply_"),
        pytest.param("y = x * 1\ny.map_(x, lambda a, b: a + b)  # !\nreturn y * 2", "Tensor.map_ in line", id="map_"),
        pytest.param(
            "self.n.apply_(lambda v: v + 1)  # !\nreturn self.n + x", "Tensor.apply_ in line", id="of a buffer"
        ),
        pytest.param(
            "self.n.numpy()[0] = 7  # !\nreturn self.n + x", "handed to NumPy in line", id="NumPy, of a buffer"
        ),
    ],
)
def test_why_a_write_is_no_op_is_told_with_its_line(workshop: Workshop, body: str, words: str) -> None:
    text = a_model(body, ONE, init=BUFFERS)
    (capture,) = workshop.eager(text).captures
    assert capture.replay is not None
    assert not capture.replay.exact
    assert f"{words} {line_of(text)}" in capture.replay.reason


@pytest.mark.parametrize(
    ("body", "kind", "name"),
    [
        pytest.param(
            "self.w.data = self.w.data * 2  # !\nreturn self.w * x", "parameter", "w", id="a parameter's data"
        ),
        pytest.param("self.w = nn.Parameter(self.w * 2)  # !\nreturn self.w * x", "parameter", "w", id="a parameter"),
        pytest.param("self.n.data = self.n + x  # !\nreturn self.n * x", "buffer", "n", id="a buffer's data"),
        pytest.param("self.c.data = x.clone()  # !\nreturn self.c * x", "attribute", "c", id="an attribute's data"),
        pytest.param("x.data = x.data * 2  # !\nreturn x + 1", "argument", "x", id="an argument's data"),
        pytest.param("self.n.apply_(lambda v: v + 1)  # !\nreturn x", "buffer", "n", id="apply_"),
        pytest.param("self.w.detach().numpy()[0] = 7  # !\nreturn x", "parameter", "w", id="NumPy"),
    ],
)
def test_what_outlives_the_call_and_no_op_wrote_is_a_change(
    workshop: Workshop, body: str, kind: str, name: str
) -> None:
    text = a_model(body, ONE, init=f"{BUFFERS}\nself.c = torch.ones(4)")
    (change,) = workshop.run(text).changes
    assert (change.kind, change.name, change.location and change.location.line) == (kind, name, line_of(text))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("self.n.numpy()\nself.n.untyped_storage()\ntorch.from_dlpack(self.n)\nreturn x", id="only read"),
        pytest.param(
            "old = self.w.data\nself.w.data = old * 2\ny = self.w * x\nself.w.data = old\nreturn y", id="and back"
        ),
        pytest.param("import copy\nreturn copy.deepcopy(self.n) + x", id="a deep copy"),
    ],
)
def test_what_is_as_before_is_no_change(workshop: Workshop, body: str) -> None:
    text = a_model(body, ONE, init=BUFFERS)
    assert workshop.run(text).changes == ()
    assert workshop.eager(text).captures[0].replay == Replay(exact=True)


def test_what_the_containers_among_the_arguments_gain_and_exchange_is_a_change(workshop: Workshop) -> None:
    body = "d['k'] = torch.cat([d['k'], x])\nd['new'] = x + 1\nlog.append(3)\nreturn x"
    text = a_model(
        body, "'a': (torch.ones(2), {'k': torch.ones(1), 'same': torch.ones(1)}, [])", takes="self, x, d, log"
    )
    changes = {(one.name, one.before, one.after) for one in workshop.run(text).changes}
    assert changes == {("d['k']", "f32[1]", "f32[3]"), ("d['new']", "", "f32[2]"), ("log[0]", "", "3")}


def test_an_argument_with_nan_in_it_is_what_it_was(workshop: Workshop) -> None:
    assert not workshop.run(a_model("return x + 1", "'a': (torch.tensor([float('nan'), 1.0]),)")).changes
