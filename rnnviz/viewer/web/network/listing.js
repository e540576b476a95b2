/**
 * The notes' loop as it runs: the line that is at work, the timestep, and what each name holds.
 */

import { printed } from "./numbers.js";
import { setHidden } from "./writing.js";

const LINE = 160; // ms that a line of the loop's body stays marked
const NAMES = /\b(inputs|input_t|W|U|b|state_t|output_t|suc_outputs|final_output_sequence|timesteps|input_features|output_features)\b/g;

export class Listing {
  constructor(element, view) {
    Object.assign(this, { element, view });
    this.name = "output_t";
    this.code = document.createElement("pre");
    this.value = document.createElement("pre");
    this.value.className = "rn-value";
    this.value.setAttribute("aria-live", "polite");
    element.append(this.code, this.value);
    this.code.addEventListener("click", ({ target }) => this.#open(target.dataset?.name));
  }

  destroy() {
    clearInterval(this.timer);
  }

  /** Write the lines that are others than before; those that stand inside the loop are its body. */
  #write(listing) {
    const before = this.written;
    if (String(listing) === String(before)) return;
    this.written = listing;
    const body = listing.flatMap((written, i) => (/^( {4}|for )/.test(written) ? [i] : []));
    if (before?.length === listing.length && String(body) === String(this.body)) {
      // The same loop with other weights: it goes on where it is.
      listing.forEach((written, i) => written === before[i] || this.lines[i].replaceChildren(...named(written)));
      return;
    }
    this.step = null;
    this.body = body;
    this.lines = listing.map((written) => {
      const line = document.createElement("div");
      line.append(...named(written));
      return line;
    });
    this.code.replaceChildren(...this.lines);
  }

  /** Show the lines of a network at a timestep, or nothing. */
  show(visible, found, listing) {
    setHidden(this.element, !visible);
    if (!visible) {
      clearInterval(this.timer);
      return;
    }
    this.#write(listing);
    this.found = found;
    if (found.t !== this.step) this.#walk();
    this.step = found.t;
    this.#print();
  }

  /** The lines of the body that are at work: those of a step that is passed over, or all others. */
  #worked() {
    const inner = this.body.filter((i) => this.written[i].startsWith(" ".repeat(8)));
    if (!inner.length) return this.body;
    return this.body.filter((i) => (this.found.isMasked ? i <= inner.at(-1) : !inner.includes(i)));
  }

  /** Mark the lines of the body one after the other, and rest on the last. */
  #walk() {
    clearInterval(this.timer);
    const body = this.#worked();
    let next = 0;
    const mark = () => {
      this.lines.forEach((line, i) => line.classList.toggle("rn-now", i === body[next]));
      next += 1;
      if (next >= body.length) clearInterval(this.timer);
    };
    this.code.scrollTop = this.code.scrollHeight;
    this.timer = setInterval(mark, LINE);
    mark();
  }

  #open(name) {
    if (!name) return;
    this.name = name;
    this.#print();
  }

  #print() {
    const { model } = this.view;
    for (const one of this.code.querySelectorAll("[data-name]")) {
      one.setAttribute("aria-pressed", String(one.dataset.name === this.name));
    }
    this.value.textContent = `>>> # t = ${this.step + model.first}\n${valueOf(model, this.found, this.name)}`;
  }
}

function named(text) {
  const parts = [];
  let from = 0;
  for (const { 0: name, index } of text.matchAll(NAMES)) {
    parts.push(text.slice(from, index));
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.dataset.name = name;
    parts.push(button);
    from = index + name.length;
  }
  return [...parts, text.slice(from) || "​"];
}

/** What a name holds while a timestep is computed, as a notebook would print it. */
export function valueOf(model, found, name) {
  const { opened } = model;
  if (!model.exact) return `>>> ${name}\n${model.words.too_large}`;
  const { units, features } = opened;
  const first = (id) => {
    const { columns, at } = model.matrix(id);
    return Array.from({ length: columns }, (_, f) => at(0, f));
  };
  const print = (values) => `>>> print(${name}.shape, ${name})\n(${values.length},) ${printed(values)}`;
  const matrix = (id, shape, row) => `>>> ${id}.shape\n(${shape.join(", ")})\n>>> print(${id}[0])\n${printed(row)}`;
  switch (name) {
    case "inputs": return matrix(name, [model.timesteps, features], model.inputAt(opened.backwards ? model.timesteps - 1 : 0));
    case "W": return matrix(name, [units, features], first("kernel"));
    case "U": return matrix(name, [units, units], first("recurrent"));
    case "b": return `>>> b.shape\n(${units},)\n>>> b[0]\n${opened.bias[0]}\n>>> print(b)\n${printed(opened.bias.subarray(0, units))}`;
    case "input_t": return print(found.x);
    case "state_t": return print(found.before);
    case "output_t": return print(found.state);
    case "suc_outputs": return `>>> len(suc_outputs)\n${found.t + 1}\n>>> print(suc_outputs[-1])\n${printed(found.state)}`;
    case "final_output_sequence": return `>>> final_output_sequence.shape\n(${model.timesteps}, ${units})\n>>> print(final_output_sequence[0])\n${printed(model.stateAt(0))}`;
    default: return `>>> ${name}\n${{ timesteps: model.timesteps, input_features: features, output_features: units }[name]}`;
  }
}
