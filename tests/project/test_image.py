"""The image of the app for a shared host: what it copies is there, and all that the app needs is copied."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from benchmarks.browser.serving import ROOT, free_port

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def copied() -> list[str]:
    """Return what the image holds of the project."""
    lines = [line.split()[1:] for line in DOCKERFILE.splitlines() if line.startswith("COPY ")]
    return [name for line in lines for name in line[:-1]]


def test_what_is_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == set(copied())
    assert all((ROOT / name).exists() for name in copied())


def test_it_runs_as_a_user_without_rights() -> None:
    lines = DOCKERFILE.splitlines()
    assert lines.index("USER parallax") < next(at for at, line in enumerate(lines) if line.startswith("ENTRYPOINT"))


@pytest.mark.skipif(sys.platform != "linux", reason="the image is one of Linux")
def test_the_app_starts_from_what_is_copied_alone_and_says_that_it_is_well(tmp_path: Path) -> None:
    """With nothing of this environment but the packages: neither a home nor the project's root."""
    for name in copied():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PARALLAX_CACHE": str(tmp_path / "kept")}
    command = ["-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    with subprocess.Popen(
        [sys.executable, *command], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as app:
        try:
            assert _health(f"http://localhost:{port}/_stcore/health", app) == b"ok"
        finally:
            app.kill()


def _health(url: str, app: subprocess.Popen[bytes]) -> bytes:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own
                return answer.read()
        except OSError:
            assert app.poll() is None, app.stdout and app.stdout.read()
            time.sleep(0.2)
    raise AssertionError("it does not answer")
