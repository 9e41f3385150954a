"""The real page in Chromium: the app is started once, each test gets a fresh visitor."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.browser.chromium import ARGUMENTS, installed

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
WAIT_MILLISECONDS = 90_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives the page."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = installed()
    if path is None and os.environ.get("CI"):
        pytest.fail("No Chromium was found, and in CI the page has to be tested: install the package chromium.")
    if path is None:
        pytest.skip("No Chromium was found, so the page is not tested: install it, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        yield running
        running.close()


@contextmanager
def serving(script: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            _await_health(url, server)
            yield url
        finally:
            server.terminate()


def _await_health(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):  # noqa: S310 - our own server
                return
        except OSError:
            assert server.poll() is None, "the app ended while it started"
            assert time.monotonic() < deadline, "the app did not start in time"
            time.sleep(0.2)


@pytest.fixture(scope="session")
def app(browser: Browser) -> Iterator[str]:
    """Address of the real page; asks for the browser first, so that nothing starts where there is none."""
    del browser
    with serving("app.py") as url:
        yield url


@pytest.fixture(scope="session")
def fake_app(browser: Browser) -> Iterator[str]:
    """Address of the page over a handcrafted report."""
    del browser
    with serving("tests/browser/fake_app.py") as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    visitor = context.new_page()
    visitor.set_default_timeout(WAIT_MILLISECONDS)
    expect.set_options(timeout=WAIT_MILLISECONDS)  # its own five seconds are short on a busy machine
    errors: list[str] = []
    visitor.on("pageerror", lambda error: errors.append(str(error)))
    yield visitor
    context.close()
    assert not errors, errors
