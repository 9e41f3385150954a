"""Scripts that measure what the page shows, by the styles that the browser computed."""

from __future__ import annotations

COLOURS = """
const parsed = (value) => {
    const numbers = value.match(/[\\d.e-]+/g).map(Number);
    const srgb = value.startsWith("color(srgb");
    const [red, green, blue] = numbers.slice(0, 3).map((one) => (srgb ? one * 255 : one));
    return { red, green, blue, alpha: numbers[3] ?? 1 };
};
const over = (top, below) => ({
    ...Object.fromEntries(["red", "green", "blue"].map((name) => [name, top[name] * top.alpha + below[name] * (1 - top.alpha)])),
    alpha: 1,
});
const faded = (colour, by) => ({ ...colour, alpha: colour.alpha * by });
const linear = (one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4);
const light = ({ red, green, blue }) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
const contrast = (one, other) => {
    const [more, less] = [light(one), light(other)].sort((a, b) => b - a);
    return (more + 0.05) / (less + 0.05);
};
"""
"""Colours as computed styles write them, laid over one another, and how far two are apart (WCAG 2.2)."""

TEXTS = (
    "(stage) => {"
    + COLOURS
    + """
const ancestors = (one) => (one ? [one, ...ancestors(one.parentElement ?? one.getRootNode().host)] : []);
const fading = (one) => ancestors(one).reduce((by, part) => by * Number(getComputedStyle(part).opacity), 1);
const page = (one) => ancestors(one).reverse().reduce((below, part) => over(parsed(getComputedStyle(part).backgroundColor), below),
    { red: 255, green: 255, blue: 255, alpha: 1 });
const covers = (rect, x, y) => {
    const at = rect.getBoundingClientRect();
    return at.left <= x && x <= at.right && at.top <= y && y <= at.bottom;
};
// What is drawn before a text, where its middle is.
const drawn = (text) => {
    const at = text.getBoundingClientRect();
    const [x, y] = [at.left + at.width / 2, at.top + at.height / 2];
    const paper = text.closest("svg");
    return [...paper.querySelectorAll("rect")]
        .filter((rect) => rect.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING && covers(rect, x, y))
        .filter((rect) => getComputedStyle(rect).display !== "none" && getComputedStyle(rect).fill !== "none")
        .reduce((below, rect) => over(faded(parsed(getComputedStyle(rect).fill), fading(rect)), below), page(paper));
};
const isText = (one) => [...one.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
const isSeen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 0;
const measured = (one, style, colour, below) => {
    const scale = one instanceof SVGElement ? one.getScreenCTM().a : 1;
    const size = parseFloat(style.fontSize) * scale;
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const seen = over(faded(parsed(colour), fading(one)), below);
    const kind = (one.closest("[class]") ?? one).getAttribute("class") ?? "";
    const around = one.parentElement?.closest("[class]")?.getAttribute("class") ?? "";
    return { text: (one.value || one.placeholder || one.textContent).trim().slice(0, 40), kind, around, size: Math.round(size), ratio: contrast(seen, below), least: isLarge ? 3 : 4.5 };
};
const found = [];
for (const one of stage.querySelectorAll("*")) {
    if (one.matches("title, option, style, script") || !isSeen(one)) continue;
    const style = getComputedStyle(one);
    if (one.matches("select, input")) {
        found.push(measured(one, style, style.color, page(one)));
        if (one.placeholder) found.push(measured(one, style, getComputedStyle(one, "::placeholder").color, page(one)));
    } else if (one instanceof SVGElement) {
        if (isText(one)) found.push(measured(one, style, style.fill, drawn(one)));
    } else if (isText(one)) found.push(measured(one, style, style.color, page(one)));
}
return found;
}"""
)
"""Measure every text and sign that is drawn: its colour beside what is under it, and the least contrast for its size."""

SIGNS = """(stage) => {
    const found = [];
    const said = (one, selector) => [...one.querySelectorAll(`:scope > ${selector}`)].map((part) => part.textContent).join(" ");
    for (const box of stage.querySelectorAll(".box.there.differs:not(.frame-name)")) {
        // A region tells what differs by what is in it; what has no mark at all has no colour either.
        if (box.matches(".region.open, .match-same:is(.op, .input, .output, .group)")) continue;
        const name = [...stage.querySelectorAll(".frame-name")].find((one) => one.parentNode === box.parentNode && one.getAttribute("transform") === box.getAttribute("transform"));
        const text = `${said(box, ".sign")} ${said(box, ".badge")} ${name ? said(name, ".badge") : ""}`;
        if (!/[◆◇≠↷⊕⊟~]/.test(text)) found.push(`${box.getAttribute("class")}: ${box.textContent}`);
    }
    for (const cell of stage.querySelectorAll(".matrix td.bad")) if (!/[≠⊘↯!]/.test(cell.textContent)) found.push(`cell ${cell.textContent}`);
    for (const line of stage.querySelectorAll(".line.marked .sign")) if (!line.textContent) found.push("line");
    for (const row of stage.querySelectorAll(".difference .sign")) if (!row.textContent) found.push("difference");
    return found;
}"""
"""Name the parts that differ without a sign that says so."""

CONTROLS = """() => {
    const root = () => [...document.querySelectorAll("*")].map((one) => one.shadowRoot).find((one) => one?.querySelector("main.stage")) ?? document;
    const stage = () => root().querySelector("main.stage");
    const all = () => [...stage().querySelectorAll("button, select, input, summary, [tabindex]")];
    const style = (one) => { const { outlineStyle, outlineWidth, stroke, strokeWidth } = getComputedStyle(one); return [outlineStyle, outlineWidth, stroke, strokeWidth].join(); };
    const looks = (one) => [one, ...one.querySelectorAll(":scope > .outline, :scope > .face")].map(style).join(";");
    const still = new Map(all().map((one) => [one, looks(one)]));
    const name = (one) => one.getAttribute("aria-label") || one.textContent.trim() || one.title;
    const key = (one) => String(all().indexOf(one));
    window.controls = () => all().filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility()).map(key);
    window.reached = () => {
        const one = root().activeElement;
        if (!one || !stage().contains(one)) return null;
        return { key: key(one), name: name(one), seen: looks(one) !== still.get(one), kind: `${one.tagName} ${one.getAttribute("class")} ${name(one)}` };
    };
}"""
"""Remember how controls look, and tell of the one that is reached whether it has a name and looks otherwise now."""

WIDER = """(stage) => {
    const edge = stage.getBoundingClientRect().right;
    const scrolls = (one) => one.parentElement?.closest(".scroll, .lines, .canvas, .pins, select");
    const found = [...stage.querySelectorAll("*")].filter((one) => !(one instanceof SVGElement) && !scrolls(one) && one.getBoundingClientRect().right > edge + 1);
    const whole = ["html", "[data-testid=stMain]", "[data-testid=stMainBlockContainer]"].map((one) => document.querySelector(one));
    return [...found, ...whole.filter((one) => one.scrollWidth > one.clientWidth + 1)].map((one) => `${one.tagName} ${one.getAttribute("class")}`);
}"""
"""Name what reaches beyond the page's right edge and cannot be scrolled to within its own part."""
