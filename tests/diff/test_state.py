"""State that a graph loses although no example shows it."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind
from tests.cases import Workshop, a_model, line_of

TWO = "'a': (torch.ones(3, 4),), 'b': (-torch.ones(3, 4),)"
COUNTED = a_model("self.calls += 1  # !\nreturn x + 1", TWO, init="self.register_buffer('calls', torch.zeros(()))")
NORMED = a_model("return self.norm(x)", TWO, init="self.norm = nn.BatchNorm1d(4)", mode="train")


@pytest.mark.parametrize("kind", ["onnx_ts", "ort"])
def test_an_update_of_a_buffer_that_no_example_shows_is_a_warning(workshop: Workshop, kind: Kind) -> None:
    (told,) = [one for one in workshop.report(COUNTED, kind).divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("warning", "baked-state", line_of(COUNTED))
    assert "buffer `calls`" in told.explanation


@pytest.mark.parametrize("kind", ["trace", "script", "export"])
def test_a_graph_that_updates_the_buffer_as_eager_does_is_well(workshop: Workshop, kind: Kind) -> None:
    assert [one for one in workshop.report(COUNTED, kind).divergences if one.severity != "note"] == []


def test_running_statistics_are_not_the_users_update(workshop: Workshop) -> None:
    causes = {one.cause for one in workshop.report(NORMED, "onnx_ts").divergences if one.severity != "note"}
    assert causes == {"baked-mode"}


def test_where_examples_show_it_there_is_one_error(workshop: Workshop) -> None:
    text = a_model("self.calls += 1  # !\nreturn x + self.calls", TWO,
                   init="self.register_buffer('calls', torch.zeros(()))") + "\nSEQUENCE = True\n"  # fmt: skip
    (told,) = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("error", "baked-state", line_of(text))


def test_buffers_that_one_function_updates_are_one_finding(workshop: Workshop) -> None:
    text = a_model("self.lo.copy_(x.min())  # !\nself.hi.copy_(x.max())\nreturn x + 1", TWO,
                   init="self.register_buffer('lo', torch.zeros(()))\nself.register_buffer('hi', torch.zeros(()))")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity != "note"]
    assert (told.cause, told.line) == ("baked-state", line_of(text))
    assert "buffers `lo`, `hi`" in told.explanation


def test_an_update_on_a_side_that_the_graph_lost_is_the_branchs(workshop: Workshop) -> None:
    text = a_model("if x.sum() > 0:  # !\n    return x + 1\nself.scale.mul_(0.5)\nreturn x", TWO,
                   init="self.register_buffer('scale', torch.ones(()))")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity != "note"]
    assert (told.cause, told.line) == ("baked-branch", line_of(text))


def test_a_function_that_runs_in_training_alone_makes_no_branch_of_an_exporters(workshop: Workshop) -> None:
    """The exporter runs the model in evaluation, and never came to the choice."""
    text = a_model("if self.training:  # !\n    x = shifted(x)\nreturn x + 1", TWO, mode="train",
                   before="def shifted(x):\n    if x.sum() > 0:\n        x = x * 2\n    return x - 3")  # fmt: skip
    found = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert {(one.cause, one.line) for one in found} == {("baked-mode", line_of(text))}


SEQUENCE = "\nSEQUENCE = True\n"


def test_a_condition_on_what_a_method_of_the_states_name_gives_is_a_branch(workshop: Workshop) -> None:
    text = a_model("self.max = self.max + 1\nif x.max() > 0:  # !\n    x = x * 2\nreturn x", TWO, init="self.max = 0")
    found = [one for one in workshop.report(text + SEQUENCE, "trace").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-branch", line_of(text))]


@pytest.mark.parametrize("last", ["x * 1.0  # calls nothing", "x * x.calls.numel()", "x * x.size(0)"])
def test_a_counter_that_only_a_word_is_like_is_read_by_nothing(workshop: Workshop, last: str) -> None:
    """A comment, or a method of that name, was taken for a read of it."""
    name = "size" if "size" in last else "calls"
    last = last.replace("x.calls.numel()", "self.calls_of.numel()")
    text = a_model(f"self.{name} += 1\nself.h = self.h * 0.5 + x  # !\ny = {last}\nreturn y + self.h", TWO,
                   init=f"self.{name} = 0\nself.h = torch.zeros(3, 4)\nself.calls_of = torch.ones(2)")  # fmt: skip
    found = [one for one in workshop.report(text + SEQUENCE, "trace").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-state", line_of(text))]


def test_a_condition_on_state_may_be_long(workshop: Workshop) -> None:
    """It was searched for in the text that is shown, which is cut."""
    long = " and ".join(["x.shape[0] > 0"] * 8)
    text = a_model(f"self.count = self.count + 1\nif {long} and self.count > 1:  # !\n    x = x * 2\nreturn x", TWO,
                   init="self.count = 0")  # fmt: skip
    found = [one for one in workshop.report(text + SEQUENCE, "trace").divergences if one.severity == "error"]
    assert "baked-state" in {one.cause for one in found if one.line == line_of(text)}
    assert "baked-branch" not in {one.cause for one in found}


def test_a_position_that_a_function_slices_by_is_told_to_be_passed_in(workshop: Workshop) -> None:
    """It was to be kept in a buffer, by which no exported graph can slice."""
    text = a_model("y = first(x, self.position)\nself.position += 1  # !\nreturn y", TWO, init="self.position = 1",
                   before="def first(x, size):\n    return x[:size] * 2")  # fmt: skip
    (told,) = [one for one in workshop.report(text + SEQUENCE, "export").divergences if one.severity == "error"]
    assert told.line == line_of(text)
    assert "write with index_copy" in told.remedy


MEAN = """
def running():
    mean = torch.ones(())
    def update(value):
        nonlocal mean
        mean = 0.5 * mean + value  # !
        return mean
    return update
"""
COUNT = """
def counted(function):
    calls = 0
    def wrapper(self, x):
        nonlocal calls
        calls += 1  # !
        return function(self, x) * calls
    return wrapper
"""
SEEN = """
def remembering():
    seen = []
    def add(value):
        seen.append(1)  # !
        return value * len(seen)
    return add
"""
SUM = """
def summing():
    total = torch.zeros(())
    def add(value):
        total.add_(value)  # !
        return total.clone()
    return add
"""


@pytest.mark.parametrize("kind", ["export", "onnx", "onnx_ts"])
@pytest.mark.parametrize(
    ("before", "init", "forward"),
    [
        pytest.param(MEAN, "self.scale = running()", "return x * self.scale(x.mean())", id="rebound tensor"),
        pytest.param(SEEN, "self.hooked = [remembering()]", "return self.hooked[0](x)", id="list, in a list"),
        pytest.param(
            COUNT + "@counted\ndef add(self, x):\n    return x + 1", "", "return add(self, x)", id="decorated"
        ),
    ],
)
def test_a_variable_of_a_closure_is_state(workshop: Workshop, kind: Kind, before: str, init: str, forward: str) -> None:
    text = a_model(forward, TWO, init=init, before=before) + "\nSEQUENCE = True\n"
    (told,) = [one for one in workshop.report(text, kind).divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("baked-state", line_of(text))


def test_a_tensor_of_a_closure_that_is_written_to_is_named(workshop: Workshop) -> None:
    text = a_model("return x * self.total(x.mean())", TWO, init="self.total = summing()", before=SUM)
    (change,) = workshop.run(text).changes
    assert (change.kind, change.name) == ("nonlocal", "total.total")
    assert change.location is not None
    assert change.location.line == line_of(text)


@pytest.mark.parametrize("before", [MEAN, SUM])
def test_a_variable_of_a_closure_is_put_back_before_each_example(workshop: Workshop, before: str) -> None:
    made = "running()" if before is MEAN else "summing()"
    text = a_model("return x * self.kept(x.mean())", TWO, init=f"self.kept = {made}", before=before)
    assert {one.outcome for one in workshop.report(text, "dynamo").matrix["dynamo"].values()} == {"agrees"}


WARMED = a_model(
    """
    self.log = x
    scale = (self.calls + 1) / 10
    self.calls += 1  # !
    return x * scale
    """,
    TWO,
    init="self.calls = 0\nself.log = None",
)
LOGGED = a_model("self.calls += 1\nreturn x + 1", TWO, init="self.calls = 0")
CACHED = a_model("if self.kept is None:\n    self.kept = x.sum()\nreturn x + self.kept", TWO, init="self.kept = None")


@pytest.mark.parametrize("kind", ["trace", "export", "onnx", "onnx_ts", "ort"])
def test_what_a_second_call_would_show_is_a_warning_where_examples_are_no_sequence(
    workshop: Workshop, kind: Kind
) -> None:
    report = workshop.report(WARMED, kind)
    (told,) = [one for one in report.divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("warning", "baked-state", line_of(WARMED))
    assert "a second call on “a” gives another result" in told.explanation
    assert "SEQUENCE = True" in told.remedy
    assert (told.evidence["state"], told.evidence["before"], told.evidence["after"]) == ("calls", "0", "1")
    assert {one.outcome for one in report.matrix[kind].values()} == {"agrees"}


@pytest.mark.parametrize("text", [LOGGED, CACHED])
def test_state_that_no_second_call_shows_is_not_told(workshop: Workshop, text: str) -> None:
    for kind in ("trace", "export", "onnx_ts"):
        assert [one for one in workshop.report(text, kind).divergences if one.severity != "note"] == []


def test_dynamo_follows_a_counter_into_the_second_call(workshop: Workshop) -> None:
    assert [one for one in workshop.report(WARMED, "dynamo").divergences if one.cause == "baked-state"] == []
    outcome = workshop.static(WARMED, "dynamo").again
    assert outcome is not None
    assert outcome.outcome == "agrees"


SWITCHED = a_model(
    "self.norm.train(bool(x.sum() < 0))  # !\nreturn self.norm(x)",
    "'a': (torch.ones(3, 4),), 'b': (-torch.rand(3, 4),)",
    init="self.norm = nn.BatchNorm1d(4)",
)


@pytest.mark.parametrize("kind", ["trace", "onnx_ts"])
def test_a_mode_that_the_data_switches_is_told_at_the_switch(workshop: Workshop, kind: Kind) -> None:
    (told,) = [one for one in workshop.report(SWITCHED, kind).divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("error", "baked-mode", line_of(SWITCHED))
    assert "switches `norm`" in told.explanation
    assert "on “b” to training" in told.explanation


TRACKED = a_model(
    "now = self.track['at'] + x.sum()\nself.track['at'] = now  # !\nself.track['last'] = x.sum()  # ?\n"
    "return x + now + self.track['last']",
    TWO,
    init="self.track = {'at': torch.zeros(()), 'last': torch.zeros(())}",
)


def test_state_in_a_dict_is_told_at_each_line_that_writes_a_key(workshop: Workshop) -> None:
    told = workshop.report(TRACKED + "\nSEQUENCE = True\n", "export").divergences
    found = {one.evidence["state"]: one.line for one in told if one.cause == "baked-state"}
    assert found == {"track['at']": line_of(TRACKED), "track['last']": line_of(TRACKED, "# ?")}


MOVED = a_model(
    "y = x - self.mean\nif self.training:\n    self.mean.lerp_(x.mean(0), 0.5)  # !\nreturn y",
    TWO,
    init="self.register_buffer('mean', torch.zeros(4))",
    mode="train",
)


@pytest.mark.parametrize("kind", ["onnx_ts", "onnx"])
def test_state_that_is_changed_in_training_alone_is_told_where_it_is_written(workshop: Workshop, kind: Kind) -> None:
    """The older exporter has switched training off; with it on, the graph would lose the write all the same."""
    (told,) = [
        one for one in workshop.report(MOVED + "\nSEQUENCE = True\n", kind).divergences if one.severity != "note"
    ]
    assert (told.severity, told.cause, told.line) == ("error", "baked-state", line_of(MOVED))


COUNTED_BY_CLASS = a_model("type(self).calls += 1  # !\nreturn x * type(self).calls", TWO).replace(
    "class Net(nn.Module):\n", "class Net(nn.Module):\n    calls = 0\n\n"
)


def test_state_of_a_class_is_told(workshop: Workshop) -> None:
    (told,) = [one for one in workshop.report(COUNTED_BY_CLASS + "\nSEQUENCE = True\n", "export").divergences
               if one.severity != "note"]  # fmt: skip
    assert (told.cause, told.line) == ("baked-state", line_of(COUNTED_BY_CLASS))
    assert told.evidence["state"] == "Net.calls"


HEADS = a_model(
    "y = x * 2\nif self.training:  # !\n    return y, y.sum()\nreturn y", TWO, init="self.norm = nn.Identity()",
    mode="train",
)  # fmt: skip


def test_outputs_that_are_returned_in_training_alone_are_lost_by_the_mode(workshop: Workshop) -> None:
    (told,) = [one for one in workshop.report(HEADS, "onnx_ts").divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("error", "baked-mode", line_of(HEADS))


KEPT_BESIDE = a_model(
    "self.track['by'] = 2.0\nself.track['at'] += 1  # !\nreturn x * self.track['by'] + self.track['at']",
    TWO,
    init="self.track = {'by': 2.0, 'at': 0}",
)


def test_what_is_written_at_a_key_and_stays_the_same_is_no_change(workshop: Workshop) -> None:
    """It was told as lost besides, with the text of the whole dict as evidence."""
    (told,) = [one for one in workshop.report(KEPT_BESIDE + "\nSEQUENCE = True\n", "export").divergences
               if one.severity != "note"]  # fmt: skip
    assert (told.line, told.evidence["state"]) == (line_of(KEPT_BESIDE), "track['at']")
    assert (told.evidence["before"], told.evidence["after"]) == ("0", "1")


def test_classes_of_one_name_are_told_apart(workshop: Workshop) -> None:
    """What the one held was told as a change of what the other does."""
    text = a_model("return x + self.version", TWO, before="class Net(nn.Module):\n    version = 1\n\nBase = Net")
    text = text.replace("class Net(nn.Module):\n    def", "class Net(Base):\n    version = 2\n\n    def")
    assert "class Net(Base)" in text
    assert workshop.run(text).changes == ()


USED_UP = a_model(
    "if self.done:\n    raise ValueError('used up')\nself.done = True  # !\nreturn x * 2", TWO, init="self.done = False"
)


def test_a_second_call_that_raises_is_told_as_such(workshop: Workshop) -> None:
    (told,) = [one for one in workshop.report(USED_UP, "trace").divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("warning", "baked-state", line_of(USED_UP))
    assert "a second call on “a” raises" in told.explanation
    assert told.evidence["second_call"] == "eager raises ValueError: used up"


def test_a_model_that_returns_what_it_keeps_is_seen_to_change(workshop: Workshop) -> None:
    text = a_model("self.sum.add_(x.sum(0))  # !\nreturn self.sum", "'a': (torch.ones(3, 4),)",
                   init="self.register_buffer('sum', torch.zeros(4))")  # fmt: skip
    found = [one for one in workshop.report(text, "onnx").divergences if one.severity == "warning"]
    assert [(one.cause, one.line) for one in found] == [("baked-state", line_of(text))]
    assert "second_call" in found[0].evidence


TOGETHER = a_model("self.n, self.m = self.n + 1, self.m * 0.5  # !\nreturn x * self.m + self.n", TWO,
                   init="self.n = 0\nself.m = 1.0") + "\nSEQUENCE = True\n"  # fmt: skip


def test_all_that_one_line_changes_is_one_finding(workshop: Workshop) -> None:
    (told,) = [one for one in workshop.report(TOGETHER, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("baked-state", line_of(TOGETHER))
    assert "`n` (from 0 to 1) and the attribute `m` (from 1.0 to 0.5)" in told.explanation


SLOT = a_model(
    "self.keys[self.at] = x\nself.at += 1  # !\nreturn self.keys[: self.at].sum(0)",
    "'a': (torch.ones(4),), 'b': (2 * torch.ones(4),)",
    init="self.register_buffer('keys', torch.zeros(8, 4))\nself.at = 0",
) + "\nSEQUENCE = True\n"  # fmt: skip
"""A cache whose counter is how far it is read."""

POSITION = a_model(
    "keys = keys.index_copy(0, at, x[None])\nkept = torch.arange(8) <= at\n"
    "return (keys * kept[:, None]).sum(0), keys, at + 1",
    "'a': (torch.ones(4), torch.zeros(8, 4), torch.tensor([0])),"
    "'b': (2 * torch.ones(4), torch.eye(8, 4), torch.tensor([3]))",
    takes="self, x, keys, at",
)
"""The same, as the remedy tells."""


@pytest.mark.parametrize("kind", ["trace", "export"])
def test_a_counter_that_bounds_a_slice_is_no_buffer(workshop: Workshop, kind: Kind) -> None:
    """A buffer was told to help, which torch.export refuses to slice by."""
    told = [one for one in workshop.report(SLOT, kind).divergences if one.line == line_of(SLOT)]
    assert [(one.cause, one.remedy.partition(",")[0]) for one in told] == [
        ("baked-state", "Pass the position in as a tensor and return the new one")
    ]


@pytest.mark.parametrize("kind", ["trace", "script", "export", "onnx", "onnx_ts"])
def test_what_is_told_to_help_against_it_does(workshop: Workshop, kind: Kind) -> None:
    outcomes = workshop.report(POSITION, kind).matrix[kind]
    assert {one.outcome for one in outcomes.values()} == {"agrees"}


@pytest.mark.parametrize("kind", ["trace", "onnx_ts"])
@pytest.mark.parametrize("logged", ["self.step += 1", "self.step += 1\nself.history.append(self.step)"])
def test_a_counter_that_no_result_depends_on_is_not_what_a_graph_is_wrong_for(
    workshop: Workshop, kind: Kind, logged: str
) -> None:
    """It was told in place of the buffer that is: what Python keeps was taken to be all that a trace loses."""
    text = a_model(
        f"{logged}\nself.mean.mul_(0.9).add_(x.mean(0), alpha=0.1)  # !\nreturn x - self.mean",
        TWO,
        init="self.register_buffer('mean', torch.zeros(4))\nself.step = 0\nself.history = []",
    )
    found = [one for one in workshop.report(text + "\nSEQUENCE = True\n", kind).divergences if one.severity != "note"]
    assert [(one.severity, one.cause, one.line) for one in found] == [("error", "baked-state", line_of(text))]


UNREAD = "self.count += 1  # !\nself.mean.mul_(0.5).add_(x)\nreturn x - self.mean"
KEPT = "self.register_buffer('count', torch.zeros(()))\nself.register_buffer('mean', torch.zeros(3, 4))"
FED = a_model("self.step.mul_(0.5).add_(x)\nself.mean.add_(self.step)\nreturn x - self.mean", TWO,
              init="self.register_buffer('step', torch.zeros(3, 4))\nself.register_buffer('mean', torch.zeros(3, 4))")  # fmt: skip


@pytest.mark.parametrize("sequence", ["", "\nSEQUENCE = True\n"])
@pytest.mark.parametrize("kind", ["onnx", "onnx_ts"])
def test_a_counter_that_nothing_reads_is_a_warning_beside_state_that_shows(
    workshop: Workshop, kind: Kind, sequence: str
) -> None:
    """It was an error of examples in a row, and nothing of others where a second call showed other state."""
    text = a_model(UNREAD, TWO, init=KEPT) + sequence
    found = {one.line: one.severity for one in workshop.report(text, kind).divergences if one.severity != "note"}
    assert found[line_of(text)] == "warning"
    assert len(found) == 2


def test_state_that_is_read_by_what_updates_other_state_shows(workshop: Workshop) -> None:
    text = FED + "\nSEQUENCE = True\n"
    errors = [one for one in workshop.report(text, "onnx").divergences if one.severity == "error"]
    assert len({one.line for one in errors}) == 2


CALLS = a_model("self.n += 1  # !\nself.mean = self.mean + x\nreturn self.mean * (2.0 if self.n > 2 else 1.0)",
                "'c': (torch.ones(3),), 'b': (5 * torch.ones(3),), 'a': (torch.ones(3),)",
                init="self.mean = torch.zeros(3)\nself.n = 0") + "\nSEQUENCE = True\n"  # fmt: skip


def test_state_that_only_a_condition_reads_shows_where_that_goes_another_way(workshop: Workshop) -> None:
    """It was told of every example that other state made wrong, and these out of order."""
    found = {one.line: one.inputs for one in workshop.report(CALLS, "export").divergences if one.severity == "error"}
    line = line_of(CALLS)
    assert found == {line: ("a",), line + 1: ("b", "a"), line + 2: ("a",)}


def test_a_second_call_that_a_trace_loses_is_told_of_what_python_keeps(workshop: Workshop) -> None:
    """A trace writes into the buffer as eager does."""
    text = a_model("y = x * self.k + self.n\nself.n.add_(1)\nself.k += 1  # !\nreturn y", TWO,
                   init="self.k = 1\nself.register_buffer('n', torch.zeros(()))")  # fmt: skip
    found = [one for one in workshop.report(text, "trace").divergences if one.severity == "warning"]
    assert [(one.cause, one.line) for one in found] == [("baked-state", line_of(text))]


def test_state_that_is_read_on_no_other_line_than_its_own_is_told(workshop: Workshop) -> None:
    text = a_model("self.k += 1; return x * self.k  # !", TWO, init="self.k = 0") + SEQUENCE
    found = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-state", line_of(text))]
