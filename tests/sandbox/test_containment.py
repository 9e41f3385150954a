"""What a job cannot do, each beside the same done by a job that is trusted: an attempt that fails anyway shows nothing."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from explorer.messages import Message
from explorer.sandbox.pool import Limits, Pool
from tests.sandbox.break_outs import ATTEMPTS, OF_ROOT, script
from tests.sandbox.judging import LIMITS, TRUSTED, alive, capture, died
from tests.sandbox.scripted_jobs import scripted

Run = Callable[..., Message]
Places = Mapping[str, object]

REFUSALS = ("PermissionError", "not allowed to raise", "Invalid cross-device link")
IS_ROOT = os.getuid() == 0

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
    tcp, unix, hidden = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
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


@pytest.mark.parametrize("attempt", [*ATTEMPTS, *OF_ROOT])
def test_a_job_that_breaks_out_is_refused(run: Run, attempt: str, places: Places) -> None:
    last = died(run(script({**ATTEMPTS, **OF_ROOT}[attempt], places)))
    assert last.cause == "internal"
    assert last.detail.startswith(REFUSALS) or any(one in last.detail for one in REFUSALS), last.detail
    assert (Path(str(places["SECRET"])).read_text(), os.listdir(str(places["FOLDER"]))) == ("secret", ["secret"])  # noqa: PTH208
    assert alive(int(str(places["VICTIM"])))


@pytest.mark.parametrize(
    "attempt",
    [*ATTEMPTS, *(pytest.param(one, marks=pytest.mark.skipif(not IS_ROOT, reason="root alone can")) for one in OF_ROOT)],
)
def test_the_same_attempt_succeeds_where_it_is_trusted(run: Run, attempt: str, places: Places) -> None:
    last = run(script({**ATTEMPTS, **OF_ROOT}[attempt], places), trust=True)
    assert capture(last).id == "out"
