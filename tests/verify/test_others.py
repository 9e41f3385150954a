"""Several sources: each further one runs on the first one's examples and is aligned with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path

import pytest
import torch

from explorer.comparison import compare, stream
from explorer.messages import EagerJob, Job
from explorer.options import ModelSource, Options
from explorer.report.schema import Report
from explorer.report.text import to_text
from explorer.sandbox.pool import Inbox, Limits, Task
from explorer.source.find import find_source
from tests.cases import a_model, line_of, work_through
from tests.pools import InProcess

TEXT = a_model(
    "if x.sum() > 0:\n    return self.fc(x)\nreturn self.fc(x) - 5",
    "'up': (torch.ones(2, 4),), 'down': (-torch.ones(2, 4),)",
    init="torch.manual_seed(0)\nself.fc = nn.Linear(4, 3)",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("several")
    (made / "net.py").write_text(TEXT)
    space: dict[str, object] = {"__name__": "net"}
    exec(compile(TEXT, str(made / "net.py"), "exec"), space)  # noqa: S102 - the text is ours
    model = space["build_model"]()  # type: ignore[operator]
    torch.jit.trace(model, torch.ones(2, 4), check_trace=False).save(made / "traced.pt")
    torch.jit.trace(torch.nn.Linear(7, 7), torch.ones(1, 7)).save(made / "stranger.pt")
    (made / "twin.py").write_text(TEXT)
    (made / "other.py").write_text(TEXT.replace("- 5", "- 6"))
    (made / "weights.pt").write_bytes(b"PK\x03\x04nothing")
    return made


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    names = ("traced.pt", "stranger.pt", "twin.py", "other.py", "weights.pt")
    others = [shown(folder, name) for name in names]
    return compare(shown(folder, "net.py"), Options(captures=("eager", "script")), others=others)


def shown(folder: Path, name: str) -> ModelSource:
    """Return the source with its bare name, as someone in that folder gives it."""
    found = find_source(str(folder / name))
    return type(found)(**{field: getattr(found, field) for field in ("name", "kind", "path", "text")}, shown=name)


def test_each_source_has_a_row_under_its_name(report: Report) -> None:
    assert {name: [one.outcome for one in row.values()] for name, row in report.matrix.items()} == {
        "script": ["agrees", "agrees"],
        "traced.pt": ["agrees", "differs"],
        "stranger.pt": ["raises", "raises"],
        "twin.py": ["agrees", "agrees"],
        "other.py": ["agrees", "differs"],
        "weights.pt": ["not-run", "not-run"],
    }


class FirstLast(InProcess):
    """Does what is asked for first only when a second has been done."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], object]] = []

    def submit(self, job: Job, limits: Limits, *, owner: Hashable = None, inbox: Inbox | None = None) -> Task:
        if isinstance(job, EagerJob) or self._waiting:
            done = super().submit(job, limits, owner=owner, inbox=inbox)
            for finish in self._waiting:
                finish()
            return done
        task = Task(job, limits, cancel=lambda _task: None)
        if inbox is not None:
            task.listen(inbox)
        self._waiting.append(lambda: work_through(job, task.deliver))
        return task


def test_rows_stand_as_the_sources_were_given_whichever_is_done_first(folder: Path) -> None:
    others = [shown(folder, name) for name in ("twin.py", "traced.pt")]
    steps = list(stream(shown(folder, "net.py"), Options(captures=("eager",)), others=others, pool=FirstLast()))  # type: ignore[arg-type]
    first_done = next(step for step in steps if "traced.pt" in step.report.matrix)
    assert list(first_done.report.matrix) == ["traced.pt"], "it was done first"
    assert list(steps[-1].report.matrix) == ["twin.py", "traced.pt"]


def test_sources_that_are_there_already_are_run_before_anything_is_captured(folder: Path) -> None:
    steps = stream(
        shown(folder, "net.py"),
        Options(captures=("eager", "trace")),
        others=[shown(folder, "traced.pt")],
        pool=InProcess(),  # type: ignore[arg-type]
    )
    assert list(next(step for step in steps if step.report.matrix).report.matrix) == ["traced.pt"]


def test_what_the_first_ones_runs_show_explains_what_was_made_of_it(report: Report) -> None:
    found = {(one.source, one.cause, one.line) for one in report.divergences if one.severity == "error"}
    line = TEXT.splitlines().index("        if x.sum() > 0:") + 1
    assert ("traced.pt", "baked-branch", line) in found
    assert {cause for name, cause, _ in found if name == "stranger.pt"} == {"capture-failure"}


def test_a_file_that_cannot_be_used_is_told_by_its_own_name(report: Report) -> None:
    (told,) = [one for one in report.divergences if one.source == "weights.pt"]
    assert (told.file, told.line, told.cause) == ("weights.pt", None, "capture-failure")
    assert "weights.pt cannot be used" in report.summary


def test_each_graph_is_aligned_with_that_of_the_first(report: Report) -> None:
    pairs = {(one.left, one.right) for one in report.alignments or ()}
    assert {("eager:up", name) for name in ("traced.pt", "twin.py", "other.py")} <= pairs
    twin = next(one for one in report.alignments or () if one.right == "twin.py")
    assert {group.kind for group in twin.groups} == {"same"}


def test_the_text_names_each_source(report: Report) -> None:
    text = to_text(report)
    for name in report.matrix:
        assert name in text


CHANGED = a_model(
    "y = self.a(x).relu()\ny = self.b(y).tanh()  # !\nreturn self.c(y)",
    "'a': (torch.ones(1, 4),)",
    init="torch.manual_seed(0)\nself.a, self.b, self.c = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)",
)


@pytest.mark.parametrize("name", ["changed.pt", "changed.onnx"])
def test_a_file_with_other_weights_departs_where_these_are_used(tmp_path: Path, name: str) -> None:
    (tmp_path / "net.py").write_text(CHANGED)
    space: dict[str, object] = {"__name__": "net"}
    exec(compile(CHANGED, str(tmp_path / "net.py"), "exec"), space)  # noqa: S102 - the text is ours
    model = space["build_model"]()  # type: ignore[operator]
    model.b.bias.data.add_(0.5)
    if name.endswith("onnx"):
        torch.onnx.export(model, (torch.ones(1, 4),), tmp_path / name, dynamo=False)
    else:
        torch.jit.trace(model, torch.ones(1, 4), check_trace=False).save(tmp_path / name)
    told = compare(shown(tmp_path, "net.py"), Options(captures=("eager",)), others=[shown(tmp_path, name)])
    (error,) = [one for one in told.divergences if one.severity == "error"]
    assert (error.cause, error.line) == ("numerical-mismatch", line_of(CHANGED))
