"""What is kept on disk: within its bound, whole or not at all, and gone without harm."""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path

import pytest

from explorer.view.cache import ABANDONED, NEW, DiskCache


@pytest.fixture
def kept(tmp_path: Path) -> DiskCache:
    return DiskCache(tmp_path / "cache", most=100)


def age(cache: DiskCache, key: str, seconds: float) -> None:
    """Make an entry as old as that."""
    then = time.time() - seconds
    os.utime(cache._path(key), (then, then))


def test_what_was_put_is_there_for_another_server_too(kept: DiskCache) -> None:
    assert kept.get("a") is None
    assert kept.put("a", b"one")
    assert kept.put("a", b"two")
    assert DiskCache(kept.folder, most=100).get("a") == b"two"
    kept.drop("a")
    kept.drop("a")
    assert kept.get("a") is None


def test_a_key_is_never_a_place(kept: DiskCache) -> None:
    assert kept.put("../../../outside", b"one")
    assert [path.parent for path in kept.folder.parent.rglob("*") if path.is_file()] == [kept.folder]
    assert kept.folder.stat().st_mode & 0o077 == 0


def test_the_least_recently_used_is_dropped_beyond_the_bound(kept: DiskCache) -> None:
    for at, key in enumerate(("a", "b", "c")):
        kept.put(key, bytes(33))
        age(kept, key, 30 - at)
    assert kept.get("a") == bytes(33)  # used now
    kept.put("d", bytes(33))
    assert [key for key in "abcd" if kept.get(key)] == ["a", "c", "d"]
    assert not kept.put("large", bytes(101))
    assert [key for key in "abcd" if kept.get(key)] == ["a", "c", "d"]


def test_what_is_too_old_is_not_given_and_goes(tmp_path: Path) -> None:
    kept = DiskCache(tmp_path, most=100, seconds=60)
    for key in ("a", "b"):
        kept.put(key, b"one")
        age(kept, key, 61)
    assert kept.get("a") is None
    kept.put("c", b"one")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_a_killed_server_left_goes(kept: DiskCache) -> None:
    kept.put("a", b"one")
    left, begun = kept.folder / f"{NEW}left", kept.folder / f"{NEW}begun"
    left.write_bytes(b"hal")
    begun.write_bytes(b"hal")
    os.utime(left, (0, time.time() - ABANDONED - 1))
    kept.put("b", b"one")
    assert not left.exists()
    assert begun.exists()


def test_a_folder_that_cannot_be_made_or_is_deleted_is_an_empty_cache(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.WARNING):
        assert not DiskCache(tmp_path / "file" / "cache", most=100).put("a", b"one")
    assert "nothing is kept in" in caplog.text
    kept = DiskCache(tmp_path / "cache", most=100)
    kept.put("a", b"one")
    kept._path("a").unlink()
    kept.folder.rmdir()
    assert kept.get("a") is None
    assert kept.put("a", b"one")


def test_a_full_disk_leaves_what_was_there(kept: DiskCache, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.put("a", b"one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for target, name in ((Path, "replace"), (os, "fdopen")):
        with monkeypatch.context() as broken:
            broken.setattr(target, name, full)
            assert not kept.put("a", b"two")
    assert kept.get("a") == b"one"
    assert len(list(kept.folder.iterdir())) == 1


def test_what_can_only_be_read_is_read(kept: DiskCache, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.put("a", b"one")

    def refused(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "utime", refused)
    assert kept.get("a") == b"one"


def test_a_folder_that_others_may_write_to_is_not_used(kept: DiskCache, caplog: pytest.LogCaptureFixture) -> None:
    kept.folder.mkdir(mode=0o700)
    kept.folder.chmod(0o777)
    assert not kept.put("a", b"one")
    assert "can be written by others" in caplog.text


def test_what_is_used_stays(kept: DiskCache) -> None:
    kept.put("a", b"one")
    age(kept, "a", 50)
    assert kept.touch("a")
    assert time.time() - kept._path("a").stat().st_mtime < 10
    assert not kept.touch("b")


def test_many_at_once_see_entries_whole(tmp_path: Path) -> None:
    kept = DiskCache(tmp_path, most=400_000)
    wrong: list[bytes] = []

    def work(number: int) -> None:
        for turn in range(40):
            kept.put("shared", bytes([number]) * 50_000)
            kept.put(f"{number}-{turn}", bytes(20_000))
            found = kept.get("shared")
            if found is not None and (len(found) != 50_000 or len(set(found)) != 1):
                wrong.append(found)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert not wrong
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 400_000
