"""The command that sets everything up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import run


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """Commands in the order in which they would have been started; none is."""
    started: list[list[str]] = []
    environment = tmp_path / "venv"

    def started_run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        started.append(list(command))
        environment.mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, 0, stdout="{} {}".format(*sys.version_info))

    monkeypatch.setattr(run, "ENVIRONMENT", environment)
    monkeypatch.setattr(run, "INSTALLED", environment / "installed.txt")
    monkeypatch.setattr(run, "PYTHON", environment / "python")
    monkeypatch.setattr(run.subprocess, "run", started_run)
    monkeypatch.setattr(run.subprocess, "call", lambda command, **_: started.append(list(command)) or 0)
    return started


def _asked(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["run.py", *arguments])
    return run.main()


def test_the_app_is_set_up_and_gets_the_options(calls: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    assert _asked(monkeypatch, "app", "--server.port", "8600") == 0

    made, installed, project, opened = calls
    assert made[1:3] == ["-m", "venv"]
    assert installed[-2:] == ["-r", "requirements.txt"]
    assert project[-2:] == ["--editable", "."]
    assert opened[1:] == ["-m", "streamlit", "run", "app.py", "--server.port", "8600"]


def test_the_second_time_nothing_is_installed(calls: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    _asked(monkeypatch, "test", "--only", "tests")
    run.PYTHON.touch()
    calls.clear()

    assert _asked(monkeypatch, "test", "--only", "tests") == 0
    assert _asked(monkeypatch, "app") == 0
    assert [command[2] for command in calls] == ["pytest", "pytest", "streamlit"]


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        pytest.param((0, 0), 0, id="both pass"),
        pytest.param((5, 0), 0, id="only the page was asked for"),
        pytest.param((0, 5), 0, id="the page was not"),
        pytest.param((5, 5), 5, id="nothing was found"),
        pytest.param((1, 0), 1, id="the first fails"),
        pytest.param((0, 1), 1, id="the page fails"),
    ],
)
@pytest.mark.usefixtures("calls")
def test_both_parts_of_the_tests_run_and_both_count(
    monkeypatch: pytest.MonkeyPatch, statuses: tuple[int, int], status: int
) -> None:
    ended = iter(statuses)
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: next(ended))
    assert _asked(monkeypatch, "test", "--only", "tests") == status
    assert not list(ended)


def test_other_requirements_are_installed_anew(
    calls: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "requirements.txt").write_text("one")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    _asked(monkeypatch, "app")
    run.PYTHON.touch()
    calls.clear()
    (tmp_path / "requirements.txt").write_text("two")

    _asked(monkeypatch, "app")

    assert ["-r", "requirements.txt"] in [command[-2:] for command in calls]
    assert "venv" not in [command[2] for command in calls], "the environment itself is kept"


def test_an_installation_that_was_broken_off_is_done_again(
    calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _asked(monkeypatch, "app")
    run.PYTHON.touch()
    fail = subprocess.CalledProcessError(1, [str(run.PYTHON), "-m", "pip"])
    succeed = run.subprocess.run

    def fail_pip(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        if "pip" in command:
            raise fail
        return succeed(command, **options)

    with monkeypatch.context() as patch:
        patch.setattr(run.subprocess, "run", fail_pip)
        assert _asked(patch, "test") == 2
    calls.clear()
    _asked(monkeypatch, "app")

    assert ["-r", "requirements.txt"] in [command[-2:] for command in calls]


@pytest.mark.usefixtures("calls")
def test_the_first_check_that_fails_ends_the_run_with_its_status(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    succeed = run.subprocess.run

    def fail_layers(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        if run.LINT_IMPORTS in command:
            return subprocess.CompletedProcess(command, 3, stdout=b"a layer is broken\n")
        return succeed(command, **options)

    monkeypatch.setattr(run.subprocess, "run", fail_layers)

    assert _asked(monkeypatch, "test") == 3
    shown = capfdbinary.readouterr().out
    assert b"lint: ok" in shown
    assert b"a layer is broken" in shown
    assert b"types" not in shown


def test_an_older_python_is_told_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    assert run.main() == 2
    assert capsys.readouterr().err == "Python 3.11 or newer is needed; this is 3.9.\n"
