"""A stored graph in the page: it takes the place of eager, and nothing of Python is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from explorer.evidence import STATIC_KINDS
from explorer.messages import EagerFinished, EagerJob, StaticFinished, StaticJob
from explorer.options import Options
from explorer.report.build import Builder
from explorer.report.schema import Report
from explorer.view.differences import rows_for
from explorer.view.handing_in import from_upload
from explorer.view.headline import headline
from explorer.view.listing import listing_of
from explorer.view.matrix import matrix_rows
from explorer.view.narrowing import narrowed
from explorer.view.saying import saying
from explorer.view.showing import choose
from tests.cases import work


def report_of(folder: Path, *specs: str) -> Report:
    path = folder / "net.pt"
    torch.jit.script(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU()).eval()).save(path)
    source = from_upload("net.pt", path.read_bytes(), folder)
    source = type(source)(
        name=source.name, kind=source.kind, path=source.path, shown=source.shown, text="",
        inputs=tuple((f"i{at}", spec) for at, spec in enumerate(specs)),
    )  # fmt: skip
    eager = work(EagerJob(source=source, options=Options()), EagerFinished).result
    jit = work(StaticJob(source=source, options=Options(), kind="jit"), StaticFinished).result
    return Builder(source, eager=eager, statics={"jit": jit}).report()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return report_of(tmp_path_factory.mktemp("stored"), "f32[1,3]")


def test_the_stored_graph_has_the_first_row_and_its_forms_stand_beside_it(report: Report) -> None:
    rows = matrix_rows(report)
    assert [(row.kind, row.origin) for row in rows] == [("script", "stored"), ("jit", "")]
    assert [(cell.left, cell.right) for cell in rows[1].cells] == [("script", "jit")]


def test_the_pair_that_is_shown_first_is_the_stored_graph_and_its_form(report: Report) -> None:
    shown = choose(report, rows_for(report), left=None, right=None, difference=None)
    assert shown is not None
    assert (shown.left, shown.right) == ("script", "jit")
    said = saying(report, "script", "jit")
    assert said is not None
    assert said.words == "agrees with the stored graph"


def test_switching_kinds_off_never_hides_the_stored_graph(report: Report) -> None:
    assert [one.id for one in narrowed(report, ()).captures] == ["script"]
    assert narrowed(report, STATIC_KINDS).captures == report.captures


def test_there_is_no_source_to_show(report: Report) -> None:
    assert listing_of(report, rows_for(report)).lines == ()


def test_what_was_not_run_is_no_success(tmp_path: Path) -> None:
    assert headline(report_of(tmp_path)).tone == "neutral"
