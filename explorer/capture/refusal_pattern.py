"""A pattern in what a producer says when it refuses a model, and what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.evidence import About


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pattern in a producer's message, and what it means. Reason and hint may name groups of the pattern."""

    pattern: str
    reason: str
    hint: str = ""
    """Empty where it is the producer's own, or depends on what was met."""
    about: About = ""

    def match(self, said: str) -> re.Match[str] | None:
        """Return where a producer's words are these."""
        return re.search(self.pattern, said)
