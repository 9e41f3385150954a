"""What the pool, its fork server and the jobs say to each other: length-prefixed JSON frames.

Two channels, because they are trusted differently. The *control* socket joins the pool and the fork
server; no job holds it. Each job has a *pipe* of its own to the pool, which carries whatever the job's
code writes there, so all of it is checked.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Literal

import msgspec

from explorer.graph import Location
from explorer.messages import FromWorker
from explorer.sandbox.task import Limits

_HEADER = struct.Struct(">I")


class Run(msgspec.Struct, frozen=True, tag="run"):
    """Fork a child for this job; the write end of its pipe travels along."""

    id: int
    job: msgspec.Raw
    limits: Limits


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """Kill the job and everything it started."""

    id: int


Order = Run | Stop


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The server can run jobs. It is sent again, with ``complete``, when all is preloaded."""

    seconds: float
    threads: int
    """Must be 1: a fork copies only the thread that calls it, with the locks of all the others."""
    complete: bool = False


class Started(msgspec.Struct, frozen=True, tag="started"):
    """The job's child runs as ``pid``, which is also its process group."""

    id: int
    pid: int


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The job's child is gone, and so is what it started."""

    id: int
    status: int | None
    """As from ``waitpid``; ``None`` where no child could be forked (``output`` says why)."""
    megabytes: int = 0
    """The most memory it had resident."""
    starved: bool = False
    """The kernel ran out of memory and killed something while the job ran."""
    output: str = ""
    """The end of what the job wrote to its standard output and error."""
    traceback: str = ""
    """What faulthandler wrote when time ran out and no Python code could run any more, or C code crashed."""


Event = Ready | Started | Ended


class LastWords(msgspec.Struct, frozen=True, tag="last-words"):
    """Why a job ends without a result, in its own words; sent by the child, not by the job's code."""

    cause: Literal["timeout", "internal", "memory", "exit", "protocol"]
    detail: str
    stack: tuple[Location, ...] = ()


FromChild = FromWorker | LastWords


class FrameError(Exception):
    """What arrived is no frame, or one that is larger than allowed."""


def frame(body: bytes) -> bytes:
    """Put a frame around an encoded message."""
    return _HEADER.pack(len(body)) + body


class Frames:
    """Cuts a stream of bytes back into frames."""

    def __init__(self, *, largest: int | None = None) -> None:
        self._largest = largest
        self._bytes = bytearray()

    @property
    def torn(self) -> bool:
        """True while a frame has begun and is not complete."""
        return bool(self._bytes)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Add what arrived and yield the frames that it completes.

        Raises
        ------
        FrameError
            A frame says that it is larger than allowed. It is not waited for.
        """
        self._bytes += data
        while len(self._bytes) >= _HEADER.size:
            (size,) = _HEADER.unpack_from(self._bytes)
            if self._largest is not None and size > self._largest:
                raise FrameError(f"a message of {size:,} bytes, more than {self._largest:,}")
            end = _HEADER.size + size
            if len(self._bytes) < end:
                return
            body = bytes(memoryview(self._bytes)[_HEADER.size : end])
            del self._bytes[:end]
            yield body
