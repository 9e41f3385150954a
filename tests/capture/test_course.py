"""The course of an eager run: its lines, the way of every branch, what left the graph and what was changed."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import sys
from collections import Counter
from types import FrameType
from typing import Any

import msgspec
import numpy as np
import pytest

from explorer.capture.course import MOST_CHOICES, Choices, Course, TraceFunction
from explorer.capture.escapes import Escapes
from explorer.capture.randomness import watched_randomness
from explorer.evidence import Kind
from explorer.source.places import Places
from tests.cases import Workshop, a_model, line_of

ONES = "'a': (torch.ones(4),)"


@pytest.mark.parametrize(
    ("body", "decisions"),
    [
        pytest.param("if x.sum() > 0:\n    return x\nreturn -x", [(1, "if", (1,))], id="if taken"),
        pytest.param("if x.sum() < 0:\n    x = -x\nelse:\n    x = x + 1\nreturn x", [(1, "if", (0,))], id="if not taken"),
        pytest.param("if x.sum() < 0:\n    x = -x\nelif x.sum() > 3:\n    x = x + 1\nreturn x",
                     [(1, "if", (0,)), (3, "if", (1,))], id="elif"),
        pytest.param("if not x.sum() > 0:\n    x = -x\nreturn x", [(1, "if", (0,))], id="not"),
        pytest.param("return x if x.sum() > 0 else -x", [(1, "if", (1,))], id="ternary"),
        pytest.param("return (x if x[0] > 0 else -x) + (x if x[0] < 0 else -x)", [(1, "if", (1,)), (1, "if", (0,))],
                     id="two ternaries on a line"),
        pytest.param("if x[0] > 0 and x[1] > 5:\n    return x\nreturn -x", [(1, "if", (1,)), (1, "if", (0,))], id="and"),
        pytest.param("if x[0] < 0 and x[1] > 5:\n    return x\nreturn -x", [(1, "if", (0,))], id="and, cut short"),
        pytest.param("y = x[0] < 0 or x[1] > 5\nreturn x * y", [(1, "if", (1,))], id="or of values"),
        pytest.param("if 0 < x.sum() < 3:\n    return x\nreturn -x", [(1, "if", (1, 0))], id="chain"),
        pytest.param("while x.sum() > 1:\n    x = x / 2\nreturn x", [(1, "if", (1, 1, 0))], id="while"),
        pytest.param("while x.sum() > 9:\n    x = x / 2\nreturn x", [(1, "if", (0,))], id="while, never"),
        pytest.param("for i in range(3):\n    x = x + i\nreturn x", [(1, "loop", (1, 1, 1, 0))], id="for"),
        pytest.param("for i in range(0):\n    x = x + i\nreturn x", [(1, "loop", (0,))], id="for, never"),
        pytest.param("for i in range(9):\n    if i == 2:\n        break\n    x = x + 1\nreturn x",
                     [(1, "loop", (1, 1, 1)), (2, "if", (0, 0, 1))], id="break"),
        pytest.param("for i in range(3):\n    if i == 1:\n        x = x + 1\nreturn x",
                     [(1, "loop", (1, 1, 1, 0)), (2, "if", (0, 1, 0))], id="if at the end of a loop"),
        pytest.param("for i in range(2):\n    for j in range(i + 1):\n        x = x + j\nreturn x",
                     [(1, "loop", (1, 1, 0)), (2, "loop", (1, 0, 1, 1, 0))], id="nested loops"),
        pytest.param("return sum([x[i] for i in range(4) if i % 2 == 0])",
                     [(1, "loop", (1, 1, 1, 1, 0)), (1, "if", (1, 0, 1, 0))], id="filter of a comprehension"),
        pytest.param("def go(x, n):\n    if n == 0:\n        return x\n    return go(x + 1, n - 1)\nreturn go(x, 2)",
                     [(2, "if", (0, 0, 1))], id="recursion"),
        pytest.param("def parts():\n    for i in range(2):\n        yield x[i]\nreturn sum(parts())",
                     [(2, "loop", (1, 1, 0))], id="generator"),
        pytest.param("f = lambda v: v if v.sum() > 0 else -v\nreturn f(x)", [(1, "if", (1,))], id="lambda"),
        pytest.param("match x.dim():\n    case 2:\n        return x\n    case 1:\n        return -x",
                     [(2, "if", (0,)), (4, "if", (1,))], id="match"),
        pytest.param("try:\n    y = x.view(3)\nexcept RuntimeError:\n    y = -x\nreturn y",
                     [(2, "try", (3,)), (3, "if", (1,))], id="try, caught"),
        pytest.param("def go():\n    raise KeyError\ntry:\n    go()\nexcept KeyError:\n    x = -x\nreturn x",
                     [(4, "try", (5,)), (5, "if", (1,))], id="try, raised below"),
        pytest.param("try:\n    y = x.view(2, 2)\nexcept RuntimeError:\n    y = -x\nreturn y", [], id="try, nothing raised"),
        pytest.param("with torch.no_grad():\n    return x + 1", [], id="with decides nothing"),
        pytest.param("return torch.where(x > 0, x, -x)", [], id="where decides nothing"),
    ],
)  # fmt: skip
def test_every_choice_is_seen(workshop: Workshop, body: str, decisions: list[tuple[int, str, tuple[int, ...]]]) -> None:
    text = a_model(body, ONES)
    first = 1 + next(n for n, line in enumerate(text.splitlines()) if "def forward" in line)
    found = []
    for one in workshop.run(text).decisions:
        taken = tuple(line - first for line in one.taken) if one.kind == "try" else one.taken
        found.append((one.line - first, one.kind, taken))
    assert found == decisions


def test_two_decisions_on_a_line_are_told_apart_by_their_column(workshop: Workshop) -> None:
    text = a_model("return (x if x[0] > 0 else -x) + (x if x[0] < 0 else -x)", ONES)
    one, other = workshop.run(text).decisions
    assert one.column != other.column


def test_examples_that_go_other_ways_have_other_courses(workshop: Workshop) -> None:
    text = a_model("if x.sum() > 0:\n    x = x + 1  # !\nreturn x", "'up': (torch.ones(2),), 'down': (-torch.ones(2),)")
    up, down = workshop.run(text, "up"), workshop.run(text, "down")
    assert [one.taken for one in (*up.decisions, *down.decisions)] == [(1,), (0,)]
    assert line_of(text) in up.lines
    assert line_of(text) not in down.lines


def test_loops_of_thousands_of_turns_are_told_apart(workshop: Workshop) -> None:
    """Only the first 2,000 turns were once kept, in which loops of 2,500 and 3,000 are the same."""
    text = a_model("for i in range(len(x)):\n    if i % 2:\n        x = x\nreturn x",
                   "'a': (torch.ones(2_500),), 'b': (torch.ones(3_000),)")  # fmt: skip
    loops = [workshop.run(text, name).decisions[0] for name in ("a", "b")]
    assert [list(one.choices()) for one in loops] == [[1] * 2_500 + [0], [1] * 3_000 + [0]]
    assert [one.rest for one in loops] == [((1, 500), (0, 1)), ((1, 1_000), (0, 1))]


def test_choices_that_change_all_the_time_take_bounded_room() -> None:
    choices = Choices()
    for turn in range(10_000):
        choices.add(turn % 2)
    assert (len(choices.first), len(choices.rest)) == (MOST_CHOICES, MOST_CHOICES)
    assert set(choices.rest) == {(0, 1), (1, 1)}


def test_lines_are_counted(workshop: Workshop) -> None:
    text = a_model("for i in range(3):\n    x = x + i  # !\nreturn x", ONES)
    assert workshop.run(text).lines[line_of(text)] == 3


def test_only_the_users_own_code_is_followed(workshop: Workshop) -> None:
    text = a_model("return self.l(x)", ONES, init="self.l = nn.MultiheadAttention(4, 2)", takes="self, x")
    text = text.replace("self.l(x)", "self.l(x[None], x[None], x[None])")
    run = workshop.run(text)
    assert {one.file for one in run.decisions} <= {"model.py"}
    assert run.escapes == ()


def test_the_tracer_that_was_there_is_there_again() -> None:
    before = sys.gettrace()
    with Course(Places(path=__file__, shown="here.py")):
        assert sys.gettrace() is not before
    assert sys.gettrace() is before


def test_a_run_too_long_to_be_followed_costs_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trace function that returns None was called for every instruction of a frame that had begun before."""
    events: Counter[str] = Counter()

    def counted(course: Course, *given: Any) -> TraceFunction:
        follow = followed(course, *given)

        def count(frame: FrameType, event: str, argument: object) -> TraceFunction | None:
            events[event] += 1
            return None if follow(frame, event, argument) is None else count

        return count

    def inner(turns: int) -> int:
        return sum(one + 1 for one in range(turns))

    def outer(turns: int) -> int:
        return inner(turns) + sum([one + 1 for one in range(turns)])

    followed = Course._follower
    monkeypatch.setattr(Course, "_follower", counted)
    monkeypatch.setattr("explorer.capture.course.MOST_STEPS", 100)
    before = sys.gettrace()
    with Course(Places(path=__file__, shown="here.py")) as course:
        assert outer(5_000) == outer(5_000)
        assert sys.gettrace() is before
    assert not course.complete
    assert events["opcode"] == 100
    assert sum(events.values()) < 200


def test_a_generator_that_outlives_the_tracing_runs_on(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of one that was met before the limit and resumed after it was once an IndexError in the model."""
    monkeypatch.setattr("explorer.capture.course.MOST_STEPS", 60)
    body = (
        "def parts(n):\n    for i in range(n):\n        yield i  # outlives\nreturn x + sum(parts(9)) + sum(parts(9))"
    )
    assert workshop.run(a_model(body, ONES)).raised is None


@pytest.mark.parametrize(
    ("read", "how", "source", "value"),
    [
        pytest.param("x.sum().item()", "item", "data", 4.0, id="item"),
        pytest.param("float(x[0])", "__float__", "data", 1.0, id="float"),
        pytest.param("int(x[0])", "__int__", "data", 1, id="int"),
        pytest.param("bool(x[0] > 0)", "__bool__", "data", True, id="bool"),
        pytest.param("x.tolist()[0]", "tolist", "data", "[1.0, 1.0, 1.0, 1.0]", id="tolist"),
        pytest.param("1 if torch.equal(x, x) else 0", "equal", "data", True, id="equal"),
        pytest.param("1 if x.equal(x) else 0", "equal", "data", True, id="method equal"),
        pytest.param("1 if x.sum() > 0 else 0", "__bool__", "data", True, id="condition"),
        pytest.param("x.shape[0]", "shape", "shape", "(4,)", id="shape"),
        pytest.param("x.size(0)", "size", "shape", 4, id="size"),
        pytest.param("len(x)", "__len__", "shape", 4, id="len"),
        pytest.param("x.dim()", "dim", "shape", 1, id="dim"),
        pytest.param("x.numel()", "numel", "shape", 4, id="numel"),
        pytest.param("random.random()", "random.random", "random", None, id="random"),
        pytest.param("random.Random(3).random()", "Random.random", "random", None, id="a generator of Python's"),
        pytest.param("random.Random(3).uniform(0, 1)", "Random.uniform", "random", None, id="a method of it"),
        pytest.param("np.random.default_rng(0).random()", "Generator.random", "random", None, id="NumPy's generator"),
        pytest.param(
            "np.random.Generator(np.random.PCG64(3)).random()",
            "Generator.random",
            "random",
            None,
            id="made by its class",
        ),
        pytest.param(
            "float(np.random.RandomState(3).rand())",
            "RandomState.rand",
            "random",
            0.5507979025745755,
            id="NumPy's older generator",
        ),
        pytest.param(
            "copy.deepcopy(np.random.RandomState(3)).normal()",
            "RandomState.normal",
            "random",
            1.7886284734303186,
            id="a copy of it",
        ),
        pytest.param(
            "copy.deepcopy(np.random.default_rng(3)).normal()",
            "Generator.normal",
            "random",
            2.0409191213851825,
            id="a copy",
        ),
        pytest.param("np.random.RandomState(3).zipf(2)", "RandomState.zipf", "random", None, id="a rare one"),
        pytest.param(
            "float(np.random.laplace())", "numpy.random.laplace", "random", None, id="a rare one of the module's"
        ),
        pytest.param("rnd()", "random.random", "random", None, id="random by another name"),
        pytest.param("float(np.random.rand())", "numpy.random.rand", "random", None, id="numpy"),
        pytest.param("time.time()", "time.time", "random", None, id="clock"),
        pytest.param("time.perf_counter_ns()", "time.perf_counter_ns", "random", None, id="another clock"),
        pytest.param("time.gmtime().tm_sec", "time.gmtime", "random", None, id="the time in parts"),
        pytest.param("dt.datetime.now().microsecond", "datetime.now", "random", None, id="the time as a date"),
        pytest.param("datetime.utcnow().second", "datetime.utcnow", "random", None, id="by the class alone"),
        pytest.param("dt.date.today().day", "date.today", "random", None, id="the date"),
        pytest.param("os.urandom(1)[0]", "os.urandom", "random", None, id="the system's generator"),
        pytest.param("secrets.randbelow(9)", "secrets.randbelow", "random", None, id="secrets"),
        pytest.param("uuid.uuid4().int % 9", "uuid.uuid4", "random", None, id="uuid"),
        pytest.param("random.SystemRandom().random()", "SystemRandom.random", "random", None, id="SystemRandom"),
        pytest.param("random.SystemRandom().randint(1, 2)", "Random.randint", "random", None, id="what it inherits"),
        pytest.param("random.triangular()", "random.triangular", "random", None, id="a rare one of Python's"),
    ],
)
def test_what_leaves_the_graph_is_seen(workshop: Workshop, read: str, how: str, source: str, value: object) -> None:
    before = "import copy, os, secrets, time, uuid\nimport datetime as dt\nimport numpy as np\n"
    before += "from datetime import datetime\nfrom random import random as rnd"
    text = a_model(f"n = {read}  # !\nreturn x * n", ONES, before=before)
    (found,) = workshop.run(text).escapes
    assert (found.how, found.source, found.file, found.line) == (how, source, "model.py", line_of(text))
    assert found.function == "forward"
    assert value is None or str(found.value) == str(value)


def test_generators_of_numpy_that_are_watched_are_what_they_were() -> None:
    here = Places(path=__file__, shown="here.py")
    plain, generator, kind = np.random.mtrand._rand, np.random.default_rng(0), np.random.RandomState
    kinds = np.random.Generator, np.random.RandomState, np.random.default_rng
    with watched_randomness(escapes := Escapes(here)):
        made = np.random.RandomState(3)
        made.normal()

        class Own(np.random.RandomState): ...

        assert isinstance(plain, np.random.RandomState)
        assert isinstance(generator, np.random.Generator)
        assert isinstance(made, kind)
        assert not isinstance(generator, np.random.RandomState)
        assert not isinstance(made, Own)
        assert pickle.loads(pickle.dumps(made)).normal() == copy.deepcopy(made).normal() == made.normal()  # noqa: S301 - own
        assert np.random.default_rng(generator) is generator
    assert len(escapes.noted) == 3
    assert kinds == (np.random.Generator, np.random.RandomState, np.random.default_rng)


def test_dates_that_are_watched_are_what_they_were() -> None:
    plain, kinds = dt.datetime(2020, 1, 2, tzinfo=dt.UTC), (dt.datetime, dt.date)
    with watched_randomness(escapes := Escapes(Places(path=__file__, shown="here.py"))):

        class Own(dt.datetime): ...

        now, made = dt.datetime.now(dt.UTC), dt.datetime(2020, 1, 2, tzinfo=dt.UTC)
        assert type(now) is type(made) is type(dt.datetime.fromisoformat("2020-01-02")) is type(plain)
        assert type(Own.now(dt.UTC)) is Own
        assert all(isinstance(one, dt.datetime) and isinstance(one, dt.date) for one in (plain, now))
        assert not isinstance(dt.date.today(), dt.datetime | Own)  # noqa: DTZ011 - it is about that
        assert not isinstance(plain, Own)
        assert issubclass(type(plain), dt.datetime)
        assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == plain  # noqa: S301 - own
    assert [one.how for one in escapes.noted] == ["datetime.now", "datetime.now", "date.today"]
    assert kinds == (dt.datetime, dt.date)


def test_a_time_that_is_given_is_no_clock(workshop: Workshop) -> None:
    text = a_model("n = time.gmtime(7).tm_sec + int(time.strftime('%S', time.gmtime(8)))\nreturn x * n", ONES,
                   before="import time")  # fmt: skip
    assert workshop.run(text).escapes == ()


@pytest.mark.parametrize(
    ("body", "idle"),
    [
        pytest.param("return x * random.random()", [False, False], id="each number counts"),
        pytest.param("return x * (random.random() >= 0)", [True, True], id="none does"),
        pytest.param("return x * (np.random.rand() >= 0)", [True, True], id="none of NumPy's does"),
        pytest.param("if x[0] > 0:\n    return x\nreturn x * random.random()", [False, False], id="on one example"),
        pytest.param("return x * np.random.default_rng().random()", [False, False], id="a generator without a seed"),
        pytest.param("return x * 2", [False, False], id="nothing is drawn"),
        pytest.param("if random.random() > 2:\n    raise ValueError\nreturn x.add_(1)", [True, True], id="it writes"),
    ],
)
@pytest.mark.parametrize("more", ["", "\nSEQUENCE = True\n"])
def test_it_is_known_whether_other_numbers_give_another_result(
    workshop: Workshop, body: str, idle: list[bool], more: str
) -> None:
    examples = "'a': (torch.ones(4),), 'b': (-torch.ones(4),)"
    runs = workshop.eager(a_model(body, examples, before="import numpy as np") + more).runs
    assert [run.draws_idle for run in runs] == idle


def test_a_generator_that_goes_on_from_call_to_call_may_matter(workshop: Workshop) -> None:
    text = a_model("return x * (self.rng.random() >= 0)", ONES, init="self.rng = np.random.default_rng(0)",
                   before="import numpy as np") + "\nSEQUENCE = True\n"  # fmt: skip
    assert [run.draws_idle for run in workshop.eager(text).runs] == [False]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("return x * torch.rand(4)", id="torch's own generator"),
        pytest.param("return nn.functional.layer_norm(x, (4,))", id="what the library reads for itself"),
        pytest.param("return torch.cat([x, x])", id="a list of tensors"),
        pytest.param("return x[1:]", id="slice"),
    ],
)
def test_what_stays_in_the_graph_is_no_escape(workshop: Workshop, body: str) -> None:
    assert workshop.run(a_model(body, ONES)).escapes == ()


ODD = a_model(
    "warnings.warn(ODD)\nself.said = ODD + str(len(self.said))\nif x.sum() < 0:\n    raise ValueError(ODD)\n"
    "return x * float(Odd())",
    "'a': (torch.ones(2), ODD, [ODD, Odd()]), ODD: (-torch.ones(2), {ODD: torch.ones(2)}, 3)",
    init="self.said = ODD",
    before="import warnings\nODD = chr(0xD800)\nclass Odd(float):\n    __repr__ = lambda self: ODD",
    takes="self, x, *rest",
)


UNCOUNTED = pytest.mark.filterwarnings("ignore")
"""Where tests run in several processes, no such words can be sent to the one that counts warnings."""


@UNCOUNTED
def test_what_a_model_says_can_be_sent_whatever_it_holds(workshop: Workshop) -> None:
    """A lone surrogate in an exception once took the whole example away."""
    eager = workshop.eager(ODD)
    assert msgspec.json.encode(eager)
    assert [run.example for run in eager.runs] == ["a", "?"]
    raised = workshop.run(ODD, "?").raised
    assert raised is not None
    assert raised.reason == "ValueError: ?"
    assert [one.kind for one in workshop.run(ODD, "a").changes] == ["attribute"]


@UNCOUNTED
@pytest.mark.parametrize("kind", ["trace", "onnx_ts", "dynamo"])
def test_what_a_producer_repeats_of_it_can_be_sent(workshop: Workshop, kind: Kind) -> None:
    assert msgspec.json.encode(workshop.static(ODD, kind))


STATE = """
self.register_buffer("total", torch.zeros(()))
self.weight = nn.Parameter(torch.ones(4))
self.count, self.seen, self.part = 0, [], Part()
"""
PART = "TALLY = 0\nSEEN = []\n\n\nclass Part(nn.Module):\n    steps = 0\n"


@pytest.mark.parametrize(
    ("body", "kind", "name"),
    [
        pytest.param("self.total += x.sum()  # !\nreturn x", "buffer", "total", id="buffer"),
        pytest.param("self.weight.data.mul_(2)  # !\nreturn x", "parameter", "weight", id="parameter"),
        pytest.param("self.count += 1  # !\nreturn x", "attribute", "count", id="attribute"),
        pytest.param("self.count = self.count + 1  # !\nreturn x", "attribute", "count", id="attribute assigned"),
        pytest.param("self.seen.append(1)  # !\nreturn x", "attribute", "seen", id="list"),
        pytest.param("self.part.steps = 5  # !\nreturn x", "attribute", "part.steps", id="attribute of a part"),
        pytest.param("global TALLY\nTALLY += 1  # !\nreturn x", "global", "globals.TALLY", id="global"),
        pytest.param("SEEN.append(1)  # !\nreturn x", "global", "globals.SEEN", id="global list"),
        pytest.param("x.mul_(2)  # !\nreturn x", "argument", "x", id="argument"),
        pytest.param("x[1:].zero_()  # !\nreturn x", "argument", "x", id="argument, through a view"),
    ],
)
def test_what_a_call_changes_is_seen_at_the_line_that_writes_it(
    workshop: Workshop, body: str, kind: str, name: str
) -> None:
    text = a_model(body, ONES, init=STATE, before=PART)
    (found,) = workshop.run(text).changes
    assert (found.kind, found.name) == (kind, name)
    assert found.location is not None
    assert (found.location.file, found.location.line) == ("model.py", line_of(text))


def test_a_change_tells_what_it_was_and_what_it_became(workshop: Workshop) -> None:
    (found,) = workshop.run(a_model("self.count += 1\nreturn x", ONES, init=STATE, before=PART)).changes
    assert (found.before, found.after) == ("0", "1")


def test_a_call_that_writes_only_its_own_values_changes_nothing(workshop: Workshop) -> None:
    body = "y = x.clone()\ny.add_(1)\nself.count = 0\nreturn y"
    assert workshop.run(a_model(body, ONES, init=STATE, before=PART)).changes == ()


@pytest.mark.parametrize(
    ("body", "deterministic"),
    [
        pytest.param("return x + torch.rand(4)", True, id="seeded"),
        pytest.param("return x + random.random()", True, id="seeded in Python"),
        pytest.param("return x + time.time_ns() % 1_000_003", False, id="clock"),
        pytest.param("return x + next(COUNT)", False, id="global state"),
    ],
)
def test_a_run_that_cannot_be_repeated_is_marked(workshop: Workshop, body: str, deterministic: bool) -> None:
    text = a_model(body, ONES, before="import itertools, time\nCOUNT = itertools.count()")
    assert workshop.run(text).deterministic is deterministic


def test_a_long_list_that_changes_at_its_end_is_a_change(workshop: Workshop) -> None:
    """What it held is cut to a few words, which were the same."""
    text = a_model("self.seen[-1] += 1  # !\nreturn x", "'a': (torch.ones(2),)", init="self.seen = list(range(100))")
    (change,) = workshop.run(text).changes
    assert (change.kind, change.name) == ("attribute", "seen")
    assert change.location is not None
    assert change.location.line == line_of(text)
