"""Files beside a model: each that can be taken is run, one that cannot be is told and costs only itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import comparison
from explorer.errors import UsageError
from explorer.options import Arrangement, ModelSource, Options
from explorer.sandbox.pool import Containment
from explorer.view import beside_form, running, sidebar, state
from explorer.view.beside import LARGEST_FILE, MOST_FILES, HandedIn, Taken, called, taken
from explorer.view.differences import rows_of
from explorer.view.doing import act
from explorer.view.edits import edit_among, said_of
from explorer.view.handing_in import from_text
from explorer.view.matrix import matrix_rows
from explorer.view.saying import saying
from explorer.view.session import Session
from tests.view.fakes import TEXT, fake_stream, gated_report, with_beside
from tests.view.test_session import finish, source, until
from tests.view.test_trusting import APP, HELD, NOT_HELD, HeldPool

ARCHIVE = b"PK of a graph"


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "stream", fake_stream)
    monkeypatch.setattr(running.SAMPLES, "_kept", type(running.SAMPLES._kept)())


def take(folder: Path, *files: HandedIn, known: tuple[ModelSource, ...] = (), held: Containment = HELD) -> Taken:
    return taken(files, source("model.pt", kind="torchscript"), known, held=held, folder=folder)


def net(folder: Path, name: str = "net.pt", content: bytes = ARCHIVE) -> ModelSource:
    folder.mkdir(parents=True, exist_ok=True)
    (one,) = take(folder, HandedIn(name=name, content=content)).sources
    return one


def test_each_kind_that_the_command_line_takes_is_taken(tmp_path: Path) -> None:
    files = [HandedIn(name=name, content=ARCHIVE) for name in ("a.pt", "b.PT2", "c.onnx")]
    files.append(HandedIn(name="../d.py", content=TEXT.encode()))
    now = take(tmp_path, *files)
    assert now.error is None
    assert [(one.shown, one.kind, one.alone) for one in now.sources] == [
        ("a.pt", "torchscript", True), ("b.PT2", "exported", True), ("c.onnx", "onnx", True), ("d.py", "model", True),
    ]  # fmt: skip
    assert all(Path(one.path).is_relative_to(tmp_path.resolve()) for one in now.sources)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        pytest.param(HandedIn(name="a.txt", content=b"text"), "no model file and no stored graph", id="another kind"),
        pytest.param(HandedIn(name="pt", content=ARCHIVE), "no model file and no stored graph", id="no ending"),
        pytest.param(HandedIn(name="a.onnx", content=b""), "is empty", id="empty"),
        pytest.param(HandedIn(name="a.pt", content=b"\x80\x02}q."), "no archive", id="a plain pickle"),
        pytest.param(HandedIn(name="a.py", content=b"def f(:"), "does not parse", id="no Python"),
        pytest.param(HandedIn(name="a.onnx", content=b"0" * (LARGEST_FILE + 1)), "larger than 20 MB", id="large"),
        pytest.param(HandedIn(name="good.pt", content=b"PK2"), "'good.pt' is given twice", id="a name twice"),
        pytest.param(HandedIn(name="model.pt", content=ARCHIVE), "'model.pt' is given twice", id="the model's name"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_and_the_others_are_run(tmp_path: Path, file: HandedIn, says: str) -> None:
    good, last = HandedIn(name="good.pt", content=ARCHIVE), HandedIn(name="last.onnx", content=b"8")
    model = replace(source(), shown="model.pt")
    now = taken([good, file, last], model, (), held=HELD, folder=tmp_path)
    assert [one.shown for one in now.sources] == ["good.pt", "last.onnx"]
    assert now.error is not None
    assert says in now.error.message
    assert file.shown in str(now.error)
    assert now.error.hint


def test_there_are_only_so_many(tmp_path: Path) -> None:
    files = [HandedIn(name=f"{at}.onnx", content=b"8") for at in range(MOST_FILES + 2)]
    now = take(tmp_path, *files)
    assert len(now.sources) == MOST_FILES
    assert now.error is not None
    assert now.error.file == f"{MOST_FILES}.onnx"


def test_a_file_of_which_nothing_changed_is_not_written_again(tmp_path: Path) -> None:
    first = net(tmp_path / "1")
    again = net(tmp_path / "2", content=b"PK2")
    (tmp_path / "3").mkdir()
    now = take(tmp_path / "3", HandedIn(name="net.pt", content=ARCHIVE), known=(again, first))
    assert now.sources == (first,)
    assert not [*(tmp_path / "3").iterdir()]


def test_two_names_that_are_one_once_they_are_harmless_are_two_files(tmp_path: Path) -> None:
    now = take(tmp_path, HandedIn(name="a b.pt", content=ARCHIVE), HandedIn(name="a_b.pt", content=b"PK2"))
    assert [Path(one.path).read_bytes() for one in now.sources] == [ARCHIVE, b"PK2"]


def test_no_file_is_called_as_a_capture_is() -> None:
    assert called("eager:short.py") == "eager_short.py"
    assert called("C:\\nets\\script:x.pt") == "script_x.pt"


def test_only_what_is_trusted_is_run_where_nothing_contains_it(tmp_path: Path) -> None:
    files = HandedIn(name="a.pt", content=ARCHIVE), HandedIn(name="b.pt", content=ARCHIVE, trusted=True)
    now = take(tmp_path, *files, held=NOT_HELD)
    assert [one.shown for one in now.sources] == ["b.pt"]
    assert now.error is not None
    assert (now.error.file, "“I trust a.pt”" in now.error.hint) == ("a.pt", True)


# in a session


def shown_with(*others: ModelSource, model: ModelSource | None = None) -> Session:
    session = Session()
    session.ask(model or source(), others=others)
    finish(session)
    return session


def rows(session: Session) -> list[str]:
    assert session.report is not None
    return [row.kind for row in matrix_rows(session.report, session.pending)]


def test_two_files_of_one_name_and_other_content_are_not_the_same(tmp_path: Path) -> None:
    results, options = running.Results(most=9), Options()
    report = gated_report()
    one, same, other = net(tmp_path / "1"), net(tmp_path / "2"), net(tmp_path / "3", content=b"PK2")
    results.put(source(), options, report, [one])
    assert results.get(source(), options, [same]) is report
    for others in ((), (other,), (one, net(tmp_path / "4", "b.pt"))):
        assert results.get(source(), options, others) is None
    results.put(one, options, report)
    assert results.get(same, options) is report
    assert results.get(other, options) is None, "a stored graph that is the model itself was mistaken for another"


def test_a_file_has_a_row_and_a_graph_until_it_is_taken_away(tmp_path: Path) -> None:
    session = shown_with(one := net(tmp_path))
    assert rows(session) == ["eager", "trace", "script", "export", "onnx_ts", "net.pt"]
    act(session, {"do": "pair", "left": "eager:long", "right": "net.pt"})
    assert session.report is not None
    shown = session.shown(session.report)
    assert shown is not None
    assert shown.right == "net.pt"
    assert one.shown in (session.report.graphs or {})
    session.ask(source(), others=(), keep_choices=True)
    finish(session)
    assert rows(session) == ["eager", "trace", "script", "export", "onnx_ts"]


def test_a_file_that_holds_no_graph_is_told_by_its_name(tmp_path: Path) -> None:
    """It was told as eager, which refuses the model."""
    whole = with_beside(gated_report(), [net(tmp_path)])
    failed = replace(whole.captures[-1], kind="eager", status="failed", reason="No program.", line=None)
    report = replace(whole, captures=(*whole.captures[:-1], failed))
    cell = matrix_rows(report)[-1].cells[0]
    assert (cell.text, cell.hint) == ("⊘ no graph", "net.pt cannot be used: No program.")
    said = saying(report, "eager:short", "net.pt")
    assert said is not None
    assert (said.capture, said.words) == ("net.pt", "cannot be used")


def test_a_file_that_is_still_to_come_is_listed(tmp_path: Path) -> None:
    session = Session()
    session.ask(source(), others=[net(tmp_path)])
    until(lambda: session.job is not None and session.job.state.progress is not None)
    session.absorb()
    assert "net.pt" in session.pending
    assert "net.pt" in rows(session)
    finish(session)
    assert session.pending == ()


def test_what_is_of_one_reader_is_not_for_all(tmp_path: Path) -> None:
    first = shown_with(net(tmp_path))
    assert running.SAMPLES.get(source(), first.options, first.others) is None
    assert running.SAMPLES.get(source(), first.options) is None
    second = shown_with()
    assert "net.pt" not in rows(second)
    job = first.job
    first.ask(source())
    assert first.job is None, "the session itself knows it"
    assert job is not None
    assert rows(first)[-1] == "net.pt"


def test_edits_other_examples_and_other_graphs_keep_what_is_beside(tmp_path: Path) -> None:
    session = shown_with(one := net(tmp_path))
    session.ask(replace(source(), arranged=Arrangement(first="long")))
    finish(session)
    assert rows(session)[-1] == "net.pt"
    session.ask(source("mine", kind="model", text="x = 1"), edited=True)
    finish(session)
    assert rows(session)[-1] == "net.pt"
    session.pick(("trace",))
    assert rows(session) == ["eager", "trace", "net.pt"]
    assert session.others == (one,)


def test_a_file_lies_there_as_long_as_it_is_beside() -> None:
    session = Session()
    folder = session.fresh_folder()
    one = net(folder)
    session.ask(source(), others=[one])
    finish(session)
    session.ask(from_text("mine", TEXT, session.fresh_folder()))
    session.fresh_folder()
    assert Path(one.path).exists()
    session.ask(source(), others=())
    assert not Path(one.path).exists()
    assert not folder.exists()
    finish(session)


def test_a_graph_of_the_kind_of_a_file_is_still_captured(tmp_path: Path) -> None:
    """A file of TorchScript is of the kind script: it was as if the model had been scripted."""
    session = Session(captures=("trace",))
    session.ask(source(), others=[net(tmp_path)])
    finish(session)
    session.pick(("trace", "script"))
    finish(session)
    assert rows(session) == ["eager", "trace", "script", "net.pt"]


def test_a_model_of_the_name_of_a_file_is_refused_and_what_is_shown_stays(tmp_path: Path) -> None:
    session = shown_with(net(tmp_path))
    with pytest.raises(UsageError, match=r"'net\.pt' is given twice"):
        session.ask(replace(source("net", kind="torchscript"), shown="net.pt"))
    assert (session.source, rows(session)[-1]) == (source(), "net.pt")


def test_an_edit_is_not_told_to_have_brought_what_a_file_did(tmp_path: Path) -> None:
    session = shown_with()
    session.ask(source("mine", kind="model", text="x = 1"), edited=True)
    finish(session)
    assert session.edit is not None
    assert session.source is not None
    session.ask(session.source, others=[net(tmp_path)], keep_choices=True)
    finish(session)
    assert session.edit is None


def test_an_edit_that_was_cancelled_claims_nothing_of_a_file_that_was_not_run(tmp_path: Path) -> None:
    whole = with_beside(gated_report(), [net(tmp_path)])
    captures = tuple(replace(one, status="skipped") if one.id == "net.pt" else one for one in whole.captures)
    cut = replace(whole, captures=captures, divergences=tuple(one for one in whole.divergences if not one.source))
    edit = edit_among(whole, cut, ["trace", "onnx_ts"])
    assert edit is not None
    assert (edit.removed, edit.unknown) == ((), ("net.pt",))
    assert "net.pt is not known" in said_of(edit)


def test_the_address_of_a_sample_says_nothing_of_files(tmp_path: Path) -> None:
    """The first difference is of the file and the trace: without the file it has another place in the list."""
    session = shown_with(net(tmp_path))
    assert session.report is not None
    plain = rows_of(gated_report())
    for at, row in enumerate(rows_of(session.report)):
        act(session, {"do": "difference", "index": at})
        shown = session.shown(session.report)
        assert shown is not None
        link = session.place(session.report, replace(shown, right="net.pt", more=("trace", "net.pt")))
        assert (link.left, link.right, link.more) == (shown.left, None, ("trace",))
        own = [one.id for one in row.divergences if not one.source]
        there = [] if link.difference is None else [one.id for one in plain[link.difference].divergences]
        assert there == own


# in the page


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[Containment], AppTest]:
    def opened(held: Containment) -> AppTest:
        for module in (sidebar, beside_form):
            monkeypatch.setattr(module, "shared_pool", lambda: HeldPool(held))
        page = AppTest.from_file(str(APP), default_timeout=60)
        page.session_state[state.BESIDE_OPEN] = True
        return page.run()

    return opened


Opened = Callable[[Containment], AppTest]


def hand_in(page: AppTest, *files: tuple[str, bytes]) -> Session:
    uploader = next(one for one in page.file_uploader if one.key == state.BESIDE)
    uploader.set_value([(name, content, "") for name, content in files]).run()
    return page.session_state[state.SESSION]


def names(session: Session) -> list[str]:
    return [one.shown for one in session.others]


def test_files_are_taken_while_a_sample_is_shown_and_go_when_they_are_taken_away(opened: Opened) -> None:
    page = opened(HELD)
    session = hand_in(page, ("a.pt", ARCHIVE), ("b.onnx", b"8"))
    assert (names(session), session.problem) == (["a.pt", "b.onnx"], None)
    hand_in(page, ("b.onnx", b"8"))
    assert names(session) == ["b.onnx"]
    finish(session)
    assert rows(session)[-1] == "b.onnx"
    hand_in(page)
    assert names(session) == []


def test_a_file_that_is_refused_leaves_what_is_shown_until_it_is_taken_away(opened: Opened) -> None:
    page = opened(HELD)
    session = hand_in(page, ("a.pt", ARCHIVE))
    finish(session)
    shown, job = session.report, session.job
    hand_in(page, ("a.pt", ARCHIVE), ("empty.onnx", b""))
    assert session.problem is not None
    assert session.problem.file == "empty.onnx"
    assert (session.report, session.job) == (shown, job), "nothing was run again"
    hand_in(page, ("a.pt", ARCHIVE))
    assert (session.problem, session.report) == (None, shown)


def test_files_stay_in_every_mode_of_the_sidebar(opened: Opened) -> None:
    page = opened(HELD)
    session = hand_in(page, ("a.pt", ARCHIVE))
    for mode in state.MODES:
        page.session_state[state.MODE] = mode
        page.run()
        uploader = next(one for one in page.file_uploader if one.key == state.BESIDE)
        assert [one.name for one in uploader.value] == ["a.pt"]
    assert names(session) == ["a.pt"]


def test_each_file_is_trusted_for_itself_where_nothing_contains_it(opened: Opened) -> None:
    page = opened(NOT_HELD)
    session = hand_in(page, ("a.pt", ARCHIVE), ("*b*.pt", ARCHIVE))
    assert names(session) == []
    assert session.problem is not None
    assert session.problem.file == "a.pt"
    boxes = [one for one in page.checkbox if one.label.startswith("I trust")]
    assert [one.label for one in boxes] == ["I trust a.pt", "I trust \\*b\\*.pt"]
    boxes[1].check().run()
    assert names(session) == ["*b*.pt"]
    next(one for one in page.checkbox if one.label == "I trust a.pt").check().run()
    assert (names(session), session.problem) == (["a.pt", "*b*.pt"], None)


def test_the_uploader_is_built_once_it_is_asked_for_and_stays_while_it_holds_files(opened: Opened) -> None:
    page = opened(HELD)
    page.session_state[state.BESIDE_OPEN] = False
    assert state.BESIDE not in [one.key for one in page.run().file_uploader]
    page.session_state[state.BESIDE_OPEN] = True
    session = hand_in(page.run(), ("a.pt", ARCHIVE))
    page.session_state[state.BESIDE_OPEN] = False
    assert state.BESIDE in [one.key for one in page.run().file_uploader]
    assert names(session) == ["a.pt"]
