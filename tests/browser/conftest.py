"""The real page in Chromium: the app is started once, each test gets a fresh visitor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.browser.chromium import ARGUMENTS, installed
from benchmarks.browser.serving import streamlit

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


@pytest.fixture(scope="session")
def app(browser: Browser) -> Iterator[str]:
    """Address of the real page; asks for the browser first, so that nothing starts where there is none."""
    del browser
    with streamlit("app.py") as url:
        yield url


@pytest.fixture(scope="session")
def fake_app(browser: Browser) -> Iterator[str]:
    """Address of the page over a handcrafted report."""
    del browser
    with streamlit("tests/browser/fake_app.py") as url:
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
