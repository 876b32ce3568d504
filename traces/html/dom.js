// SPDX-License-Identifier: GPL-2.0-only
//
// Elements, made without markup: whatever a trace says becomes text.
"use strict";

const svg_namespace = "http://www.w3.org/2000/svg";

// Characters that turn the direction of text or cannot be seen are shown by their number: a name must not
// pass for another one.
function visible(text) {
  return String(text).replace(
    /[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `<U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
  );
}

// An arrow in a text, `0 -> 1` or `folio->flags`, is not broken in the middle.
function with_arrows(text) {
  return text.split(/(->)/).map((part) => {
    if (part !== "->") return part;
    const arrow = document.createElement("span");
    arrow.className = "unbroken";
    arrow.textContent = part;
    return arrow;
  });
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === "") continue;
    if (child instanceof Node) node.append(child);
    else node.append(...(node instanceof HTMLElement ? with_arrows(visible(child)) : [visible(child)]));
  }
  return node;
}

// Of `attributes`, `on` is a map of listeners and `data` one of data attributes; null and false are left out.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    } else if (name === "data") {
      Object.assign(node.dataset, value);
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  return append(node, children);
}

function drawing(tag, attributes = {}, ...children) {
  const node = document.createElementNS(svg_namespace, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return append(node, children);
}

// Threads are told apart by a letter and by a colour, so by the letter alone, too.
function letter(thread) {
  return String.fromCharCode(65 + thread);
}

function badge(thread) {
  return element("span", { class: `badge thread-${thread}`, "aria-hidden": "true" }, letter(thread));
}

// Long names of functions break after an underscore rather than anywhere.
function breakable(text) {
  const most = 26; // what is shorter fits into a line of its own
  return text.split(" ").map((word, i) => [
    i === 0 ? "" : " ",
    word.length <= most ? word : word.split(/(?<=_)(?=[^_])/).map((part, k) => (k === 0 ? part : [element("wbr"), part])),
  ]);
}

function counted(count, thing, things) {
  return `${count} ${count === 1 ? thing : things}`;
}
