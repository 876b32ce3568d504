// SPDX-License-Identifier: GPL-2.0-only
//
// Texts with too little contrast, and what is wider than the window or lies on something else.
const faults = [];
const luminance = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const colour = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
const known = new Map();
const behind = (node) => { for (let n = node; n; n = n.parentElement) { const c = colour(getComputedStyle(n).backgroundColor); if (c[3] === 255) return c.slice(0, 3); } return [255, 255, 255]; };
if (document.documentElement.scrollWidth > innerWidth) faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
const shown = document.querySelector('dialog[open]') ?? document.body;
const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode.parentElement;
  if (walker.currentNode.textContent.trim() === '' || ['SCRIPT', 'NOSCRIPT', 'STYLE'].includes(node.tagName) || !node.checkVisibility()) continue;
  if (node.closest('.row .owner, .names .name')) continue; // cut off where a name is too long
  const range = document.createRange();
  range.selectNodeContents(walker.currentNode);
  for (const box of range.getClientRects())
    if (box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)) { faults.push(`beside the window: ${node.textContent.slice(0, 40)}`); break; }
  if (node instanceof SVGElement) continue;
  const card = node.closest('.card');
  if (card && range.getBoundingClientRect().right > card.getBoundingClientRect().right + 1) faults.push(`out of its card: ${node.textContent.slice(0, 40)}`);
  const pair = getComputedStyle(node).color + behind(node);
  if (!known.has(pair)) {
    const [a, b] = [luminance(colour(getComputedStyle(node).color).slice(0, 3)), luminance(behind(node))];
    known.set(pair, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
    if (known.get(pair) < 4.5) faults.push(`contrast ${known.get(pair).toFixed(2)}: ${node.className} ${node.textContent.slice(0, 40)}`);
  }
}
const boxes = [...shown.querySelectorAll('.row .line, .row .entered, .row .change')].map((n) => n.getBoundingClientRect());
for (let i = 1; i < boxes.length; ++i)
  if (boxes[i].height > 0 && boxes[i - 1].bottom > boxes[i].top + 1) faults.push(`row text ${i} lies on the one before`);
// No arrow crosses a text: sample its shaft and look what is there.
const rows = [...shown.querySelectorAll('.row .line, .row .entered, .row .change, .row.across b')].map((n) => {
  const range = document.createRange(); range.selectNodeContents(n); return [...range.getClientRects()]; }).flat();
for (const path of shown.querySelectorAll('.arrows .shaft')) {
  const matrix = path.getScreenCTM();
  const length = path.getTotalLength();
  for (let at = 0; at <= length; at += Math.max(2, length / 400)) {
    const p = path.getPointAtLength(at).matrixTransform(matrix);
    if (rows.some((r) => p.x > r.left + 1 && p.x < r.right - 1 && p.y > r.top + 3 && p.y < r.bottom - 3)) { faults.push('an arrow crosses a text'); break; }
  }
}
return [...new Set(faults)];
