"""Syntax colours of Python text, by the standard library's own tokenizer."""

from __future__ import annotations

import io
import keyword
import token
import tokenize
from functools import lru_cache

Span = tuple[str, str]
"""A class (``keyword``, ``string``, ``comment``, ``number``, ``name``, ``self`` or empty) and the text."""


@lru_cache(maxsize=32)
def coloured(text: str) -> tuple[tuple[Span, ...], ...]:
    """Return the spans of every line of ``text``; lines that do not tokenize are left plain."""
    lines = text.splitlines()
    marks: list[list[tuple[int, int, str]]] = [[] for _ in lines]
    try:
        for found in _tokens(text):
            _mark(marks, lines, *found)
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass  # what was read up to here keeps its colours
    return tuple(_spans(line, marks[at]) for at, line in enumerate(lines))


def without_comments(text: str) -> list[str]:
    """Return the lines of ``text`` without their comments, as titles of what stands there."""
    return ["".join(part for kind, part in line if kind != "comment").rstrip() for line in coloured(text)]


def _tokens(text: str) -> list[tuple[str, tuple[int, int], tuple[int, int]]]:
    found: list[tuple[str, tuple[int, int], tuple[int, int]]] = []
    before = ""
    for part in tokenize.generate_tokens(io.StringIO(text).readline):
        if kind := _kind(part, before):
            found.append((kind, part.start, part.end))
        if part.type != tokenize.COMMENT:
            before = part.string
    return found


def _kind(part: tokenize.TokenInfo, before: str) -> str:
    if part.type == token.NAME:
        return _kind_of_name(part.string, before)
    if "STRING" in token.tok_name[part.type]:
        return "string"
    return {tokenize.COMMENT: "comment", token.NUMBER: "number"}.get(part.type, "")


def _kind_of_name(name: str, before: str) -> str:
    if before in ("def", "class"):
        return "name"
    if keyword.iskeyword(name):
        return "keyword"
    return "self" if name in ("self", "cls") else ""


def _mark(
    marks: list[list[tuple[int, int, str]]],
    lines: list[str],
    kind: str,
    start: tuple[int, int],
    end: tuple[int, int],
) -> None:
    for number in range(start[0], end[0] + 1):
        if number > len(lines):
            return
        begin = start[1] if number == start[0] else 0
        stop = end[1] if number == end[0] else len(lines[number - 1])
        marks[number - 1].append((begin, stop, kind))


def _spans(line: str, marks: list[tuple[int, int, str]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    at = 0
    for begin, stop, kind in marks:
        if begin > at:
            spans.append(("", line[at:begin]))
        spans.append((kind, line[max(at, begin) : stop]))
        at = max(at, stop)
    if at < len(line):
        spans.append(("", line[at:]))
    return tuple(span for span in spans if span[1])
