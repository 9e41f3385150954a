"""Examples that were chosen, renamed, left out or handed in as files, through the worker's own jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from explorer.comparison import compare
from explorer.errors import UsageError
from explorer.evidence import EagerResult, Kind, StaticResult
from explorer.messages import EagerFinished, EagerJob, Refused, StaticFinished, StaticJob
from explorer.options import Arrangement, ModelSource, Options, TensorFile
from explorer.source.find import find_source
from explorer.source.load import LoadedModel
from tests.cases import Workshop, a_model, work

BRANCH = a_model(
    "if x.sum() > 0:\n    return x * 2\nreturn x - 3",
    "'up': (torch.ones(2),), 'down': (-torch.ones(2),), 'wide': (torch.ones(5),)",
)


def eager(source: ModelSource) -> EagerResult:
    return work(EagerJob(source=source, options=Options()), EagerFinished).result


def static(source: ModelSource, kind: Kind) -> StaticResult:
    return work(StaticJob(source=source, options=Options(), kind=kind), StaticFinished).result


def outcomes(source: ModelSource, kind: Kind = "trace") -> dict[str, str]:
    return {name: one.outcome for name, one in static(source, kind).outcomes.items()}


def handed(*paths: Path) -> tuple[TensorFile, ...]:
    """Return files as the page hands them on: called otherwise than they lie."""
    return tuple(TensorFile(name=f"my {one.name}", path=str(one), digest=one.name) for one in paths)


def test_the_chosen_example_is_the_one_that_is_captured(workshop: Workshop) -> None:
    source = workshop.source(BRANCH)
    assert outcomes(source) == {"up": "agrees", "down": "differs", "wide": "agrees"}
    chosen = replace(source, arranged=Arrangement(first="down"))
    assert static(chosen, "trace").capture.input == "down"
    assert outcomes(chosen) == {"down": "agrees", "up": "differs", "wide": "differs"}
    assert [one.name for one in eager(chosen).examples] == ["down", "up", "wide"]


def test_what_is_left_out_is_not_run_and_new_names_are_told(workshop: Workshop) -> None:
    wanted = Arrangement(removed=("down",), renamed=(("wide", "down"),))
    source = replace(workshop.source(BRANCH), arranged=wanted)
    assert [one.id for one in eager(source).captures] == ["eager:up", "eager:down"]
    assert outcomes(source) == {"up": "agrees", "down": "agrees"}


def test_what_cannot_be_made_can_be_left_out(workshop: Workshop) -> None:
    source = replace(workshop.source(BRANCH), inputs=(("bad", "f32[99999999,99999999]"),))
    assert "'bad' cannot be made" in work(EagerJob(source=source, options=Options()), Refused).message
    assert outcomes(replace(source, arranged=Arrangement(removed=("bad",)))) == outcomes(workshop.source(BRANCH))


def test_none_left_is_bad_usage_through_the_whole_of_a_comparison(workshop: Workshop) -> None:
    source = replace(workshop.source(BRANCH), arranged=Arrangement(removed=("up", "down", "wide")))
    with pytest.raises(UsageError, match="No example is left"):
        compare(source, Options(captures=("eager", "trace")))


def test_files_of_tensors_are_examples(workshop: Workshop, tmp_path: Path) -> None:
    np.save(tmp_path / "down.npy", -np.ones(2, dtype="f4"))
    torch.save({"x": torch.ones(7)}, tmp_path / "up.pt")
    inputs = (("array", "@my down.npy"), ("saved", "@my up.pt"))
    source = replace(
        workshop.source(BRANCH),
        inputs=inputs,
        files=handed(tmp_path / "down.npy", tmp_path / "up.pt"),
        arranged=Arrangement(first="array", removed=("down", "wide")),
    )
    told = {one.name: one.arguments for one in eager(source).examples}
    assert told == {"array": ("x: f32[2]",), "up": ("x: f32[2]",), "saved": ("x: f32[7]",)}
    assert outcomes(source) == {"array": "agrees", "up": "differs", "saved": "differs"}


def test_a_broken_file_is_told_by_the_name_that_its_owner_gave_it(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(b"PK broken")
    source = replace(workshop.source(BRANCH), inputs=(("a", "@my x.pt"),), files=handed(tmp_path / "x.pt"))
    refused = work(EagerJob(source=source, options=Options()), Refused)
    assert (refused.error, refused.file, bool(refused.hint)) == ("usage", "my x.pt", True)
    assert refused.message.startswith("The input 'a' cannot be read: ")
    assert str(tmp_path) not in refused.message


@pytest.mark.parametrize(
    ("takes", "example", "called"),
    [
        pytest.param("self, x, y", "(torch.ones(2), torch.ones(2))", (2, []), id="by place"),
        pytest.param("self, x, y", "((torch.ones(2),), {'y': torch.ones(2)})", (1, ["y"]), id="as the file calls it"),
        pytest.param("self, x, *, y", "((torch.ones(2),), {'y': torch.ones(2)})", (1, ["y"]), id="by name alone"),
        pytest.param("self, *, x, y", "((), {'x': torch.ones(2), 'y': torch.ones(2)})", (0, ["y", "x"]), id="all by name"),
        pytest.param("self, x, z=0, y=0", "(torch.ones(2),)", (1, ["y"]), id="past one that is left out"),
    ],
)  # fmt: skip
def test_named_tensors_are_given_as_the_model_takes_them(
    workshop: Workshop, tmp_path: Path, takes: str, example: str, called: tuple[int, list[str]]
) -> None:
    """A trace and an exported program take by name only what they were captured with by name."""
    torch.save({"y": torch.ones(2), "x": torch.zeros(2)}, tmp_path / "xy.pt")
    text = a_model("return x - 2 * y", f"'own': {example}", takes=takes)
    loaded = workshop.load(text, inputs=[("file", f"@{tmp_path / 'xy.pt'}")])
    assert isinstance(loaded, LoadedModel)
    given = loaded.examples["file"]
    assert (len(given.args), list(given.kwargs)) == called


class Net(nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x - 2 * y


def exported(path: Path) -> None:
    torch.export.save(torch.export.export(Net(), (torch.ones(2), torch.zeros(2))), path)


def onnx(path: Path) -> None:
    torch.onnx.export(Net(), (torch.ones(2), torch.zeros(2)), path, dynamo=True, verbose=False)


def script(path: Path) -> None:
    torch.jit.script(Net()).save(path)


@pytest.mark.parametrize(
    ("name", "save", "kind", "own"),
    [
        pytest.param("net.pt2", exported, "export", ["stored"], id="exported program"),
        pytest.param("net.onnx", onnx, "ort", ["random"], id="onnx"),
        pytest.param("net.pt", script, "jit", [], id="torchscript"),
    ],
)
def test_the_examples_of_a_stored_graph_are_arranged_as_well(
    tmp_path: Path, name: str, save: Any, kind: Kind, own: Sequence[str]
) -> None:
    save(tmp_path / name)
    torch.save({"y": torch.ones(2), "x": torch.zeros(2)}, tmp_path / "xy.pt")
    source = replace(
        find_source(str(tmp_path / name), inputs=(("more", "f32[2]; f32[2] seed 1"), ("file", "@my xy.pt"))),
        files=handed(tmp_path / "xy.pt"),
        adds=True,
    )
    assert [one.name for one in eager(source).examples] == [*own, "more", "file"]
    assert [one.name for one in eager(replace(source, adds=False)).examples] == ["more", "file"]
    assert [run.raised for run in eager(source).runs] == [None] * (len(own) + 2)
    chosen = replace(source, arranged=Arrangement(first="file", removed=("more",), renamed=(("stored", "s"),)))
    ran = outcomes(chosen, kind)
    assert list(ran) == ["file", *("s" if one == "stored" else one for one in own)]
    assert set(ran.values()) == {"agrees"}


def test_named_tensors_of_a_file_reach_the_onnx_inputs_of_their_names(tmp_path: Path) -> None:
    """They were fed in the order in which the file holds them."""
    onnx(tmp_path / "net.onnx")
    np.savez(tmp_path / "xy.npz", y=np.ones(2, "f4"), x=np.zeros(2, "f4"))
    source = find_source(str(tmp_path / "net.onnx"), inputs=(("a", f"@{tmp_path / 'xy.npz'}"),))
    graph = eager(source).captures[0].graph
    assert graph is not None
    *_, last = graph.compute
    assert last.outputs[0].summary is not None
    assert last.outputs[0].summary.mean == -2
