"""What a job cannot do, each beside the same done by a job that is trusted: an attempt that fails anyway shows nothing."""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from explorer.comparison import stream
from explorer.errors import SourceError
from explorer.evidence import KINDS
from explorer.messages import Doing, Message, StaticJob
from explorer.options import Options
from explorer.report.json import to_json
from explorer.sandbox import containment, excess, landlock
from explorer.sandbox.pool import Limits, Pool
from explorer.sandbox.scratch import remove
from explorer.sandbox.server import ForkServer
from explorer.source.find import find_source
from tests.sandbox.break_outs import ATTEMPTS, OF_ROOT, script
from tests.sandbox.judging import LIMITS, TRUSTED, alive, capture, died
from tests.sandbox.scripted_jobs import scripted

Run = Callable[..., Message]
Places = Mapping[str, object]

REFUSALS = ("PermissionError", "not allowed to raise", "Invalid cross-device link")
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the attempts call by this machine's numbers")


@pytest.fixture(scope="module", autouse=True)
def _is_contained(pool: Pool) -> None:
    held = pool.containment()
    if not held.contained:
        pytest.skip(f"this machine cannot: {held.why}")


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    """What the attempts reach for; gone with the test."""
    folder = tmp_path / ".ssh"
    folder.mkdir()
    secret = folder / "secret"
    secret.write_text("secret")
    path, abstract = f"{tmp_path}/s", f"parallax-{os.getpid()}"
    tcp, unix, hidden = (
        socket.create_server(("127.0.0.1", 0)),
        socket.socket(socket.AF_UNIX),
        socket.socket(socket.AF_UNIX),
    )
    with tcp, unix, hidden, subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as victim:
        for one, address in ((unix, path), (hidden, f"\0{abstract}")):
            one.bind(address)
            one.listen()
        yield {
            "SECRET": secret,
            "FOLDER": folder,
            "APP": os.getpid(),
            "VICTIM": victim.pid,
            "PORT": tcp.getsockname()[1],
            "PATH": path,
            "ABSTRACT": abstract,
        }
        victim.kill()


EVERY = {**ATTEMPTS, **{name: text for name, (_, text) in OF_ROOT.items()}}


@pytest.mark.parametrize("attempt", EVERY)
def test_a_job_that_breaks_out_is_refused(run: Run, attempt: str, places: Places) -> None:
    last = died(run(script(EVERY[attempt], places)))
    assert last.cause == "internal"
    assert last.detail.startswith(REFUSALS) or any(one in last.detail for one in REFUSALS), last.detail
    assert (Path(str(places["SECRET"])).read_text(), os.listdir(str(places["FOLDER"]))) == ("secret", ["secret"])  # noqa: PTH208
    assert alive(int(str(places["VICTIM"])))


@pytest.mark.parametrize("attempt", EVERY)
def test_the_same_attempt_succeeds_where_it_is_trusted(run: Run, attempt: str, places: Places) -> None:
    if attempt in OF_ROOT and not _can(OF_ROOT[attempt][0]):
        pytest.skip("nobody here can do this")
    last = run(script(EVERY[attempt], places), trust=True)
    assert capture(last).id == "out"


def _can(capability: int) -> bool:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff"))
    return bool(int(line.split()[1], 16) >> capability & 1)


SEARCH = """
import ctypes, os
found = set()
with open('/proc/self/maps') as maps:
    lines = [line.split() for line in maps]
for area, rights, *_, file in (line + [''] * (len(line) == 5) for line in lines):
    if rights[0] == 'r' and (not file or file in ('[heap]', '[stack]')):  # what it has written, or found written
        start, end = (int(one, 16) for one in area.split('-'))
        held = ctypes.string_at(start, end - start)
        found |= {one for one in WANTED if one[::-1].encode() in held}
answer = ' '.join(sorted(found)) or 'nothing'
"""
CONTROL = "sboj_detpircs"
"""What is backwards in the server's own command."""


def search(pool: Pool, *wanted: str, limits: Limits = LIMITS) -> str:
    """Have a job search its memory for texts, which are given backwards so that it does not find its own."""
    task = pool.submit(scripted(f"WANTED = {[*wanted, CONTROL]}\n{SEARCH}"), limits)
    return capture(list(task.messages())[-1]).id


def test_a_job_finds_nothing_of_the_app_s_environment(
    make_pool: Callable[..., Pool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_TOKEN", "very-secret-indeed")
    pool = make_pool()
    secret = "very-secret-indeed"[::-1]
    assert search(pool, secret) == CONTROL
    assert set(search(pool, secret, limits=TRUSTED).split()) == {secret, CONTROL}


def test_a_job_finds_nothing_of_another_in_its_memory(make_pool: Callable[..., Pool]) -> None:
    """It is a copy of the server's, through which the others' models and outputs once went."""
    pool = make_pool(workers=2)
    mark = "qzxjwvk-of-a-neighbour"
    says = f"print('{mark[::-1]}', flush=True); doing('{mark[::-1]}')"
    beside = pool.submit(scripted(f"{says}\nimport time; time.sleep(30)"), LIMITS)
    assert next(iter(beside.messages())) == Doing(mark[::-1])
    before = pool.submit(scripted(f"{says}; answer = '{mark[::-1]}'"), LIMITS)
    assert capture(list(before.messages())[-1]).id == mark[::-1]
    assert search(pool, mark) == CONTROL
    beside.cancel()


def test_a_job_reaches_nothing_of_one_beside_it(make_pool: Callable[..., Pool]) -> None:
    pool = make_pool(workers=2)
    text = "import os, time\nopen(os.environ['TMPDIR'] + '/own', 'w').write('mine')\ndoing(f\"{os.environ['TMPDIR']} {os.getpid()}\"); time.sleep(30)"
    beside = pool.submit(scripted(text), LIMITS)
    scratch, pid = next(iter(beside.messages())).what.split()  # type: ignore[union-attr]
    reaches = [
        f"open('{scratch}/own')",
        f"open('{scratch}/new', 'w')",
        f"__import__('os').kill({pid}, 9)",
        f"open('/proc/{pid}/maps')",
    ]
    for reach in reaches:
        assert died(list(pool.submit(scripted(reach), LIMITS).messages())[-1]).detail.startswith("PermissionError"), (
            reach
        )
        if "kill" not in reach:
            assert capture(list(pool.submit(scripted(reach), TRUSTED).messages())[-1])
    assert alive(int(pid))
    beside.cancel()


def test_a_job_holds_no_descriptors_but_its_own(run: Run) -> None:
    text = "import os; answer = ' '.join(sorted({os.readlink(f'/proc/self/fd/{n}').split(':')[0].split('/')[-1].split('#')[0] for n in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{n}') or True}))"
    text = """
import os
kinds = []
for number in os.listdir('/proc/self/fd'):
    try: kinds.append(os.readlink(f'/proc/self/fd/{number}').split(':')[0])
    except OSError: pass
answer = len(kinds), sum(kind == 'pipe' for kind in kinds), sum(kind == 'socket' for kind in kinds), '/dev/null' in kinds
"""
    # Standard input; messages; output and error; faulthandler's file.
    assert capture(run(text)).id == "(5, 3, 0, True)"


def test_its_own_folder_is_for_it_to_use(run: Run) -> None:
    text = """
import os, tempfile, threading, shutil
with tempfile.TemporaryDirectory() as folder:
    a, b = folder + '/a', folder + '/b'
    with open(a, 'w') as file: file.write('text')
    os.mkdir(folder + '/inner'); os.rename(a, folder + '/inner/a'); shutil.copyfile(folder + '/inner/a', b)
    with open(b, 'r+') as file: file.truncate(2)
    found = open(b).read()
open(os.devnull, 'w').write('x')
thread = threading.Thread(target=os.urandom, args=(8,)); thread.start(); thread.join()
os.kill(os.getpid(), 0)
answer = found
"""
    assert capture(run(text)).id == "te"


def _of_file(tmp_path: Path, text: str, *, alone: bool) -> StaticJob:
    path = tmp_path / "project" / "model.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text("VALUE = 'own'")
    job = scripted(text)
    return structs.replace(job, source=replace(job.source, path=str(path), alone=alone))


@pytest.mark.parametrize(
    ("reach", "alone", "reached"),
    [
        pytest.param("model.py", False, True, id="the file"),
        pytest.param("beside.py", False, True, id="a file beside it"),
        pytest.param("inner/weights.bin", False, True, id="a file in a folder beside it"),
        pytest.param(".env", False, False, id="a hidden file"),
        pytest.param(".git/config", False, False, id="a file in a hidden folder"),
        pytest.param("link", False, False, id="a link that leads elsewhere"),
        pytest.param("../other.txt", False, False, id="a file above"),
        pytest.param("model.py", True, True, id="the file that was handed in"),
        pytest.param("beside.py", True, False, id="a file beside one that was handed in"),
    ],
)
def test_a_model_reads_what_is_beside_it(pool: Pool, tmp_path: Path, reach: str, alone: bool, reached: bool) -> None:
    project = tmp_path / "project"
    for name in ("beside.py", "inner/weights.bin", ".env", ".git/config", "../other.txt"):
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("held")
    (project / "link").symlink_to(tmp_path / "other.txt")
    job = _of_file(tmp_path, f"answer = open({str(project / reach)!r}).read()[-5:]", alone=alone)
    last = list(pool.submit(job, LIMITS).messages())[-1]
    if reached:
        assert capture(last).id in {"held", "'own'"}
    else:
        assert died(last).detail.startswith("PermissionError: [Errno 13]")
    assert capture(list(pool.submit(job, TRUSTED).messages())[-1])


def test_a_file_that_may_be_read_cannot_be_changed(pool: Pool, tmp_path: Path) -> None:
    job = _of_file(tmp_path, "", alone=False)
    path = Path(job.source.path)
    for reach in (
        f"open({str(path)!r}, 'a')",
        f"import os; os.open({str(path)!r}, os.O_TRUNC)",
        f"import os; os.unlink({str(path)!r})",
    ):
        last = died(list(pool.submit(_of_file(tmp_path, reach, alone=False), LIMITS).messages())[-1])
        assert last.detail.startswith("PermissionError")
        assert path.read_text() == "VALUE = 'own'"
    assert capture(list(pool.submit(_of_file(tmp_path, reach, alone=False), TRUSTED).messages())[-1])
    assert not path.exists()


def test_of_a_folder_with_more_than_a_project_only_the_files_are_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "model.py").touch()
    assert {one.name for one in containment.beside(tmp_path / "model.py")} == {"documents", "model.py"}
    monkeypatch.setattr(containment, "_homes", lambda: frozenset({tmp_path}))
    assert {one.name for one in containment.beside(tmp_path / "model.py")} == {"model.py"}
    monkeypatch.setattr(containment, "_homes", lambda: frozenset({tmp_path / "below"}))
    assert {one.name for one in containment.beside(tmp_path / "model.py")} == {"model.py"}


def test_the_folder_of_temporary_files_is_more_than_a_project(
    make_pool: Callable[..., Pool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project" / "inner").mkdir(parents=True)
    (tmp_path / "project" / "inner" / "held").write_text("held")
    (tmp_path / "project" / "beside").write_text("held")
    reaches = [f"answer = open({str(tmp_path / 'project' / reach)!r}).read()" for reach in ("beside", "inner/held")]
    monkeypatch.setenv("TMPDIR", str(tmp_path / "project"))
    pool = make_pool()
    beside, inner = (
        list(pool.submit(_of_file(tmp_path, reach, alone=False), LIMITS).messages())[-1] for reach in reaches
    )
    assert capture(beside).id == "held"
    assert died(inner).detail.startswith("PermissionError: [Errno 13]")


BOMBS = {
    "threads": ("import threading, time\nthreading.stack_size(65536)\nwhile True: threading.Thread(target=time.sleep, args=(60,)).start()", "excess", "more than 512 threads"),
    "files": ("import os\nn = 0\nwhile True:\n    open(f\"{os.environ['TMPDIR']}/{n}\", 'w').close(); n += 1", "excess", "more than 20,000 files"),
    "folders": ("import os\nos.chdir(os.environ['TMPDIR'])\nwhile True: os.mkdir('d'); os.chdir('d')", "excess", "more than 100 folders in one another"),
    "open files": ("import os\nwhile True: os.dup(0)", "internal", "Too many open files"),
    "memory": ("held = []\nwhile True: held.append(bytearray(1 << 24))", "memory", "MemoryError"),
    "output": ("import os\nwhile True: os.write(1, b'x' * 65536)", "excess", "more than 256 MB of output"),
    "processes": ("import os\nwhile True: os.fork()", "internal", "PermissionError"),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_harms_only_its_job(run: Run, bomb: str) -> None:
    text, cause, detail = BOMBS[bomb]
    last = died(run(text, seconds=30, megabytes=4000))
    assert (last.cause, detail in last.detail) == (cause, True), last
    assert capture(run("answer = 'next'")).id == "next"


def test_files_are_counted_also_where_they_have_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert excess.excess(os.getpid(), tmp_path, alone=True) == ""
    monkeypatch.setattr(excess, "MOST_BYTES", 1 << 20)
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        file.write(b"x" * (2 << 20))
        file.flush()
        assert "of files" in excess.excess(os.getpid(), tmp_path, alone=True)
    assert excess.excess(os.getpid(), tmp_path, alone=True) == ""


def test_a_folder_is_removed_however_deep_it_is(tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    (top / "link").symlink_to(tmp_path)
    (top / "file").touch()
    here = os.open(top, os.O_PATH)
    for _ in range(3000):
        os.mkdir("d", 0o700, dir_fd=here)
        inner = os.open("d", os.O_PATH, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    remove(top)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def limits_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make servers that cannot contain, as elsewhere than on Linux."""
    command = ForkServer._command

    def without(self: ForkServer, control: int, perform: str, preload: Sequence[str]) -> list[str]:
        (
            python,
            *_,
        ) = command(self, control, perform, preload)
        options = command(self, control, perform, preload)[4:]
        start = "import explorer.sandbox.containment as c; c.possible = lambda: False; import explorer.sandbox.forkserver as f; f.main()"
        return [python, "-P", "-c", start, *options]

    monkeypatch.setattr(ForkServer, "_command", without)


@pytest.mark.usefixtures("limits_only")
def test_where_nothing_contains_it_is_said_and_limits_hold(make_pool: Callable[..., Pool]) -> None:
    pool = make_pool()
    held = pool.containment()
    assert (held.contained, "no Landlock" in held.why) == (False, True)
    assert pool.known_containment() == held
    reading = list(pool.submit(scripted("answer = open('/etc/passwd').read()[:4]"), LIMITS).messages())[-1]
    assert capture(reading).id == "root"
    fork_bomb = (
        "import os, time\nfor _ in range(200):\n    if os.fork() == 0: time.sleep(60); os._exit(0)\ntime.sleep(60)"
    )
    last = died(list(pool.submit(scripted(fork_bomb), LIMITS).messages())[-1])
    assert (last.cause, last.detail) == ("excess", "more than 64 processes")


def test_the_probe_says_what_it_could_do(tmp_path: Path) -> None:
    """A probe that finds all well, whatever happens, would be worth nothing."""
    whole = _probed(tmp_path, "")
    assert (whole["contained"], whole["lacks"]) == (True, [])
    nothing = _probed(tmp_path, "c.contain = lambda plan: None")
    assert (nothing["contained"], nothing["holds"]) == (False, [])
    files = _probed(tmp_path, "import explorer.sandbox.landlock as l; l.restrict = lambda **_: None")
    assert {"reading other files", "writing other files", "listing other folders"} <= set(files["lacks"])
    calls = _probed(tmp_path, "import explorer.sandbox.seccomp as s; s.install = lambda *_: None")
    assert {"the network", "services of this machine", "processes of its own"} <= set(calls["lacks"])
    raising = _probed(tmp_path, "def fails(plan): raise OSError('no')\nc.contain = fails")
    assert (raising["contained"], raising["why"]) == (False, "it could not be put in force")


@pytest.mark.parametrize("version", range(1, 8))
def test_it_holds_with_each_version_of_landlock(version: int, tmp_path: Path) -> None:
    """What an older one does not know is asked of no kernel, and held otherwise."""
    if version > landlock.version():
        pytest.skip("this kernel has an older one")
    found = _probed(tmp_path, f"import explorer.sandbox.landlock as l; l.version = lambda: {version}")
    assert (found["contained"], found["lacks"], found["landlock"]) == (True, [], version)


def _probed(folder: Path, before: str) -> dict[str, Any]:
    text = f"import explorer.sandbox.containment as c\n{before}\nfrom explorer.sandbox.probe import probe\nimport msgspec, pathlib\nprint(msgspec.json.encode(probe(pathlib.Path({str(folder)!r}))).decode())"
    run = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, check=True, text=True)
    return json.loads(run.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("sample", ["length_scaled_attention", "writes_to_its_input", "scripts_but_does_not_export"])
def test_every_capture_is_the_same_as_without(sample: str, real: Pool) -> None:
    found = [json.loads(_report(sample, real, trust=trust), object_hook=_untimed) for trust in (True, False)]
    assert {one["kind"] for one in found[0]["captures"]} == set(KINDS)
    assert found[0] == found[1]


@pytest.fixture(scope="module")
def real() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.close()


MODEL = """
import torch
{first}
def build_model():
    {second}
    return torch.nn.Linear(2, 2)
def example_inputs():
    return {{"a": (torch.ones(2),)}}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        pytest.param(
            ("", "import socket; socket.create_connection(('127.0.0.1', 80))"), 5, "without network", id="socket"
        ),
        pytest.param(("", "import urllib.request as u; u.urlopen('http://localhost')"), 5, "without network", id="URL"),
        pytest.param(("", "import subprocess; subprocess.run(['true'])"), 5, "without other programs", id="program"),
        pytest.param(("", "import multiprocessing as m; m.Process(target=int).start()"), 5, "num_workers=0", id="fork"),
        pytest.param(("import os; os.chmod(__file__, 0o600)", "pass"), 3, "rights, owner or times", id="rights"),
        pytest.param(
            ("import sys; sys.path.append('@FOLDER@'); import elsewhere_9", "pass"),
            3,
            "/elsewhere_9.py is none of them",
            id="module",
        ),
        pytest.param(("open('/etc/passwd')", "pass"), 3, "/etc/passwd is none of them", id="file"),
        pytest.param(("open('/etc/parallax', 'w')", "pass"), 3, "/etc/parallax is none of them", id="file to write"),
    ],
)
def test_a_model_that_is_refused_something_is_told_what_and_where(
    code: tuple[str, str], line: int, said: str, real: Pool, tmp_path: Path
) -> None:
    path, other = tmp_path / "model" / "model.py", tmp_path / "other"
    path.parent.mkdir()
    other.mkdir()
    (other / "elsewhere_9.py").touch()
    path.write_text(MODEL.format(first=code[0].replace("@FOLDER@", str(other)), second=code[1]))
    with pytest.raises(SourceError) as refused:
        list(stream(find_source(str(path)), Options(captures=("eager",)), pool=real))
    assert (refused.value.line, refused.value.file) == (line, str(path))
    assert said in refused.value.hint
    assert "--trust" in refused.value.hint


def _report(sample: str, real: Pool, *, trust: bool) -> bytes:
    *_, last = stream(find_source(sample), Options(trust=trust), pool=real)
    assert last.report is not None
    return to_json(last.report, graphs=True)


def _untimed(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "seconds"}
