// SPDX-License-Identifier: GPL-2.0-only
//
// Starts the page: reads its data, draws a trace or a report, and has what they share: the keyboard, the
// address, light and dark, the help.
"use strict";

const help_words = [
  ["j k, down up", "next, previous row"],
  ["l h, right left", "next, previous step of the same thread"],
  ["Home End", "before the first step, the end"],
  ["f", "all steps, or only those that matter"],
  ["o", "open the fold below the cursor, close the one it is in"],
  ["w", "all arrows of lock order"],
  ["t", "light or dark"],
  ["?", "this help"],
];

class Page {
  constructor(data) {
    const moved = (address) => this.moved(address);
    this.report = data.report === undefined ? null : new Report(data, moved);
    this.single = data.view === undefined ? null : new TraceView(data.view, moved);
    this.help = this.make_help();
    document.body.append(this.toolbar(), this.report?.node ?? element("main", {}, this.single.node), this.help);
    this.restore_theme();
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("hashchange", () => this.go_to(location.hash.slice(1)));
    if (this.single !== null) {
      this.single.lay_out();
      this.single.go(-1);
    }
  }

  get view() {
    return this.single ?? this.report.open_view;
  }

  toolbar() {
    return element("nav", { class: "toolbar", "aria-label": "page" },
      element("span", { class: "brand" }, "gupcheck"),
      element("button", { type: "button", class: "theme", title: "light or dark (t)", on: { click: () => this.turn_theme() } }, "\u25d0 light/dark"),
      element("button", { type: "button", class: "help", title: "keys (?)", on: { click: () => this.help.showModal() } }, "? keys"));
  }

  make_help() {
    const dialog = element("dialog", { class: "help-dialog", "aria-label": "keys" },
      element("h2", {}, "Keys"),
      element("dl", {}, help_words.map(([keys, words]) => [element("dt", {}, keys), element("dd", {}, words)])),
      element("form", { method: "dialog" }, element("button", {}, "close (Esc)")));
    return dialog;
  }

  // replaceState: moving the cursor is nothing to go back to. Some viewers of local files refuse it.
  moved(address) {
    try {
      history.replaceState(null, "", address === "" ? location.pathname : `#${address}`);
    } catch {
      // The address stays as it was.
    }
  }

  go_to(address) {
    if (address === "") return;
    if (this.report !== null) {
      this.report.go_to(address);
      return;
    }
    const place = this.single.trace.place_at(address);
    if (place !== null) this.single.go(place);
  }

  restore_theme() {
    try {
      const theme = localStorage.getItem("gupcheck-theme");
      if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    } catch {
      // No storage for local files: what the system prefers.
    }
  }

  turn_theme() {
    const root = document.documentElement;
    const dark = root.dataset.theme === undefined ? matchMedia("(prefers-color-scheme: dark)").matches : root.dataset.theme === "dark";
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem("gupcheck-theme", root.dataset.theme);
    } catch {
      // As above.
    }
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || this.help.open) return;
    if (event.key === "?") this.help.showModal();
    else if (event.key === "t") this.turn_theme();
    else if (this.view === null || !this.view.key(event.key)) return;
    event.preventDefault();
  }
}

{
  const address = location.hash.slice(1);
  const page = new Page(JSON.parse(document.getElementById("data").textContent));
  page.go_to(address);
  document.documentElement.dataset.ready = "";
}
