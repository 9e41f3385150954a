"""The app's side of a fork server: start it, give it jobs, hear what became of them, be rid of it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from explorer.errors import WorkerError
from explorer.sandbox.scratch import remove
from explorer.sandbox.task import Limits
from explorer.sandbox.wire import Event, Frames, Order, Run, Stop, frame
from explorer.source.encoding import is_text

_ROOT = str(Path(__file__).parents[2])
_CHUNK = 1 << 16
_PATIENCE = 10.0
"""Seconds that the server may take to read an order, before it counts as stuck."""
_KEPT = 4000
_NEEDED = frozenset(
    {"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "LD_PRELOAD", "VIRTUAL_ENV"}
)
_NEEDED_KINDS = ("LC_", "PYTHON", "OMP_", "MKL_", "OPENBLAS_", "KMP_", "TORCH", "PYTORCH_", "ATEN_", "ORT_")
"""What says how Python and torch work, not who uses them."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """What is heard of a running job: descriptors of its messages, its output, and faulthandler's file."""

    pipe: int
    output: int
    traceback: int

    def close(self) -> None:
        """Close them."""
        for descriptor in (self.pipe, self.output, self.traceback):
            os.close(descriptor)

    def told(self) -> str:
        """Return what faulthandler wrote, when time ran out and no Python code could run, or C code crashed."""
        return os.pread(self.traceback, _CHUNK, 0).decode(errors="replace")


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
                env=_environment(_needed()),
                start_new_session=True,  # Ctrl-C in the terminal is for the app.
            )

    def fileno(self) -> int:
        """Return the control socket, to wait for events on."""
        return self._control.fileno()

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def run(self, number: int, job: msgspec.Raw, limits: Limits) -> Channels:
        """Have an encoded job started and return where it will be heard."""
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            held = theirs.enter_context(tempfile.TemporaryFile())
            held.write(job)
            held.flush()
            pipe, their_pipe = _pipe(ours, theirs)
            output, their_output = _pipe(ours, theirs)
            traceback = os.dup(theirs.enter_context(tempfile.TemporaryFile()).fileno())
            ours.callback(os.close, traceback)
            environment = _plain(_environment(os.environ)) if limits.trust else None
            order = Run(id=number, limits=limits, environment=environment)
            self._send(order, held.fileno(), their_pipe, their_output, traceback)
            ours.pop_all()
        return Channels(pipe=pipe, output=output, traceback=traceback)

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
        remove(Path(self._scratch))
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


def _pipe(ours: contextlib.ExitStack, theirs: contextlib.ExitStack) -> tuple[int, int]:
    """Return both ends of a pipe to us, each closed by its own stack."""
    reading, writing = os.pipe()
    ours.callback(os.close, reading)
    theirs.callback(os.close, writing)
    os.set_blocking(reading, False)
    return reading, writing


def _plain(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what of an environment JSON can hold."""
    return {name: text for name, text in environment.items() if is_text(name) and is_text(text)}


def _needed() -> dict[str, str]:
    """Return what the server needs of the app's environment, which may hold secrets: its memory is the jobs' own."""
    return {name: text for name, text in os.environ.items() if name in _NEEDED or name.startswith(_NEEDED_KINDS)}


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    path = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH"))))
    # One thread each: OpenBLAS starts its own when NumPy is imported, and then a fork is no whole copy.
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    # The same order of sets in every worker, so that the same model gives the same report.
    return {**given, **single, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
