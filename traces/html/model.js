// SPDX-License-Identifier: GPL-2.0-only
//
// A trace as the page looks at it. Places in it are numbered as in its dependences: -1 is before the first
// step, then the steps, then what each thread is about to do at the end.
"use strict";

// In an explanation (traces/explain.cpp).
const step_names = /\b(steps? [1-9][0-9]{0,5})\b/;

class Trace {
  constructor({ trace, derived }) {
    this.json = trace;
    this.derived = derived;
    this.steps = [...trace.stem, ...trace.cycle];
    this.threads = trace.threads;
    this.stem = trace.stem.length;
    this.ends = trace.end.length;
    this.last = this.steps.length + this.ends - 1;
    this.pictures = this.find_pictures();
    this.told = new Set(); // places of the steps that the explanation names one by one
    for (const [, number] of trace.explanation.matchAll(/\bstep ([1-9][0-9]{0,5})\b/g)) this.told.add(Number(number) - 1);
    this.into = new Map(); // dependences by the step that depends
    this.out_of = new Map();
    for (const [from, to, relation] of derived.dependences) {
      const dependence = { from, to, relation };
      if (!this.into.has(to)) this.into.set(to, []);
      if (!this.out_of.has(from)) this.out_of.set(from, []);
      this.into.get(to).push(dependence);
      this.out_of.get(from).push(dependence);
    }
  }

  // A schedule that somebody saved may break nothing.
  get breaks() {
    return this.json.check !== "";
  }
  get has_cycle() {
    return this.json.cycle.length !== 0;
  }
  is_step(place) {
    return place >= 0 && place < this.steps.length;
  }
  is_end(place) {
    return place >= this.steps.length && place <= this.last;
  }
  is_place(place) {
    return Number.isInteger(place) && place >= -1 && place <= this.last;
  }
  in_cycle(place) {
    return this.is_step(place) && place >= this.stem;
  }
  thread_of(place) {
    return this.is_step(place) ? this.steps[place].thread : this.is_end(place) ? place - this.steps.length : -1;
  }
  operation_of(place) {
    if (this.is_step(place)) return this.steps[place].operation;
    return this.is_end(place) ? this.json.end[place - this.steps.length].operation : null;
  }
  line_of(place) {
    if (this.is_step(place)) return this.derived.steps[place].line;
    return this.is_end(place) ? this.derived.end[place - this.steps.length].line : "";
  }
  source_of(place) {
    if (this.is_step(place)) return this.derived.steps[place].place;
    return this.is_end(place) ? this.derived.end[place - this.steps.length].place : "";
  }
  functions_of(place) {
    if (this.is_step(place)) return this.derived.steps[place].functions;
    return this.is_end(place) ? this.derived.end[place - this.steps.length].functions : "";
  }
  fails(place) {
    if (!this.is_end(place)) return false;
    const operation = this.operation_of(place);
    return operation !== null && (operation.kind === "failed" || operation.kind === "fault");
  }
  waits(place) {
    if (!this.is_end(place)) return false;
    const end = this.json.end[place - this.steps.length];
    return !end.finished && !end.enabled && !this.fails(place);
  }

  // What each step changed in the picture; the picture before the first step is `initial`. A trace of n steps
  // is looked at at n places, so pictures are made when they are asked for, from the nearest one kept.
  find_pictures() {
    const kept = [new Map(this.json.initial.map(({ name, state }) => [name, state]))];
    const every = 32;
    const picture = new Map(kept[0]);
    this.steps.forEach((step, i) => {
      for (const { name, state } of step.changed) picture.set(name, state);
      if ((i + 1) % every === 0) kept.push(new Map(picture));
    });
    return { kept, every };
  }

  // After `place`; the lines in the order in which they came up. An empty state is a thing that is gone.
  picture_after(place) {
    const { kept, every } = this.pictures;
    const end = Math.min(place, this.steps.length - 1) + 1;
    const at = Math.floor(end / every);
    const picture = new Map(kept[at]);
    for (let i = at * every; i < end; ++i)
      for (const { name, state } of this.steps[i].changed) picture.set(name, state);
    return picture;
  }

  picture_before(place) {
    return this.picture_after(this.is_step(place) ? place - 1 : place);
  }

  // `step 7 (pin-a)`, `the end of pin-a`
  name_of(place) {
    const thread = this.threads[this.thread_of(place)];
    return this.is_step(place) ? `step ${place + 1} (${thread})` : `the end of ${thread}`;
  }
  // Of places in URLs.
  address_of(place) {
    if (this.is_step(place)) return `step-${place + 1}`;
    return this.is_end(place) ? `end-${place - this.steps.length + 1}` : "start";
  }
  place_at(address) {
    const found = /^(step|end)-([0-9]{1,6})$/.exec(address);
    if (address === "start") return -1;
    if (found === null) return null;
    const place = Number(found[2]) - 1 + (found[1] === "end" ? this.steps.length : 0);
    const right = found[1] === "end" ? this.is_end(place) : this.is_step(place);
    return right ? place : null;
  }
}
