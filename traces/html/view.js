// SPDX-License-Identifier: GPL-2.0-only
//
// A trace on the screen: the head that says what broke, the rows, the arrows, the panel, and the cursor that
// moves over them.
"use strict";

// A lane narrower than this (in px) would break its lines too often: then there is one lane for all.
const least_lane = 225;

class TraceView {
  // `moved(address)` is told where the cursor is.
  constructor(data, moved) {
    this.trace = new Trace(data);
    this.moved = moved;
    this.place = -1;
    this.round = 0; // in the cycle, from 1
    this.sheet = new Sheet(this.trace, (place) => this.go(place), () => this.draw_later());
    this.arrows = new Arrows(this.trace, this.sheet);
    this.sheet.stage.append(this.arrows.node);
    this.panel = new Panel(this.trace, {
      previous: () => this.step(-1),
      next: () => this.step(1),
      go: (place) => this.go(place),
    });
    this.node = element("article", { class: "view" }, this.head(), element("div", { class: "body" }, this.sheet.node, this.panel.node));
    new ResizeObserver(() => this.lay_out()).observe(this.sheet.node);
  }

  head() {
    const { json, derived } = this.trace;
    const folded = derived.folds.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    this.all_steps = element("input", { type: "checkbox", on: { change: () => this.unfold(this.all_steps.checked) } });
    this.lock_order = element("input", { type: "checkbox", on: { change: () => this.show_locks(this.lock_order.checked) } });
    const sample = (relation) =>
      drawing("svg", { class: "sample", width: 34, height: 10, "aria-hidden": "true" },
        drawing("g", { class: `arrow ${relation}` }, drawing("path", { class: "shaft", d: "M1 5H28" }), drawing("path", { class: "head", d: arrow_head(33, 5, 1) })));
    const line = (name, words) => [element("dt", {}, name), element("dd", { data: { fact: name } }, words)];
    return element("header", { class: "head" },
      this.title(),
      json.explanation === "" ? "" : element("p", { class: "explanation" }, this.with_links(json.explanation)),
      element("dl", { class: "facts" }, line("in", derived.subject), line("by", derived.length)),
      element("div", { class: "controls" },
        folded === 0 ? "" : element("label", {}, this.all_steps, ` all steps (${counted(folded, "is", "are")} without influence)`),
        element("label", {}, this.lock_order, sample("lock-order"), " lock order"),
        element("span", { class: "legend" }, sample("reads-from"), " reads from"),
        element("span", { class: "legend" }, sample("waits-for"), " waits for")));
  }

  // The steps that the explanation names lead there.
  with_links(words) {
    return words.split(step_names).map((part, i) => {
      const place = i % 2 === 1 ? this.trace.place_at(`step-${/[0-9]+/.exec(part)[0]}`) : null;
      if (place === null) return part;
      return element("a", { href: `#${this.trace.address_of(place)}`, data: { place }, on: { click: (event) => {
        event.preventDefault();
        this.go(place);
      } } }, part);
    });
  }

  title() {
    const { breaks, json } = this.trace;
    if (!breaks)
      return element("h1", {}, element("span", { class: "check nothing" }, element("span", { class: "broken" }, "nothing broken")),
        element("span", { class: "message" }, json.message === "" ? "A schedule that breaks no promise" : json.message));
    return element("h1", {}, element("span", { class: "check" }, element("span", { class: "broken" }, "broken"), ` ${json.check}`), element("span", { class: "message" }, json.message));
  }

  lay_out() {
    const { sheet, trace } = this;
    const width = sheet.node.clientWidth;
    if (width === 0) return;
    const lanes = trace.threads.length;
    const gaps = Array.from({ length: lanes + 1 }, (_, gap) => this.arrows.wiring.gap_width(gap));
    const gutter = trace.has_cycle ? 62 : 48;
    const left = (width - gutter - gaps.reduce((sum, gap) => sum + gap, 0)) / Math.max(1, lanes);
    const rails = left < least_lane;
    sheet.node.classList.toggle("rails", rails);
    sheet.node.classList.toggle("lanes", !rails);
    const rail = width >= 600 ? 20 : lanes > 4 ? 12 : 15;
    sheet.node.style.setProperty("--rail", `${rail}px`);
    sheet.node.style.setProperty("--gutter", `${rails && width < 600 ? gutter - 14 : gutter}px`);
    const columns = rails
      ? `var(--gutter) ${lanes * rail + 10}px minmax(0, 1fr)`
      : `var(--gutter) ${gaps.slice(0, lanes).map((gap) => `${gap}px minmax(0, 1fr)`).join(" ")} ${gaps[lanes]}px`;
    sheet.node.style.setProperty("--columns", columns);
    if (!rails)
      for (const name of sheet.node.querySelectorAll(".names .name")) name.style.gridColumn = `${2 * Number(name.dataset.lane) + 3}`;
    else for (const name of sheet.node.querySelectorAll(".names .name")) name.style.gridColumn = "";
    for (const row of sheet.list.children) {
      const lane = Number(row.dataset.lane ?? -1);
      const card = row.querySelector(".card");
      if (card !== null && lane >= 0) card.style.gridColumn = rails ? "3" : `${2 * lane + 3}`;
    }
    this.draw();
  }

  draw_later() {
    if (this.node === undefined) return;
    this.lay_out();
    this.sheet.select(this.place);
  }

  draw() {
    this.arrows.draw(this.place);
  }

  unfold(all) {
    this.all_steps.checked = all;
    this.sheet.unfold(all);
    this.go(this.place);
  }

  show_locks(shown) {
    this.lock_order.checked = shown;
    this.arrows.with_locks = shown;
    this.arrows.wire();
    this.lay_out();
  }

  // Opens the folds beside the cursor, or closes what is open there; while all steps are shown there are none.
  toggle_fold() {
    if (this.sheet.all_steps) return;
    const own = this.sheet.fold_of.get(this.place);
    if (own !== undefined) {
      this.sheet.open.delete(own.first);
      this.sheet.fill();
      this.go(Math.max(-1, own.first - 1));
      return;
    }
    const next = this.sheet.fold_of.get(this.place + 1);
    if (next !== undefined) this.sheet.reveal(next.first);
  }

  go(place, round = null) {
    this.sheet.reveal(place);
    this.round = !this.trace.in_cycle(place) ? 0 : round ?? Math.max(1, this.round);
    this.place = place;
    this.sheet.select(place);
    this.arrows.select(place);
    this.panel.show(place, this.round);
    if (place < 0) (this.node.closest("dialog") ?? document.scrollingElement).scrollTop = 0; // the head, too
    else this.sheet.row_of(place)?.scrollIntoView({ block: "nearest" });
    this.moved(this.trace.address_of(place));
  }

  // To the next row that is shown, in either direction; a cycle goes on with its first step and its next round.
  step(by, of_thread = null) {
    const mine = (place) => of_thread === null || this.trace.thread_of(place) === of_thread;
    const shown = this.sheet.shown();
    const cycle = shown.filter((place) => this.trace.in_cycle(place) && mine(place));
    if (this.trace.in_cycle(this.place) && cycle.length !== 0) {
      if (by > 0 && !cycle.some((place) => place > this.place)) return this.go(cycle[0], this.round + 1);
      if (by < 0 && this.round > 1 && !cycle.some((place) => place < this.place)) return this.go(cycle[cycle.length - 1], this.round - 1);
    }
    const others = shown.filter((place) => mine(place) && (by > 0 ? place > this.place : place < this.place));
    if (others.length !== 0) this.go(others[by > 0 ? 0 : others.length - 1]);
    return undefined;
  }

  // Whether the key meant something.
  key(key) {
    const thread = this.trace.thread_of(this.place);
    const own = thread < 0 ? null : thread;
    const shown = this.sheet.shown();
    const actions = {
      j: () => this.step(1), ArrowDown: () => this.step(1),
      k: () => this.step(-1), ArrowUp: () => this.step(-1),
      l: () => this.step(1, own), ArrowRight: () => this.step(1, own),
      h: () => this.step(-1, own), ArrowLeft: () => this.step(-1, own),
      Home: () => this.go(shown[0], 1), End: () => this.go(shown[shown.length - 1]),
      f: () => this.unfold(!this.sheet.all_steps),
      o: () => this.toggle_fold(),
      w: () => this.show_locks(!this.arrows.with_locks),
    };
    if (actions[key] === undefined) return false;
    actions[key]();
    return true;
  }
}
