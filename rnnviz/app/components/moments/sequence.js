/**
 * A sequence as it is read, row by row: a text as text, numbers as curves, each step with the colour
 * that Python gave it. Only the rows in sight are in the page. A range that is selected here is told
 * to the list of moments by an event, and the moment that is clicked there comes back by another.
 */

import { colourOf, paletteOf, readMessage } from "./moments_shared.js";
import { general } from "./numbers.js";
import { curveRow, curveRowHeight, curveRows, tokenRows, tokenWidths } from "./sequence_rows.js";
import { TextSheet } from "./sequence_text.js";

const BODY = `
  <div class="rm-top"><span class="rm-colour"></span><i class="rm-low"></i><b class="rm-scale"></b><i class="rm-high"></i>
    <output class="rm-range" aria-live="polite"></output></div>
  <div class="rm-scroller" tabindex="0" role="group"><div class="rm-sheet"></div></div>`;
const AROUND = 6;
const views = new WeakMap();

/** Entry point: mount or update the view in a component's element. */
export default function mount(component) {
  const { parentElement } = component;
  if (!views.has(parentElement)) views.set(parentElement, new SequenceView(parentElement));
  views.get(parentElement).update(component);
  return () => setTimeout(() => parentElement.isConnected || views.get(parentElement)?.destroy());
}

class SequenceView {
  constructor(parent) {
    this.parent = parent;
    this.root = document.createElement("section");
    this.root.className = "rm-sequence";
    this.root.dataset.testid = "sequence";
    this.root.innerHTML = BODY;
    parent.append(this.root);
    this.scroller = this.root.querySelector(".rm-scroller");
    this.sheet = this.root.querySelector(".rm-sheet");
    this.told = this.root.querySelector(".rm-range");
    this.drawn = new Map();
    this.selected = null;
    this.clicks = 0;
    this.scroller.addEventListener("scroll", () => this.#ask(), { passive: true });
    this.scroller.addEventListener("pointerdown", (event) => this.#press(event));
    this.scroller.addEventListener("pointermove", (event) => this.#drag(event));
    this.scroller.addEventListener("pointerup", () => this.#release());
    this.scroller.addEventListener("pointercancel", () => (this.from = undefined));
    this.scroller.addEventListener("keydown", (event) => this.#key(event));
    this.go = (event) => this.#go(event.detail);
    window.addEventListener("rnnviz-go-to-moment", this.go);
    this.resize = new ResizeObserver(() => this.#lay());
    this.resize.observe(this.scroller);
    document.fonts?.ready.then(() => this.#lay());
  }

  destroy() {
    this.resize.disconnect();
    this.text?.remove();
    window.removeEventListener("rnnviz-go-to-moment", this.go);
    views.delete(this.parent);
    this.root.remove();
  }

  update({ data, setStateValue }) {
    this.setStateValue = setStateValue;
    const { head, bytes } = readMessage(data);
    const before = this.head;
    this.head = head;
    const padded = (length) => length + ((4 - (length % 4)) % 4);
    this.shades = bytes.subarray(0, head.steps);
    let place = padded(head.steps);
    if (head.kind === "tokens") {
      const Kind = head.vocabulary.length < 65_536 ? Uint16Array : Uint32Array;
      const size = head.steps * Kind.BYTES_PER_ELEMENT;
      this.tokens = new Kind(bytes.slice(place, place + size).buffer);
    } else {
      this.curves = [];
      for (let k = 0; k < head.curves; k += 1, place += 4 * head.steps) {
        this.curves.push(new Float32Array(bytes.slice(place, place + 4 * head.steps).buffer));
      }
    }
    this.scroller.setAttribute("aria-label", head.words.sequence);
    this.root.querySelector(".rm-colour").textContent = head.words.colour;
    this.root.classList.toggle("rm-large", head.large);
    const anew = before?.trial !== head.trial || before?.steps !== head.steps;
    if (anew || String(head.range) !== String(before.range)) this.selected = head.range;
    this.cursor = head.at;
    this.#lay();
    if (anew || before?.at !== head.at) this.#show(head.at);
  }

  /** Break the sequence into rows that fit, and draw those in sight anew. */
  #lay() {
    const { head } = this;
    if (!head || !this.scroller.clientWidth) return;
    const style = getComputedStyle(this.scroller);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font || `${style.fontSize} ${style.fontFamily}`;
    this.font = pen.font;
    this.letter = pen.measureText("mmmmmmmmmm").width / 10;
    const columns = Math.max(12, Math.floor((this.scroller.clientWidth - 72) / this.letter));
    this.size = parseFloat(style.fontSize);
    this.palette = paletteOf(this.root, head.palette);
    this.#legend();
    if (head.kind === "tokens") {
      this.widths = tokenWidths(head.vocabulary);
      this.starts = tokenRows(this.tokens, head.vocabulary, this.widths, columns);
    } else {
      this.starts = curveRows(head.steps, columns);
    }
    const room = parseFloat(style.maxHeight) - 2;
    this.height =
      head.kind === "tokens" ? Math.round(this.size * 1.75) : curveRowHeight(this.starts.length - 1, room);
    this.sheet.style.height = `${this.height * (this.starts.length - 1)}px`;
    for (const row of this.drawn.values()) row.remove();
    this.drawn.clear();
    if (head.kind === "tokens") {
      this.text ??= new TextSheet(this);
      this.sheet.append(this.text.canvas);
    } else {
      this.text?.remove();
      this.text = undefined;
    }
    this.#ask();
  }

  #legend() {
    const [low, high] = this.head.scale;
    const short = (value) => general(Number(value.toPrecision(3))).replaceAll("-", "−");
    this.root.querySelector(".rm-low").style.background = colourOf(this.head.signed ? 1 : 128, this.palette);
    this.root.querySelector(".rm-high").style.background = colourOf(255, this.palette);
    this.root.querySelector(".rm-scale").textContent = `${short(low)} … ${short(high)}`;
  }

  #ask() {
    this.asked ??= requestAnimationFrame(() => {
      this.asked = undefined;
      this.#paint();
    });
  }

  #paint() {
    if (!this.starts || !this.root.isConnected) return;
    this.#painted(this.text ? this.text.paint() : this.#paintRows());
    this.#say();
  }

  #paintRows() {
    const rows = this.starts.length - 1;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / this.height) - AROUND);
    const last = Math.min(rows, Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / this.height) + AROUND);
    for (const [row, element] of this.drawn) {
      if (row >= first && row < last) continue;
      element.remove();
      this.drawn.delete(row);
    }
    for (let row = first; row < last; row += 1) {
      if (this.drawn.has(row)) continue;
      const element = curveRow(this, row);
      element.style.top = `${row * this.height}px`;
      element.style.height = `${this.height}px`;
      this.drawn.set(row, element);
      this.sheet.append(element);
      element.paint();
    }
    const [from, end] = this.selected ?? [0, 0];
    for (const element of this.drawn.values()) element.mark(from, end, this.cursor);
    return this.drawn.size;
  }

  /** Note how many rows are painted; an element that is changed costs, even to what it was. */
  #painted(rows) {
    if (this.root.dataset.painted !== String(rows)) this.root.dataset.painted = String(rows);
  }

  /** Say where the cursor is, or what is selected. */
  #say() {
    const [first, end] = this.selected ?? [0, 0];
    const words = this.selected ? `t = ${first} … ${end - 1}` : `t = ${this.cursor}`;
    const said = this.selected && end - first > this.head.limit ? this.head.words.limit : words;
    if (this.told.textContent !== said) this.told.textContent = said;
  }

  rowOf(step) {
    let [low, high] = [0, this.starts.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= step) low = middle;
      else high = middle;
    }
    return low;
  }

  #show(step) {
    if (!this.starts) return;
    const top = this.rowOf(step) * this.height;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop || top + this.height > scrollTop + clientHeight) {
      this.scroller.scrollTop = Math.max(0, top - clientHeight / 3);
    }
    this.#ask();
  }

  #stepAt(event) {
    if (this.text) return this.text.stepAt(event);
    const row = document.elementFromPoint(event.clientX, event.clientY)?.closest(".rm-row");
    return row && this.sheet.contains(row) ? row.stepAt(event) : undefined;
  }

  #press(event) {
    const step = this.#stepAt(event);
    if (step === undefined || event.button !== 0) return;
    this.from = step;
    this.cursor = step;
    this.selected = [step, step + 1];
    this.#ask();
  }

  #drag(event) {
    if (this.from === undefined) return;
    const step = this.#stepAt(event);
    if (step === undefined) return;
    this.selected = [Math.min(this.from, step), Math.max(this.from, step) + 1];
    this.#ask();
  }

  #release() {
    if (this.from === undefined) return;
    this.from = undefined;
    this.#tell();
  }

  #key(event) {
    const ends = { Home: -this.cursor, End: this.head.steps - 1 - this.cursor };
    const row = this.starts[this.rowOf(this.cursor) + 1] - this.starts[this.rowOf(this.cursor)];
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row, ...ends };
    if (event.key === "Enter" && this.selected) this.#tell();
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    const before = this.cursor;
    this.cursor = Math.max(0, Math.min(this.head.steps - 1, before + moves[event.key]));
    if (event.shiftKey) {
      this.anchor ??= before;
      this.selected = [Math.min(this.anchor, this.cursor), Math.max(this.anchor, this.cursor) + 1];
    } else {
      this.anchor = undefined;
      this.selected = null;
    }
    this.#show(this.cursor);
  }

  #tell() {
    const [first, end] = this.selected;
    if (end - first > this.head.limit) return;
    window.dispatchEvent(new CustomEvent("rnnviz-select-range", { detail: { first, end } }));
  }

  /** Go to a moment: here at once where it is of this trial, and in the link. */
  #go({ trial, timestep, length }) {
    if (trial === this.head.trial) {
      this.cursor = timestep;
      this.selected = [timestep, timestep + length];
      this.#show(timestep);
      this.#ask();
    }
    this.clicks += 1;
    this.setStateValue("at", { trial, timestep, count: this.clicks });
  }
}
