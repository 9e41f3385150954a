// Building elements. What a model wrote only ever becomes text or an attribute, never markup.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
// What has no place in XML, not even escaped: with one of these in it a saved picture cannot be read at all.
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === "") continue;
    node.append(typeof child === "object" ? child : document.createTextNode(String(child).replace(NOT_IN_XML, " ")));
  }
  return node;
}

function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);
}

// A click, and the same by Enter or the space bar: for everything that is not a real button.
function pressable(action) {
  return {
    tabindex: "0",
    role: "button",
    onclick: (event) => {
      event.stopPropagation();
      action(event);
    },
    onkeydown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      action(event);
    },
  };
}

// Whether newer data of the same visit was drawn before: while the script loads, Streamlit may hand over the older after it.
function isOvertaken(stamp, drawn) {
  return Boolean(stamp && drawn) && stamp[0] === drawn[0] && stamp[1] < drawn[1];
}

// What the keyboard can reach in a part of the page, in order.
function focusables(root) {
  return [...root.querySelectorAll("[tabindex='0'], button, select, input, summary")];
}

// Text in which `backticks` set code apart.
function prose(text) {
  return String(text)
    .split("`")
    .map((part, at) => (at % 2 ? el("code", {}, part) : part));
}
