"""Archives that bite are refused before anything opens them, with the reason; what torch and NumPy write is not."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.capture.stored import read_stored
from explorer.errors import SourceError, UsageError
from explorer.source import archives
from explorer.source.archives import UnsafeArchiveError, check_archive
from explorer.source.find import find_source
from explorer.source.places import Places
from explorer.source.tensor_files import arguments_in


def script(path: Path) -> None:
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), path)


def exported(path: Path) -> None:
    torch.export.save(torch.export.export(torch.nn.Linear(2, 2), (torch.ones(1, 2),)), path)


def weights(path: Path) -> None:
    torch.save({"a": torch.zeros(1000)}, path)


def packed(path: Path) -> None:
    np.savez_compressed(path, a=np.zeros(1_000_000))


@pytest.mark.parametrize("write", [script, exported, weights, packed])
def test_what_torch_and_numpy_write_is_opened(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path / "a.npz")
    check_archive(tmp_path / "a.npz")


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"net/data/{number}", bytes(100_000_000))


def overlapping(path: Path) -> None:
    """Write one entry, and a thousand that say they are it."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("net/data/0", bytes(1000))
        (entry,) = archive.filelist
        archive.filelist += [entry] * 1000


def many(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20):
            archive.writestr(f"net/{number}", b"")


def cut(path: Path) -> None:
    script(path)
    path.write_bytes(path.read_bytes()[:-30])


def encrypted(path: Path) -> None:
    script(path)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8 : at + 10] = struct.pack("<H", struct.unpack("<H", content[at + 8 : at + 10])[0] | 1)
    path.write_bytes(content)


def named(name: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo(name), b"x")

    return write


@pytest.mark.parametrize(
    ("write", "says"),
    [
        pytest.param(bomb, "would unpack to 0.6 GB, 1,0", id="bomb"),
        pytest.param(overlapping, "lie over each other", id="overlapping"),
        pytest.param(many, "holds 20 entries", id="entries"),
        pytest.param(cut, "cut off", id="cut-off"),
        pytest.param(lambda path: path.write_bytes(b"PK" + bytes(100)), "no archive", id="no-archive"),
        pytest.param(encrypted, "encrypted", id="encrypted"),
        pytest.param(named("../outside"), "leads out of it", id="parent"),
        pytest.param(named("net/../../outside"), "leads out of it", id="parent-within"),
        pytest.param(named("/etc/passwd"), "leads out of it", id="absolute"),
        pytest.param(named("..\\outside"), "leads out of it", id="backslash"),
        pytest.param(named("C:\\outside"), "leads out of it", id="drive"),
        pytest.param(named("a/" * 60 + "b"), "no program writes", id="deep"),
        pytest.param(named("a" * 2000), "no program writes", id="long"),
    ],
)
def test_what_bites_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], object], says: str
) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 19 if says == "holds 20 entries" else 2000)
    path = tmp_path / "a.pt"
    write(path)
    with pytest.raises(UnsafeArchiveError) as refused:
        check_archive(path)
    assert says in str(refused.value)
    with pytest.raises(UsageError) as told:
        arguments_in("x", path, shown="mine.pt")
    assert told.value.file == "mine.pt"


def test_a_stored_graph_that_bites_is_told_with_its_name_and_a_way_on(tmp_path: Path) -> None:
    bomb(tmp_path / "net.pt2")
    source = find_source(str(tmp_path / "net.pt2"))
    with pytest.raises(SourceError, match="not opened: it would unpack") as refused:
        read_stored(source, Places.of(source))
    assert (refused.value.file, refused.value.hint) == (source.shown, archives.ANEW)
