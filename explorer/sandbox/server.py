"""The app's side of a fork server: start it, give it jobs, hear what became of them, be rid of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from explorer.errors import WorkerError
from explorer.sandbox.task import Limits
from explorer.sandbox.wire import Event, Frames, Order, Run, Stop, frame

_ROOT = str(Path(__file__).parents[2])
_CHUNK = 1 << 16
_PATIENCE = 10.0
"""Seconds that the server may take to read an order, before it counts as stuck."""
_KEPT = 4000


class ServerGoneError(Exception):
    """The fork server has ended or no longer answers."""


def check_platform() -> None:
    """Raise a `WorkerError` that says what is missing where workers cannot exist."""
    needs = {
        "os.fork": hasattr(os, "fork"),
        "Unix sockets": hasattr(socket, "AF_UNIX"),
        "passing descriptors between processes": hasattr(socket, "send_fds"),
        "the path of the Python interpreter": bool(sys.executable),
    }
    missing = [name for name, present in needs.items() if not present]
    if missing:
        raise WorkerError(
            f"Models run in a process of their own, which needs {', '.join(missing)}: not available here.",
            hint="Use Linux; on Windows, WSL.",
        )


class ForkServer:
    """A running fork server. Not thread-safe: one thread owns it."""

    def __init__(self, *, perform: str, preload: Sequence[str]) -> None:
        self._control, theirs = socket.socketpair()
        self._control.settimeout(_PATIENCE)
        self._frames = Frames()
        self._decode = msgspec.json.Decoder(Event).decode
        self._scratch = tempfile.mkdtemp(prefix="explorer-")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the server
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, with our own options
                self._command(theirs.fileno(), perform, preload),
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for the app.
            )

    def fileno(self) -> int:
        """Return the control socket, to wait for events on."""
        return self._control.fileno()

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def run(self, number: int, job: msgspec.Raw, limits: Limits) -> int:
        """Have an encoded job started and return the descriptor that its messages will come from."""
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        try:
            self._send(Run(id=number, job=job, limits=limits), theirs)
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        return ours

    def stop(self, number: int) -> None:
        """Have a job and everything it started killed."""
        self._send(Stop(id=number))

    def events(self) -> Iterator[Event]:
        """Yield what the server has to say now; only when `fileno` is readable."""
        try:
            data = self._control.recv(_CHUNK)
        except OSError as error:
            raise ServerGoneError from error
        if not data:
            raise ServerGoneError
        for body in self._frames.feed(data):
            yield self._decode(body)

    def close(self, *, seconds: float) -> str:
        """End it, by force when it takes longer, remove its folder and return how it ended."""
        self._control.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._scratch, ignore_errors=True)
        return self._epitaph()

    def _command(self, control: int, perform: str, preload: Sequence[str]) -> list[str]:
        # -P: a file in the working folder must not pass for a module of the same name.
        start = [sys.executable, "-P", "-m", "explorer.sandbox.forkserver"]
        options = ["--control", str(control), "--perform", perform, "--scratch", self._scratch]
        return [*start, *options, *(f"--preload={module}" for module in preload)]

    def _send(self, order: Order, *descriptors: int) -> None:
        data = frame(msgspec.json.encode(order))
        try:
            sent = socket.send_fds(self._control, [data[:_CHUNK]], descriptors) if descriptors else 0
            self._control.sendall(data[sent:])
        except OSError as error:
            raise ServerGoneError from error

    def _epitaph(self) -> str:
        status = self._process.returncode
        how = f"signal {-status} ({signal.strsignal(-status)})" if status < 0 else f"exit status {status}"
        with self._errors, contextlib.suppress(OSError):
            self._errors.seek(max(self._errors.seek(0, os.SEEK_END) - _KEPT, 0))
            said = self._errors.read().decode(errors="replace").strip()
            if status > 0 and said:
                return f"{how}: {said.splitlines()[-1]}"
        return how


def _environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH"))))
    # One thread each: OpenBLAS starts its own when NumPy is imported, and then a fork is no whole copy.
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    # The same order of sets in every worker, so that the same model gives the same report.
    return {**os.environ, **single, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
