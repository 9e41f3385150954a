"""Opening the page for a test: at an address, until the comparison is there and nothing moves any more."""

from __future__ import annotations

from playwright.sync_api import Page, expect

MOVED_MILLISECONDS = 800
"""In which Streamlit still moves what it has drawn."""


def settled(page: Page, address: str, *, panes: int = 2) -> Page:
    """Go to ``address`` and wait until it shows so many panes and has no graph to come."""
    page.goto(address)
    expect(page.get_by_test_id("graph-pane")).to_have_count(panes)
    expect(page.get_by_test_id("matrix-cell").filter(has_text="…")).to_have_count(0)
    page.wait_for_timeout(MOVED_MILLISECONDS)
    return page
