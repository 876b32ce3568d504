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

function unbroken(text) {
  const node = document.createElement("span");
  node.className = "unbroken";
  node.textContent = text;
  return node;
}

// An arrow in a text, `0 -> 1` or `folio->flags`, is not broken in the middle, nor parted from short values.
function with_arrows(text) {
  return text
    .split(/((?<!\S)\S{1,9} -> \S{1,9}(?!\S)|->)/)
    .map((part, i) => (i % 2 === 1 ? unbroken(part) : part));
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

// A path of functions, `gup > follow_page_pte`: lines end with the `>`, and long names break after an underscore
// rather than anywhere.
function breakable(path) {
  const most = 26; // what is shorter fits into a line of its own
  return path.split(" > ").map((name, i, all) => {
    const parts = name.length <= most ? [name] : name.split(/(?<=_)(?=[^_])/);
    if (i + 1 < all.length) parts[parts.length - 1] += " >";
    const last = parts.length - 1;
    return [i === 0 ? "" : " ", parts.map((part, k) => [k === 0 ? "" : element("wbr"), k === last && part.length <= most + 2 ? unbroken(visible(part)) : part])];
  });
}

function counted(count, thing, things) {
  return `${count} ${count === 1 ? thing : things}`;
}
