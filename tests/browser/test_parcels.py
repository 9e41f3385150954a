"""What the browser puts together of parts is what the server packed; where it lacks one, it asks for all of them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from playwright.sync_api import Page, expect

from explorer.view.assets import loader_script, read, stage_script
from explorer.view.differences import rows_for
from explorer.view.parcels import Parcels
from explorer.view.payload import Ahead, payload, scene_of
from explorer.view.showing import choose
from tests.browser.opening import settled
from tests.view.fakes import gated_report

REPORT = gated_report()
BOX = '.pane.left [data-box="/encoder"]'

UNPACKED = """async ([script, packed]) => {
    const source = `${script}\\nexport { Parts };`;
    const { Parts } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const parts = new Parts();
    return packed.map((one) => parts.whole(one) ?? null);
}"""

LOADED = """async ([script, packed]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const parentElement = document.body.appendChild(document.createElement("div"));
    const asked = [];
    for (const data of packed) module.default({ parentElement, data, setTriggerValue: (_, action) => asked.push(action) });
    await new Promise((done) => setTimeout(done, 300));
    return [asked, parentElement.textContent];
}"""


STAGES = """async ([script, packed]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const parentElement = document.body.appendChild(document.createElement("div"));
    const seen = [];
    for (const data of packed) {
        module.default({ parentElement, data, setTriggerValue: () => {} });
        await new Promise((done) => setTimeout(done, 400));
        seen.push(parentElement.querySelectorAll("main.stage").length);
    }
    return seen;
}"""
"""How many pages stand there after each answer."""


def data(toggled: Mapping[str, bool], *, ahead: bool = False) -> dict[str, object]:
    """Return what the page shows of the handcrafted report."""
    rows = rows_for(REPORT)
    shown = choose(REPORT, rows, left=None, right=None, difference=None)
    assert shown is not None
    scene = scene_of(REPORT, shown, toggled)
    known = Ahead(key="/encoder", open=False, side="left", scene=scene_of(REPORT, shown, {})) if ahead else None
    return payload(REPORT, rows, shown, scene, ahead=known, alone={"right": scene} if ahead else None)


def test_what_is_put_together_is_what_was_packed(page: Page, fake_app: str) -> None:
    page.goto(fake_app)
    kept = Parcels()
    shown = [data({}), data({"/encoder": True}), data({"/encoder": True}, ahead=True), data({})]
    packed: list[dict[str, object]] = []
    for number, one in enumerate(shown, start=1):
        packed.append({**kept.pack(one, number), "stamp": ["visit", number]})
        kept.hear({"do": "toggle", "got": number})
    unpacked = page.evaluate(UNPACKED, [read("parts.js"), packed])
    wanted = [{**one, "stamp": ["visit", number]} for number, one in enumerate(shown, start=1)]
    assert unpacked == msgspec.json.decode(msgspec.json.encode(wanted))
    assert not packed[-1]["parts"]


def test_where_a_part_is_missing_all_of_them_are_asked_for(page: Page, fake_app: str) -> None:
    page.goto(fake_app)
    kept = Parcels()
    kept.pack(data({}), 1)  # it was lost
    kept.hear({"do": "toggle", "got": 1})
    page_of_scripts = {
        "script": "export default ({ parentElement, data }) => (parentElement.append(data.name), () => {});",
        "style": "",
    }
    lacking = {**kept.pack({**data({}), **page_of_scripts}, 2), "stamp": ["visit", 2]}
    asked, _ = page.evaluate(LOADED, [loader_script(), [lacking]])
    assert asked == [{"do": "resend"}]
    assert kept.hear(asked[0])
    whole = {**kept.pack({**data({}), **page_of_scripts}, 3), "stamp": ["visit", 3]}
    assert page.evaluate(LOADED, [loader_script(), [lacking, whole]]) == [
        [{"do": "resend"}, {"do": "have", "got": 3}],
        "gated_mlp",
    ]


def test_what_is_asked_for_as_an_answer_comes_is_not_lost(page: Page, fake_app: str) -> None:
    """What only tells that the answer is there took its place: of two at once Streamlit keeps the last."""
    page.goto(fake_app)
    asking = """export default ({ parentElement, data, setTriggerValue }) => {
        parentElement.append(data.name);
        setTriggerValue("action", { do: "toggle" });
        return () => {};
    }"""
    packed = {**Parcels().pack({**data({}), "script": asking, "style": ""}, 1), "stamp": ["visit", 1]}
    asked, _ = page.evaluate(LOADED, [loader_script(), [packed]])
    assert asked == [{"do": "toggle", "got": 1}]


def test_what_was_sent_before_is_not_sent_with_a_box_that_opens(page: Page, fake_app: str) -> None:
    settled(page, fake_app)
    frames: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(len(frame))))
    page.reload()
    settled(page, fake_app)
    first = sum(frames)
    frames.clear()
    page.locator(BOX).locator(".strip").first.click()
    expect(page.locator(f"{BOX}.open")).to_be_visible()
    assert 0 < sum(frames) < first / 4


def test_what_was_sent_before_is_not_sent_with_what_the_sidebar_changes(page: Page, fake_app: str) -> None:
    frames: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(len(frame))))
    settled(page, fake_app)
    first = sum(frames)
    frames.clear()
    page.get_by_role("button", name="jit", exact=True).click()
    page.wait_for_timeout(1500)
    assert 0 < sum(frames) < first / 4


def test_a_page_with_another_script_takes_the_place_of_the_one_before_it(page: Page, fake_app: str) -> None:
    """Both stood there, the older one above, after the app was renewed beneath an open page."""
    page.goto(fake_app)
    kept = Parcels()
    scripts = [f"{stage_script()}\n// {number}" for number in range(2)]
    packed = [
        {**kept.pack({**data({}), "script": script, "style": ""}, number), "stamp": ["visit", number]}
        for number, script in enumerate(scripts, start=1)
    ]
    stages = page.evaluate(STAGES, [loader_script(), packed])
    assert stages == [1, 1]
