"""Lines of a library around a frame: of known packages alone, and of no other file whatever a stack names."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.view import library
from explorer.view.doing import act
from explorer.view.library import AROUND, excerpt
from explorer.view.session import Session
from tests.view.fakes import gated_report


def text(frame: str) -> list[str]:
    found = excerpt(frame)
    assert found is not None
    return ["".join(part for _, part in line.spans) for line in found.lines]


def test_the_lines_around_a_call_of_torch_are_shown() -> None:
    lines = text("torch/nn/modules/linear.py:134")
    assert len(lines) == 2 * AROUND + 1
    assert "F.linear" in "\n".join(lines)


@pytest.mark.parametrize(
    "frame",
    [
        "torch/../../../../../../etc/passwd.py:1", "/etc/passwd:1", "torch/../pip/__init__.py:1", "pip/__init__.py:1",
        "torch/no_such.py:3", "torch.py:1", "torch/nn/modules/linear.py:999999", "",
    ],
)  # fmt: skip
def test_no_other_file_is_read(frame: str) -> None:
    found = excerpt(frame)
    assert found is None or found.lines == ()


def test_a_link_out_of_a_package_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.py").write_text("KEY = 1\n")
    home = tmp_path / "site"
    (home / "torch").mkdir(parents=True)
    (home / "torch" / "out.py").symlink_to(tmp_path / "secret.py")
    (home / "torch" / "own.py").write_text("x = 1\n")
    monkeypatch.setattr(library.sysconfig, "get_paths", lambda: {"purelib": str(home)})
    library._lines.cache_clear()
    try:
        assert text("torch/out.py:1") == []
        assert text("torch/own.py:1") == ["x = 1"]
    finally:
        library._lines.cache_clear()


def test_the_page_opens_one_frame_and_closes_it() -> None:
    session = Session()
    session.kept = gated_report()
    act(session, {"do": "library", "frame": "torch/nn/modules/linear.py:134"})
    assert session.library == "torch/nn/modules/linear.py:134"
    act(session, {"do": "library", "frame": ""})
    assert excerpt(session.library) is None
