"""What the tracer, and the exporter that builds on it, say where a check of their own fails, and what it means."""

from __future__ import annotations

from explorer.capture.refusal_pattern import Refusal

NO_SUCH_OP = (
    r"We don't have an op for aten::{name} but it isn't a special case\.\s+Argument types: (?P<types>[^\n]*?),?\s*\n"
)
"""How the tracer says that nothing takes what it has recorded: a bool is no number to it, which eager takes for one."""

OF_TRACE = (
    Refusal(
        NO_SUCH_OP.format(name="(?P<name>full)") + r"(?:.|\n)*\bScalar\b",
        r"cannot record `\g<name>` of a bool.",
        "Write a number in place of the bool, 1 for True and 0 for False, and dtype=torch.bool.",
    ),
    Refusal(
        NO_SUCH_OP.format(name=r"(?P<name>\w+)").replace("[^\\n]*?", r"[^\n]*\bbool\b[^\n]*?") + r"(?:.|\n)*\bScalar\b",
        r"cannot record `\g<name>` with a bool where it takes a number.",
        "Write a number in place of the bool: 1 for True and 0 for False.",
    ),
    Refusal(
        NO_SUCH_OP.format(name=r"(?P<name>\w+)"),
        r"cannot record `\g<name>` of these types: \g<types>.",
        "Give it arguments of the types in its signature.",
    ),
)
