"""What the pool, its fork server and the jobs say to each other: length-prefixed JSON frames.

Two channels, because they are trusted differently. The *control* socket joins the pool and the fork
server; no job holds it. Each job has a *pipe* of its own to the pool, which carries whatever the job's
code writes there, so all of it is checked.

What a job is, and what it says, never passes through the server: the next job is a copy of the server's memory.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Literal

import msgspec

from explorer.graph import Location
from explorer.messages import FromWorker
from explorer.sandbox.task import Limits

CHANNELS = ("job", "pipe", "output", "traceback")
"""A job's descriptors, in their order: a file with the encoded job; where its messages go; its standard output and
error; and a file for what faulthandler has to say."""

_HEADER = struct.Struct(">I")


class Run(msgspec.Struct, frozen=True, tag="run"):
    """Fork a child for a job; its descriptors travel along, see `CHANNELS`."""

    id: int
    limits: Limits
    environment: dict[str, str] | None = None
    """The app's own, for a job that is trusted; others have the server's, which holds none of its secrets."""


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
    """As from ``waitpid``; ``None`` where no child could be forked."""
    trouble: str = ""
    """Why no child could be forked."""
    megabytes: int = 0
    """The most memory it had resident."""
    excess: str = ""
    """What it had too much of, so that it was killed, such as ``more than 256 threads``."""
    starved: bool = False
    """The kernel ran out of memory and killed something while the job ran."""


class Containment(msgspec.Struct, frozen=True, tag="containment"):
    """What jobs are held to on this machine, as tried when the server started."""

    contained: bool
    """Whether all holds; else jobs have limits only."""
    why: str = ""
    """Why it is not."""
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    landlock: int = 0
    """The kernel's version of it."""


Event = Containment | Ready | Started | Ended


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
