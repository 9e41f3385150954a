"""The examples in the sidebar: chosen, renamed, left out and added, by text and by files, with the real worker."""

from __future__ import annotations

import io
import re
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

WAIT = 120_000


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


def cell(page: Page, example: str, capture: str = "trace") -> Locator:
    return page.locator(f'[data-testid="matrix-cell"][data-capture="{capture}"][data-input="{example}"]')


def names(page: Page) -> list[str]:
    """Return the examples of the matrix in their order."""
    cells = page.locator('[data-testid="matrix-cell"][data-capture="eager"]').all()
    return [cell.get_attribute("data-input") or "" for cell in cells]


def name_of(page: Page, own: str) -> Locator:
    return page.get_by_label(f"Name of {own}", exact=True)


def tick(page: Page, own: str) -> None:
    """Tick or untick an example by the keyboard: the box itself is drawn over."""
    page.get_by_role("checkbox", name=f"Compare {own}", exact=True).focus()
    page.keyboard.press("Space")


def capture(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Captured").click()
    page.get_by_role("option", name=name, exact=True).click()


def compare(page: Page) -> None:
    page.get_by_role("button", name="Compare with these").click()


def done(page: Page) -> None:
    """Wait until nothing runs any more."""
    page.wait_for_timeout(700)
    expect(part(page, "progress")).to_have_count(0, timeout=WAIT)
    expect(page.locator('[data-stale="true"]')).to_have_count(0)


def hand_in(page: Page, *files: FilePayload) -> None:
    page.locator('[class*="st-key-examples-files"] input[type="file"]').set_input_files(list(files))
    for file in files:
        expect(page.get_by_role("button", name=f"Remove {file['name']}")).to_be_visible()
    page.wait_for_timeout(500)


def array(name: str, shape: tuple[int, ...]) -> FilePayload:
    file = io.BytesIO()
    np.save(file, np.ones(shape, dtype="f4"))
    return {"name": name, "mimeType": "application/octet-stream", "buffer": file.getvalue()}


@pytest.fixture
def opened(page: Page, app: str) -> Page:
    page.goto(f"{app}/?source=gated_mlp&captures=trace")
    expect(part(page, "graph-pane")).to_have_count(2, timeout=WAIT)
    done(page)
    page.get_by_text("Examples", exact=True).click()
    expect(name_of(page, "wide")).to_be_visible()
    return page


def test_another_example_is_captured_and_the_address_keeps_it(opened: Page) -> None:
    expect(cell(opened, "short")).to_have_attribute("data-outcome", "agrees")
    capture(opened, "long")
    compare(opened)
    expect(cell(opened, "short")).to_have_attribute("data-outcome", "differs", timeout=WAIT)
    expect(cell(opened, "long")).to_have_attribute("data-outcome", "agrees")
    done(opened)
    assert names(opened) == ["long", "short", "wide"]
    expect(opened).to_have_url(re.compile("first=long"))
    opened.reload()
    expect(cell(opened, "long")).to_have_attribute("data-outcome", "agrees", timeout=WAIT)
    assert names(opened) == ["long", "short", "wide"]


def test_names_change_and_examples_are_left_out_and_come_back(opened: Page) -> None:
    name_of(opened, "short").fill("quick")
    tick(opened, "wide")
    compare(opened)
    expect(cell(opened, "quick")).to_have_attribute("data-outcome", "agrees", timeout=WAIT)
    expect(cell(opened, "wide")).to_have_count(0)
    done(opened)
    assert names(opened) == ["quick", "long"]
    expect(name_of(opened, "wide")).to_have_value("wide")
    expect(opened).to_have_url(re.compile("without=wide&renamed=short(=|%3D)quick"))
    tick(opened, "wide")
    compare(opened)
    expect(cell(opened, "wide")).to_be_visible(timeout=WAIT)
    expect(cell(opened, "quick")).to_be_visible()


def test_examples_are_added_by_text_and_by_file(opened: Page) -> None:
    opened.get_by_role("textbox", name="Add, one to a line").fill("big=-1<=f32[3,16]<1 seed 7\nwritten=@rows.npy")
    hand_in(opened, array("ones.npy", (2, 16)), array("rows.npy", (5, 16)))
    compare(opened)
    expect(cell(opened, "big")).to_be_visible(timeout=WAIT)
    done(opened)
    assert names(opened) == ["short", "long", "wide", "big", "written", "ones"]
    expect(opened.get_by_role("textbox", name="Add, one to a line")).to_have_value("")
    expect(opened.get_by_role("button", name="Remove ones.npy")).to_have_count(0)
    expect(opened).to_have_url(re.compile(r"examples=big"))
    expect(opened).not_to_have_url(re.compile(r"npy"))
    capture(opened, "ones")
    compare(opened)
    expect(part(opened, "matrix").get_by_text("from ones")).to_be_visible(timeout=WAIT)
    expect(cell(opened, "ones")).to_have_attribute("data-outcome", "agrees")


def test_a_bad_file_is_told_and_what_was_there_stays(opened: Page) -> None:
    hand_in(opened, {"name": "bad.npy", "mimeType": "application/octet-stream", "buffer": b"no array"})
    compare(opened)
    expect(part(opened, "error")).to_contain_text("This is no .npy file")
    expect(part(opened, "error")).to_contain_text("bad.npy")
    expect(part(opened, "error")).to_contain_text("Save an array with numpy.save.")
    assert names(opened) == ["short", "long", "wide"]
    opened.get_by_role("button", name="Remove bad.npy").click()
    broken = array("broken.npy", (2, 16))
    hand_in(opened, {**broken, "buffer": broken["buffer"][:-9]})
    compare(opened)
    expect(part(opened, "error")).to_contain_text("The input 'broken' cannot be read", timeout=WAIT)
    expect(part(opened, "error")).to_contain_text("broken.npy")
    assert names(opened) == ["short", "long", "wide"]
    tick(opened, "broken")
    compare(opened)
    expect(part(opened, "error")).to_have_count(0, timeout=WAIT)
    done(opened)
    assert names(opened) == ["short", "long", "wide"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda page: name_of(page, "long").fill("short"), "already an example 'short'", id="a name twice"),
        pytest.param(lambda page: name_of(page, "long").fill(""), "'long' has no name", id="an empty name"),
        pytest.param(
            lambda page: page.get_by_role("textbox", name="Add, one to a line").fill("a=@/etc/passwd"), "not handed in", id="no file"
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_and_the_form_stays_as_it_was_left(opened: Page, change: object, says: str) -> None:
    assert callable(change)
    opened.get_by_role("textbox", name="Add, one to a line").fill("big=f32[3,16]")
    change(opened)
    compare(opened)
    expect(part(opened, "error")).to_contain_text(says)
    expect(opened.get_by_role("textbox", name="Add, one to a line")).not_to_have_value("")
    assert names(opened) == ["short", "long", "wide"]


def test_all_cannot_be_left_out(opened: Page) -> None:
    for one in ("short", "long", "wide"):
        tick(opened, one)
    compare(opened)
    expect(part(opened, "error")).to_contain_text("No example is left to compare.")
    assert names(opened) == ["short", "long", "wide"]


def test_the_name_of_an_example_in_an_address_is_nothing_but_text(page: Page, app: str) -> None:
    """A label that was not seen loaded an image from wherever the address said."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    name, value = "![x](http://127.0.0.1:9/x.png)", "'![y](http://127.0.0.1:9/y.png)'"
    given = quote(quote(f"{name}={value}", safe=""), safe="")
    page.goto(f"{app}/?source=gated_mlp&captures=trace&examples={given}")
    expect(cell(page, name)).to_be_visible(timeout=WAIT)
    done(page)
    page.get_by_text("Examples", exact=True).click()
    expect(page.get_by_text(value)).to_be_visible()
    assert [url for url in asked if ":9/" in url] == []
    assert page.locator(".st-key-example-rows img").count() == 0
