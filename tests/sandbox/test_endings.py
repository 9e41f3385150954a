"""Whatever a job does, its end is told, and the next job runs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.messages import Doing, Message, Refused
from explorer.sandbox.pool import Limits, Pool
from explorer.sandbox.task import MOST_STEPS_LONG
from tests.sandbox.judging import LIMITS, alive, capture, died
from tests.sandbox.scripted_jobs import FILE, scripted

Run = Callable[..., Message]


@pytest.fixture(autouse=True)
def _pool_unharmed(run: Run) -> Iterator[None]:
    yield
    assert capture(run("answer = 'still here'")).id == "still here"


def test_steps_come_in_order_and_the_result_last(pool: Pool) -> None:
    task = pool.submit(scripted("doing('one'); doing('two'); answer = 'three'"), LIMITS)
    *steps, last = task.messages()
    assert steps == [Doing("one"), Doing("two")]
    assert capture(last).id == "three"
    assert task.last == last
    assert list(task.messages()) == [*steps, last], "messages can be read again"


def test_a_refusal_is_an_end(run: Run) -> None:
    refused = Refused(error="source", message="no model", file="a.py", line=3, hint="Write one.")
    text = "silent = True; emit(Refused('source', 'no model', 'a.py', 3, 'Write one.'))"
    assert run(text) == refused


def test_prints_reach_neither_terminal_nor_messages(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    text = "import os, sys; print('a' * 300_000); print('b', file=sys.stderr); os.system('echo c; echo d >&2')"
    assert capture(run(text, trust=True)).id == "done"
    assert capfd.readouterr() == ("", "")


def test_the_end_of_the_output_comes_with_a_death(run: Run) -> None:
    last = died(run("import os; os.write(1, b'x' * 200_000 + b'the end'); os._exit(1)"))
    assert last.output.endswith("xthe end")
    assert len(last.output) <= 2000


def test_standard_input_is_empty(run: Run) -> None:
    assert capture(run("import sys; answer = repr(sys.stdin.read())")).id == "''"


@pytest.mark.parametrize(
    ("text", "cause", "detail"),
    [
        pytest.param("import sys; sys.exit()", "exit", "sys.exit()", id="sys.exit()"),
        pytest.param("import sys; sys.exit(4)", "exit", "sys.exit(4)", id="sys.exit(4)"),
        pytest.param("import sys; sys.exit('bye')", "exit", "sys.exit(...)", id="sys.exit(text)"),
        pytest.param("import os; os._exit(3)", "exit", "exit status 3", id="os._exit(3)"),
        pytest.param("import os; os._exit(0)", "exit", "exit status 0", id="os._exit(0)"),
        pytest.param("import ctypes; ctypes.string_at(0)", "crash", "signal 11 (segmentation fault)", id="segfault"),
        pytest.param("import os; os.abort()", "crash", "signal 6 (aborted)", id="abort"),
        pytest.param("import os; os.kill(os.getpid(), 9)", "crash", "signal 9 (killed)", id="kills itself"),
        pytest.param("raise KeyboardInterrupt", "exit", "KeyboardInterrupt", id="KeyboardInterrupt"),
        pytest.param("1 / 0", "internal", "ZeroDivisionError: division by zero", id="error"),
        pytest.param("raise ValueError('\\ud800')", "internal", "ValueError: ?", id="lone surrogate"),
        pytest.param(
            "def f(): f()\nf()", "internal", "RecursionError: maximum recursion depth exceeded", id="recursion"
        ),
        pytest.param("class E(Exception):\n  def __str__(self): raise E\nraise E", "internal", "E", id="bad __str__"),
        pytest.param("silent = True", "protocol", "it ended without a result", id="no result"),
    ],
)
def test_an_early_end_is_told(run: Run, text: str, cause: str, detail: str) -> None:
    last = died(run(f"doing('the step')\n{text}"))
    assert (last.cause, last.detail, last.doing.what) == (cause, detail, "the step")


def test_a_text_that_no_json_can_hold_arrives_with_a_mark_in_its_place(run: Run) -> None:
    """A lone surrogate in a model's words once ended the job that told of them."""
    assert capture(run("answer = 'a\\ud800b'")).id == "a?b"


def test_an_error_that_escapes_names_its_line(run: Run) -> None:
    last = died(run("def inner():\n    1 / 0\ndef outer():\n    inner()\nouter()"))
    places = [(place.file, place.line, place.function) for place in last.stack][:3]
    assert places == [(FILE, 2, "inner"), (FILE, 4, "outer"), (FILE, 5, "<module>")]


@pytest.mark.parametrize(
    ("loop", "line"),
    [
        pytest.param("while True:\n        pass", (2, 3), id="Python"),
        pytest.param("import time; time.sleep(60)", (2,), id="waits outside of Python"),
        pytest.param("import collections, itertools\n    collections.deque(itertools.repeat(0), 0)", (3,), id="C"),
        pytest.param(
            "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
            (4,),
            id="catches everything",
        ),
    ],
)
def test_a_job_without_end_is_killed_and_its_line_named(run: Run, loop: str, line: tuple[int, ...]) -> None:
    began = time.monotonic()
    last = died(run(f"def endless():\n    {loop}\nendless()", seconds=0.3))
    assert time.monotonic() - began < 2.5
    assert (last.cause, last.detail) == ("timeout", "it took longer than 0.3 s")
    assert last.stack[0].file == FILE
    assert last.stack[0].line in line
    assert last.stack[0].function == "endless"


def test_a_job_that_stops_itself_is_killed(run: Run) -> None:
    assert died(run("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", seconds=0.3)).cause == "timeout"


def test_a_job_in_which_no_thread_runs_is_killed(run: Run) -> None:
    text = "import faulthandler, os, itertools, collections\nfaulthandler.cancel_dump_traceback_later()\n"
    last = died(run(text + "collections.deque(itertools.repeat(0), 0)", seconds=0.3))
    assert (last.cause, last.stack) == ("timeout", ())


def test_the_time_spent_waiting_does_not_count(make_pool: Callable[..., Pool]) -> None:
    pool = make_pool(workers=1)
    first = pool.submit(scripted("import time; time.sleep(1.5)"), LIMITS)
    second = pool.submit(scripted(""), Limits(seconds=0.3, megabytes=500))
    assert capture(list(first.messages())[-1]).id == "done"
    assert capture(list(second.messages())[-1]).id == "done"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("bytearray(2_000_000_000)", id="at once"),
        pytest.param("kept = []\nwhile True: kept.append(bytearray(10_000_000))", id="bit by bit"),
        pytest.param("kept = []\nwhile True: kept.append(object())", id="small objects"),
        pytest.param("kept = None\nwhile True: kept = [kept]", id="every last byte"),
        pytest.param("import os; os.write(2, b'terminate called: std::bad_alloc'); os.abort()", id="C++ gives up"),
    ],
)
def test_a_job_that_takes_too_much_memory_is_told_so(run: Run, text: str) -> None:
    assert died(run(text, megabytes=200)).cause == "memory"


def test_a_trusted_job_has_no_memory_limit(run: Run) -> None:
    text = "answer = len(bytearray(1_000_000_000))"
    assert capture(run(text, megabytes=200, trust=True)).id == "1000000000"
    assert died(run(text, megabytes=200)).cause == "memory"


def test_processor_time_runs_out_even_where_nobody_looks(run: Run) -> None:
    text = "import resource; answer = resource.getrlimit(resource.RLIMIT_CPU)[0]"
    assert int(capture(run(text, seconds=20)).id) == (20 * MOST_STEPS_LONG + 5) * (os.cpu_count() or 1)
    last = died(run("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)"))
    assert last.cause == "timeout"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        pytest.param("os.write(pipe, b'hello, world')", "bytes, more than", id="no frame"),
        pytest.param("os.write(pipe, b'\\0\\0\\0\\5hello')", "JSON", id="no JSON"),
        pytest.param("os.write(pipe, b'\\0\\0\\0\\2{}')", "type", id="no message"),
        pytest.param(
            'm = b\'{"type":"doing","what":3}\'; os.write(pipe, bytes([0, 0, 0, len(m)]) + m)',
            "Expected `str`, got `int`",
            id="wrong type",
        ),
        pytest.param("emit(done()); emit(done())", "after the result", id="two results"),
        pytest.param("silent = True; emit(done()); doing('more')", "after the result", id="step after result"),
        pytest.param("os.write(pipe, b'\\0\\0\\0\\5he'); os._exit(0)", "not complete", id="torn frame"),
        pytest.param("os.write(pipe, b'\\0'); os._exit(0)", "not complete", id="torn header"),
        pytest.param("[doing('x') for _ in range(10_001)]", "10,000 messages", id="too many"),
    ],
)
def test_what_is_no_message_ends_the_job(run: Run, text: str, detail: str) -> None:
    last = died(run(f"import os, time\n{text}\ntime.sleep(9)"))
    assert last.cause == "protocol"
    assert detail in last.detail


def test_a_message_of_any_size_within_the_bound_arrives(run: Run) -> None:
    assert len(capture(run("answer = 'x' * 20_000_000")).id) == 20_000_000


def test_a_message_beyond_the_bound_is_refused(make_pool: Callable[..., Pool]) -> None:
    pool = make_pool(largest=1_000_000)
    assert capture(list(pool.submit(scripted("answer = 'x' * 900_000"), LIMITS).messages())[-1])
    last = died(list(pool.submit(scripted("answer = 'x' * 1_100_000"), LIMITS).messages())[-1])
    assert (last.cause, "more than 1,000,000" in last.detail) == ("protocol", True)


def test_garbage_on_every_descriptor_harms_only_the_job(run: Run) -> None:
    text = """
import os
for descriptor in range(3, 256):
    try: os.write(descriptor, b'garbage' * 10)
    except OSError: pass
"""
    assert died(run(text)).cause == "protocol"


def test_a_job_that_closes_every_descriptor_is_told(run: Run) -> None:
    assert died(run("import os; os.closerange(0, 256)")).cause in {"exit", "crash", "internal"}


def test_a_job_has_a_folder_of_its_own_that_goes_with_it(run: Run) -> None:
    text = "import os, tempfile; p = tempfile.mkdtemp(); answer = '|'.join((p, os.environ['HOME'], os.getcwd()))"
    made, home, folder = capture(run(text)).id.split("|")
    assert Path(made).parent == Path(home)
    assert not Path(home).exists()
    assert Path(home).parent.exists()
    assert folder == str(Path.cwd())


LEFT_BEHIND = {
    "child": "fork() or stay()",
    "own session": "fork() or (os.setsid(), stay())",
    "daemon": "fork() or (os.setsid(), fork() or stay(), os._exit(0))",
    "command": "fork() or os.execvp('sleep', ['sleep', '60'])",
}


@pytest.mark.parametrize("how", LEFT_BEHIND)
@pytest.mark.parametrize("ends", [True, False], ids=["result", "timeout"])
def test_nothing_that_a_job_started_outlives_it(pool: Pool, how: str, ends: bool, tmp_path: Path) -> None:
    started = tmp_path / "started"
    text = f"""
import os, time
def fork():
    pid = os.fork()
    if pid:
        with open({str(started)!r}, "a") as file: file.write(f"{{pid}} ")
    return pid
def stay(): time.sleep(60)
{LEFT_BEHIND[how]}
time.sleep({0.3 if ends else 60})
"""
    last = list(pool.submit(scripted(text), Limits(seconds=0.8, megabytes=500, trust=True)).messages())[-1]
    assert capture(last).id == "done" if ends else died(last).cause == "timeout"
    pids = [int(pid) for pid in started.read_text().split()]
    assert len(pids) == (2 if how == "daemon" else 1)
    assert not [pid for pid in pids if alive(pid)]


def test_a_thread_that_never_ends_does_not_hold_the_result(run: Run) -> None:
    began = time.monotonic()
    assert capture(run("import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()"))
    assert time.monotonic() - began < 2


def test_a_job_that_replaces_what_it_runs_on_is_contained(run: Run) -> None:
    text = "import os, sys, time\nos._exit = os.write = time.sleep = None\nsys.modules.clear()"
    assert died(run(text)).cause in {"crash", "internal", "exit"}


def test_a_crash_in_native_code_names_the_line_that_called_it(run: Run) -> None:
    last = died(run("import ctypes\ndef inner():\n    ctypes.string_at(0)\ninner()"))
    user = [(place.line, place.function) for place in last.stack if place.file == FILE]
    assert (last.cause, user) == ("crash", [(3, "inner"), (4, "<module>")])
