// SPDX-License-Identifier: GPL-2.0-only
//
// What the page shows: the row under the cursor, and what is beside the rows.
const text = (node, selector) => node.querySelector(selector)?.textContent ?? null;
const view = document.querySelector('.view');
const place = Number(view.querySelector('.row.selected')?.dataset.place ?? NaN);
const row = view.querySelector('.row.selected');
const panel = view.querySelector('.panel');
return {
  place, hash: location.hash, title: panel.querySelector('h2').textContent,
  words: row && text(row, '.words'), entered: row && text(row, '.entered'), number: row && text(row, '.number'),
  lane: row && Number(row.dataset.lane), changes: row && [...row.querySelectorAll('.change')].map((n) => n.textContent),
  operation: text(panel, '.operation'), before: text(panel, '.before'), after: text(panel, '.after'),
  saw: text(panel, '.saw'), place_words: text(panel, '.place'),
  functions: [...panel.querySelectorAll('[data-panel=stack] li')].map((n) => n.textContent),
  links: [...panel.querySelectorAll('[data-panel=relations] a')].map((n) => Number(n.dataset.place)),
  arrows: view.querySelectorAll('.arrows > g:last-child .arrow').length,
  picture: [...panel.querySelectorAll('[data-panel=picture] tr')].map((n) =>
    [n.querySelector('th').textContent, n.querySelector('td ins, td bdi').textContent,
     n.classList.contains('changed')]),
};
