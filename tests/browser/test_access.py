"""The page can be read and used by all: contrast, signs beside colours, the keyboard, stillness, tablets and touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.view.assets import stage_script
from tests.browser.captured import MODELS, open_file
from tests.browser.measures import CONTROLS, SIGNS, TEXTS, WIDER
from tests.cases import Workshop

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PAIR = "left=eager:long&right=trace"
STAGE = "main.stage"
TABLETS = [pytest.param((834, 1112), id="upright"), pytest.param((1112, 834), id="across")]
Places = list[tuple[float, float]]


def as_it_opens(_page: Page) -> None:
    """Leave the page as it is."""


def with_an_op_and_the_notes(page: Page) -> None:
    page.locator('.pane.right [data-testid="graph-node"][data-node="tsh"]').click()
    expect(page.get_by_test_id("inspector")).to_contain_text("aten::addmm")
    page.locator(".list .notes").click()


def with_autograd(page: Page) -> None:
    page.keyboard.press("g")
    expect(page.locator(".pane.left .gradient").first).to_be_visible()


def with_ops_found(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("addmm")
    expect(page.get_by_role("listbox", name="ops found").get_by_role("option").first).to_be_visible()


def with_a_pane_alone(page: Page) -> None:
    page.locator(".pane.right .lock").click()
    expect(page.locator(".pane.right .lock")).to_have_attribute("aria-pressed", "true")


STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "pair": (PAIR, as_it_opens),
    "op": (PAIR, with_an_op_and_the_notes),
    "autograd": (PAIR, with_autograd),
    "found": (PAIR, with_ops_found),
    "alone": (PAIR, with_a_pane_alone),
    "calm": ("left=eager:short&right=trace", as_it_opens),
    "refused": ("left=eager:long&right=export", as_it_opens),
    "three": ("left=eager:wide&right=script&more=trace", as_it_opens),
    "notice": ("left=eager:nope&right=trace", as_it_opens),
}


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes pages of other visitors: of another scheme, size, or with fingers."""
    contexts: list[Any] = []

    def visit(**kind: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **kind})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        return page

    yield visit
    for context in contexts:
        context.close()


def settled(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_test_id("graph-pane").first).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("matrix-cell").filter(has_text="…")).to_have_count(0)
    page.wait_for_timeout(800)


def faint(page: Page, part: str = STAGE) -> list[str]:
    """Return the texts that are too near to what is under them, and make sure that there are texts at all."""
    texts = page.locator(part).first.evaluate(TEXTS)
    assert texts
    return sorted(
        {
            f"{one['text']!r} ({one['kind']} in {one['around']}): {one['ratio']:.2f}"
            for one in texts
            if one["ratio"] < one["least"]
        }
    )


def opened(page: Page, fake_app: str, state: str) -> None:
    query, act = STATES[state]
    settled(page, f"{fake_app}/?source=gated_mlp&{query}")
    act(page)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_is_far_enough_from_what_is_under_it(
    visitors: Callable[..., Page], fake_app: str, scheme: Scheme
) -> None:
    page = visitors(color_scheme=scheme)
    for state in STATES:
        opened(page, fake_app, state)
        assert faint(page) == [], state
        assert faint(page, ".status") == [], state


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_of_a_captured_model_is_far_enough_from_what_is_under_it(
    visitors: Callable[..., Page], workshop: Workshop, tmp_path: Path, scheme: Scheme
) -> None:
    page = visitors(color_scheme=scheme)
    for name in MODELS:
        open_file(page, workshop, tmp_path, name)
        assert faint(page) == [], name


def test_a_text_that_is_too_faint_is_found(page: Page, fake_app: str) -> None:
    """The measuring itself: a colour mixed into the ground, one that fades, and text on a box of its own colour."""
    settled(page, fake_app)
    page.locator(STAGE).evaluate("""(stage) => {
        const style = document.createElement("style");
        style.textContent = `.stage .matrix .units { color: color-mix(in srgb, var(--fg) 40%, var(--bg)); } .file { opacity: 0.4; }
            .match-same > .outline { fill: var(--fg); }`;
        stage.append(style);
    }""")
    found = " ".join(faint(page))
    for text in ("'Eager: ops that ran.", "(file in ", "'gt' (title in "):
        assert text in found


def test_nothing_that_differs_is_told_by_colour_alone(page: Page, fake_app: str) -> None:
    for state in ("pair", "calm", "three", "notice"):
        opened(page, fake_app, state)
        assert page.locator(STAGE).evaluate(SIGNS) == [], state


def test_nothing_of_a_captured_model_is_told_by_colour_alone(page: Page, workshop: Workshop, tmp_path: Path) -> None:
    for name in MODELS:
        open_file(page, workshop, tmp_path, name)
        assert page.locator(STAGE).evaluate(SIGNS) == [], name


@pytest.mark.parametrize("state", ["op", "three", "refused"])
def test_what_tab_reaches_has_a_name_and_is_seen_to_be_reached(page: Page, fake_app: str, state: str) -> None:
    opened(page, fake_app, state)
    page.evaluate(CONTROLS)
    page.locator(f"{STAGE} :is(button, input)").first.focus()
    page.keyboard.press("Shift+Tab")
    reached: list[dict[str, Any]] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate("() => window.reached()")
        if at is None and reached:
            break
        if at is not None:
            reached.append(at)
    controls = set(page.evaluate("() => window.controls()"))
    assert controls <= {one["key"] for one in reached}
    assert [one for one in reached if one["key"] in controls and not one["name"]] == []  # the others only scroll
    assert [one for one in reached if not one["seen"]] == []


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_those_who_want_it_still(
    visitors: Callable[..., Page], fake_app: str, motion: str, moves: bool
) -> None:
    page = visitors(reduced_motion=motion)
    settled(page, fake_app)
    for part, inside in ((STAGE, '<i class="pulse"></i>'), (".status", '<i class="bar"><i class="now"></i></i>')):
        name = page.locator(part).first.evaluate(
            "(part, inside) => { part.insertAdjacentHTML('beforeend', inside); "
            "return getComputedStyle(part.querySelector('.pulse, .now')).animationName; }",
            inside,
        )
        assert (name != "none") is moves
    page.keyboard.press("f")
    lasts = page.locator(".pane.left").evaluate("(pane) => getComputedStyle(pane).transitionDuration")
    assert (lasts != "0s") is moves


def tablet(visitors: Callable[..., Page], size: tuple[int, int] = (1112, 834)) -> Page:
    return visitors(viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True)


@pytest.mark.parametrize("size", TABLETS)
@pytest.mark.parametrize("state", ["pair", "three", "refused", "notice"])
def test_on_a_tablet_nothing_is_cut_off_and_the_panes_have_room(
    visitors: Callable[..., Page], fake_app: str, size: tuple[int, int], state: str
) -> None:
    page = tablet(visitors, size)
    opened(page, fake_app, state)
    assert page.locator(STAGE).evaluate(WIDER) == []
    for part, width, height in (
        (".pane", 240, 320),
        (".verdict h1", 340, 26),
        (".verdict p", 340, 18),
        (".source", 230, 160),
        (".matrix", 230, 160),
    ):
        for one in page.locator(part).all():
            found = one.bounding_box()
            assert found is not None
            assert found["width"] >= width, part
            assert found["height"] >= height, part


def touch(page: Page, *steps: Places) -> None:
    """Put fingers on the page, move them from step to step, and take them away; a step without the last lifts it first."""
    session = page.context.new_cdp_session(page)

    def send(kind: str, fingers: dict[int, tuple[float, float]]) -> None:
        points = [{"x": x, "y": y, "id": at} for at, (x, y) in fingers.items()]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before: dict[int, tuple[float, float]] = {}
    for step in steps:
        fingers = dict(enumerate(step))
        lifted = {at: place for at, place in before.items() if at not in fingers}
        if lifted:
            send("touchEnd", lifted)
        send("touchMove" if before else "touchStart", fingers)
        before = fingers
    send("touchEnd", {})
    page.wait_for_timeout(100)


def middle(page: Page, side: str = "left") -> tuple[float, float]:
    found = page.locator(f".pane.{side} .canvas").bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def op(page: Page) -> dict[str, float]:
    found = page.locator('.pane.left [data-node="bd"] > .outline').bounding_box()
    assert found is not None
    return {name: float(value) for name, value in found.items()}  # pyright: ignore[reportArgumentType]


def test_one_finger_drags_the_graph(visitors: Callable[..., Page], fake_app: str) -> None:
    page = tablet(visitors)
    opened(page, fake_app, "pair")
    before, (x, y) = op(page), middle(page)
    touch(page, [(x, y)], [(x + 20, y + 10)], [(x + 30, y + 40)])
    after = op(page)
    assert after["x"] - before["x"] == pytest.approx(30, abs=1.5)
    assert after["y"] - before["y"] == pytest.approx(40, abs=1.5)
    assert after["width"] == pytest.approx(before["width"], abs=0.5)


def test_two_fingers_zoom_about_what_lies_between_them(visitors: Callable[..., Page], fake_app: str) -> None:
    page = tablet(visitors)
    opened(page, fake_app, "pair")
    before, (x, y) = op(page), middle(page)
    touch(page, *[[(x - by, y), (x + by, y)] for by in (40, 50, 60, 70, 80)])
    after = op(page)
    assert after["width"] / before["width"] == pytest.approx(2, rel=0.03)
    assert after["x"] - x == pytest.approx(2 * (before["x"] - x), abs=4)
    assert after["y"] - y == pytest.approx(2 * (before["y"] - y), abs=4)
    touch(page, *[[(x - by, y), (x + by, y)] for by in (80, 70, 60, 50, 40)])
    assert op(page)["width"] == pytest.approx(before["width"], rel=0.03)


def test_two_fingers_drag_without_a_zoom_and_one_of_them_goes_on(visitors: Callable[..., Page], fake_app: str) -> None:
    page = tablet(visitors)
    opened(page, fake_app, "pair")
    before, (x, y) = op(page), middle(page)
    both = [[(x - 40 + by, y), (x + 40 + by, y)] for by in (0, 10, 20, 30)]
    touch(page, *both, [(x + 10, y)])
    after = op(page)
    assert after["width"] == pytest.approx(before["width"], rel=0.03)
    assert after["x"] - before["x"] == pytest.approx(50, abs=4)


def test_a_tap_still_picks_an_op_and_a_pinch_picks_none(visitors: Callable[..., Page], fake_app: str) -> None:
    page = tablet(visitors)
    opened(page, fake_app, "pair")
    one = op(page)
    x, y = one["x"] + one["width"] / 2, one["y"] + one["height"] / 2
    touch(page, *[[(x - by, y), (x + by, y)] for by in (10, 20, 30)])
    expect(page.locator(".box.picked")).to_have_count(0)
    one = op(page)
    page.touchscreen.tap(one["x"] + one["width"] / 2, one["y"] + one["height"] / 2)
    expect(page.locator(".pane.left .box.picked")).to_have_count(1)


def test_what_is_pressed_leaves_tables_and_lists_what_they_are(page: Page, fake_app: str) -> None:
    """Cells and entries were buttons to a screen reader, so the table had no cells and the list no entries."""
    opened(page, fake_app, "op")
    matrix, listed = page.get_by_test_id("matrix"), page.locator(".list ul")
    cells = page.get_by_test_id("matrix-cell").count()
    assert cells
    figures = 2 * matrix.locator("tbody tr").count()
    assert matrix.get_by_role("cell").count() == cells + figures
    assert matrix.get_by_role("cell").get_by_role("button").count() == cells
    rows = listed.get_by_role("listitem")
    assert rows.count() == listed.locator("> li").count() > 1
    assert rows.get_by_role("button").count() == rows.count()


REFUSED = """async ([script, file]) => {
    const drawn = await import(URL.createObjectURL(new Blob([`${script}\\nexport { drawRefusal };`], { type: "text/javascript" })));
    const made = drawn.drawRefusal({ title: "refused", reason: "", line: 12, file, message: null, hint: null }, "model.py", {});
    return [...made.querySelectorAll("button, p.hint")].map((one) => `${one.localName} ${one.textContent}`);
}"""
"""Draw a refusal at a line of a file beside the listing of model.py."""


@pytest.mark.parametrize(
    ("file", "told"),
    [
        pytest.param("model.py", "button line 12", id="of the listing"),
        pytest.param("parts.py", "p parts.py, line 12", id="of another file"),
        pytest.param(None, "p line 12", id="of an unknown file"),
    ],
)
def test_a_refusal_leads_only_to_a_line_that_is_listed(page: Page, fake_app: str, file: str | None, told: str) -> None:
    page.goto(fake_app)
    assert page.evaluate(REFUSED, [stage_script(), file]) == [told]
