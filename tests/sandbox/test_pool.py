"""The pool: order, fairness, cancelling, and the loss of server or app."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

import msgspec
import pytest

from explorer.errors import WorkerError
from explorer.messages import Died, Doing, Message
from explorer.sandbox import pool as pool_module
from explorer.sandbox import server as server_module
from explorer.sandbox.pool import PRELOAD, Inbox, Limits, Pool, Task, as_they_come, shared_pool
from explorer.sandbox.server import ForkServer
from tests.sandbox.judging import LIMITS, TRUSTED, alive, capture, died
from tests.sandbox.scripted_jobs import scripted

MakePool = Callable[..., Pool]
PID = "import os, time; doing(str(os.getpid()))\n"


def last_of(task: Task) -> Message:
    return list(task.messages())[-1]


def first_step(task: Task) -> str:
    step = next(task.messages())
    assert isinstance(step, Doing), step
    return step.what


def server_of(pool: Pool) -> int:
    assert pool._dispatcher is not None
    assert pool._dispatcher._server is not None
    return pool._dispatcher._server.pid


def has_server(pool: Pool) -> bool:
    return pool._dispatcher is not None and pool._dispatcher._server is not None


def eventually(holds: Callable[[], bool], *, seconds: float = 3.0) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def test_a_running_task_is_cancelled_within_a_second(pool: Pool) -> None:
    task = pool.submit(scripted(PID + "os.fork()\nwhile True: pass"), TRUSTED)
    pid = int(first_step(task))
    began = time.monotonic()
    task.cancel()
    assert died(last_of(task)).cause == "cancelled"
    assert not alive(pid)
    assert time.monotonic() - began < 1


def test_a_waiting_task_is_cancelled_at_once_and_never_runs(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(workers=1)
    first = pool.submit(scripted("import time; doing('on'); time.sleep(1); answer = 'first'"), LIMITS)
    first_step(first)
    second = pool.submit(scripted(f"open({str(tmp_path / 'ran')!r}, 'w')"), LIMITS)
    second.cancel()
    assert died(last_of(second)).detail == "it was cancelled before it started"
    assert first.last is None
    assert capture(last_of(first)).id == "first"
    assert capture(last_of(pool.submit(scripted(""), LIMITS)))
    assert not (tmp_path / "ran").exists()


def test_no_task_is_lost_when_it_is_cancelled_at_any_moment(pool: Pool) -> None:
    tasks: list[Task] = []
    for number in range(40):
        task = pool.submit(scripted("import time; time.sleep(0.02)"), LIMITS)
        tasks.append(task)
        time.sleep(number % 5 * 0.005)
        tasks[number // 2].cancel()
    ends = [last_of(task) for task in tasks]
    assert {type(end).__name__ for end in ends} <= {"StaticFinished", "Died"}
    assert {end.cause for end in ends if isinstance(end, Died)} == {"cancelled"}
    assert capture(last_of(pool.submit(scripted(""), LIMITS)))


def test_no_task_is_lost_when_servers_are_killed_at_any_moment(make_pool: MakePool) -> None:
    pool = make_pool()
    tasks = [pool.submit(scripted("import time; time.sleep(0.02)"), LIMITS) for _ in range(60)]
    for number in range(4):
        last_of(tasks[number * 12])
        assert eventually(lambda: has_server(pool))
        os.kill(server_of(pool), signal.SIGKILL)
    ends = [last_of(task) for task in tasks]
    assert {end.cause for end in ends if isinstance(end, Died)} <= {"crash"}
    assert sum(isinstance(end, Died) for end in ends) <= 4 * 2
    assert capture(last_of(pool.submit(scripted(""), LIMITS)))


def test_a_server_that_dies_while_idle_is_not_noticed(make_pool: MakePool) -> None:
    pool = make_pool()
    assert capture(last_of(pool.submit(scripted(""), LIMITS)))
    os.kill(server_of(pool), signal.SIGKILL)
    assert capture(last_of(pool.submit(scripted(""), LIMITS)))


def test_cancelling_what_has_ended_changes_nothing(pool: Pool) -> None:
    task = pool.submit(scripted("answer = 'kept'"), LIMITS)
    assert capture(last_of(task)).id == "kept"
    task.cancel()
    task.cancel()
    assert capture(last_of(pool.submit(scripted(""), LIMITS)))
    assert capture(last_of(task)).id == "kept"


def test_no_more_jobs_run_than_there_are_workers(make_pool: MakePool) -> None:
    pool = make_pool(workers=2)
    text = "import time; began = time.monotonic(); time.sleep(0.15); answer = f'{began} {time.monotonic()}'"
    tasks = [pool.submit(scripted(text), LIMITS) for _ in range(6)]
    spans = [tuple(map(float, capture(last_of(task)).id.split())) for task in tasks]
    at_once = [sum(began <= start < end for began, end in spans) for start, _ in spans]
    assert max(at_once) == 2


def test_owners_take_turns(make_pool: MakePool) -> None:
    pool = make_pool(workers=1)
    inbox: Inbox = SimpleQueue()
    blocker = pool.submit(scripted("import time; time.sleep(0.3)"), LIMITS)
    wanted = [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("c", 1)]
    for owner, number in wanted:
        pool.submit(scripted(f"answer = '{owner}{number}'"), LIMITS, owner=owner, inbox=inbox)
    last_of(blocker)
    order = [capture(inbox.get(timeout=10)[1]).id for _ in wanted]
    assert order == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_tasks_are_told_in_the_order_in_which_they_end(make_pool: MakePool) -> None:
    pool = make_pool(workers=3)
    slow, quick, quicker = (
        pool.submit(scripted(f"import time; time.sleep({seconds})"), LIMITS) for seconds in (0.9, 0.5, 0.1)
    )
    assert [task for task, _ in as_they_come([slow, quick, quicker])] == [quicker, quick, slow]


def test_many_tasks_from_several_threads_get_each_their_own_result(pool: Pool) -> None:
    found: dict[tuple[int, int], str] = {}

    def use(thread: int) -> None:
        tasks = {n: pool.submit(scripted(f"answer = 'job {thread} {n}'"), LIMITS) for n in range(10)}
        for n, task in tasks.items():
            found[thread, n] = capture(last_of(task)).id

    threads = [threading.Thread(target=use, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == {(thread, n): f"job {thread} {n}" for thread in range(6) for n in range(10)}


def test_jobs_do_not_see_each_other(pool: Pool) -> None:
    text = "import builtins; answer = str(hasattr(builtins, 'mark')); builtins.mark = 1"
    assert [capture(last_of(pool.submit(scripted(text), LIMITS))).id for _ in range(2)] == ["False"] * 2


def test_a_killed_server_ends_what_ran_and_another_takes_over(make_pool: MakePool) -> None:
    pool = make_pool(workers=1)
    running = pool.submit(scripted(PID + "time.sleep(60)"), LIMITS)
    pid = int(first_step(running))
    waiting = pool.submit(scripted("answer = 'waited'"), LIMITS)
    server = server_of(pool)
    os.kill(server, signal.SIGKILL)
    last = died(last_of(running))
    assert (last.cause, last.detail) == ("crash", "the worker's server ended: signal 9 (Killed)")
    assert eventually(lambda: not alive(pid))
    assert capture(last_of(waiting)).id == "waited"
    assert server_of(pool) != server


def test_a_job_that_kills_the_server_harms_only_what_runs(make_pool: MakePool) -> None:
    pool = make_pool()
    last = died(last_of(pool.submit(scripted("import os, time; os.kill(os.getppid(), 9); time.sleep(60)"), TRUSTED)))
    assert last.cause == "crash"
    assert capture(last_of(pool.submit(scripted(""), LIMITS)))


def test_a_server_that_stands_still_is_replaced(make_pool: MakePool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.sandbox.dispatcher._STOP", 0.3)
    pool = make_pool()
    task = pool.submit(scripted(PID + "os.kill(os.getppid(), 19); time.sleep(60)"), TRUSTED)
    pid = int(first_step(task))
    task.cancel()
    assert died(last_of(task)).cause == "cancelled"
    assert eventually(lambda: not alive(pid))
    assert capture(last_of(pool.submit(scripted(""), LIMITS)))


def test_a_server_that_cannot_start_says_why(make_pool: MakePool) -> None:
    pool = make_pool(perform="no_such_module:perform", workers=1)
    tasks = [pool.submit(scripted(""), LIMITS) for _ in range(3)]
    for task in tasks:
        last = died(last_of(task))
        assert last.cause == "crash"
        assert "No module named 'no_such_module'" in last.detail


def test_closing_ends_running_and_waiting_tasks_and_all_processes(make_pool: MakePool) -> None:
    pool = make_pool(workers=1)
    running = pool.submit(scripted(PID + "time.sleep(60)"), LIMITS)
    waiting = pool.submit(scripted(""), LIMITS)
    pid, server = int(first_step(running)), server_of(pool)
    pool.close()
    assert [died(last_of(task)).cause for task in (running, waiting)] == ["cancelled"] * 2
    assert not alive(pid)
    assert not alive(server)
    pool.close()
    with pytest.raises(WorkerError):
        pool.submit(scripted(""), LIMITS)


APP = """
import sys, tempfile
from explorer.sandbox.pool import Limits, Pool
from tests.sandbox.scripted_jobs import scripted
pool = Pool(perform="tests.sandbox.scripted_jobs:perform", preload=())
text = '''
import os, time
doing(str(os.getpid()))
if os.fork() == 0:
    os.setsid()
    open({mark!r}, "w").write(str(os.getpid()))
time.sleep(60)
'''
task = pool.submit(scripted(text), Limits(seconds=50, megabytes=500, trust=True))
step = next(task.messages())
server = pool._dispatcher._server
print(step.what, server.pid, server._scratch, flush=True)
{ending}
"""


@pytest.mark.parametrize(
    ("ending", "number"),
    [
        pytest.param("sys.stdin.read()", signal.SIGKILL, id="killed"),
        pytest.param("sys.stdin.read()", signal.SIGTERM, id="terminated"),
        pytest.param("sys.stdin.read(1)", None, id="exits"),
    ],
)
def test_nothing_is_left_when_the_app_is_gone(ending: str, number: int | None, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = APP.format(mark=str(mark), ending=ending)
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as app:
        assert app.stdout is not None
        assert app.stdin is not None
        job, server, scratch = app.stdout.readline().decode().split()
        assert eventually(lambda: mark.exists() and mark.read_text() != "")
        pids = [int(job), int(server), int(mark.read_text())]
        assert all(map(alive, pids))
        if number is None:
            app.stdin.write(b".")
            app.stdin.flush()
        else:
            app.send_signal(number)
        app.wait(10)
    assert eventually(lambda: not any(map(alive, pids)))
    assert eventually(lambda: not Path(scratch).exists())


def test_a_job_that_comes_early_finds_torch_with_one_thread(make_pool: MakePool) -> None:
    pool = make_pool(preload=("torch", "no_such_module", "torch.fx"))
    text = "import sys; a = 'torch' in sys.modules; import torch; answer = (a, torch.get_num_threads())"
    pool.start()
    last = last_of(pool.submit(scripted(text), Limits(seconds=60, megabytes=2000)))
    assert capture(last).id == "(True, 1)"


@pytest.mark.slow
def test_the_server_has_one_thread_when_all_is_loaded(make_pool: MakePool) -> None:
    pool = make_pool(preload=PRELOAD)
    text = f"""
import os, sys
loaded = {PRELOAD[-1]!r} in sys.modules
answer = f"{{loaded}} {{len(os.listdir(f'/proc/{{os.getppid()}}/task'))}}"
"""
    found: list[str] = []

    def complete() -> bool:
        found.append(capture(last_of(pool.submit(scripted(text), TRUSTED))).id)
        return found[-1].startswith("True")

    assert eventually(complete, seconds=60)
    assert found[-1] == "True 1"


def test_a_job_that_is_no_json_is_refused_where_it_is_handed_in(pool: Pool) -> None:
    """It once ended the pool's thread, and whoever waited for the task waited for ever."""
    with pytest.raises(WorkerError, match="cannot be handed to a worker"):
        pool.submit(scripted("answer = '\udcff'"), LIMITS)
    assert capture(last_of(pool.submit(scripted("answer = 'next'"), LIMITS))).id == "next"


def test_a_task_that_cannot_be_started_is_told_so_and_the_others_go_on(
    make_pool: MakePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = server_module.ForkServer.run

    def run(self: ForkServer, number: int, job: msgspec.Raw, limits: Limits) -> int:
        if b"'odd'" in bytes(job):
            raise ZeroDivisionError("by chance")
        return start(self, number, job, limits)

    monkeypatch.setattr(server_module.ForkServer, "run", run)
    pool = make_pool()
    before = pool.submit(scripted("import time; time.sleep(0.5); answer = 'before'"), LIMITS, owner="one")
    odd = pool.submit(scripted("answer = 'odd'"), LIMITS, owner="two")
    after = pool.submit(scripted("answer = 'after'"), LIMITS, owner="three")
    assert (died(last_of(odd)).cause, "by chance" in died(last_of(odd)).detail) == ("crash", True)
    assert [capture(last_of(task)).id for task in (before, after)] == ["before", "after"]


def test_a_limit_of_ages_is_waited_for_in_pieces(pool: Pool) -> None:
    """The system refuses to wait for more than some 24 days at once."""
    task = pool.submit(scripted("import time; time.sleep(0.2); answer = 'done'"), Limits(seconds=1e12, megabytes=500))
    assert capture(last_of(task)).id == "done"


def test_a_system_without_fork_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(server_module.os, "fork")
    with pytest.raises(WorkerError, match=r"needs os\.fork"):
        Pool()


def test_the_shared_pool_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_shared", None)
    assert shared_pool() is shared_pool()


def test_the_pool_knows_neither_torch_nor_the_page() -> None:
    check = "import sys, explorer.sandbox.pool; print({'torch', 'streamlit', 'onnx'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", check], cwd=Path(__file__).parents[2], capture_output=True, check=True)
    assert out.stdout.strip() == b"set()"
