// SPDX-License-Identifier: GPL-2.0-only
//
// The rows: the picture at first, the steps in their lanes, what each thread does at the end. Rows know
// nothing of the cursor but their class; arrows.js draws between them.
"use strict";

class Sheet {
  // `choose(place)` is called for a row that is clicked, `changed()` when rows come or go.
  constructor(trace, choose, changed) {
    this.trace = trace;
    this.choose = choose;
    this.changed = changed;
    this.all_steps = false;
    this.open = new Set(); // folds by their first step
    this.fold_of = new Map();
    for (const fold of trace.derived.folds)
      for (let step = fold.first; step <= fold.last; ++step) this.fold_of.set(step, fold);
    this.rows = new Map(); // by place
    this.list = element("ol", { class: "rows" });
    this.stage = element("div", { class: "stage" }, this.list); // what lies over the rows goes in here, too
    this.node = element("section", { class: "sheet", "aria-label": "steps" }, this.names(), this.stage);
    this.fill();
  }

  names() {
    return element(
      "div",
      { class: "names" },
      element("span", { class: "number" }, "step"),
      this.trace.threads.map((name, thread) =>
        element("span", { class: `name thread-${thread}`, data: { lane: thread } }, badge(thread), element("bdi", {}, name)),
      ),
    );
  }

  is_folded(place) {
    const fold = this.fold_of.get(place);
    return fold !== undefined && !this.all_steps && !this.open.has(fold.first);
  }

  // The places that have a row of their own, in order.
  shown() {
    return [...this.rows.keys()];
  }

  // The row of the place, or of the fold that it is in.
  row_of(place) {
    const fold = this.fold_of.get(place);
    return this.rows.get(place) ?? (fold === undefined ? undefined : this.folds.get(fold.first));
  }

  reveal(place) {
    if (!this.is_folded(place)) return;
    this.open.add(this.fold_of.get(place).first);
    this.fill();
  }

  unfold(all) {
    this.all_steps = all;
    this.open.clear();
    this.fill();
  }

  fill() {
    const { trace } = this;
    this.rows.clear();
    this.folds = new Map();
    const nodes = [this.first_row()];
    const shown_before = trace.threads.map(() => true); // whether the thread's step before has a row
    for (let place = 0; place < trace.steps.length; ++place) {
      if (trace.has_cycle && place === trace.stem) nodes.push(this.across("for ever:", "cycle-begins"));
      const { thread } = trace.steps[place];
      if (this.is_folded(place)) {
        const fold = this.fold_of.get(place);
        if (fold.first === place) nodes.push(this.fold_row(fold, thread));
        shown_before[thread] = false;
        continue;
      }
      nodes.push(this.step_row(place, shown_before[thread]));
      shown_before[thread] = true;
    }
    if (trace.has_cycle) nodes.push(this.across(`and again from step ${trace.stem + 1}`, "cycle-ends"));
    nodes.push(this.verdict_row());
    for (let thread = 0; thread < trace.ends; ++thread) nodes.push(this.end_row(thread));
    this.list.replaceChildren(...nodes);
    this.changed();
  }

  row(place, kind, number, lane, ...content) {
    const node = element(
      "li",
      {
        class: `row ${kind}`,
        data: { place, lane },
        on: { click: () => this.choose(place) },
      },
      element("span", { class: "number" }, number),
      element("div", { class: `card${lane < 0 ? "" : ` thread-${lane}`}` }, content),
    );
    this.rows.set(place, node);
    return node;
  }

  // Shown beside each step where there is one lane for all.
  owner(thread) {
    return element("span", { class: "owner" }, badge(thread), element("bdi", {}, this.trace.threads[thread]));
  }

  first_row() {
    const lines = this.trace.json.initial.map(({ name, state }) =>
      element("li", {}, element("b", {}, `${name}: `), element("bdi", {}, state)),
    );
    return this.row(-1, "first", "", -1,
      element("span", { class: "line anchor" }, "at first"),
      lines.length === 0 ? "" : element("ul", { class: "picture-lines" }, lines));
  }

  step_row(place, follows_shown) {
    const step = this.trace.steps[place];
    const { line, entered, entered_folded } = this.trace.derived.steps[place];
    const announced = follows_shown ? entered : entered_folded || entered;
    const kind = `step${step.matters ? "" : " aside"}${this.trace.in_cycle(place) ? " in-cycle" : ""}${this.trace.told.has(place) ? " told" : ""}`;
    return this.row(place, kind, place + 1, step.thread,
      announced === "" ? "" : element("span", { class: "entered" }, breakable(announced)),
      element("span", { class: "line anchor" }, this.owner(step.thread), this.words(line)),
      step.changed.map(({ name, state }) =>
        element("span", { class: "change" }, `=> ${name}: ${state === "" ? "gone" : state}`)));
  }

  // The helper's name apart from the operation that it makes, `folio_get: add page[0]._refcount: 1 -> 2`.
  words(line) {
    const found = /^([A-Za-z_][A-Za-z0-9_]*): (.*)$/s.exec(line);
    if (found === null) return element("span", { class: "words" }, line);
    return element("span", { class: "words" }, element("span", { class: "label" }, `${found[1]}: `), found[2]);
  }

  fold_row(fold, thread) {
    const toggle = () => {
      this.open.add(fold.first);
      this.fill();
    };
    const node = element(
      "li",
      { class: `row fold${this.trace.in_cycle(fold.first) ? " in-cycle" : ""}`, data: { fold: fold.first, lane: thread } },
      element("span", { class: "number" }, ".."),
      element("div", { class: `card thread-${thread}` },
        element("button", { class: "anchor", type: "button", title: "show them", on: { click: toggle } },
          this.owner(thread), fold.line)),
    );
    this.folds.set(fold.first, node);
    return node;
  }

  across(words, kind) {
    return element("li", { class: `row across ${kind}` }, element("span", {}, element("b", {}, words)));
  }

  verdict_row() {
    const { check, message } = this.trace.json;
    const { where } = this.trace.derived;
    if (!this.trace.breaks)
      return element("li", { class: "row verdict nothing" }, element("span", { class: "number" }),
        element("div", {}, "here the schedule stops; nothing is broken"));
    return element("li", { class: "row verdict" },
      element("span", { class: "number" }),
      element("div", {},
        element("strong", {}, "BROKEN "), `${check}: ${message}`,
        where === "" ? "" : element("span", { class: "where" }, where)));
  }

  end_row(thread) {
    const place = this.trace.steps.length + thread;
    const fails = this.trace.fails(place);
    const state = fails ? " fails" : this.trace.waits(place) ? " waits" : "";
    return this.row(place, `end${state}`, fails ? "\u2717" : "", thread,
      element("span", { class: "line anchor" }, this.owner(thread), this.words(this.trace.line_of(place))));
  }

  select(place) {
    this.list.querySelector(".row.selected")?.classList.remove("selected");
    const node = this.rows.get(place);
    if (node === undefined) return;
    for (const other of this.list.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    node.classList.add("selected");
    node.setAttribute("aria-current", "step");
  }
}
