"""The list of examples: what the reader ticks, renames, chooses and adds becomes a source, and nothing is lost."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.errors import UsageError
from explorer.options import Arrangement, ModelSource
from explorer.view import running
from explorer.view.examples import MOST_TENSORS, Known, Row, Wish, as_before, captured_of, learned, rows_of, wished
from tests.view.fakes import TEXT, gated_report

SOURCE = ModelSource(name="gated_mlp", kind="sample", path="/nowhere/gated_mlp.py", shown="gated_mlp.py", text=TEXT)
KNOWN = learned(Known(), SOURCE, gated_report())


def array(first: float = 0) -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(first, first + 3))
    return file.getvalue()


def wish(source: ModelSource = SOURCE, known: Known = KNOWN, **given: Any) -> Wish:
    """Return what the form says where the reader changed ``names``, unticked ``without``, or what else is given."""
    names, without = given.pop("names", {}), given.pop("without", ())
    ticked = given.pop("ticked", ())
    rows = rows_of(source, known)
    captured = captured_of(source, rows)
    rows = [
        replace(row, name=names.get(row.own, row.name), compared=(row.compared and row.own not in without) or row.own in ticked)
        for row in rows
    ]  # fmt: skip
    return Wish(**({"rows": rows, "captured": captured.own if captured else None} | given))


def asked(
    source: ModelSource = SOURCE, known: Known = KNOWN, *, folder: Path | None = None, **given: Any
) -> ModelSource:
    return wished(source, known, wish(source, known, **given), folder=folder)


def listed(source: ModelSource, known: Known = KNOWN) -> list[str]:
    return [row.name if row.compared else f"({row.name})" for row in rows_of(source, known)]


def captured(source: ModelSource, known: Known = KNOWN) -> str:
    found = captured_of(source, rows_of(source, known))
    assert found is not None
    return found.name


def test_the_examples_of_the_file_are_listed_with_what_they_hold() -> None:
    assert rows_of(SOURCE, KNOWN)[0] == Row(own="short", name="short", said="x: f32[4, 16]")
    assert listed(SOURCE) == ["short", "long", "wide"]
    assert captured(SOURCE) == "short"


def test_a_form_that_was_not_changed_asks_for_the_same() -> None:
    assert asked() == SOURCE
    for source in (
        asked(captured="long"),
        asked(without=("short",)),
        asked(names={"wide": "broad"}),
        asked(added="x=1"),
    ):
        assert asked(source) == source


def test_another_is_captured() -> None:
    found = asked(captured="long")
    assert found.arranged == Arrangement(first="long")
    assert captured(found) == "long"
    assert listed(found) == ["short", "long", "wide"], "the list stays in order"
    assert asked(found, captured="short") == SOURCE, "and back again it is as it was, so its report is known"


def test_one_that_is_left_out_stays_listed_and_can_come_back() -> None:
    found = asked(without=("short", "wide"))
    assert found.arranged == Arrangement(removed=("short", "wide"))
    assert (listed(found), captured(found)) == (["(short)", "long", "(wide)"], "long")
    again = asked(found, ticked=("short", "wide"))
    assert (captured(again), listed(again)) == ("long", ["short", "long", "wide"]), "what was chosen stays chosen"
    assert asked(again, captured="short") == SOURCE


def test_the_captured_one_may_be_left_out_and_the_next_takes_its_place() -> None:
    found = asked(asked(captured="long"), without=("long",))
    assert captured(found) == "short"
    assert found.arranged == Arrangement(removed=("long",))


def test_names_change_and_change_back() -> None:
    found = asked(names={"short": " quick ", "long": "short"})
    assert found.arranged.renamed == (("short", "quick"), ("long", "short"))
    assert listed(found) == ["quick", "short", "wide"]
    assert captured(asked(found, captured="long")) == "short"
    assert asked(found, names={"short": "short", "long": "long"}) == SOURCE


def test_one_that_was_added_is_an_example_as_any_other() -> None:
    found = asked(added="big=f32[9,16]\nids=i64[2]<9")
    assert listed(found) == ["short", "long", "wide", "big", "ids"]
    assert rows_of(found, KNOWN)[3].said == "f32[9,16]"
    found = asked(found, captured="big", names={"big": "huge"}, without=("ids",))
    assert found.inputs == (("huge", "f32[9,16]"), ("ids", "i64[2]<9"))
    assert found.arranged == Arrangement(first="huge", removed=("ids",))
    assert captured(found) == "huge"


def test_a_file_is_an_example_of_its_name(tmp_path: Path) -> None:
    found = asked(files=[("digits.npy", array()), ("more.npy", array(1))], added="b=1; @more.npy", folder=tmp_path)
    assert found.inputs == (("b", "1; @more.npy"), ("digits", "@digits.npy"))
    assert {one.name for one in found.files} == {"digits.npy", "more.npy"}
    assert asked(found, added="c=@digits.npy").inputs[-1] == ("c", "@digits.npy"), "it may be named later, too"
    assert asked(found, without=("b",)).files == found.files, "what is left out may come back"


def test_a_file_of_the_same_name_takes_the_place_of_the_first(tmp_path: Path) -> None:
    first = asked(files=[("x.npy", array())], folder=tmp_path)
    second = asked(first, files=[("x.npy", array(1))], folder=tmp_path)
    assert second.inputs == first.inputs
    assert [one.digest for one in second.files] != [one.digest for one in first.files]


def test_equal_examples_have_equal_results_and_others_have_not(tmp_path: Path) -> None:
    results = running.Results(most=9)
    options, report = running.Options(), gated_report()
    (tmp_path / "again").mkdir()
    first = asked(files=[("x.npy", array())], folder=tmp_path)
    results.put(first, options, report)
    assert results.get(asked(files=[("x.npy", array())], folder=tmp_path / "again"), options) is report
    for other in (
        SOURCE,
        asked(files=[("x.npy", array(1))], folder=tmp_path),
        asked(first, captured="long"),
        asked(first, without=("long",)),
        asked(first, names={"long": "l"}),
    ):
        assert results.get(other, options) is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"names": {"long": "short"}}, "already an example 'short'", id="a name twice"),
        pytest.param({"names": {"long": " "}}, "'long' has no name", id="an empty name"),
        pytest.param({"names": {"long": "a=b"}}, "cannot be called 'a=b'", id="an equals sign"),
        pytest.param({"names": {"long": "x" * 99}}, "cannot be called", id="a long name"),
        pytest.param({"names": {"long": "a\nb"}}, "cannot be called", id="a line break"),
        pytest.param({"without": ("short", "long", "wide")}, "No example is left", id="none left"),
        pytest.param({"captured": "long", "without": ("long",)}, "'long' is to be captured", id="chosen and left out"),
        pytest.param({"added": "wide=f32[2]"}, "already an example 'wide'", id="added under a name that is there"),
        pytest.param({"added": "wide=1", "without": ("wide",)}, "already an example 'wide'", id="of one left out"),
        pytest.param({"added": "wide=1", "names": {"wide": "w"}}, "already an example 'wide'", id="of one renamed"),
        pytest.param({"added": "a=1\na=2"}, "two examples 'a'", id="added twice"),
        pytest.param({"added": "a=@/etc/passwd"}, "not handed in", id="a file of the machine"),
        pytest.param(
            {"files": [("wide.npy", array())]}, "already an example 'wide'", id="a file of a name that is there"
        ),
        pytest.param(
            {"files": [("a.npy", array()), ("x/a.npy", array(1))]}, "have this name", id="two files of a name"
        ),
        pytest.param({"files": [("a.npy", b"")]}, "empty", id="an empty file"),
    ],
)
def test_what_cannot_be_is_refused_with_the_next_step(tmp_path: Path, given: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        asked(folder=tmp_path, **given)
    assert caught.value.hint


def test_one_that_was_added_and_left_out_keeps_its_name() -> None:
    found = asked(asked(added="big=1"), without=("big",))
    with pytest.raises(UsageError, match="already an example 'big'"):
        asked(found, added="big=2")


def test_all_may_go_where_others_come() -> None:
    assert captured(asked(without=("short", "long", "wide"), added="big=1")) == "big"


def test_the_files_of_a_source_are_bounded_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.view.examples.MOST_TENSORS", 2 * len(array()))
    found = asked(files=[("a.npy", array()), ("b.npy", array(1))], folder=tmp_path)
    with pytest.raises(UsageError, match="together") as caught:
        asked(found, files=[("c.npy", array(2))], folder=tmp_path)
    assert caught.value.file == "c.npy"
    assert MOST_TENSORS == 50_000_000


def test_nothing_that_is_asked_for_is_lost_before_the_examples_are_known() -> None:
    """An address asks for more than the list shows while the model is loaded."""
    wanted = Arrangement(first="long", removed=("wide",), renamed=(("short", "quick"),))
    source = replace(SOURCE, arranged=wanted, inputs=(("big", "1"),))
    assert listed(source, Known()) == ["(wide)", "big"]
    assert asked(source, Known(), added="more=2").arranged == wanted


def test_what_an_arranged_report_tells_is_kept_by_own_names() -> None:
    source = replace(SOURCE, arranged=Arrangement(first="long", removed=("wide",), renamed=(("long", "l"),)))
    report = gated_report()
    by_name = {one.name: one for one in report.inputs}
    inputs = (replace(by_name["long"], name="l"), by_name["short"])
    known = learned(Known(), source, replace(report, inputs=inputs))
    assert (list(known.arguments), known.ordered) == (["long", "short"], False)
    assert (listed(source, known), captured(source, known)) == (["l", "short", "(wide)"], "l")
    found = asked(source, known, captured="short")
    assert captured(found, known) == "short"
    assert found.arranged.first == "short", "the order of the file is not known"
    known = learned(known, SOURCE, report)
    assert (list(known.arguments), known.ordered) == (["short", "long", "wide"], True)


def test_a_stored_graph_keeps_its_example_beside_those_that_are_added() -> None:
    stored = replace(SOURCE, kind="exported", text="")
    assert not asked(stored).adds
    assert asked(stored, added="big=1").adds


def test_an_edit_is_run_on_the_same_examples() -> None:
    before = asked(asked(added="big=1"), captured="long")
    edited = as_before(replace(SOURCE, kind="model", text="other"), before)
    assert (edited.text, edited.inputs, edited.arranged) == ("other", before.inputs, before.arranged)
    assert as_before(SOURCE, replace(before, kind="onnx")) == SOURCE
    assert as_before(SOURCE, None) == SOURCE
