"""What a reader handed in is there again after a reload, another server's start, or the loss of its results."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import comparison
from explorer.comparison import Progress
from explorer.errors import SourceError
from explorer.options import Arrangement, ModelSource, Options
from explorer.report.schema import Report
from explorer.sandbox.pool import Containment
from explorer.source.find import find_source
from explorer.view import beside_form, keeping, running, sidebar, state
from explorer.view.handing_in import from_text, from_upload, tensor_file
from explorer.view.permalink import write
from explorer.view.resuming import found, keep
from explorer.view.running import Results
from explorer.view.session import Session
from tests.view.fakes import TEXT, fake_stream, gated_report
from tests.view.test_session import finish
from tests.view.test_trusting import APP, HELD, NOT_HELD, HeldPool

ARCHIVE = b"PK of a graph"
ARRAY = b"\x93NUMPY of numbers"
CONTENT = ("name", "kind", "shown", "text", "target", "inputs", "arranged", "adds", "alone", "digest")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what is kept in a folder of the test's own."""
    home = tmp_path / "kept"
    monkeypatch.setenv(keeping.FOLDER, str(home))
    return home


def place(home: Path, name: str) -> Path:
    (home / name).mkdir(parents=True)
    return home / name


def upload(home: Path) -> ModelSource:
    return from_upload("my net.py", f"# coding: latin-1\n# \xe9\n{TEXT}".encode("latin-1"), home)


def a_text(home: Path) -> ModelSource:
    return from_text("gated_mlp", f"{TEXT}# é\n", home)


def archive(home: Path) -> ModelSource:
    return replace(from_upload("a.PT2", ARCHIVE, home), inputs=(("a", "f32[2]"),), adds=True)


def with_files(home: Path) -> ModelSource:
    return replace(
        find_source("gated_mlp"),
        inputs=(("own", "@rows.npy"),),
        files=(tensor_file("rows.npy", ARRAY, home),),
        arranged=Arrangement(first="own", removed=("short",), renamed=(("long", "tall"),)),
    )


@pytest.mark.parametrize("made", [upload, a_text, archive, with_files])
def test_it_is_the_same_when_it_comes_back(tmp_path: Path, made: Callable[[Path], ModelSource]) -> None:
    source = made(place(tmp_path, "first"))
    other = from_upload("net.onnx", ARCHIVE, place(tmp_path, "beside"))
    name = keep(source, [other])
    again = found(name, place(tmp_path, "second"))
    assert again is not None
    for one, before in zip((again.source, *again.others), (source, other), strict=True):
        assert [getattr(one, field) for field in CONTENT] == [getattr(before, field) for field in CONTENT]
        assert [(file.name, file.digest) for file in one.files] == [(file.name, file.digest) for file in before.files]
        for path in (one.path, *(file.path for file in one.files)):
            assert one.kind == "sample" or Path(path).is_relative_to(tmp_path / "second")
            assert Path(path).is_file()


def test_an_edit_comes_back_with_what_it_is_an_edit_of(tmp_path: Path) -> None:
    before = upload(place(tmp_path, "first"))
    name = keep(a_text(place(tmp_path, "edit")), [], before)
    again = found(name, place(tmp_path, "second"))
    assert again is not None
    assert again.before is not None
    assert [getattr(again.before, field) for field in CONTENT] == [getattr(before, field) for field in CONTENT]
    Path(before.path).unlink()
    gone = found(keep(a_text(place(tmp_path, "other")), [], before), place(tmp_path, "third"))
    assert gone is not None
    assert gone.before is None


def test_what_the_address_tells_is_not_kept(folder: Path) -> None:
    source = replace(find_source("gated_mlp"), inputs=(("big", "f32[9,16]"),))
    assert keep(source, []) == ""
    assert not folder.exists()


def test_a_name_is_not_guessed_and_is_no_path(tmp_path: Path) -> None:
    source = a_text(place(tmp_path, "first"))
    names = {keep(source, []) for _ in range(20)}
    assert len(names) == 20
    assert all(len(name) == 22 for name in names)
    for name in ("", "x" * 22, "../" * 7 + "x", next(iter(names))[:-1], next(iter(names)) + "\n"):
        assert found(name, tmp_path) is None


def test_what_is_damaged_is_not_there(tmp_path: Path, folder: Path) -> None:
    name = keep(a_text(place(tmp_path, "first")), [])
    files = list((folder / "handed-in").iterdir())
    assert len(files) == 2
    for at, file in enumerate(files):
        whole = file.read_bytes()
        for step, content in enumerate((b"", whole[:-1], whole.replace(b"text", b"else"), whole.replace(b"x", b"y"))):
            file.write_bytes(content)
            assert content == whole or found(name, place(tmp_path, f"{at}-{step}")) is None
        file.write_bytes(whole)
    assert found(name, place(tmp_path, "last")) is not None


def test_what_was_not_shown_for_a_day_is_not_there(tmp_path: Path, folder: Path) -> None:
    name = keep(a_text(place(tmp_path, "first")), [])
    for file in (folder / "handed-in").iterdir():
        os.utime(file, (0, time.time() - keeping.DAY - 1))
    assert found(name, place(tmp_path, "second")) is None


def test_a_file_is_kept_once_whatever_is_made_of_it(tmp_path: Path, folder: Path) -> None:
    source = replace(upload(place(tmp_path, "first")), text="")
    other = from_upload("net.onnx", bytes(100_000), place(tmp_path, "beside"))
    for number in range(5):
        assert keep(replace(source, inputs=(("a", f"f32[{number}]"),)), [other])
    assert sum(file.stat().st_size for file in (folder / "handed-in").iterdir()) < 110_000


def test_an_example_that_names_a_file_of_the_machine_is_none(tmp_path: Path) -> None:
    source = replace(with_files(place(tmp_path, "first")), inputs=(("own", "@/etc/passwd"),))
    assert found(keep(source, []), place(tmp_path, "second")) is None


def test_nothing_is_kept_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = keep(a_text(place(tmp_path, "first")), [])
    monkeypatch.setenv(keeping.FOLDER, keeping.OFF)
    assert found(name, tmp_path) is None
    assert keep(a_text(place(tmp_path, "second")), []) == ""
    keeping.keep("a", gated_report())
    assert keeping.kept("a") is None


def test_a_report_is_found_by_what_it_was_made_of(folder: Path) -> None:
    report, source, options = gated_report(), find_source("gated_mlp"), Options(captures=("eager", "trace"))
    keeping.keep(running._key(source, options, ()), report)
    assert Results(most=1).get(source, options) == report
    assert Results(most=1).get(replace(source, text="other"), options) is None
    assert Results(most=1).get(source, replace(options, seed=1)) is None
    (file,) = (folder / "reports").iterdir()
    file.write_bytes(file.read_bytes()[:-9])
    assert Results(most=1).get(source, options) is None
    assert not file.exists()


def test_a_report_of_other_versions_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.keep("a", gated_report())
    assert keeping.kept("a") is not None
    monkeypatch.setattr(keeping, "_versions", lambda: "torch 9")
    assert keeping.kept("a") is None


Opened = Callable[..., AppTest]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Return what opens the page at an address, as another visitor of another server."""
    monkeypatch.setattr(comparison, "stream", fake_stream)

    def opened(held: Containment = HELD, mode: str | None = None, **address: str) -> AppTest:
        monkeypatch.setattr(running.SAMPLES, "_kept", type(running.SAMPLES._kept)())
        for module in (sidebar, beside_form):
            monkeypatch.setattr(module, "shared_pool", lambda: HeldPool(held))
        page = AppTest.from_file(str(APP), default_timeout=60)
        if mode is not None:
            page.session_state[state.MODE] = mode
        page.session_state[state.BESIDE_OPEN] = True
        for name, value in address.items():
            page.query_params[name] = value
        return page.run()

    return opened


def session_of(page: AppTest) -> Session:
    return page.session_state[state.SESSION]


def shown(page: AppTest) -> Report | None:
    finish(session_of(page))
    return session_of(page.run()).report


def hand_in(page: AppTest, key: str, value: object) -> None:
    next(one for one in page.file_uploader if one.key == key).set_value(value).run()  # pyright: ignore[reportArgumentType]


def address(page: AppTest) -> dict[str, str]:
    link = session_of(page).address
    return write(link) if link is not None else {}


def never(*_: object, **__: object) -> None:
    pytest.fail("nothing is to be run again")


def test_a_reload_finds_an_upload_and_its_result(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(mode="Upload")
    hand_in(page, state.UPLOAD, ("mine.py", TEXT.encode(), "text/x-python"))
    before = shown(page)
    assert before is not None
    assert "source" not in address(page)
    monkeypatch.setattr(comparison, "stream", never)
    again = opened(NOT_HELD, **address(page))
    session = session_of(again)
    assert (session.report, session.problem, session.running) == (before, None, False)
    assert session.source is not None
    assert (session.source.shown, session.source.text) == ("mine.py", TEXT)
    assert address(again) == address(page)


def test_a_result_that_was_dropped_is_made_anew(opened: Opened, folder: Path) -> None:
    page = opened(mode="Upload")
    hand_in(page, state.UPLOAD, ("mine.py", TEXT.encode(), "text/x-python"))
    before = shown(page)
    for one in (folder / "reports").iterdir():
        one.unlink()
    again = opened(**address(page))
    assert shown(again) == before
    for one in (folder / "reports").iterdir():
        one.unlink()
    refused = session_of(opened(NOT_HELD, **address(page)))
    assert refused.problem is not None
    assert (refused.problem.file, "trust it" in refused.problem.hint) == ("mine.py", True)
    assert (refused.report, refused.running) == (None, False)


def test_who_opens_an_address_has_not_said_to_trust_what_it_shows(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(mode="Upload")
    hand_in(page, state.UPLOAD, ("mine.py", TEXT.encode(), "text/x-python"))
    before = shown(page)
    monkeypatch.setattr(comparison, "stream", never)
    session = session_of(opened(NOT_HELD, **address(page)))
    assert session.report == before
    session.pick(("trace",))
    assert session.problem is None, "what is known is shown"
    assert session.source is not None
    session.ask(replace(session.source, inputs=(("more", "f32[2,16]"),)))
    assert session.problem is not None
    assert session.problem.file == "mine.py"
    assert (session.job, session.running) == (None, False)
    monkeypatch.setattr(comparison, "stream", fake_stream)
    session.ask(a_text(session.fresh_folder()))
    assert session.running, "another file is another matter"
    finish(session)


def test_a_reload_finds_files_beside_a_sample_until_they_are_taken_away(opened: Opened) -> None:
    page = opened()
    hand_in(page, state.BESIDE, [("a.pt", ARCHIVE, ""), ("b.onnx", b"8", "")])
    assert shown(page) is not None
    again = opened(**address(page))
    session = session_of(again)
    assert [one.shown for one in session.others] == ["a.pt", "b.onnx"]
    hand_in(again, state.BESIDE, [("c.pt", b"PK c", "")])
    assert [one.shown for one in session.others] == ["a.pt", "b.onnx", "c.pt"]
    next(one for one in again.button if one.label == "Take a.pt away").click().run()
    assert [one.shown for one in session.others] == ["b.onnx", "c.pt"]
    last = opened(**address(again))
    assert [one.shown for one in session_of(last).others] == ["b.onnx", "c.pt"]


def test_another_model_has_another_address(opened: Opened) -> None:
    page = opened(mode="Upload")
    hand_in(page, state.UPLOAD, ("mine.py", TEXT.encode(), "text/x-python"))
    assert shown(page) is not None
    first = address(page)
    hand_in(page, state.UPLOAD, ("mine.py", f"{TEXT}#".encode(), "text/x-python"))
    assert shown(page) is not None
    assert first["kept"] != address(page)["kept"]
    assert session_of(page).report is not None


def test_the_address_keeps_what_it_asked_for_while_that_is_made_anew(opened: Opened, folder: Path) -> None:
    page = opened(mode="Upload")
    hand_in(page, state.UPLOAD, ("mine.py", TEXT.encode(), "text/x-python"))
    assert shown(page) is not None
    asked = {**address(page), "left": "eager:short", "right": "script", "open": "/encoder"}
    for one in (folder / "reports").iterdir():
        one.unlink()
    begun = opened(**asked)
    assert address(begun) == asked
    finish(session_of(begun))


def test_a_process_that_ended_is_told_after_a_reload_and_tried_anew_by_who_asks(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = gated_report()
    crashed = replace(report, captures=(replace(report.captures[0], error="crash"), *report.captures[1:]))

    def stream(*_: object, **__: object) -> Iterator[Progress]:
        yield Progress(report=crashed, pending=(), doing="", cancelled=False)

    page = opened(mode="Upload")
    monkeypatch.setattr(comparison, "stream", stream)
    hand_in(page, state.UPLOAD, ("mine.py", TEXT.encode(), "text/x-python"))
    finish(session_of(page))
    page.run()
    again = session_of(opened(**address(page)))
    assert (again.report, again.running) == (crashed, False)
    monkeypatch.setattr(comparison, "stream", fake_stream)
    assert again.source is not None
    again.ask(again.source)
    assert again.running
    finish(again)


def test_the_graphs_before_an_edit_are_in_no_address(opened: Opened) -> None:
    page = opened()
    finish(session_of(page))
    session = session_of(page.run())
    session.ask(a_text(session.fresh_folder()), edited=True)
    assert shown(page) is not None
    session.left, session.right = "trace:before", "trace"
    page.run()
    assert "kept" in address(page)
    assert "before" not in str(address(page))


def test_what_was_written_is_there_to_go_on_with(opened: Opened) -> None:
    page = opened(mode="Write")
    finish(session_of(page))
    page.run().text_area[0].set_value(f"{TEXT}# mine\n")
    next(one for one in page.button if one.label == "Run").click().run()
    assert shown(page) is not None
    again = opened(**address(page))
    assert again.text_area[0].value == f"{TEXT}# mine\n"


def test_what_is_dropped_while_it_is_shown_is_kept_once_more(opened: Opened, folder: Path) -> None:
    page = opened(mode="Upload")
    hand_in(page, state.UPLOAD, ("mine.py", TEXT.encode(), "text/x-python"))
    assert shown(page) is not None
    first = address(page)["kept"]
    for one in (folder / "handed-in").iterdir():
        one.unlink()
    page.run()
    assert address(page)["kept"] != first
    assert shown(opened(**address(page))) is not None


def test_a_folder_in_which_models_read_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keeping.FOLDER, str(Path(os.__file__).parent / "kept"))
    assert keeping.folder() is None


def test_an_address_of_what_is_not_kept_is_told_and_shows_a_sample(opened: Opened) -> None:
    session = session_of(opened(kept="A" * 22, difference="2", open="/mine", captures="jit"))
    assert (session.difference, session.toggled) == (None, {})
    assert session.problem is not None
    assert session.problem.message == sidebar.GONE
    assert session.source is not None
    assert session.source.kind == "sample"


def test_what_is_refused_or_cancelled_is_in_no_address_while_something_else_is_shown(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reload lost what was shown, and began again what was cancelled."""

    def failing(*_: object, **__: object) -> Iterator[Progress]:
        raise SourceError("It cannot be made.", file="broken.py")
        yield

    page = opened(mode="Upload")
    hand_in(page, state.UPLOAD, ("mine.py", TEXT.encode(), "text/x-python"))
    assert shown(page) is not None
    before = address(page)
    monkeypatch.setattr(comparison, "stream", failing)
    hand_in(page, state.UPLOAD, ("broken.py", TEXT.encode() + b"#", "text/x-python"))
    finish(session_of(page))
    page.run()
    assert session_of(page).problem is not None
    assert address(page) == before
    monkeypatch.setattr(comparison, "stream", failing)  # the page has put back its own
    session_of(page).ask(replace(session_of(page).source or a_text(Path()), inputs=(("huge", "f32[9,16]"),)))
    finish(session_of(page))
    page.run()
    assert address(page) == before
