"""Lines of the model file as titles: without what is said beside the code."""

from __future__ import annotations

from explorer.view.syntax import without_comments


def test_a_title_is_code_alone() -> None:
    text = 'if x.any():  # pads\n    y = "#1"  # one\n# nothing but words\nz = 3'
    assert without_comments(text) == ["if x.any():", '    y = "#1"', "", "z = 3"]


def test_text_that_cannot_be_read_is_left_as_it_is() -> None:
    assert without_comments("x = (1,\n") == ["x = (1,"]
