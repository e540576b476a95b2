/** Rows of a sequence: where they begin, and how one of numbers is drawn and marked. */

import { colourOf } from "./moments_shared.js";

const LEAST_ROW = 74;
const MOST_ROW = 200;
const STEPS_WIDE = 7;
const COLOURS = 14; // pixels of the colour of each step
const MARGIN = 8; // between two rows

/** How tall each row of curves is: few rows take the room of many. */
export function curveRowHeight(rows, room) {
  return Math.max(LEAST_ROW, Math.min(MOST_ROW, Math.floor(room / rows)));
}

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

/** A letter of Hangul or another wide script takes two columns, signs such as ↵ take one. */
function wide(name) {
  let count = 0;
  for (const letter of name) {
    const code = letter.codePointAt(0);
    count += (code >= 0x1100 && code < 0x1160) || code >= 0x2e80 ? 2 : 1;
  }
  return Math.max(1, count);
}

/** The same for curves: as many steps in each row. */
export function curveRows(steps, columns) {
  const each = Math.max(20, Math.floor((columns * 8) / STEPS_WIDE));
  const starts = [];
  for (let step = 0; step < steps; step += each) starts.push(step);
  return [...starts, steps];
}

function emptyRow(view, row) {
  const element = document.createElement("div");
  element.className = "rm-row";
  const number = document.createElement("span");
  number.className = "rm-step";
  number.textContent = String(view.starts[row]);
  element.append(number);
  return element;
}

/** A row of numbers: the first features as curves, and below them the colour of each step. */
export function curveRow(view, row) {
  const element = emptyRow(view, row);
  const [first, last] = [view.starts[row], view.starts[row + 1]];
  const whole = view.starts[1] - view.starts[0];
  const canvas = document.createElement("canvas");
  canvas.style.height = `${view.height - MARGIN}px`;
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
  const tall = height - COLOURS - 6;
  if (end > first && from < last) {
    pen.fillStyle = palette.chosen;
    pen.fillRect((Math.max(from, first) - first) * step, 0, (Math.min(end, last) - Math.max(from, first)) * step, height);
  }
  curves.forEach((curve, k) => {
    pen.strokeStyle = palette.lines[k];
    pen.lineWidth = 1.6;
    pen.beginPath();
    for (let t = first; t < last; t += 1) {
      pen.lineTo((t - first + 0.5) * step, 4 + (1 - curve[t]) * (tall - 8));
    }
    pen.stroke();
  });
  for (let t = first; t < last; t += 1) {
    pen.fillStyle = colourOf(shades[t], palette);
    pen.fillRect((t - first) * step, tall + 2, step + 0.4, COLOURS);
  }
  if (cursor >= first && cursor < last) {
    pen.strokeStyle = palette.text;
    pen.lineWidth = 1.5;
    pen.strokeRect((cursor - first) * step, 1, Math.max(1, step), height - 2);
  }
}
