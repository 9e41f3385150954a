"""A Chromium whose CPU time is read: that of all its processes together."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, CDPSession, Page, Playwright, sync_playwright

from benchmarks.browser.figures import Taken

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""Nothing outside is asked: no figure may hang on a network."""
SAMPLING = 0.25
QUIET_SAMPLES = 6
QUIET_SECONDS = 0.03
"""CPU seconds of the last samples below which a browser is idle."""

DEEP = """
const deep = (selector) => {
  const found = [], roots = [document];
  for (const root of roots) {
    found.push(...root.querySelectorAll(selector));
    for (const one of root.querySelectorAll("*")) if (one.shadowRoot) roots.push(one.shadowRoot);
  }
  return found;
};
"""
"""Components stand in shadow trees, which a plain query does not see."""


@dataclass
class Meter:
    """CPU seconds of a browser; what a process took that has ended meanwhile still counts."""

    session: CDPSession
    taken: dict[int, float] = field(default_factory=dict[int, float])

    def seconds(self) -> float:
        """Return what all processes took so far."""
        for process in self.session.send("SystemInfo.getProcessInfo")["processInfo"]:
            self.taken[process["id"]] = process["cpuTime"]
        return sum(self.taken.values())


@dataclass
class Visit:
    """One page in a browser that was started for it, so that nothing is warm."""

    page: Page
    meter: Meter
    session: CDPSession

    def run(self, script: str) -> object:
        """Return what ``script``, the body of an async function, returns in the page; also where it forbids eval."""
        expression = f"(async () => {{ {DEEP} {script} }})()"
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self.session.send("Runtime.evaluate", asked)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", "the page raised"))
        return answer["result"].get("value")

    def open(self, url: str, drawn: str, *, limit: float) -> Taken:
        """Go to ``url`` and return what it takes until the expression ``drawn`` holds and all is idle."""
        self.settle()
        before = self.meter.seconds()
        start = time.monotonic()
        self.page.goto(url, wait_until="commit", timeout=limit * 1000)
        return self.settle(drawn, before=before, start=start, limit=limit)

    def settle(
        self, drawn: str = "true", *, before: float = 0.0, start: float | None = None, limit: float = 120.0
    ) -> Taken:
        """Wait until all is idle and ``drawn`` holds; the time of being idle does not count.

        The page is only asked when it is idle, as one that is busy would not answer.
        """
        start = time.monotonic() if start is None else start
        samples = [(time.monotonic(), self.meter.seconds())]
        while time.monotonic() - start < limit:
            time.sleep(SAMPLING)
            samples.append((time.monotonic(), self.meter.seconds()))
            if len(samples) <= QUIET_SAMPLES:
                continue
            then, seconds = samples[-1 - QUIET_SAMPLES]
            if samples[-1][1] - seconds <= QUIET_SECONDS and self.run(f"return Boolean({drawn})"):
                return Taken(cpu=seconds - before, wall=then - start)
        return Taken(cpu=self.meter.seconds() - before, wall=limit, failed=f"cut off after {limit:g} s")


def installed() -> str | None:
    """Return where Chromium is, if it is anywhere."""
    return os.environ.get("CHROMIUM") or next((one for name in NAMES if (one := shutil.which(name))), None)


def _launched(playwright: Playwright) -> Browser:
    path = installed()
    if path is None:
        raise SystemExit("No Chromium was found: install it, or set CHROMIUM to its path.")
    return playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, OFFLINE])


@contextmanager
def visiting(cookies: dict[str, str] | None = None) -> Iterator[Visit]:
    """Yield an empty page in a new browser."""
    with sync_playwright() as playwright:
        browser = _launched(playwright)
        try:
            context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
            for name, value in (cookies or {}).items():
                context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}])
            page = context.new_page()
            yield Visit(page, Meter(browser.new_browser_cdp_session()), context.new_cdp_session(page))
        finally:
            browser.close()


def version() -> str:
    """Return the version of Chromium."""
    with sync_playwright() as playwright:
        browser = _launched(playwright)
        try:
            return browser.version
        finally:
            browser.close()
