// The first thing that is read: what is wrong, on how many examples, and why.

// Only good news has a sign of its own; what is not known yet is an open circle.
const TONE_SIGNS = { good: "✓", neutral: "○" };

function drawVerdict(data) {
  const { lead, stress, summary, tone } = data.verdict;
  return el(
    "div",
    { class: `verdict ${tone}${(data.problem && !data.problem.aside) || (data.notice && data.notice.below) ? " earlier" : ""}`, "data-testid": "verdict", role: "status" },
    el(
      "h1",
      {},
      TONE_SIGNS[tone] ? el("span", { class: "tone", "aria-hidden": "true" }, TONE_SIGNS[tone], " ") : null,
      lead,
      stress ? el("em", {}, stress) : null,
    ),
    el("p", {}, prose(summary), data.beside ? el("span", { class: "beside" }, ` ${data.beside}`) : null),
  );
}

function drawNotice(notice, actions) {
  if (!notice) return null;
  return el(
    "div",
    { class: "notice", "data-testid": "notice", role: "status" },
    notice.working ? el("span", { class: "pulse", "aria-hidden": "true" }) : el("span", { class: "sign", "aria-hidden": "true" }, "i"),
    el("p", { class: "what" }, notice.text),
    notice.offer ? el("button", { type: "button", class: "offer", onclick: () => actions.showPair(...notice.shows) }, notice.offer) : null,
    notice.below ? el("p", { class: "below" }, `Below: ${notice.below}, as it was.`) : null,
  );
}

function drawProblem(problem, below) {
  if (!problem) return null;
  const place = [problem.file, problem.line].filter((part) => part !== null && part !== undefined);
  return el(
    "div",
    { class: "problem", "data-testid": "error", role: "alert" },
    el("span", { class: "sign", "aria-hidden": "true" }, "⊘"),
    el(
      "div",
      {},
      el("p", { class: "what" }, place.length ? el("code", {}, place.join(":")) : null, " ", prose(problem.message)),
      problem.hint ? el("p", { class: "next" }, prose(problem.hint)) : null,
    ),
    below ? el("p", { class: "below" }, `Below: ${below}, as it was.`) : null,
  );
}

// Nothing to show yet: the page's own shape, empty, and a sentence.
function drawEmpty(data) {
  const said = data.said || "Pick a sample, upload a model file, or write one.";
  const pulse = data.working && !data.problem ? el("span", { class: "pulse", "aria-hidden": "true" }) : null;
  return el(
    "div",
    { class: "empty" },
    drawProblem(data.problem, ""),
    el("div", { class: "waiting", role: "status" }, pulse, said),
    // The shape of what is coming, only where something is.
    pulse
      ? el(
          "div",
          { class: "skeleton", "aria-hidden": "true" },
          ...["half", "half", "pane", "pane", "side"].map((shape) => el("div", { class: `card ${shape}` })),
        )
      : null,
  );
}
