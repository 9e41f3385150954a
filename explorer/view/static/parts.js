// What was sent is kept by the hash of its content: an answer names its parts, and brings those that were not sent before.

class Parts {
  constructor() {
    this.kept = new Map();
  }

  // The data that an answer stands for; nothing where a part is missing that was taken to be here.
  whole({ plain, named, scene, alone, ahead, parts, clears, stamp }) {
    if (clears) this.kept.clear();
    for (const [name, part] of Object.entries(parts)) this.kept.set(name, part);
    this.isWhole = true;
    const data = {
      ...plain,
      ...mapped(named, (name) => this.part(name)),
      scene: scene && this.scene(scene),
      alone: mapped(alone, (one) => this.scene(one)),
      ahead: ahead ? { ...ahead, scene: this.scene(ahead.scene) } : null,
      stamp,
    };
    return this.isWhole ? data : undefined;
  }

  part(name) {
    this.isWhole = this.isWhole && this.kept.has(name);
    return this.kept.get(name);
  }

  scene(scene) {
    return {
      ...scene,
      panes: scene.panes.map((pane) => ({ ...pane, details: Object.assign({}, ...pane.details.map((name) => this.part(name))) })),
      boxes: scene.boxes.map(([name, x, y]) => ({ ...this.part(name), x, y })),
      wires: scene.wires.map(([name, path]) => ({ ...this.part(name), path })),
      stubs: this.part(scene.stubs) || [],
    };
  }
}

function mapped(entries, change) {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value)]));
}
