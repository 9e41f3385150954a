"""What the user names is found and checked without running any of it, or refused with the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import SourceError
from explorer.source.find import LARGEST_FILE, find_source, model_source
from explorer.source.samples import FIRST, sample_lesson, sample_names, sample_path

NET = "import torch\nclass Net(torch.nn.Module):\n    pass\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of a user, with a model file in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(NET)
    return tmp_path


def test_a_sample_is_found_by_its_name() -> None:
    source = find_source(FIRST)
    assert (source.name, source.kind, source.shown) == (FIRST, "sample", f"sample_models/{FIRST}.py")
    assert source.path == str(sample_path(FIRST).resolve())
    assert source.text == sample_path(FIRST).read_text(encoding="utf-8")


def test_samples_begin_with_the_first_and_each_has_a_lesson() -> None:
    assert sample_names()[0] == FIRST
    assert list(sample_names()[1:]) == sorted(sample_names()[1:])
    assert all(sample_lesson(name) for name in sample_names())


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("text", "name", "shown", "target"),
    [
        pytest.param("net.py", "net", "net.py", None, id="file"),
        pytest.param("./net.py", "net", "./net.py", None, id="as it was given"),
        pytest.param("net.py:Net", "net", "net.py", "Net", id="class in a file"),
        pytest.param("net.py:torch", "net", "net.py", "torch", id="imported name, which only loading can judge"),
    ],
)
def test_a_file_is_shown_as_the_user_named_it(text: str, name: str, shown: str, target: str | None) -> None:
    source = find_source(text, inputs=[("a", "f32[1]")])
    assert (source.name, source.kind, source.shown, source.target) == (name, "model", shown, target)
    assert Path(source.path).is_absolute()
    assert source.inputs == (("a", "f32[1]"),)


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        pytest.param(b"", None, "empty", id="empty"),
        pytest.param(b"# only a comment\n", None, "empty", id="only a comment"),
        pytest.param(b"x = 1\n\ndef f(:\n    pass\n", 3, "does not parse", id="syntax error"),
        pytest.param(b"def f():\nreturn 1\n", 2, "does not parse", id="indentation"),
        pytest.param(b"x = 1\ny = '\xff\xfe'\n", 2, "not Python", id="bytes that are no text"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", 1, "not Python", id="picture"),
        pytest.param(b"x = 1\ny\0 = 2\n", 2, "NUL", id="NUL bytes"),
        pytest.param(b"# -*- coding: klingon -*-\n", 1, "encoding", id="unknown encoding"),
        pytest.param(b"# -*- coding: hex -*-\n", 1, "encoding", id="encoding of no text"),
        pytest.param(b"# -*- coding: ascii -*-\n\ny = '\xe9'\n", 3, "no ASCII text", id="not of its encoding"),
        pytest.param(b"'" + b"a" * LARGEST_FILE + b"'", None, "larger than 2 MB", id="too large"),
        pytest.param(b"1 + 1\n", 1, "no model", id="no class, no function"),
        pytest.param(b"x = " + b"(" * 5_000 + b")" * 5_000, 1, "parse", id="nested too deeply"),
        pytest.param(b"x = " + b"-" * 500_000 + b"1", None, "parse", id="nested far too deeply"),
    ],
)
def test_a_file_that_cannot_be_a_model_is_refused_with_its_line(
    folder: Path, content: bytes, line: int | None, says: str
) -> None:
    (folder / "bad.py").write_bytes(content)
    with pytest.raises(SourceError, match=says) as caught:
        find_source("bad.py")
    assert caught.value.file == "bad.py"
    assert caught.value.line == line
    assert caught.value.hint


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("missing.py", "no such file", id="missing file"),
        pytest.param("gated_mpl", "no such file", id="misspelt sample"),
        pytest.param("", "folder", id="nothing"),
        pytest.param(".", "folder", id="folder"),
        pytest.param("net.py:Other", "no 'Other'", id="no such name in the file"),
        pytest.param("net.py/x.py", "cannot be read", id="file as a folder"),
        pytest.param("a\0b.py", "no file name", id="NUL in the name"),
        pytest.param("x" * 5_000 + ".py", "cannot be read", id="name too long"),
        pytest.param("n\udcff.py", "no UTF-8 text", id="name of other bytes"),
    ],
)
def test_what_is_no_file_is_refused_with_the_next_step(text: str, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        find_source(text)
    assert caught.value.hint
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    ("name", "begins", "kind"),
    [
        pytest.param("net.onnx", b"\x08\x0a", "onnx", id="ONNX"),
        pytest.param("net.pt", b"PK\x03\x04", "torchscript", id="archive"),
        pytest.param("net.pt2", b"PK\x03\x04", "exported", id="program"),
    ],
)
def test_a_stored_graph_is_a_source_of_its_own_kind(folder: Path, name: str, begins: bytes, kind: str) -> None:
    (folder / name).write_bytes(begins)
    found = find_source(name)
    assert (found.kind, found.name, found.shown, found.text, found.stored) == (kind, "net", name, "", True)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("net.pt", b"\x80\x02}", "no archive", id="a plain pickle"),
        pytest.param("net.pt2", b"junk", "no archive", id="junk"),
        pytest.param("net.onnx", b"", "empty", id="empty"),
    ],
)
def test_what_cannot_be_a_stored_graph_is_refused_unread(folder: Path, name: str, content: bytes, says: str) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(SourceError, match=says) as caught:
        find_source(name)
    assert caught.value.hint


def test_a_byte_order_mark_is_no_part_of_the_text(folder: Path) -> None:
    (folder / "marked.py").write_bytes(b"\xef\xbb\xbf" + NET.encode())
    assert find_source("marked.py").text == NET


def test_a_file_is_read_in_the_encoding_that_it_declares(folder: Path) -> None:
    text = f"# -*- coding: latin-1 -*-\n{NET}NAME = 'é'\n"
    (folder / "old.py").write_bytes(text.encode("latin-1"))
    assert find_source("old.py").text == text


def test_a_folder_whose_name_no_report_can_hold_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = folder / "a\udcff"
    odd.mkdir()
    (odd / "net.py").write_text(NET)
    monkeypatch.chdir(odd)
    with pytest.raises(SourceError, match="folder") as caught:
        find_source("net.py")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from models import Net\n", id="imported class"),
        pytest.param("from models import *\n", id="star import"),
        pytest.param("build_model = lambda: None\n", id="assigned"),
        pytest.param("if True:\n    class Net: pass\n", id="inside an if"),
    ],
)
def test_a_model_may_come_from_anywhere_that_only_loading_can_tell(text: str, tmp_path: Path) -> None:
    assert model_source(text, shown="m.py", path=tmp_path / "m.py").text == text
