"""Sources that hold a graph already: the stored graph, what follows from it, and both run on the same inputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
import torch
from onnx import TensorProto, helper
from torch import nn

from explorer.evidence import STATIC_KINDS, Kind
from explorer.messages import EagerFinished, EagerJob, Refused, StaticFinished, StaticJob
from explorer.options import STORED, Options
from explorer.report.build import Builder
from explorer.report.json import to_json
from explorer.report.schema import Report
from explorer.report.text import to_text
from explorer.source.find import find_source
from tests.cases import assert_well_formed, compute, graph_of, work


class Net(nn.Module):
    """A convolution with its norm, and a choice on the data that a script keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.norm(self.conv(x)))
        return y.mean(dim=(2, 3))


SPEC = "f32[1,2,6,6]"


def example() -> tuple[torch.Tensor, ...]:
    return (torch.ones(1, 2, 6, 6),)


def save_script(path: Path) -> None:
    torch.jit.script(Net().eval()).save(path)


def save_trace(path: Path) -> None:
    torch.jit.trace(Net().eval(), example(), check_trace=False).save(path)


def save_program(path: Path) -> None:
    torch.export.save(torch.export.export(Net().eval(), example()), path)


def save_onnx(path: Path) -> None:
    torch.onnx.export(Net().eval(), example(), path, dynamo=True, verbose=False, external_data=True)


def report_of(path: Path, *specs: str) -> Report:
    """Return the report of a stored graph, made in this process."""
    source = find_source(str(path), inputs=tuple((f"i{at}", spec) for at, spec in enumerate(specs)))
    eager = work(EagerJob(source=source, options=Options()), EagerFinished).result
    jobs = {kind: StaticJob(source=source, options=Options(), kind=kind) for kind in STORED[source.kind]}
    statics = {kind: work(job, StaticFinished).result for kind, job in jobs.items()}
    for one in (*eager.captures, *(static.capture for static in statics.values())):
        assert_well_formed(graph_of(one))
    return Builder(source, eager=eager, statics=statics).report()


SOURCES = [
    pytest.param("net.pt", save_script, ("script", "jit"), id="a script"),
    pytest.param("net.pt", save_trace, ("script", "jit"), id="a trace"),
    pytest.param("net.pt2", save_program, ("export", "export:decomposed"), id="an exported program"),
    pytest.param("net.onnx", save_onnx, ("onnx", "ort"), id="ONNX with external data"),
]


@pytest.mark.parametrize(("name", "save", "ids"), SOURCES)
def test_a_stored_graph_and_what_follows_from_it_agree(
    tmp_path: Path, name: str, save: Callable[[Path], None], ids: tuple[str, str]
) -> None:
    save(tmp_path / name)
    report = report_of(tmp_path / name, SPEC)
    assert tuple(one.id for one in report.captures) == ids
    assert {one.outcome for row in report.matrix.values() for one in row.values()} == {"agrees"}
    assert report.verdict.endswith("agrees with the stored graph on the example")
    aligned = [(one.left, one.right) for one in report.alignments or ()]
    assert aligned[0] == ids
    assert all(right.startswith(f"{ids[1]}:") for _, right in aligned[1:])
    assert not [one for one in report.divergences if one.severity != "note"]


@pytest.mark.parametrize(("name", "save", "ids"), SOURCES)
def test_its_report_can_be_written(
    tmp_path: Path, name: str, save: Callable[[Path], None], ids: tuple[str, str]
) -> None:
    save(tmp_path / name)
    report = report_of(tmp_path / name, SPEC)
    assert f'"{ids[1]}"'.encode() in to_json(report, graphs=True)
    assert f"{ids[0]} (stored)" in to_text(report)


def test_a_program_and_an_onnx_file_say_themselves_what_to_run_on(tmp_path: Path) -> None:
    save_program(tmp_path / "net.pt2")
    save_onnx(tmp_path / "net.onnx")
    assert [one.name for one in report_of(tmp_path / "net.pt2").inputs] == ["stored"]
    assert [one.arguments for one in report_of(tmp_path / "net.onnx").inputs] == [("x: f32[1, 2, 6, 6]",)]


class Nested(nn.Module):
    def forward(self, x: torch.Tensor, d: dict[str, list[torch.Tensor]], *, k: torch.Tensor) -> torch.Tensor:
        return x + d["a"][0] * k


def test_arguments_have_the_names_that_forward_has(tmp_path: Path) -> None:
    """They were args[0] and so on wherever one of them holds several tensors."""
    one = torch.ones(2)
    program = torch.export.export(Nested(), (one, {"a": [one, one]}), {"k": one})
    torch.export.save(program, tmp_path / "net.pt2")
    (example,) = report_of(tmp_path / "net.pt2").inputs
    assert example.arguments == ("x: f32[2]", "d['a'][0]: f32[2]", "d['a'][1]: f32[2]", "k: f32[2]")


def test_an_archive_without_inputs_is_shown_and_not_run(tmp_path: Path) -> None:
    save_script(tmp_path / "net.pt")
    report = report_of(tmp_path / "net.pt")
    assert report.inputs == ()
    assert [one.ops > 0 for one in report.captures] == [True, True]
    assert "no inputs" in report.verdict


def test_freezing_folds_the_norm_into_the_convolution(tmp_path: Path) -> None:
    save_script(tmp_path / "net.pt")
    source = find_source(str(tmp_path / "net.pt"), inputs=(("a", SPEC),))
    job = StaticJob(source=source, options=Options(), kind="jit")
    frozen = graph_of(work(job, StaticFinished).result.capture)
    assert "batch_norm" not in compute(frozen)


def test_inputs_that_do_not_fit_are_refused_with_the_next_step(tmp_path: Path) -> None:
    save_script(tmp_path / "net.pt")
    source = find_source(str(tmp_path / "net.pt"), inputs=(("a", "f32[3]"),))
    refused = work(EagerJob(source=source, options=Options()), Refused)
    assert (refused.error, refused.file) == ("nothing-runs", str(tmp_path / "net.pt"))
    assert "--input" in refused.hint


def save_weights(path: Path) -> None:
    torch.save(Net().state_dict(), path)


def save_invalid(path: Path) -> None:
    node = helper.make_node("NoSuchOp", ["x"], ["y"])
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    onnx.save(helper.make_model(helper.make_graph([node], "g", [value], [])), path)


@pytest.mark.parametrize(
    ("name", "save", "says"),
    [
        pytest.param("weights.pt", save_weights, "no TorchScript program", id="weights alone"),
        pytest.param("program.pt", save_program, "no TorchScript program", id="a program as an archive"),
        pytest.param("script.pt2", save_script, "no exported program", id="an archive as a program"),
        pytest.param("junk.onnx", lambda path: path.write_bytes(b"junk"), "no ONNX model", id="junk"),
        pytest.param("invalid.onnx", save_invalid, "no valid ONNX model", id="an op that is not there"),
    ],
)
def test_a_file_that_holds_something_else_is_refused(
    tmp_path: Path, name: str, save: Callable[[Path], object], says: str
) -> None:
    save(tmp_path / name)
    refused = work(EagerJob(source=find_source(str(tmp_path / name)), options=Options()), Refused)
    assert says in refused.message
    assert refused.message.endswith(".")
    assert "\n" not in refused.message
    assert refused.hint


def test_only_what_follows_from_a_stored_graph_is_made() -> None:
    follows: set[Kind] = {kind for kinds in STORED.values() for kind in kinds}
    assert follows <= set(STATIC_KINDS)


class Counted(nn.Module):
    """Writes to its own state."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("n", torch.zeros(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add how often it was called."""
        self.n.add_(1)
        return x + self.n


def test_what_a_program_writes_to_its_state_is_not_left_to_its_decomposed_form(tmp_path: Path) -> None:
    x = (torch.ones(2),)
    torch.export.save(torch.export.export(Counted(), x), tmp_path / "net.pt2")
    report = report_of(tmp_path / "net.pt2")
    assert [one.outcome for row in report.matrix.values() for one in row.values()] == ["agrees"] * len(report.matrix)
    assert not [one for one in report.divergences if one.severity == "error"]


class Total(nn.Module):
    """It returns the buffer that it updates."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.total.add_(x)


def test_what_a_stored_graph_returned_is_kept_while_it_runs_again(tmp_path: Path) -> None:
    """Putting its state back emptied the answer on the first, and the executor, to optimise, had run it on already."""
    path = tmp_path / "net.pt"
    torch.jit.script(Total().eval()).save(path)
    cells = report_of(path, "f32[2]", "f32[2]").matrix["jit"]
    assert {one.outcome for one in cells.values()} == {"agrees"}
