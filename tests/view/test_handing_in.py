"""What a reader adds to a source: examples by their shapes, and which of its classes is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import SourceError, UsageError
from explorer.options import ModelSource
from explorer.view.handing_in import from_text, varied

TWO = "from torch import nn\n\n\nclass Net(nn.Module):\n    pass\n\n\nclass Other(nn.Module):\n    pass\n"


@pytest.fixture
def handed(tmp_path: Path) -> ModelSource:
    return from_text("mine", TWO, tmp_path)


def test_examples_come_one_to_a_line(handed: ModelSource) -> None:
    found = varied(handed, examples="big=f32[8,16]\n\n  ids = i64[2]<9; 0.5\n", target="Other")
    assert found.inputs == (("big", "f32[8,16]"), ("ids", "i64[2]<9; 0.5"))
    assert (found.target, found.name, found.path, found.alone) == ("Other", handed.name, handed.path, True)


def test_none_given_are_none_again(handed: ModelSource) -> None:
    assert varied(varied(handed, examples="a=f32[2]", target="Net"), examples=" \n", target="") == handed


@pytest.mark.parametrize(
    ("examples", "target", "error", "says"),
    [
        pytest.param("a=@/etc/passwd", "", UsageError, "names a file", id="a file of the machine"),
        pytest.param("a=1; @notes.npy", "", UsageError, "names a file", id="a file among others"),
        pytest.param("f32[2]", "", UsageError, "has no name", id="no name"),
        pytest.param("a=f99[2]", "", UsageError, "dtype", id="no dtype"),
        pytest.param("", "Missing", SourceError, "Missing", id="no such class"),
    ],
)
def test_what_cannot_be_is_told(
    handed: ModelSource, examples: str, target: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        varied(handed, examples=examples, target=target)
