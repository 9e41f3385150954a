// A picture of the graphs as their panes draw them, to be kept: what is open, the layers, the marks. Each graph is whole
// and at its own size, wherever its pane looks.

const PICTURE_EDGE = 20;
const PICTURE_LABEL = 26;
// A picture is no narrower than what is written above it can be read.
const LEAST_PICTURE = 460;
const REFUSAL_WIDTH = 300;
// Pixels of a side that browsers still draw.
const LARGEST_SIDE = 16000;

const UNMADE = "No PNG can be made of graphs this large here: save the SVG.";

function drawSaving(data) {
  const unmade = el("span", { class: "unmade", role: "status" });
  const button = (label, text, action) =>
    el("button", { type: "button", title: label, "aria-label": label, onclick: (event) => action(event.target.closest(".stage")) }, text);
  return el(
    "div",
    { class: "save", hidden: !data.scene.panes.length },
    button("save the graphs as a picture (SVG)", "SVG", (stage) => saveAs(svgOf(stage, data), "image/svg+xml", pictureName(data, "svg"))),
    button("save the graphs as a picture (PNG)", "PNG", (stage) => savePng(stage, data, (text) => (unmade.textContent = text))),
    unmade,
  );
}

// The model, its graphs, and the cause that is told of them.
function pictureName({ name, shown, rows }, ending) {
  const row = rows[shown.difference];
  const parts = [name, ...SIDES.map((side) => shown[side]), row && row.cause].filter(Boolean);
  return `${parts.map((part) => part.replace(/[^\w.-]+/g, "-")).join("-")}.${ending}`;
}

function savePng(stage, data, tell) {
  tell("");
  const source = pictureOf(stage, data);
  const [width, height] = ["width", "height"].map((name) => Number(source.getAttribute(name)));
  const scale = Math.min(2, LARGEST_SIDE / Math.max(width, height));
  const image = new Image();
  image.onload = () => {
    const canvas = el("canvas", { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => (blob ? saveAs(blob, "image/png", pictureName(data, "png")) : tell(UNMADE)), "image/png");
  };
  image.onerror = () => tell(UNMADE);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(source))}`;
}

function svgOf(stage, data) {
  return new XMLSerializer().serializeToString(pictureOf(stage, data));
}

// All panes beside each other, under what is told of them, above their signs.
function pictureOf(stage, data) {
  const [fg, muted] = ["--fg", "--muted"].map((name) => resolvedColour(stage, name));
  const panes = [...stage.querySelectorAll(".pane")];
  const columns = panes.map((pane) => columnOf(pane, data, fg, muted));
  const width = Math.max(LEAST_PICTURE, columns.reduce((sum, column) => sum + column.width + PICTURE_EDGE, -PICTURE_EDGE));
  const parts = drawCaption(captionOf(data), width, fg);
  let y = PICTURE_EDGE + parts.length * CAPTION_LINE + PICTURE_LABEL;
  let x = PICTURE_EDGE;
  for (const column of columns) {
    parts.push(drawTextLine(wordsOf(column.label), x, y, muted, { weight: 600 }), ...column.draw(x, y + 12));
    x += column.width + PICTURE_EDGE;
  }
  y += 12 + Math.max(...columns.map(({ height }) => height));
  const signs = drawSigns(signsOf(stage, panes), PICTURE_EDGE, y + KEY_LINE, width, muted);
  y = Math.max(y, ...signs.map((one) => Number(one.getAttribute("y")) + KEY_SIZE / 2)) + PICTURE_EDGE;
  return bare(sheet(data.name, width + 2 * PICTURE_EDGE, y, resolvedColour(stage, "--bg"), [...parts, ...signs]));
}

function sheet(name, width, height, ground, parts) {
  const size = { width: Math.ceil(width), height: Math.ceil(height), viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}` };
  return svg("svg", { xmlns: SVG_NAMESPACE, ...size }, svg("title", {}, name), svg("rect", { width: size.width, height: size.height, fill: ground }), ...parts);
}

function drawCaption({ title, text }, width, fill) {
  const heading = linesOf(title, width, { weight: 700 }).map((words) => [words, { weight: 700 }]);
  const lines = [...heading, ...linesOf(text, width).map((words) => [words, {}])];
  return lines.map(([words, style], at) => drawTextLine(words, PICTURE_EDGE, PICTURE_EDGE + 8 + at * CAPTION_LINE, fill, style));
}

// What a pane shows: a graph, or why there is none.
function columnOf(pane, data, fg, muted) {
  const option = data.captures.find((entry) => entry.id === pane.dataset.capture);
  const label = option ? option.label : pane.dataset.capture;
  const canvas = pane.querySelector(".canvas");
  const shown = canvas ? graphOf(canvas) : refusalOf(pane, fg, muted);
  return { ...shown, label, width: Math.max(shown.width, widthOf(label, { weight: 600 })) };
}

// A graph in full: what its pane leaves out as too small to be read has its size here.
function graphOf(canvas) {
  const { width, height } = canvas.paper.scene;
  const isFar = canvas.classList.contains("far");
  canvas.classList.remove("far");
  const copy = painted(canvas.querySelector(".paper"));
  canvas.classList.toggle("far", isFar);
  const draw = (x, y) => {
    copy.querySelector(".world").setAttribute("transform", `translate(${x} ${y})`);
    return [...copy.childNodes];
  };
  return { width, height, draw };
}

function refusalOf(pane, fg, muted) {
  const texts = [...pane.querySelectorAll(".refusal > :is(h3, p:not(.sign), .link)")].map((one) => [one.textContent, one.matches("h3") ? { weight: 700 } : {}]);
  const lines = texts.flatMap(([text, style]) => linesOf(text, REFUSAL_WIDTH, style).map((words) => [words, style]));
  const draw = (x, y) => lines.map(([words, style], at) => drawTextLine(words, x, y + (at + 1) * CAPTION_LINE, style.weight ? fg : muted, style));
  return { width: REFUSAL_WIDTH, height: (lines.length + 1) * CAPTION_LINE, draw };
}

// The picture without what only the page reads of it.
function bare(picture) {
  for (const part of picture.querySelectorAll("*")) {
    for (const name of [...part.attributes].map((one) => one.name)) if (/^(class|data-|aria-|tabindex|role)/.test(name)) part.removeAttribute(name);
  }
  return picture;
}
