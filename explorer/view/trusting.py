"""What the page says of what a stranger's code is held to, and what it asks for where that is little."""

from __future__ import annotations

from explorer.errors import SourceError
from explorer.sandbox.pool import Containment

TRUST = "I trust this file"
CONTAINED = "It runs contained: without network, and with no files but its own."
LIMITED = "This machine cannot contain what a file does: it runs with limits on time and memory only."


def badge(held: Containment | None) -> dict[str, str]:
    """Return the word for what a worker is held to, and what it means; nothing before that is known."""
    if held is None:
        return {}
    if held.contained:
        title = (
            "Models run in processes that are held to their own files: no network, no other files, no other processes, "
            "and limits on time, memory, threads and files. Tried when the worker started."
        )
        return {"word": "contained", "title": title}
    title = (
        f"Models run in processes of their own with limits on time and memory only, because {held.why}. "
        "Open only files that you trust."
    )
    return {"word": "limits only", "title": title}


def trust_in(name: str) -> str:
    """Return what a reader says to trust one of several files."""
    return f"I trust {name}"


def check_trusted(held: Containment, *, trusted: bool, shown: str, tick: str = TRUST) -> None:
    """Refuse to run a file that nothing holds, unless its reader says that they trust it, by what is to be ticked.

    Raises
    ------
    SourceError
        They have not said so.
    """
    if not (held.contained or trusted):
        raise SourceError(LIMITED, file=shown, hint=f"Read it first, then tick “{tick}”.")
