// SPDX-License-Identifier: GPL-2.0-only
//
// Beside the rows: all there is to know about the place under the cursor.
"use strict";

const relation_words = {
  "reads-from": ["reads from", "is read by"],
  "waits-for": ["waits for", "lets go on"],
  "lock-order": ["takes the lock after", "gives the lock to"],
};

class Panel {
  // `actions`: previous(), next(), go(place), all that a reader does here.
  constructor(trace, actions) {
    this.trace = trace;
    this.actions = actions;
    const button = (words, title, action) =>
      element("button", { type: "button", title, "aria-label": title, on: { click: action } }, words);
    this.title = element("h2", { "aria-live": "polite" });
    this.content = element("div", { class: "content" });
    this.fold = button("\u25be", "hide or show the details", () => this.node.classList.toggle("closed"));
    this.fold.classList.add("sheet-toggle");
    this.node = element(
      "aside",
      { class: "panel", "aria-label": "the step under the cursor" },
      element("div", { class: "bar" },
        button("\u2191", "previous step (k)", actions.previous),
        button("\u2193", "next step (j)", actions.next),
        this.title, this.fold),
      this.content);
    this.ring = trace.has_cycle ? new Ring(trace) : null;
  }

  show(place, round) {
    const { trace } = this;
    const thread = trace.thread_of(place);
    this.title.replaceChildren(...this.heading(place, thread, round));
    const parts = [this.operation(place), this.values(place), this.picture(place), this.relations(place), this.stack(place), this.source(place)];
    if (this.ring !== null) parts.splice(trace.in_cycle(place) ? 1 : parts.length, 0, this.ring.show(place, round));
    this.content.replaceChildren(...parts.filter((part) => part !== null));
    this.content.scrollTop = 0;
  }

  heading(place, thread, round) {
    const { trace } = this;
    if (place < 0) return ["Before the first step"];
    const words = trace.is_step(place) ? `Step ${place + 1} of ${trace.steps.length}` : "At the end";
    const nodes = [`${words} `, element("span", { class: `thread-${thread} owner` }, badge(thread), element("bdi", {}, visible(trace.threads[thread])))];
    if (round !== 0) nodes.push(element("span", { class: "round" }, ` round ${round}`));
    return nodes;
  }

  section(name, title, ...content) {
    return element("section", { data: { panel: name } }, title === "" ? "" : element("h3", {}, title), content);
  }

  operation(place) {
    if (place < 0) return null;
    const step = this.trace.steps[place];
    return this.section("operation", "",
      element("p", { class: "operation" }, this.trace.line_of(place)),
      step !== undefined && !step.matters ? element("p", { class: "note" }, "without influence on what breaks") : "");
  }

  values(place) {
    const step = this.trace.steps[place];
    if (step === undefined) return null;
    const { before, after, result, operation } = step;
    const rows = [];
    const add = (name, kind, value) =>
      rows.push(element("tr", {}, element("th", { scope: "row" }, name), element("td", { class: kind }, value)));
    if (before !== null && after !== null) {
      const same = before.words === after.words && before.hex === after.hex;
      const value = [element("bdi", { class: "before" }, before.words)];
      value.push(same ? element("span", { class: "stays" }, " stays") : " \u2192 ",
        element("bdi", { class: same ? "after unsaid" : "after" }, after.words));
      add(operation.location, "change-of-value", value);
    }
    if (result !== null) add(`${this.trace.threads[step.thread]} saw`, "saw", element("bdi", {}, result.words));
    return rows.length === 0 ? null : this.section("values", "Values", element("table", {}, element("tbody", {}, rows)));
  }

  picture(place) {
    const now = this.trace.picture_after(place);
    if (now.size === 0) return null;
    const before = this.trace.picture_before(place);
    const rows = [];
    for (const [name, state] of now) {
      const old = before.get(name) ?? "";
      const changed = old !== state;
      if (state === "" && !changed) continue;
      rows.push(element("tr", { class: changed ? "changed" : "", data: { name, state } },
        element("th", { scope: "row" }, element("bdi", {}, name)),
        element("td", {},
          changed && old !== "" ? element("del", {}, old) : "",
          changed ? element("ins", {}, state === "" ? "gone" : state) : element("bdi", {}, state))));
    }
    const title = place < 0 ? "Pages and lists at first" : this.trace.is_step(place) ? `Pages and lists after step ${place + 1}` : "Pages and lists at the end";
    return this.section("picture", title, element("table", {}, element("tbody", {}, rows)));
  }

  relations(place) {
    const items = [];
    const add = (words, other, later) => {
      const line = this.trace.is_step(other) ? this.trace.derived.steps[other].words : this.trace.line_of(other);
      items.push(element("li", {}, `${words} `,
        element("a", { href: `#${this.trace.address_of(other)}`, data: { place: other }, on: { click: (event) => {
          event.preventDefault();
          this.actions.go(other);
        } } }, this.trace.name_of(other)),
        later ? " of the round before" : "", element("span", { class: "quoted" }, line)));
    };
    for (const { from, relation } of this.trace.into.get(place) ?? []) {
      const waits = relation === "waits-for" && this.trace.is_end(place);
      add(waits ? "waits because of" : relation_words[relation][0], from, from >= place);
    }
    for (const { to, relation } of this.trace.out_of.get(place) ?? []) {
      const waits = relation === "waits-for" && this.trace.is_end(to);
      if (to > place) add(waits ? "is why there is no going on at" : relation_words[relation][1], to, false);
    }
    return items.length === 0 ? null : this.section("relations", "Depends on, and what depends on it", element("ul", {}, items));
  }

  stack(place) {
    const path = this.trace.functions_of(place);
    if (path === "") return null;
    return this.section("stack", "Functions, the innermost last",
      element("ol", {}, path.split(" > ").map((name) => element("li", {}, element("bdi", {}, name)))));
  }

  source(place) {
    const words = this.trace.source_of(place);
    const operation = this.trace.operation_of(place);
    if (operation === null || words === "") return null;
    const { file, line } = operation.source;
    const lines = Object.entries(this.trace.derived.sources[file] ?? {})
      .map(([number, text]) => [Number(number), text])
      .filter(([number]) => Math.abs(number - line) <= 3)
      .sort((a, b) => a[0] - b[0]);
    const at_hand = lines.some(([number]) => number === line);
    return this.section("source", "Source", element("p", { class: "place" }, words),
      at_hand ? element("ol", { class: "code" }, lines.map(([number, text]) =>
        element("li", { class: number === line ? "here" : "", data: { line: number } },
          element("span", { class: "number" }, number), element("code", {}, text === "" ? " " : text)))) : "");
  }
}

// The steps of a cycle on a circle, in their threads' colours; a run of steps of one thread has its letter.
class Ring {
  constructor(trace) {
    this.trace = trace;
    const steps = trace.json.cycle;
    this.size = 148;
    this.arcs = steps.map((step, i) => drawing("path", { class: `arc thread-${step.thread}`, d: this.arc(i, i + 1) }));
    this.marker = drawing("circle", { class: "marker", r: 6 });
    this.middle = drawing("text", { class: "middle", x: this.size / 2, y: this.size / 2 - 2 });
    this.below = drawing("text", { class: "below", x: this.size / 2, y: this.size / 2 + 15 });
    const middle = this.size / 2;
    this.drawing = drawing("svg", { class: "ring", role: "img", viewBox: `0 0 ${this.size} ${this.size}`, width: this.size, height: this.size },
      this.arcs, this.letters(), drawing("path", { class: "turn", d: `M${middle - 4} 2l8 5l-8 5z` }), this.marker, this.middle, this.below);
    this.node = element("section", { data: { panel: "ring" } }, this.drawing,
      element("p", {}, `${counted(steps.length, "step", "steps")}, for ever`));
  }

  point(at, radius) {
    const angle = (at / this.arcs_count) * 2 * Math.PI - Math.PI / 2;
    const middle = this.size / 2;
    return [middle + radius * Math.cos(angle), middle + radius * Math.sin(angle)];
  }
  get arcs_count() {
    return this.trace.json.cycle.length;
  }

  arc(from, to) {
    const radius = this.size / 2 - 16;
    const gap = Math.min(0.12, this.arcs_count / 400);
    if (this.arcs_count === 1) return `M${this.point(0.001, radius)}A${radius} ${radius} 0 1 1 ${this.point(0.999, radius)}`;
    return `M${this.point(from + gap, radius)}A${radius} ${radius} 0 ${(to - from) * 2 > this.arcs_count ? 1 : 0} 1 ${this.point(to - gap, radius)}`;
  }

  letters() {
    const { cycle } = this.trace.json;
    const nodes = [];
    for (let first = 0, next; first < cycle.length; first = next) {
      next = first + 1;
      while (next < cycle.length && cycle[next].thread === cycle[first].thread) ++next;
      if ((next - first) / cycle.length < 0.04 && cycle.length > 1) continue;
      const [x, y] = this.point((first + next) / 2, this.size / 2 - 33);
      nodes.push(drawing("text", { class: `letter thread-${cycle[first].thread}`, x, y: y + 4 }, letter(cycle[first].thread)));
    }
    return nodes;
  }

  show(place, round) {
    const inside = this.trace.in_cycle(place);
    const at = place - this.trace.stem;
    this.arcs.forEach((arc, i) => arc.classList.toggle("current", inside && i === at));
    this.marker.setAttribute("visibility", inside ? "visible" : "hidden");
    if (inside) {
      const [x, y] = this.point(at + 0.5, this.size / 2 - 16);
      this.marker.setAttribute("cx", x);
      this.marker.setAttribute("cy", y);
    }
    this.middle.textContent = inside ? `${at + 1} of ${this.arcs_count}` : counted(this.arcs_count, "step", "steps");
    this.below.textContent = inside ? `round ${round}` : "for ever";
    this.drawing.setAttribute("aria-label", inside ? `step ${at + 1} of ${this.arcs_count} of the cycle, round ${round}` : "the cycle");
    return this.node;
  }
}
