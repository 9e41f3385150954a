// A page that is a file: what an app would be asked for is looked up in what the file holds.

class Pages {
  constructor(held) {
    this.held = held;
    this.parent = document.getElementById("page");
  }

  page(key) {
    const places = this.held.states[key];
    if (!places) return null;
    const parts = Object.entries(places).map(([name, place]) => [name, this.held.parts[place]]);
    return { ...this.held.common, ...Object.fromEntries(parts), kept: true };
  }

  has(left, right) {
    return `pair:${left}|${right}` in this.held.states;
  }

  show(key) {
    const page = this.page(key);
    if (!page) return;
    page.captures = page.captures.map((entry) => ({ ...entry, sides: this.sides(entry.id, page.shown) }));
    history.replaceState(null, "", key === "first" ? location.pathname + location.search : `#${encodeURIComponent(key)}`);
    draw({ parentElement: this.parent, data: page, setTriggerValue: (_, action) => this.act(action) });
  }

  // On which sides a capture can stand beside what is shown on the other.
  sides(id, shown) {
    return {
      left: id === shown.left || this.has(id, shown.right),
      right: id === shown.right || this.has(shown.left, id),
    };
  }

  act(action) {
    if (action.do === "difference") this.show(`difference:${action.index}`);
    else if (action.do === "pair") this.show(`pair:${action.left}|${action.right}`);
  }

  begin() {
    const asked = decodeURIComponent(location.hash.slice(1));
    this.show(asked in this.held.states ? asked : "first");
  }
}

new Pages(JSON.parse(document.getElementById("report").textContent)).begin();
