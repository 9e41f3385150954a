"""A visitor's session: what was there stays until there is something better, and no one sees another's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer import comparison
from explorer.comparison import Progress
from explorer.errors import SourceError, UsageError
from explorer.messages import EagerJob, Refused
from explorer.options import Arrangement, ModelSource, Options
from explorer.view import handing_in, permalink, running
from explorer.view.doing import act
from explorer.view.edits import said_of
from explorer.view.gaze import Gaze
from explorer.view.session import Session
from explorer.view.showing import Shown
from tests.cases import work
from tests.view.fakes import TEXT, fake_stream


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "stream", fake_stream)
    monkeypatch.setattr(running.SAMPLES, "_kept", type(running.SAMPLES._kept)())


def source(name: str = "gated_mlp", *, kind: str = "sample", text: str = TEXT) -> ModelSource:
    return ModelSource(name=name, kind=kind, path=f"/nowhere/{name}.py", shown=f"{name}.py", text=text)


def finish(session: Session) -> None:
    until(lambda: session.job is None or session.job.state.finished)
    session.absorb()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def failing(error: Exception) -> Callable[..., Iterator[Progress]]:
    def stream(*_: Any, **__: Any) -> Iterator[Progress]:
        raise error
        yield  # pragma: no cover

    return stream


def test_a_comparison_is_shown_as_it_is_made() -> None:
    session = Session()
    session.ask(source())
    until(lambda: session.job is not None and session.job.state.progress is not None)
    session.absorb()
    assert session.running
    assert session.report is not None
    finish(session)
    assert not session.running
    assert len(session.report.captures) == 7


def test_what_was_there_stays_when_a_new_source_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    session.ask(source())
    finish(session)
    before = session.report
    error = SourceError("The file holds no model.", file="broken.py", line=3, hint="Define build_model().")
    monkeypatch.setattr(comparison, "stream", failing(error))
    session.ask(source("broken", kind="model"))
    finish(session)
    assert session.report is before
    assert session.problem is not None
    assert (session.problem.file, session.problem.line) == ("broken.py", 3)


def test_an_example_that_cannot_be_made_leaves_all_as_it_was() -> None:
    """It was taken, stood ticked in the list, and whatever was added after it was refused, too."""
    session = Session()
    session.ask(source())
    finish(session)
    with pytest.raises(UsageError, match="takes 40,000 MB"):
        session.ask(replace(source(), inputs=(("large", "f32[100000,100000]"),)))
    assert session.source == source()
    assert not session.running


def test_an_edit_begins_with_what_was_asked_for_last_whether_it_failed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text of the model before it was written on under the name of the one that had failed."""
    session = Session()
    assert session.text == ""
    session.ask(source())
    finish(session)
    assert session.text == TEXT
    monkeypatch.setattr(comparison, "stream", failing(SourceError("It raises.")))
    session.ask(source("mine", kind="model", text="x = 1 / 0"))
    finish(session)
    assert (session.is_of_another, session.text) == (True, "x = 1 / 0")
    session.draft = "def f(:"
    session.refuse(SourceError("It does not parse."))
    assert session.text == "def f(:"
    session.ask(source("mine", kind="model", text="x = 2"), edited=True)
    assert session.text == "x = 2"
    finish(session)


def test_what_is_unexpected_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    monkeypatch.setattr(comparison, "stream", failing(ZeroDivisionError("secret detail")))
    session.ask(source())
    finish(session)
    assert session.problem == running.UNEXPECTED
    assert "secret" not in session.problem.message


def test_a_text_that_does_not_parse_leaves_alone_what_runs_and_its_message_stays() -> None:
    """The comparison was once cancelled, and its end took the message away."""
    session = Session()
    session.ask(source())
    with pytest.raises(SourceError) as caught:
        handing_in.from_text("broken", "def f(:\n", session.fresh_folder())
    session.refuse(caught.value)
    assert session.job is not None
    assert not session.job.cancelling
    finish(session)
    assert session.problem is not None
    assert (session.problem.file, session.problem.line) == ("broken.py", 1)
    assert session.report is not None
    assert len(session.report.captures) == 7
    assert running.SAMPLES.get(source(), session.options) is session.report
    session.ask(source())
    assert session.problem is None


def test_the_shown_source_keeps_its_folder_while_others_fail() -> None:
    session = Session()
    first = handing_in.from_text("mine", TEXT, session.fresh_folder())
    session.ask(first)
    finish(session)
    for _ in range(2):
        with pytest.raises(SourceError):
            handing_in.from_text("mine", "def f(:\n", session.fresh_folder())
    assert Path(first.path).exists()
    assert len(session.folders) == 2, "the folder of the first failure is gone"
    second = handing_in.from_text("mine", TEXT + "# more\n", session.fresh_folder())
    session.ask(second)
    assert not Path(first.path).exists()
    assert Path(second.path).exists()
    session.ask(source())
    assert not Path(second.path).exists()
    finish(session)


def test_files_of_tensors_stay_while_their_example_does() -> None:
    session = Session()
    file = handing_in.tensor_file("x.npy", b"\x93NUMPY", session.fresh_folder())
    with_file = replace(source(), inputs=(("x", "@x.npy"),), files=(file,))
    session.ask(with_file)
    finish(session)
    assert running.SAMPLES.get(with_file, session.options) is None, "what is of one reader is not for all"
    session.fresh_folder()
    assert Path(file.path).exists()
    session.ask(replace(with_file, text=TEXT + "# edited\n", kind="model"))
    assert Path(file.path).exists()
    finish(session)
    session.ask(source())
    assert not Path(file.path).exists()


def test_the_examples_of_a_model_are_known_until_there_is_another() -> None:
    session = Session()
    session.ask(source())
    turn = session.turn
    finish(session)
    session.pick(("trace",))
    assert list(session.known.arguments) == ["short", "long", "wide"]
    assert session.turn == turn, "what stands in the form stays while nothing of it has come about"
    session.ask(replace(source(), arranged=Arrangement(first="long")))
    assert list(session.known.arguments) == ["short", "long", "wide"]
    assert session.turn > turn
    finish(session)
    session.ask(source("warm_up"))
    assert not session.known.arguments
    other = Session()
    other.ask(source())
    assert other.job is None
    assert list(other.known.arguments) == ["short", "long", "wide"], "of what is known at once, too"


def test_the_address_keeps_examples_but_for_those_of_files() -> None:
    session = Session()
    file = handing_in.tensor_file("x.npy", b"\x93NUMPY", session.fresh_folder())
    inputs = (("big", "f32[9]"), ("gone", "1"), ("x", "@x.npy"), ("y", "2; @x.npy"))
    wanted = Arrangement(first="x", removed=("wide", "gone", "y"), renamed=(("short", "a=b,c"),))
    session.ask(replace(source(), inputs=inputs, files=(file,), arranged=wanted))
    finish(session)
    assert session.report is not None
    shown = session.shown(session.report)
    assert shown is not None
    link = session.place(session.report, shown)
    assert link.examples == ("big=f32[9]",)
    assert link.arranged == Arrangement(removed=("wide",), renamed=wanted.renamed)
    assert permalink.parse(permalink.write(link), ["gated_mlp"]) == link


@pytest.mark.parametrize(
    ("error", "kept"), [("timeout", False), ("crash", False), ("memory", False), ("RuntimeError", True)]
)
def test_what_only_this_run_could_not_do_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, error: str, kept: bool
) -> None:
    """One capture that timed out on a busy machine once stayed so for every visitor."""

    def stream(given: ModelSource, options: Options, **_: Any) -> Iterator[Progress]:
        for progress in fake_stream(given, options, pause=0):
            captures = tuple(replace(c, error=error) if c.kind == "export" else c for c in progress.report.captures)
            yield replace(progress, report=replace(progress.report, captures=captures))

    monkeypatch.setattr(comparison, "stream", stream)
    session = Session()
    session.ask(source())
    finish(session)
    assert session.report is not None
    assert (running.SAMPLES.get(source(), session.options) is not None) is kept


def test_samples_are_shared_and_uploads_are_not() -> None:
    one, other = Session(), Session()
    one.ask(source())
    finish(one)
    other.ask(source())
    assert other.job is None
    assert other.report is one.report
    one.ask(source("mine", kind="model"))
    finish(one)
    other.ask(source("mine", kind="model"))
    assert other.job is not None
    finish(other)
    assert other.report is not one.report


def test_results_are_bounded() -> None:
    results = running.Results(most=2)
    report = next(iter(fake_stream(source(), Options()))).report
    for name in ("a", "b", "c"):
        results.put(source(name), Options(), report)
    assert results.get(source("a"), Options()) is None
    assert results.get(source("c"), Options()) is report


def test_cancelling_keeps_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(given: ModelSource, options: Options, **rest: Any) -> Iterator[Progress]:
        return fake_stream(given, options, **rest, pause=0.2)

    monkeypatch.setattr(comparison, "stream", slow)
    session = Session()
    session.ask(source())
    until(lambda: session.job is not None and session.job.state.progress is not None)
    session.cancel()
    finish(session)
    assert session.progress is not None
    assert session.progress.cancelled
    assert session.report is not None
    assert session.results.get(source(), session.options) is None


def test_switching_a_graph_off_runs_nothing_again() -> None:
    session = Session()
    session.ask(source())
    finish(session)
    job, whole = session.job, session.report
    session.pick(("script", "onnx_ts"))
    assert session.job is job
    assert session.report is not None
    assert [one.kind for one in session.report.captures if one.kind != "eager"] == ["script", "onnx_ts"]
    assert {one.capture for one in session.report.divergences} == {"onnx_ts"}
    assert session.report.verdict == "The onnx_ts graph is wrong on 2 of 3 examples"
    session.pick(("trace", "script", "export", "onnx_ts"))
    assert session.report is whole


def test_only_a_graph_that_is_not_there_is_captured() -> None:
    session = Session(captures=("trace",))
    session.ask(source())
    finish(session)
    job = session.job
    session.pick(("trace", "script"))
    assert session.job is not job
    finish(session)
    assert session.report is not None
    assert "script" in {one.kind for one in session.report.captures}


def test_a_cell_whose_graph_agrees_selects_no_difference() -> None:
    session = Session()
    session.ask(source())
    finish(session)
    act(session, {"do": "difference", "index": 0})
    act(session, {"do": "pair", "left": "eager:wide", "right": "script"})
    assert session.report is not None
    assert session.shown(session.report) == Shown(left="eager:wide", right="script", difference=None)
    act(session, {"do": "pair", "left": "eager:wide", "right": "onnx_ts"})
    assert session.shown(session.report) == Shown(left="eager:wide", right="onnx_ts", difference=0)


def test_the_sample_of_the_page_is_known_whatever_was_tried_since(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    session.ask(source("warm_up"))
    finish(session)
    assert (session.sample, session.is_of_another) == ("warm_up", False)
    monkeypatch.setattr(comparison, "stream", failing(SourceError("It holds no model.")))
    session.ask(source("mine", kind="model", text="x = 1"))
    finish(session)
    assert (session.sample, session.is_of_another) == ("warm_up", True)
    monkeypatch.setattr(comparison, "stream", fake_stream)
    session.ask(source("mine", kind="model"))
    finish(session)
    assert (session.sample, session.is_of_another) == (None, False)


def test_an_edit_is_held_against_what_it_was_made_of_and_another_model_is_not() -> None:
    session = Session()
    session.ask(source())
    finish(session)
    assert session.edit is None
    session.ask(source("mine", kind="model", text="x = 1"), edited=True)
    assert session.edit is None
    finish(session)
    assert session.edit is not None
    session.ask(source("warm_up"))
    finish(session)
    assert session.edit is None


def cancelled_after(*done: str) -> Callable[..., Iterator[Progress]]:
    """Return a stream that is cancelled once the captures ``done`` are there: it tells the others as skipped."""

    def stream(given: ModelSource, options: Options, **_: Any) -> Iterator[Progress]:
        last = list(fake_stream(given, options, pause=0))[-1]
        captures = tuple(one if one.kind in done else replace(one, status="skipped") for one in last.report.captures)
        found = tuple(one for one in last.report.divergences if one.capture in done)
        matrix = {kind: row for kind, row in last.report.matrix.items() if kind in done}
        report = replace(last.report, captures=captures, divergences=found, matrix=matrix)
        yield replace(last, report=report, cancelled=True)

    return stream


def test_an_edit_that_was_cancelled_claims_nothing_of_what_was_not_captured(monkeypatch: pytest.MonkeyPatch) -> None:
    """After eager alone it said that the edit had removed all differences."""
    for done, unknown in ((("eager",), None), (("eager", "script"), {"trace", "export", "onnx_ts"})):
        session = Session()
        session.ask(source())
        finish(session)
        with monkeypatch.context() as patched:
            patched.setattr(comparison, "stream", cancelled_after(*done))
            session.ask(source("mine", kind="model", text="x = 1"), edited=True)
            finish(session)
        assert session.kept is not session.before
        edit = session.edit
        assert (set(edit.unknown) & {"trace", "export", "onnx_ts"} if edit else None) == unknown
        if edit:
            assert (edit.removed, edit.added) == ((), ())
            assert "What it did to trace, " in said_of(edit)


def test_an_edit_is_told_after_other_graphs_of_it_were_asked_for_and_after_it_was_compared_again() -> None:
    session = Session(captures=("trace",))
    session.ask(source())
    finish(session)
    first = session.kept
    mine = source("mine", kind="model", text="x = 1")
    session.ask(mine, edited=True)
    finish(session)
    session.pick(("trace", "script"))
    finish(session)
    assert session.edit is not None
    assert session.edit.unknown == ("script",)
    session.ask(mine)
    finish(session)
    assert session.before is first
    session.ask(replace(mine, arranged=Arrangement(first="long")))
    assert session.before is None, "what other examples did is not what the edit did"
    finish(session)


def test_what_was_looked_for_is_over_once_an_op_was_gone_to() -> None:
    session = Session()
    session.ask(source())
    finish(session)
    act(session, {"do": "seek", "text": "softmax"})
    act(session, {"do": "focus", "side": "left", "node": "be1"})
    assert (session.sought, session.focus is None) == ("", False)


def test_going_to_an_op_opens_what_it_stands_in() -> None:
    session = Session()
    session.ask(source())
    finish(session)
    act(session, {"do": "pair", "left": "eager:long", "right": "trace"})
    assert session.report is not None
    node = next(one.id for one in (session.report.graphs or {})["eager:long"].nodes if one.module == "encoder.1")
    act(session, {"do": "focus", "side": "left", "node": node})
    assert session.toggled["/encoder"]
    assert session.focus is not None
    act(session, {"do": "focus", "side": "left", "node": "nobody"})
    assert session.focus.turn == 1
    act(session, {"do": "focus", "side": "left", "node": node})
    assert session.focus.turn == 2


def test_a_pane_for_itself_opens_boxes_until_it_comes_back_or_shows_another_graph() -> None:
    session = Session()
    session.ask(source())
    finish(session)
    act(session, {"do": "unlock", "side": "right", "on": True})
    act(session, {"do": "toggle", "key": "/encoder", "open": True, "side": "right"})
    act(session, {"do": "toggle", "key": "/gate", "open": True})
    act(session, {"do": "toggle", "key": "/head", "open": True, "side": "left"})  # it was let off, and that got lost
    assert session.alone == {"right": {"/encoder": True}, "left": {"/gate": True, "/head": True}}
    assert session.toggled == {"/gate": True}

    act(session, {"do": "unlock", "side": "right", "on": False})
    assert session.alone.keys() == {"left"}

    act(session, {"do": "unlock", "side": "right", "on": True})
    act(session, {"do": "pair", "left": "eager:short", "right": "script"})
    assert session.alone == {}


def test_what_is_foreseen_changes_nothing_and_is_over_with_the_next_action() -> None:
    session = Session()
    session.ask(source())
    finish(session)
    act(session, {"do": "foresee", "key": "/encoder", "open": True})
    act(session, {"do": "remember", "name": "gated_mlp", "gaze": {"line": 18}})
    assert session.foreseen is not None
    assert (session.toggled, session.done) == ({}, 0)
    act(session, {"do": "toggle", "key": "/encoder", "open": True, "count": 1})
    assert session.foreseen is None
    assert (session.toggled, session.done) == ({"/encoder": True}, 1)


def test_another_model_forgets_what_was_looked_for() -> None:
    session = Session()
    session.ask(source())
    finish(session)
    act(session, {"do": "seek", "text": "softmax"})
    act(session, {"do": "remember", "name": "gated_mlp", "gaze": {"op": ["left", "be1"], "line": 18}})
    assert (session.sought, session.gaze.line) == ("softmax", 18)
    session.ask(source("warm_up"))
    act(session, {"do": "remember", "name": "gated_mlp", "gaze": {"line": 18}})  # of the page that is still shown
    assert (session.sought, session.focus, session.gaze) == ("", None, Gaze())


def test_malformed_actions_are_dropped() -> None:
    session = Session()
    session.ask(source())
    finish(session)
    for payload in (None, 3, {"do": "format-disk"}, {"do": "pair", "left": 1}, {"do": "toggle", "key": []}):
        act(session, payload)
    act(session, {"do": "pair", "left": "eager:wide", "right": "/etc/passwd"})
    assert session.report is not None
    shown = session.shown(session.report)
    assert shown is not None
    assert (shown.left, shown.right) == ("eager:wide", "trace")


def test_an_upload_is_named_as_its_owner_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        handing_in.from_upload("..\\my model.py", b"def f(:\n", tmp_path)
    assert (caught.value.file, caught.value.line) == ("my model.py", 1)
    found = handing_in.from_upload("../../my model.py", TEXT.encode() + b"\ndef build_model(): ...\n", tmp_path)
    assert found.shown == "my model.py"
    assert Path(found.path).parent == tmp_path.resolve()


def test_an_upload_that_imports_a_file_beside_it_is_told_that_it_stands_alone(
    tmp_path: Path,
) -> None:
    """The hint was to correct the line."""
    text = f"import lies_beside\n{TEXT}\ndef build_model(): ...\n"
    found = handing_in.from_upload("m.py", text.encode(), tmp_path)
    for source, says in ((found, "An uploaded file stands alone"), (replace(found, alone=False), "Correct this line")):
        refused = work(EagerJob(source=source, options=Options()), Refused)
        assert "No module named 'lies_beside'" in refused.message
        assert refused.hint.startswith(says)


def test_a_text_that_no_file_can_hold_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        handing_in.from_text("x", "x = 1\ny = '\ud800'\n", tmp_path)
    assert (caught.value.file, caught.value.line) == ("x.py", 2)


def test_a_text_is_written_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    text = f"# coding: latin-1\n{TEXT}# é\n"
    found = handing_in.from_text("x", text, tmp_path)
    assert Path(found.path).read_text(encoding="latin-1") == text


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"\0" * 9, b"1 +"], ids=["bytes", "empty", "nul", "half"])
def test_what_is_no_python_is_refused_with_a_next_step(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        handing_in.from_upload("x.py", content, tmp_path)
    assert caught.value.file == "x.py"
    assert caught.value.hint
