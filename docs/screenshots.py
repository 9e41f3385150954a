"""Take the pictures of the README: start the app, let Chromium open it, save both themes.

Run it as ``python docs/screenshots.py``; it needs Playwright and a Chromium, as the browser tests do.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
SAMPLE = "gated_mlp"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZE = (1440, 900)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PATIENCE = 180.0
"""Seconds that a step may take."""


def main() -> None:
    """Save ``screenshot-light.png`` and ``screenshot-dark.png`` beside this file."""
    path = os.environ.get("CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        sys.exit("No Chromium was found: install the package chromium, or set CHROMIUM to its path.")
    with serving() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for theme in THEMES:
            picture = Path(__file__).with_name(f"screenshot-{theme}.png")
            take(browser, f"{url}/?source={SAMPLE}", theme, picture)
            print(picture.relative_to(ROOT))
        browser.close()


@contextmanager
def serving() -> Iterator[str]:
    """Serve the app on a free port of this machine; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--server.port", port]
    with subprocess.Popen(command, cwd=ROOT) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            await_health(url)
            yield url
        finally:
            server.terminate()


def await_health(url: str) -> None:
    """Return once the app answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("The app did not start.")


def take(browser: Browser, url: str, theme: Literal["light", "dark"], picture: Path) -> None:
    """Open ``url`` as a new visitor, wait until all is compared, and save what is seen."""
    width, height = SIZE
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(url)
    page.get_by_test_id("graph-pane").first.wait_for()
    page.wait_for_timeout(1000)
    page.get_by_test_id("progress").wait_for(state="detached")
    page.wait_for_timeout(1500)  # the panes settle
    page.screenshot(path=picture)
    context.close()


if __name__ == "__main__":
    main()
