"""What the reader does is asked of the server one thing after the other, and an older answer undoes nothing of it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from explorer.view.assets import stage_script
from explorer.view.differences import rows_for
from explorer.view.payload import payload, scene_of
from explorer.view.showing import choose
from tests.browser.opening import settled
from tests.view.fakes import gated_report

REPORT = gated_report()

PRESSED = """async ([script, data, answers]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const parentElement = document.body.appendChild(document.createElement("div"));
    const asked = [];
    const draw = (one) => module.default({ parentElement, data: one, setTriggerValue: (_, action) => asked.push([action.do, action.index ?? action.on, action.count]) });
    const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key }));
    const seen = () => {
        const stage = parentElement.querySelector("main.stage");
        const selected = parentElement.querySelector('[data-testid="difference"][aria-current="true"]');
        return [Number(selected.dataset.index), stage.classList.contains("large")];
    };
    draw(data);
    for (const key of ["n", "m", "n"]) press(key);
    const found = [[asked.length, ...seen()]];
    for (const answer of answers) {
        draw(answer);
        found.push([asked.length, ...seen()]);
    }
    return [asked, found];
}"""
"""Walk on, make the graphs large and walk on again; then hand over answers, and tell what was asked and what is shown."""


def data(done: int, difference: int, *, large: bool = False) -> dict[str, object]:
    """Return what the server sends once it has done as much."""
    rows = rows_for(REPORT)
    shown = choose(REPORT, rows, left="eager:long", right="trace", difference=difference)
    assert shown is not None
    return {**payload(REPORT, rows, shown, scene_of(REPORT, shown, {}), done=done), "large": large}


def test_an_older_answer_undoes_nothing_and_nothing_is_asked_before_it_is_there(page: Page, fake_app: str) -> None:
    page.goto(fake_app)
    answers = [data(1, 1), data(2, 1, large=True), data(3, 0, large=True)]
    asked, found = page.evaluate(PRESSED, [stage_script(), data(0, 0), answers])
    assert asked == [["difference", 1, 1], ["enlarge", True, 2], ["difference", 0, 3]]
    # How much was asked, which difference is selected, and whether the graphs are large: at first and after each answer.
    assert found == [[1, 0, True], [2, 0, True], [3, 0, True], [3, 0, True]]


def test_a_press_in_the_sidebar_is_done_where_it_comes_with_what_the_page_tells(page: Page, fake_app: str) -> None:
    """Streamlit runs the stage alone for both: the sidebar was as before, or a file was made and not handed over."""
    settled(page, fake_app)
    for turn, mode in enumerate(("Upload", "Samples", "Upload")):
        page.locator(".pane.left .canvas").hover(position={"x": 4, "y": 200})
        page.mouse.wheel(0, 40 + turn)
        page.get_by_role("radio", name=mode).click()  # before the page tells by itself where it looks
        expect(page.locator('.st-key-upload input[type="file"]')).to_have_count(1 - turn % 2)
    page.mouse.wheel(0, 40)
    with page.expect_download():
        page.get_by_role("button", name="Page (HTML)").click()
