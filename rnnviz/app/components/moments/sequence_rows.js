/** Rows of a sequence: where they begin, and how one of them is drawn and marked. */

import { colourOf, inkOn } from "./moments_shared.js";

export const curveRowHeight = 74;
const STEPS_WIDE = 7;
const CURVE = 46;

/** How many columns each token of a vocabulary takes. */
export const tokenWidths = (vocabulary) => vocabulary.map((name) => wide(name));

/** The first step of each row of a text, and at the end the number of steps. */
export function tokenRows(tokens, vocabulary, widths, columns) {
  const starts = [0];
  const ends = vocabulary.map((name) => name === "\\n" || name === "↵");
  const spaces = vocabulary.map((name) => name === " " || name === "␣");
  let used = 0;
  for (let step = 0; step < tokens.length; step += 1) {
    const token = tokens[step];
    if (used + widths[token] > columns && used) {
      starts.push(step);
      used = 0;
    }
    used += widths[token];
    const nearEnd = spaces[token] && used > columns - 8;
    if ((ends[token] || nearEnd) && step + 1 < tokens.length) {
      starts.push(step + 1);
      used = 0;
    }
  }
  starts.push(tokens.length);
  return starts;
}

/** A letter of Hangul or another wide script takes two columns. */
function wide(name) {
  let count = 0;
  for (const letter of name) count += letter.codePointAt(0) >= 0x1100 ? 2 : 1;
  return Math.max(1, count);
}

/** The same for curves: as many steps in each row. */
export function curveRows(steps, columns) {
  const each = Math.max(20, Math.floor((columns * 8) / STEPS_WIDE));
  const starts = [];
  for (let step = 0; step < steps; step += each) starts.push(step);
  return [...starts, steps];
}

function emptyRow() {
  const element = document.createElement("div");
  element.className = "rm-row";
  const number = document.createElement("span");
  number.className = "rm-step";
  element.append(number);
  return { element, number };
}

/**
 * A row of text on a canvas: a colour behind each token. It is used again for another row when it
 * is scrolled out of sight, so that scrolling makes no elements and asks for no layout.
 */
export class TextRow {
  constructor(view) {
    this.view = view;
    Object.assign(this, emptyRow());
    this.canvas = document.createElement("canvas");
    this.canvas.className = "rm-line";
    this.canvas.setAttribute("role", "img");
    this.element.append(this.canvas);
    this.element.stepAt = (event) => this.#stepAt(event);
    this.element.mark = (from, end, cursor) => this.#mark(from, end, cursor);
    this.element.row = this;
  }

  /** Become the row of this number. */
  place(row) {
    const { starts, tokens, head } = this.view;
    [this.first, this.last] = [starts[row], starts[row + 1]];
    this.number.textContent = String(this.first);
    let text = "";
    for (let step = this.first; step < this.last; step += 1) text += shownName(head.vocabulary[tokens[step]]);
    this.canvas.setAttribute("aria-label", text);
    this.marked = [0, 0, -1];
    this.#paint();
    return this.element;
  }

  #mark(from, end, cursor) {
    const within = (step) => Math.max(this.first, Math.min(this.last, step));
    const here = cursor >= this.first && cursor < this.last ? cursor : -1;
    const now = end > this.first && from < this.last ? [within(from), within(end), here] : [0, 0, here];
    if (now.every((value, k) => value === this.marked[k])) return;
    this.marked = now;
    this.#paint();
  }

  #paint() {
    const { tokens, shades, palette, head, letter, widths, height, font, room } = this.view;
    const ratio = window.devicePixelRatio || 1;
    const [width, tall] = [Math.round(room * ratio), Math.round(height * ratio)];
    const { canvas } = this;
    if (canvas.width !== width || canvas.height !== tall) {
      [canvas.width, canvas.height] = [width, tall];
      Object.assign(canvas.style, { width: `${room}px`, height: `${height}px` });
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, room, height);
    const [top, bottom] = [2, height - 2];
    let x = 0;
    for (let step = this.first; step < this.last; step += 1) {
      const wide = widths[tokens[step]] * letter;
      if (shades[step] !== 128) {
        pen.fillStyle = colourOf(shades[step], palette);
        pen.fillRect(x, top, wide + 0.3, bottom - top);
      }
      x += wide;
    }
    Object.assign(pen, { font, textBaseline: "middle", textAlign: "center" });
    x = 0;
    for (let step = this.first; step < this.last; step += 1) {
      const wide = widths[tokens[step]] * letter;
      const name = shownName(head.vocabulary[tokens[step]]);
      if (name !== " ") {
        const ink = inkOn(shades[step], palette);
        if (pen.fillStyle !== ink) pen.fillStyle = ink;
        pen.fillText(name, x + wide / 2, height / 2);
      }
      x += wide;
    }
    this.#paintMarks(pen);
  }

  #paintMarks(pen) {
    const [from, end, cursor] = this.marked;
    const { palette, height } = this.view;
    if (end > from) {
      const [left, right] = [this.#left(from), this.#left(end)];
      pen.fillStyle = palette.primary;
      pen.fillRect(left, 0, right - left, 3);
      pen.fillRect(left, height - 3, right - left, 3);
    }
    if (cursor < 0) return;
    const [left, right] = [this.#left(cursor), this.#left(cursor + 1)];
    Object.assign(pen, { strokeStyle: palette.text, lineWidth: 2 });
    pen.strokeRect(left + 1, 2, Math.max(2, right - left - 2), height - 4);
  }

  /** Where a step begins, in pixels. */
  #left(step) {
    const { tokens, widths, letter } = this.view;
    let columns = 0;
    for (let before = this.first; before < step; before += 1) columns += widths[tokens[before]];
    return columns * letter;
  }

  #stepAt(event) {
    const { tokens, widths, letter } = this.view;
    const x = event.clientX - this.canvas.getBoundingClientRect().left;
    let right = 0;
    for (let step = this.first; step < this.last - 1; step += 1) {
      right += widths[tokens[step]] * letter;
      if (x < right) return step;
    }
    return this.last - 1;
  }
}

const shownName = (name) => (name === "␣" ? " " : name);

/** A row of numbers: the first features as curves, and below them the colour of each step. */
export function curveRow(view, row) {
  const { element, number } = emptyRow();
  number.textContent = String(view.starts[row]);
  const [first, last] = [view.starts[row], view.starts[row + 1]];
  const whole = view.starts[1] - view.starts[0];
  const canvas = document.createElement("canvas");
  canvas.style.width = `calc((100% - 4.2em) * ${(last - first) / whole})`;
  element.append(canvas);
  let marked = [0, 0, -1];
  element.paint = () => paintCurves(canvas, view, first, last, marked);
  element.stepAt = (event) => {
    const box = canvas.getBoundingClientRect();
    const place = Math.floor(((event.clientX - box.left) / box.width) * (last - first));
    return first + Math.max(0, Math.min(last - first - 1, place));
  };
  element.mark = (...now) => {
    if (now.every((value, k) => value === marked[k])) return;
    marked = now;
    element.paint();
  };
  return element;
}

function paintCurves(canvas, view, first, last, [from, end, cursor]) {
  const { palette, shades, curves } = view;
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const step = width / (last - first);
  if (end > first && from < last) {
    pen.fillStyle = palette.chosen;
    pen.fillRect((Math.max(from, first) - first) * step, 0, (Math.min(end, last) - Math.max(from, first)) * step, height);
  }
  curves.forEach((curve, k) => {
    pen.strokeStyle = palette.lines[k];
    pen.lineWidth = 1.6;
    pen.beginPath();
    for (let t = first; t < last; t += 1) {
      pen.lineTo((t - first + 0.5) * step, 4 + (1 - curve[t]) * (CURVE - 8));
    }
    pen.stroke();
  });
  for (let t = first; t < last; t += 1) {
    pen.fillStyle = colourOf(shades[t], palette);
    pen.fillRect((t - first) * step, CURVE + 2, step + 0.4, 14);
  }
  if (cursor >= first && cursor < last) {
    pen.strokeStyle = palette.text;
    pen.lineWidth = 1.5;
    pen.strokeRect((cursor - first) * step, 1, Math.max(1, step), height - 8);
  }
}
