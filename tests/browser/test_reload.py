"""What a reader handed in, and its result, after a reload and after the server was killed."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from benchmarks.browser.serving import streamlit
from tests.browser.opening import settled
from tests.view.fakes import TEXT

APP = "tests/browser/fake_app.py"


def test_an_upload_is_there_after_a_reload_and_after_another_start_of_the_server(page: Page, tmp_path: Path) -> None:
    kept = {"PARALLAX_CACHE": str(tmp_path / "kept")}
    file: FilePayload = {"name": "mine.py", "mimeType": "text/x-python", "buffer": TEXT.encode()}
    with streamlit(APP, kept) as url:
        settled(page, url)
        page.get_by_role("radio", name="Upload").click()
        page.locator('.st-key-upload input[type="file"]').set_input_files([file])
        expect(page).to_have_url(re.compile(r"kept=[\w\-]{22}&"))
        page.locator('[data-testid="matrix-cell"][data-capture="script"][data-input="wide"]').click()
        expect(page).to_have_url(re.compile("right=script"))
        asked = page.url.removeprefix(url)
        settled(page, page.url)
        expect(page.locator(".pane.right")).to_have_attribute("data-capture", "script")
        expect(page.get_by_role("radio", name="Upload")).to_be_checked()
    with streamlit(APP, kept) as url:
        settled(page, f"{url}{asked}")
        expect(page.locator(".pane.right")).to_have_attribute("data-capture", "script")
        page.get_by_role("radio", name="Write").click()
        expect(page.get_by_role("textbox", name="Change a line and run")).to_have_value(TEXT)


def test_what_an_edit_did_is_told_after_a_reload(page: Page, tmp_path: Path) -> None:
    """The sentence was gone, and the graphs before the edit with it."""
    with streamlit(APP, {"PARALLAX_CACHE": str(tmp_path / "kept")}) as url:
        settled(page, f"{url}/?source=gated_mlp")
        page.get_by_role("radio", name="Write").click()
        written = page.get_by_role("textbox", name="Change a line and run")
        expect(written).to_have_value(re.compile("class"))
        written.fill(f"{written.input_value()}\n# mine\n")
        page.get_by_role("button", name="Run", exact=True).click()
        notice = page.locator(".notice .what")
        expect(notice).to_contain_text("Your edit")
        told = notice.inner_text()
        expect(page).to_have_url(re.compile("kept="))
        settled(page, page.url)
        expect(notice).to_have_text(told)
