"""What a reader hands in beside a model: lines of examples, files of tensors, and which of its classes is meant."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import SourceError, UsageError
from explorer.options import ModelSource, TensorFile
from explorer.view.handing_in import LARGEST_TENSORS, from_text, from_upload, of_class, tensor_file, written_examples

TWO = "from torch import nn\n\n\nclass Net(nn.Module):\n    pass\n\n\nclass Other(nn.Module):\n    pass\n"


@pytest.fixture
def handed(tmp_path: Path) -> ModelSource:
    return from_text("mine", TWO, tmp_path)


def array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


def test_examples_come_one_to_a_line() -> None:
    found = written_examples("big=f32[8,16]\n\n  ids = i64[2]<9; 0.5\n")
    assert found == (("big", "f32[8,16]"), ("ids", "i64[2]<9; 0.5"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a=@/etc/passwd", "was not handed in", id="a file of the machine"),
        pytest.param("a=1; @notes.npy", "was not handed in", id="a file among others"),
        pytest.param("a=@../x.npy", "was not handed in", id="a file beside one that was handed in"),
        pytest.param("f32[2]", "has no name", id="no name"),
        pytest.param("a=f99[2]", "dtype", id="no dtype"),
        pytest.param("a=1\na=2", "two examples 'a'", id="a name twice"),
        pytest.param(f"{'a' * 99}=1", "too long", id="a long name"),
        pytest.param("a\x07=1", "cannot be shown", id="a name of control characters"),
    ],
)
def test_a_line_that_is_no_example_is_refused_with_the_next_step(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        written_examples(text, [TensorFile(name="x.npy", path="/private/x.npy", digest="")])
    assert caught.value.hint


def test_a_line_may_name_a_file_that_was_handed_in(tmp_path: Path) -> None:
    file = tensor_file("x.npy", array(), tmp_path)
    assert written_examples("a=1; @x.npy", [file]) == (("a", "1; @x.npy"),)


@pytest.mark.parametrize("name", ["x.npy", "../../x.npy", "C:\\data\\x.npy", " x.npy"])
def test_a_file_of_tensors_lies_in_the_folder_under_a_harmless_name(tmp_path: Path, name: str) -> None:
    file = tensor_file(name, array(), tmp_path)
    assert (file.name, Path(file.path).parent) == ("x.npy", tmp_path.resolve())
    assert Path(file.path).read_bytes() == array()
    assert Path(file.path).name == f"{file.digest}.npy"


def test_a_name_that_would_end_an_argument_is_changed(tmp_path: Path) -> None:
    assert tensor_file("a;b.npy", array(), tmp_path).name == "a_b.npy"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("x.npy", b"", "The file is empty.", id="empty"),
        pytest.param("x.npy", b"no array", "This is no .npy file", id="no array"),
        pytest.param("x.npz", array(), "This is no .npz file", id="another kind"),
        pytest.param("x.pt", b"\x80\x02", "This is no .pt file", id="a plain pickle"),
        pytest.param("x.pkl", b"PK", "no file of tensors", id="another ending"),
        pytest.param("npy", b"PK", "no file of tensors", id="no ending"),
        pytest.param("x.npy", array() + b"0" * LARGEST_TENSORS, "larger than 20 MB", id="large"),
    ],
)
def test_what_is_no_file_of_tensors_is_refused_with_its_name(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        tensor_file(f"/home/me/{name}", content, tmp_path)
    assert says in caught.value.message
    assert (caught.value.file, bool(caught.value.hint), [*tmp_path.iterdir()]) == (name, True, [])


def test_a_class_is_chosen_and_left_to_the_file_again(handed: ModelSource) -> None:
    found = of_class(handed, "Other")
    assert (found.target, found.name, found.path, found.alone) == ("Other", handed.name, handed.path, True)
    assert of_class(found, "") == handed
    with pytest.raises(SourceError, match="Missing"):
        of_class(handed, "Missing")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("notes.txt", "it ends in .txt", id="another ending"),
        pytest.param("model.py.zip", "it ends in .zip", id="two endings"),
        pytest.param("Makefile", "its name has no ending", id="no ending"),
    ],
)
def test_a_file_of_another_type_is_refused_in_words(name: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        from_upload(name, b"x = 1", tmp_path)
    assert (caught.value.file, caught.value.hint) == (name, "Hand in a file that ends in .py, .pt, .pt2 or .onnx.")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["mine.py", "MINE.PY"])
def test_the_ending_of_a_model_file_may_be_in_capitals(name: str, tmp_path: Path) -> None:
    assert from_upload(name, TWO.encode(), tmp_path).shown == name
