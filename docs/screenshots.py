"""Take the pictures of the README: start the app, let Chromium open it, save both themes.

Run it as ``python -m docs.screenshots``; it needs Playwright and a Chromium, as the browser tests do.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from benchmarks.browser.chromium import ARGUMENTS, installed
from benchmarks.browser.serving import streamlit

ROOT = Path(__file__).parents[1]
SAMPLE = "gated_mlp"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZE = (1440, 900)
PATIENCE = 180.0
"""Seconds that a step may take."""


def main() -> None:
    """Save ``screenshot-light.png`` and ``screenshot-dark.png`` beside this file."""
    path = installed()
    if path is None:
        sys.exit("No Chromium was found: install the package chromium, or set CHROMIUM to its path.")
    with streamlit("app.py") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        for theme in THEMES:
            picture = Path(__file__).with_name(f"screenshot-{theme}.png")
            take(browser, f"{url}/?source={SAMPLE}", theme, picture)
            print(picture.relative_to(ROOT))
        browser.close()


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
