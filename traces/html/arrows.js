// SPDX-License-Identifier: GPL-2.0-only
//
// The arrows between rows, drawn so that none crosses a text. A row has text in one lane only, so an arrow
// leaves its row sideways through lanes that are empty there, goes up or down between two lanes, beside the
// lane that it leads to, and enters that one from the side. Arrows that would lie on each other between two
// lanes get channels of their own.
"use strict";

const channel_width = 7;
const arrow_radius = 5;

// Which arrows there are and their channels; `gap` k is to the left of lane k.
class Wiring {
  constructor(trace, with_locks) {
    this.arrows = [];
    this.channels = new Array(trace.threads.length + 1).fill(0);
    for (const [from, to, relation] of trace.derived.dependences) {
      const source = trace.thread_of(from);
      const target = trace.thread_of(to);
      if (source === target) continue;
      const gap = source < target ? target : target + 1;
      this.arrows.push({ from, to, relation, source, target, gap, always: relation !== "lock-order" || with_locks });
    }
    this.assign();
  }

  assign() {
    const begins = ({ from, to }) => Math.min(from, to);
    const ends = ({ from, to }) => Math.max(from, to);
    const free_from = this.channels.map(() => []);
    const most = 5;
    for (const arrow of [...this.arrows].sort((a, b) => begins(a) - begins(b) || ends(a) - ends(b))) {
      if (!arrow.always) {
        arrow.channel = 0;
        continue;
      }
      const free = free_from[arrow.gap];
      let channel = free.findIndex((place) => place < begins(arrow));
      if (channel < 0) channel = free.length < most ? free.length : begins(arrow) % most;
      free[channel] = Math.max(free[channel] ?? 0, ends(arrow));
      arrow.channel = channel;
    }
    free_from.forEach((free, gap) => (this.channels[gap] = Math.max(1, free.length)));
  }

  gap_width(gap) {
    return 16 + channel_width * this.channels[gap];
  }
}

// A path through the points, its corners rounded.
function rounded(points) {
  const kept = points.filter(([x, y], i) => i === 0 || Math.hypot(x - points[i - 1][0], y - points[i - 1][1]) > 0.5);
  let path = `M${kept[0].join(" ")}`;
  for (let i = 1; i < kept.length; ++i) {
    const [x, y] = kept[i];
    if (i + 1 === kept.length) {
      path += `L${x} ${y}`;
      break;
    }
    const toward = ([toX, toY]) => {
      const length = Math.hypot(toX - x, toY - y);
      const part = Math.min(arrow_radius, length / 2) / length;
      return `${x + (toX - x) * part} ${y + (toY - y) * part}`;
    };
    path += `L${toward(kept[i - 1])}Q${x} ${y} ${toward(kept[i + 1])}`;
  }
  return path;
}

function arrow_head(x, y, direction) {
  return `M${x} ${y}l${-7 * direction} -4v8z`;
}

class Arrows {
  constructor(trace, sheet) {
    this.trace = trace;
    this.sheet = sheet;
    this.with_locks = false;
    this.node = drawing("svg", { class: "arrows", "aria-hidden": "true" });
    this.wire();
  }

  wire() {
    this.wiring = new Wiring(this.trace, this.with_locks);
  }

  // Where things are: x of the lanes' edges and of the gaps, y of the rows.
  measure() {
    const box = this.sheet.list.getBoundingClientRect();
    this.box = box;
    const rails = this.sheet.node.classList.contains("rails");
    this.lanes = [...this.sheet.node.querySelectorAll(".names .name")].map((name) => {
      const { left, right } = name.getBoundingClientRect();
      return { left: left - box.left, right: right - box.left };
    });
    if (rails) {
      const style = getComputedStyle(this.sheet.node);
      const width = parseFloat(style.getPropertyValue("--rail"));
      const start = parseFloat(style.getPropertyValue("--gutter"));
      this.lanes = this.lanes.map((_, lane) => {
        const middle = start + (lane + 0.5) * width;
        return { left: middle - 4, right: middle + 4 };
      });
    }
    this.rails = rails;
    this.heights = new Map();
  }

  x_of_gap(gap, channel) {
    const left = gap === 0 ? this.lanes[0].left - this.wiring.gap_width(0) : this.lanes[gap - 1].right;
    if (this.rails) {
      const right = gap === this.lanes.length ? left + 10 : this.lanes[gap].left;
      const from = gap === 0 ? right - 10 : left;
      return from + ((right - from) * (channel + 1)) / (this.wiring.channels[gap] + 1);
    }
    return left + 6 + channel_width * (channel + 0.5);
  }

  y_of(row) {
    if (!this.heights.has(row)) {
      const anchor = row.querySelector(".anchor").getBoundingClientRect();
      const style = 10; // half of a line: the first one of what may be several
      this.heights.set(row, anchor.top - this.box.top + Math.min(style, anchor.height / 2));
    }
    return this.heights.get(row);
  }

  // `selected` gets its own arrows on top, those of its own thread among them.
  draw(selected) {
    this.measure();
    this.node.setAttribute("width", this.box.width);
    this.node.setAttribute("height", this.box.height);
    this.node.setAttribute("viewBox", `0 0 ${this.box.width} ${this.box.height}`);
    this.background = drawing("g");
    this.foreground = drawing("g");
    this.node.replaceChildren(this.background, this.foreground);
    this.draw_lifelines();
    if (this.trace.has_cycle) this.draw_cycle();
    for (const arrow of this.wiring.arrows)
      if (arrow.always && !this.sheet.is_folded(arrow.from) && !this.sheet.is_folded(arrow.to))
        this.background.append(this.between_lanes(arrow));
    this.select(selected);
  }

  select(selected) {
    const own = this.wiring.arrows.filter(({ from, to }) => from === selected || to === selected);
    const nodes = own.map((arrow) => this.between_lanes(arrow));
    for (const dependence of [...(this.trace.into.get(selected) ?? []), ...(this.trace.out_of.get(selected) ?? [])])
      if (this.trace.thread_of(dependence.from) === this.trace.thread_of(dependence.to) && dependence.from !== dependence.to)
        nodes.push(this.within_lane(dependence));
    this.foreground.replaceChildren(...nodes.filter((node) => node !== null));
    this.node.classList.toggle("has-selected", nodes.length !== 0);
  }

  arrow(relation, from, to, points, direction) {
    const group = drawing("g", { class: `arrow ${relation}`, "data-from": from, "data-to": to });
    const [x, y] = points[points.length - 1];
    group.append(
      drawing("path", { class: "halo", d: rounded(points) }),
      drawing("path", { class: "shaft", d: rounded([...points.slice(0, -1), [x - 4 * direction, y]]) }),
      drawing("path", { class: "head", d: arrow_head(x, y, direction) }));
    return group;
  }

  between_lanes({ from, to, relation, source, target, gap, channel }) {
    const row = this.sheet.row_of(from);
    const target_row = this.sheet.row_of(to);
    if (row === undefined || target_row === undefined) return null;
    const rightwards = source < target;
    const x0 = rightwards ? this.lanes[source].right : this.lanes[source].left;
    const x1 = this.x_of_gap(gap, channel);
    const x2 = rightwards ? this.lanes[target].left : this.lanes[target].right;
    const y0 = this.y_of(row);
    const y1 = this.y_of(target_row);
    return this.arrow(relation, from, to, [[x0, y0], [x1, y0], [x1, y1], [x2, y1]], rightwards ? 1 : -1);
  }

  within_lane({ from, to, relation }) {
    const row = this.sheet.row_of(from);
    const target_row = this.sheet.row_of(to);
    if (row === undefined || target_row === undefined || row === target_row) return null;
    const { left } = this.lanes[this.trace.thread_of(from)];
    const bend = left - (this.rails ? 8 : 11);
    const y0 = this.y_of(row);
    const y1 = this.y_of(target_row);
    return this.arrow(relation, from, to, [[left, y0], [bend, y0], [bend, y1], [left, y1]], 1);
  }

  // Each lane's own line, from its first row to its last, and in the form with rails a dot for each row.
  draw_lifelines() {
    const ends = this.lanes.map(() => []);
    for (const row of this.sheet.list.children) {
      const lane = Number(row.dataset.lane ?? -1);
      if (lane < 0) continue;
      const y = this.y_of(row);
      ends[lane].push(y);
      if (this.rails) {
        const x = (this.lanes[lane].left + this.lanes[lane].right) / 2;
        const small = row.classList.contains("fold");
        this.foreground.before(drawing("circle", { class: `dot thread-${lane}${small ? " small" : ""}`, cx: x, cy: y, r: small ? 2.5 : 4 }));
      }
    }
    ends.forEach((heights, lane) => {
      if (heights.length === 0) return;
      const x = this.rails ? (this.lanes[lane].left + this.lanes[lane].right) / 2 : this.lanes[lane].left + 1.5;
      this.background.append(drawing("line", {
        class: `lifeline thread-${lane}`, x1: x, x2: x,
        y1: this.rails ? Math.min(...heights) : 0, y2: heights[heights.length - 1],
      }));
    });
  }

  // Beside the numbers: from the last row of the cycle back to its first.
  draw_cycle() {
    const rows = [...this.sheet.list.querySelectorAll(".in-cycle")];
    const top = this.y_of(rows[0]);
    const bottom = Math.max(this.y_of(rows[rows.length - 1]), top + 12);
    const x = 5;
    const edge = 14;
    const points = [[edge, bottom], [x, bottom], [x, top], [edge, top]];
    this.background.append(this.arrow("for-ever", this.trace.steps.length - 1, this.trace.stem, points, 1));
  }
}
