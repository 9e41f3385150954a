"""The command line: exit statuses, what goes where, and one line for what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer import cli, comparison
from explorer.cli import main
from explorer.divergence import CAUSES
from explorer.report.json import from_json
from explorer.source.samples import sample_names
from tests.cases import a_model, line_of
from tests.pools import InProcess

ROOT = Path(__file__).parents[1]
TWO = "'a': (torch.ones(2),), 'b': (-torch.ones(2),)"
GOOD = a_model("return x * 2", TWO)
BRANCH = a_model("if x.sum() > 0:  # !\n    return x * 2\nreturn x - 5", TWO)
RISK = a_model("if x.sum() > 0:  # !\n    return x * 2\nreturn x - 5", "'a': (torch.ones(2),)")
NEVER = a_model("raise ValueError('never')  # !", TWO)
ON_IMPORT = GOOD + "raise ValueError('on import')  # !\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder, with a model file of each sort; jobs run in this process."""
    monkeypatch.chdir(tmp_path)
    pool = InProcess()
    monkeypatch.setattr(comparison, "shared_pool", lambda: pool)
    files = {"good": GOOD, "branch": BRANCH, "risk": RISK, "never": NEVER, "on_import": ON_IMPORT, "empty": "",
             "syntax": "def f(:\n", "no_model": "def f(x):\n    return x\n"}  # fmt: skip
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text)
    (tmp_path / "net.onnx").write_bytes(b"\x08")
    (tmp_path / "binary.py").write_bytes(b"\x89PNG\xff")
    return tmp_path


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        pytest.param("compare good.py --capture trace", 0, id="compare, nothing to find"),
        pytest.param("compare branch.py --capture trace", 0, id="compare, something to find"),
        pytest.param("check good.py --capture trace", 0, id="check, nothing to find"),
        pytest.param("check branch.py --capture trace", 1, id="check, something to find"),
        pytest.param("check branch.py --capture script", 0, id="check, a graph that is well"),
        pytest.param("check good.py:Net --capture trace", 0, id="a class in a file"),
        pytest.param("check residual_block --capture trace", 0, id="a sample"),
        pytest.param("samples", 0, id="samples"),
        pytest.param("check missing.py", 2, id="missing file"),
        pytest.param("check .", 2, id="folder"),
        pytest.param("check empty.py", 2, id="empty file"),
        pytest.param("check syntax.py", 2, id="file that does not parse"),
        pytest.param("check binary.py", 2, id="file that is no Python"),
        pytest.param("check no_model.py", 2, id="file without a model"),
        pytest.param("check on_import.py", 2, id="file that raises on import"),
        pytest.param("check good.py:Other", 2, id="name that is not in the file"),
        pytest.param("check never.py --capture trace", 3, id="model that never runs"),
        pytest.param("compare never.py --capture trace", 3, id="compare, model that never runs"),
    ],
)
def test_the_exit_status(arguments: str, status: int, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(arguments.split()) == status
    if status >= 2:
        told = capfd.readouterr()
        assert told.out == ""
        assert [line.startswith("error: ") for line in told.err.splitlines() if not line.startswith("…")] == [True]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param("check good.py good.py", "is given twice", id="one source twice"),
        pytest.param("check good.py --search 5", "not available yet", id="--search"),
        pytest.param("check good.py --format html --graphs", "no place in html", id="graphs in HTML"),
        pytest.param("check good.py --format sarif --graphs", "no place in sarif", id="graphs in SARIF"),
        pytest.param("check good.py --capture tensorflow", "not available yet", id="tensorflow"),
        pytest.param("check good.py --capture trace,tensorflow", "not available yet", id="one of two captures"),
        pytest.param("check net.onnx", "no ONNX model that can be read", id="ONNX file"),
        pytest.param("check good.py --format yaml", "no format", id="unknown format"),
        pytest.param("check good.py --capture trade", "no capture", id="unknown capture"),
        pytest.param("check good.py --fail-on lots", "--fail-on", id="unknown severity"),
        pytest.param("check good.py --input x", "no name", id="input without a name"),
        pytest.param("check good.py --input a=f99[1]", "dtype", id="input of an unknown dtype"),
        pytest.param("check good.py --time-limit 0", "time-limit", id="no time"),
        pytest.param("check good.py --fail-on ,", "--fail-on", id="nothing to fail on"),
        pytest.param("check good.py --fail-on=", "--fail-on", id="empty severity"),
        pytest.param("check good.py --input a=f32[2] --input a=f32[3]", "two inputs", id="two inputs of a name"),
        pytest.param("check good.py --input a=i64[2]<0", "bound", id="bound of nothing"),
        pytest.param("check good.py --input a=f32[99999999,99999999]", "'a' takes 39,9", id="too large an input"),
        pytest.param("check good.py --input a=@good.py", "'a' cannot be read", id="input file that is none"),
        pytest.param("check good.py --time-limit x", "time-limit", id="time that is no number"),
        pytest.param("check good.py --time-limit nan", "time-limit", id="no time at all"),
        pytest.param("check good.py --time-limit inf", "time-limit", id="time without end"),
        pytest.param("check good.py --memory-limit 0", "memory-limit", id="no memory"),
        pytest.param("check good.py --memory-limit -5", "memory-limit", id="less than no memory"),
        pytest.param(f"check good.py --memory-limit 1{'0' * 20}", "memory-limit", id="memory of no machine"),
        pytest.param("check good.py --seed x", "seed", id="seed that is no number"),
        pytest.param("check good.py --seed -1", "seed", id="seed below 0"),
        pytest.param(f"check good.py --seed {2**63}", "seed", id="seed too large"),
        pytest.param("check n\udcff.py", "UTF-8", id="file name of other bytes"),
        pytest.param("check good.py --unknown", "--unknown", id="unknown option"),
        pytest.param("check", "SOURCE", id="no source"),
        pytest.param("chekc good.py", "chekc", id="unknown command"),
        pytest.param("", "required", id="nothing"),
        pytest.param("compare good.py --fail-on error", "--fail-on", id="an option of the other command"),
    ],
)  # fmt: skip
def test_bad_usage_is_told_in_one_line(arguments: str, says: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(arguments.split()) == 2
    told = capfd.readouterr()
    assert told.out == ""
    (line,) = [line for line in told.err.splitlines() if not line.startswith("…")]
    assert line.startswith("error: ")
    assert says in line


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("fail_on", "file", "status"),
    [
        pytest.param("error", "risk", 0, id="a warning is no error"),
        pytest.param("warning", "risk", 1, id="warning"),
        pytest.param("warning", "branch", 1, id="an error is graver than a warning"),
        pytest.param("note", "risk", 1, id="note"),
        pytest.param("baked-branch", "risk", 1, id="cause, whatever its severity"),
        pytest.param("unrolled-loop", "branch", 0, id="another cause"),
        pytest.param("unrolled-loop,baked-branch", "branch", 1, id="one of two causes"),
        pytest.param("unrolled-loop,error", "branch", 1, id="cause or severity"),
    ],
)
def test_fail_on_says_what_counts(fail_on: str, file: str, status: int) -> None:
    assert main(["check", f"{file}.py", "--capture", "trace", "--fail-on", fail_on]) == status


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("cause", CAUSES)
def test_fail_on_knows_every_cause(cause: str) -> None:
    assert main(["check", "good.py", "--capture", "trace", "--fail-on", cause]) == 0


@pytest.mark.usefixtures("here")
def test_check_names_each_finding_with_its_place(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "branch.py", "--capture", "trace"]) == 1
    told = capfd.readouterr()
    found = [line for line in told.err.splitlines() if line.startswith("branch.py:")]
    assert found[0].startswith(f"branch.py:{line_of(BRANCH)}: error: baked-branch (trace)")
    assert "1 found" in told.err
    assert f"branch.py:{line_of(BRANCH)}" in told.out


@pytest.mark.usefixtures("here")
def test_json_goes_to_standard_output_and_progress_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "branch.py", "--capture", "trace", "--format", "json"]) == 0
    told = capfd.readouterr()
    report = from_json(told.out.encode())
    assert (report.source.file, [one.kind for one in report.captures]) == ("branch.py", ["eager", "eager", "trace"])
    assert "graphs" not in json.loads(told.out)
    assert told.err.splitlines() == ["… eager is done, 1 of 2 captures", "… trace is done, 2 of 2 captures"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("option", "told"), [("-q", ["nothing found (asked for: error)"]), ("--quiet", None)])
def test_quiet_tells_no_progress_but_what_was_found(
    option: str, told: list[str] | None, capfd: pytest.CaptureFixture[str]
) -> None:
    command = "check" if told else "compare"
    assert main([command, "good.py", "--capture", "trace", option]) == 0
    assert capfd.readouterr().err.splitlines() == (told or [])


@pytest.mark.usefixtures("here")
def test_quiet_still_says_what_is_wrong(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "never.py", "--capture", "trace", "-q"]) == 3
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("error: never.py")


@pytest.mark.parametrize(
    ("script", "name"),
    [
        pytest.param("/home/a/.venv/bin/parallax", "parallax", id="the installed script"),
        pytest.param("/lib/explorer/__main__.py", "python -m explorer", id="the module"),
        pytest.param("-c", "python -m explorer", id="a program of somebody else"),
    ],
)
def test_help_calls_the_program_as_it_was_called(
    script: str, name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", [script])
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    assert capfd.readouterr().out.startswith(f"usage: {name} check ")
    assert main(["check"]) == 2
    assert f"See {name} check --help." in capfd.readouterr().err


@pytest.mark.usefixtures("here")
def test_captures_that_are_asked_for_one_by_one_are_all_made(capfd: pytest.CaptureFixture[str]) -> None:
    """The last of several took the place of the others, without a word."""
    assert main(["compare", "branch.py", "--capture", "trace", "--capture", "script", "--format", "json"]) == 0
    kinds = {one.kind for one in from_json(capfd.readouterr().out.encode()).captures}
    assert kinds == {"eager", "trace", "script"}


@pytest.mark.usefixtures("here")
def test_graphs_are_there_where_they_are_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "branch.py", "--capture", "trace", "--format", "json", "--graphs"]) == 0
    assert set(json.loads(capfd.readouterr().out)["graphs"]) == {"eager:a", "eager:b", "trace"}


def test_a_report_may_go_to_a_file(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "branch.py", "--capture", "trace", "--format", "json", "-o", "out.json"]) == 1
    assert capfd.readouterr().out == ""
    assert from_json((here / "out.json").read_bytes()).source.name == "branch"


@pytest.mark.usefixtures("here")
def test_a_report_that_cannot_be_written_is_bad_usage(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "good.py", "--capture", "trace", "-o", "no/such/folder.json"]) == 2
    assert "no/such/folder.json: The report cannot be written" in capfd.readouterr().err


@pytest.mark.usefixtures("here")
def test_inputs_of_the_command_line_are_examples(capfd: pytest.CaptureFixture[str]) -> None:
    command = ["compare", "good.py", "--capture", "trace", "--format", "json", "--input", "c=f32[7]"]
    assert main(command) == 0
    report = from_json(capfd.readouterr().out.encode())
    assert [(one.name, one.arguments) for one in report.inputs][-1] == ("c", ("x: f32[7]",))


@pytest.mark.usefixtures("here")
def test_captures_are_made_as_asked_and_eager_always(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "good.py", "--capture", "script, trace", "--format", "json"]) == 0
    report = from_json(capfd.readouterr().out.encode())
    assert {one.kind for one in report.captures} == {"eager", "trace", "script"}


def test_samples_are_names_one_on_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["samples"]) == 0
    assert capfd.readouterr().out.splitlines() == list(sample_names())


@pytest.mark.parametrize("command", [["--help"], ["check", "--help"], ["--version"]])
def test_help_and_version_are_no_errors(command: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code == 0


@pytest.mark.usefixtures("here")
def test_what_a_model_writes_into_its_error_is_not_obeyed_by_the_terminal(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "loud.py").write_text(a_model("raise ValueError('\\x1b]0;title\\x07\\nerror: two')", TWO))
    assert main(["check", "loud.py", "--capture", "trace"]) == 3
    err = capfd.readouterr().err
    assert not [char for char in err if not char.isprintable() and char != "\n"]
    assert len([line for line in err.splitlines() if line.startswith("error: ")]) == 1


@pytest.mark.usefixtures("here")
def test_a_fault_of_its_own_is_not_taken_for_a_finding(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python's own status of an exception is 1, which ``check`` says of a divergence."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by\nchance")

    monkeypatch.setattr(cli, "stream", fail)
    assert main(["check", "good.py"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("error: This is a fault of the explorer itself")
    assert "ZeroDivisionError: by chance" in line
    assert "report" in line


class TestWithRealWorkers:
    def test_nothing_but_the_report_is_on_standard_output(self, tmp_path: Path) -> None:
        """Whatever the model prints, to Python's output or past it, while it is loaded, built or run."""
        (tmp_path / "net.py").write_text(
            a_model("print('from forward')\nos.write(1, b'past Python')\nreturn x * 2", TWO, init="print('from init')",
                    before="import os\nprint('from import')\nos.system('echo from a child')")
        )  # fmt: skip
        done = _command("compare", "net.py", "--capture", "trace,onnx_ts", "--format", "json", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        report = from_json(done.stdout)
        assert {one.status for one in report.captures} == {"ok"}
        assert b"from forward" not in done.stdout.replace(json.dumps(report.source.text).encode(), b"")

    def test_the_branch_of_the_first_sample_is_found(self) -> None:
        done = _command("check", "gated_mlp", "--capture", "trace", folder=ROOT)
        assert done.returncode == 1, done.stderr
        assert b"sample_models/gated_mlp.py:33: error: baked-branch (trace)" in done.stderr

    def test_a_model_that_ends_the_process_is_an_error_not_an_end(self, tmp_path: Path) -> None:
        (tmp_path / "net.py").write_text(a_model("os._exit(7)", TWO, before="import os"))
        done = _command("check", "net.py", "--capture", "trace", folder=tmp_path)
        assert done.returncode == 3
        assert done.stdout == b""
        assert b"error: net.py" in done.stderr

    def test_an_example_that_ends_the_process_leaves_the_others(self, tmp_path: Path) -> None:
        forward = "if len(x) == 2:\n    os._exit(7)\nreturn x * x.max().item()"
        examples = '"a": (torch.ones(2),), "b": (torch.ones(3),), "c": (torch.full((3,), 2.0),)'
        (tmp_path / "net.py").write_text(a_model(forward, examples, before="import os"))
        done = _command("compare", "net.py", "--capture", "trace", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert b"baked-constant" in done.stdout
        assert b"Eager itself raises" not in done.stdout


def _command(*arguments: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "explorer", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=100,
        check=False,
    )


@pytest.mark.usefixtures("here")
def test_check_counts_what_the_text_tells(capfd: pytest.CaptureFixture[str]) -> None:
    """One branch counted once for each graph that has it."""
    assert main(["check", "branch.py", "--capture", "trace,onnx_ts"]) == 1
    told = capfd.readouterr()
    *_, found, count = told.err.splitlines()
    assert f":{line_of(BRANCH)}: error: baked-branch (trace, onnx_ts): " in found
    assert (count, told.out.count("● ")) == ("1 found", 1)
