/**
 * A long text, the rows in sight on one canvas that stays where the scroller is: scrolling changes
 * no element of the page, so that it asks for no style and no layout.
 */

import { colourOf, inkOn } from "./moments_shared.js";

const NUMBERS = 4.2; // width of the column of numbers, in letters' heights
const AT_REST = 300; // milliseconds after which what is in sight is told to those who hear it

/** The text of a view that has tokens, shades, starts, widths, letter, height, font, palette. */
export class TextSheet {
  constructor(view) {
    this.view = view;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "rm-text-sheet";
    this.canvas.setAttribute("role", "img");
  }

  /** Paint the rows in sight, and in them the cursor and what is selected. */
  paint() {
    const { scroller, starts, height, palette } = this.view;
    const ratio = window.devicePixelRatio || 1;
    const width = scroller.clientWidth;
    const tall = Math.min(scroller.clientHeight, (starts.length - 1) * height);
    const pen = this.#sized(width, tall, ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, tall);
    const top = Math.round(scroller.scrollTop * ratio) / ratio;
    const first = Math.max(0, Math.floor(top / height));
    const last = Math.min(starts.length - 1, Math.ceil((top + tall) / height));
    const { font, size } = this.view;
    Object.assign(pen, { font: font.replace(/[\d.]+px/, `${0.75 * size}px`), textAlign: "right", textBaseline: "middle" });
    pen.fillStyle = palette.text;
    pen.globalAlpha = 0.8;
    for (let row = first; row < last; row += 1) {
      pen.fillText(String(starts[row]), (NUMBERS - 0.5) * size, (row + 0.5) * height - top);
    }
    Object.assign(pen, { font, textAlign: "left", fontKerning: "none", globalAlpha: 1 });
    for (let row = first; row < last; row += 1) this.#row(pen, starts[row], starts[row + 1], row * height - top);
    this.#tellAtRest(starts[first], starts[last]);
    return last - first;
  }

  #sized(width, tall, ratio) {
    const { canvas } = this;
    const [across, down] = [Math.round(width * ratio), Math.round(tall * ratio)];
    if (canvas.width !== across || canvas.height !== down) {
      [canvas.width, canvas.height] = [across, down];
      Object.assign(canvas.style, { width: `${width}px`, height: `${tall}px` });
      this.pen = canvas.getContext("2d");
    }
    return this.pen;
  }

  #row(pen, first, last, top) {
    const { tokens, shades, palette, letter, widths, height, size, selected, cursor } = this.view;
    const begin = NUMBERS * size;
    let x = begin;
    for (let step = first; step < last; step += 1) {
      const wide = widths[tokens[step]] * letter;
      if (shades[step] !== 128) {
        pen.fillStyle = colourOf(shades[step], palette);
        pen.fillRect(x, top + 2, wide + 0.3, height - 4);
      }
      x += wide;
    }
    this.#text(pen, first, last, begin, top + height / 2);
    const [from, end] = selected ?? [0, 0];
    if (end > first && from < last) {
      const left = this.#left(first, Math.max(first, from));
      const right = this.#left(first, Math.min(last, end));
      pen.fillStyle = palette.primary;
      pen.fillRect(left, top, right - left, 3);
      pen.fillRect(left, top + height - 3, right - left, 3);
    }
    if (cursor >= first && cursor < last) {
      const [left, right] = [this.#left(first, cursor), this.#left(first, cursor + 1)];
      Object.assign(pen, { strokeStyle: palette.text, lineWidth: 2 });
      pen.strokeRect(left + 1, top + 2, Math.max(2, right - left - 2), height - 4);
    }
  }

  /** Plain letters of one ink go together, as the font spaces them; all others into their columns. */
  #text(pen, first, last, begin, middle) {
    const { tokens, shades, palette, letter, widths } = this.view;
    let [x, from, run, ink] = [begin, 0, "", ""];
    const write = () => {
      if (run.trim()) {
        pen.fillStyle = ink;
        pen.fillText(run, from, middle);
      }
      run = "";
    };
    for (let step = first; step < last; step += 1) {
      const wide = widths[tokens[step]] * letter;
      const name = this.#name(step);
      const its = inkOn(shades[step], palette);
      const plain = isPlain(name);
      if (run && (its !== ink || !plain)) write();
      ink = its;
      if (plain) {
        if (!run) from = x;
        run += name;
      } else {
        pen.fillStyle = ink;
        pen.fillText(name, x + (wide - pen.measureText(name).width) / 2, middle);
      }
      x += wide;
    }
    write();
  }

  #name(step) {
    const name = this.view.head.vocabulary[this.view.tokens[step]];
    return name === "␣" ? " " : name;
  }

  /** Where a step begins in a row, in pixels. */
  #left(first, step) {
    const { tokens, widths, letter, size } = this.view;
    let columns = 0;
    for (let before = first; before < step; before += 1) columns += widths[tokens[before]];
    return NUMBERS * size + columns * letter;
  }

  /** The step under a pointer. */
  stepAt({ clientX, clientY }) {
    const { scroller, starts, tokens, widths, letter, height, size } = this.view;
    const box = this.canvas.getBoundingClientRect();
    const row = Math.floor((clientY - box.top + scroller.scrollTop) / height);
    if (clientX > box.right || row < 0 || row >= starts.length - 1) return undefined;
    const x = clientX - box.left - NUMBERS * size;
    let right = 0;
    for (let step = starts[row]; step < starts[row + 1] - 1; step += 1) {
      right += widths[tokens[step]] * letter;
      if (x < right) return step;
    }
    return starts[row + 1] - 1;
  }

  #tellAtRest(first, end) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      let text = "";
      for (let step = first; step < end; step += 1) text += this.#name(step);
      this.canvas.setAttribute("aria-label", text);
    }, AT_REST);
  }

  remove() {
    clearTimeout(this.timer);
    this.canvas.remove();
  }
}

/** Whether a token is of letters that a monospaced font gives one column each. */
const isPlain = (name) => /^[ -~]+$/.test(name);
