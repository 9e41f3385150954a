"""How sentences are put together."""

from __future__ import annotations

import pytest

from explorer.wording import joined, sentence


@pytest.mark.parametrize(
    ("parts", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (("a", "b", "c", "d"), "a, b, c and d")]
)
def test_parts_are_joined_as_a_sentence_lists_them(parts: list[str], text: str) -> None:
    assert joined(parts) == text


def test_a_sentence_begins_with_a_capital_and_keeps_the_others() -> None:
    assert sentence("the ONNX graph differs") == "The ONNX graph differs."
    assert sentence("“a” raises") == "“a” raises."
