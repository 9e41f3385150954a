"""Reading what a task ended with, and what became of a process."""

from __future__ import annotations

from pathlib import Path

from explorer.evidence import Capture
from explorer.messages import Died, Message, StaticFinished
from explorer.sandbox.pool import Limits

LIMITS = Limits(seconds=20, megabytes=500)
TRUSTED = Limits(seconds=20, megabytes=500, trust=True)
"""Not held to anything: what a job does to others is then for the server and the pool to survive."""


def died(message: Message) -> Died:
    assert isinstance(message, Died), message
    return message


def capture(message: Message) -> Capture:
    assert isinstance(message, StaticFinished), message
    return message.result.capture


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
