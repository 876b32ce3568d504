// SPDX-License-Identifier: GPL-2.0-only
//
// A report: tables whose rows rest on traces. A trace opens in a dialog over the page.
"use strict";

class Report {
  constructor({ report, views }, moved) {
    this.views = views;
    this.moved = moved;
    this.open_view = null;
    this.dialog = element("dialog", { class: "trace-dialog", on: { close: () => this.closed() } });
    this.node = element("main", { class: "report" },
      element("h1", {}, report.title),
      report.intro.map((words) => element("p", { class: "intro" }, words)),
      report.tables.map((table) => this.table(table)),
      report.notes.map((words) => element("p", { class: "note" }, words)),
      this.dialog);
  }

  table({ intro, columns, rows, notes, kind }) {
    return element("section", {},
      intro.map((words) => element("p", { class: "intro" }, words)),
      element("table", { class: `results ${kind}` },
        element("thead", {}, element("tr", {}, columns.map((name) => element("th", { scope: "col" }, name)))),
        element("tbody", {}, rows.map((cells) =>
          element("tr", {}, cells.map((cell, i) => element("td", { data: { column: columns[i] } }, this.cell(cell))))))),
      notes.map((words) => element("p", { class: "note" }, words)));
  }

  // A cell has words, perhaps a verdict's kind, a trace, and evidence below them.
  cell({ words, kind, view, evidence }) {
    const shown = kind === undefined ? words : element("span", { class: `verdict ${kind}` }, words);
    return [
      view === undefined ? element("span", {}, shown) : this.opener(words, view),
      evidence === undefined || evidence.length === 0 ? "" : element("details", { open: true },
        element("summary", {}, "what it rests on"),
        element("ul", {}, evidence.map((item) =>
          element("li", {}, item.words, item.view === undefined ? "" : [" ", this.opener("trace", item.view)])))),
    ];
  }

  opener(words, view) {
    return element("button", { type: "button", class: "open-trace", data: { view }, title: this.views[view].name,
      on: { click: () => this.open(view) } }, words, element("span", { "aria-hidden": "true" }, " \u2197"));
  }

  open(index, place = -1) {
    const name = this.views[index].name;
    this.open_view = new TraceView(this.views[index], (address) => this.moved(`trace-${index + 1}/${address}`));
    this.dialog.replaceChildren(
      element("div", { class: "dialog-bar" }, element("span", { class: "trace-name" }, name),
        element("button", { type: "button", class: "close", on: { click: () => this.dialog.close() } }, "back to the table (Esc)")),
      this.open_view.node);
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    this.open_view.lay_out();
    this.open_view.go(this.open_view.trace.is_place(place) ? place : -1);
  }

  closed() {
    if (this.dialog.open) return; // opened again before the browser said that it was closed
    this.open_view = null;
    this.dialog.replaceChildren();
    this.moved("");
  }

  // `trace-3/step-12`
  go_to(address) {
    const found = /^trace-([0-9]{1,4})(?:\/(.*))?$/.exec(address);
    const index = found === null ? -1 : Number(found[1]) - 1;
    if (this.views[index] === undefined) return;
    this.open(index);
    const place = this.open_view.trace.place_at(found[2] ?? "");
    if (place !== null) this.open_view.go(place);
  }
}
