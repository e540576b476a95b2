/**
 * One of W, U and b opened: its numbers as a heatmap in the lecture's orientation, how they are
 * spread, the eigenvalues of U, and its first row as NumPy prints it.
 */

import { image } from "./colours.js";
import { brief, printed } from "./numbers.js";
import { setHidden } from "./writing.js";

const BINS = 31;
const SIZE = 190;

export class Details {
  constructor(element, view) {
    Object.assign(this, { element, view });
    this.part = null;
  }

  open(part) {
    this.part = this.part === part ? null : part;
    this.drawn = null;
  }

  /** Draw what is opened, when it or its numbers are others than before. */
  refresh(found, theme, scales) {
    const { model, gate } = this.view;
    setHidden(this.element, !this.part);
    const key = [this.part, gate, theme.text, this.view.unit];
    if (!this.part || (this.model === model && String(key) === String(this.drawn))) return;
    this.model = model;
    this.drawn = key;
    this.#draw(model, gate, theme, scales);
  }

  #draw(model, gate, theme, scales) {
    const { words } = model;
    const unit = Math.min(this.view.unit ?? 0, model.matrix("kernel").rows - 1);
    const table = tableOf(model, this.part, Math.max(0, model.gates?.indexOf(gate) ?? 0));
    const values = valuesOf(table);
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    close.setAttribute("aria-label", words.close);
    close.addEventListener("click", () => {
      this.open(this.part);
      this.element.hidden = true;
    });
    const shape = this.part === "b" ? `(${table.rows},)` : `(${table.rows}, ${table.columns})`;
    const title = text("b", `${words[`part_${this.part}`]} · ${this.part}.shape = ${shape}`);
    const figures = [titled(words.values, heatmap(table, scales.weight)), titled(words.spread, histogram(values, theme))];
    if (this.part === "U" && model.eigenvalues) {
      figures.push(titled(words.eigenvalues.replace("{radius}", brief(radius(model.eigenvalues))), plane(model.eigenvalues, theme)));
    }
    const row = figuresRow(figures);
    const first = this.part === "b" ? values : Array.from({ length: table.columns }, (_, f) => table.at(unit, f));
    const code = text("pre", `${this.part}${this.part === "b" ? "" : `[${unit}]`}\n${printed(first)}`);
    this.element.replaceChildren(close, title, text("p", summary(values, words)), row, ...(model.exact ? [code] : []));
    if (this.part === "U") this.element.append(this.#viewButton(words));
  }

  #viewButton(words) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.open_view });
    button.className = "rn-open";
    button.addEventListener("click", () => this.view.host.tell("open", "spectrum"));
    return button;
  }
}

function tableOf(model, part, gate) {
  if (part === "b") {
    const { bias, units } = model.opened;
    return { rows: model.exact ? units : bias.length, columns: 1, at: (u) => bias[(model.exact ? gate * units : 0) + u] };
  }
  return model.matrix(part === "W" ? "kernel" : "recurrent", gate);
}

function valuesOf({ rows, columns, at }) {
  return Float64Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));
}

function text(tag, content) {
  return Object.assign(document.createElement(tag), { textContent: content });
}

function titled(title, canvas) {
  const figure = document.createElement("figure");
  figure.append(text("figcaption", title), canvas);
  return figure;
}

function figuresRow(figures) {
  const row = document.createElement("div");
  row.className = "rn-figures";
  row.append(...figures);
  return row;
}

function summary(values, words) {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length);
  const [least, most] = values.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, -Infinity]);
  const numbers = { least: brief(least), most: brief(most), mean: brief(mean), spread: brief(spread) };
  return words.summary.replace(/\{(\w+)\}/g, (_, name) => numbers[name]);
}

function sheet(width, height) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const canvas = Object.assign(document.createElement("canvas"), { width: width * ratio, height: height * ratio });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  return [canvas, pen];
}

function heatmap({ rows, columns, at }, scale) {
  const width = Math.max(24, Math.min(260, (SIZE * columns) / rows));
  const [canvas, pen] = sheet(width, SIZE);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image(rows, columns, at, scale), 0, 0, width, SIZE);
  return canvas;
}

function histogram(values, theme) {
  const [canvas, pen] = sheet(230, SIZE);
  const [low, high] = values.reduce(([a, b], one) => [Math.min(a, one), Math.max(b, one)], [0, 0]);
  const counts = new Array(BINS).fill(0);
  for (const one of values) counts[Math.min(BINS - 1, Math.floor(((one - low) / (high - low || 1)) * BINS))] += 1;
  const most = Math.max(...counts);
  const floor = SIZE - 16;
  pen.fillStyle = theme.series[0];
  counts.forEach((count, i) => {
    const tall = (count / most) * (floor - 4);
    pen.fillRect((i * 230) / BINS, floor - tall, 230 / BINS - 1, tall);
  });
  pen.fillStyle = theme.muted;
  pen.font = `${theme.tickSize}px ${theme.font}`;
  pen.textBaseline = "top";
  pen.fillText(brief(low), 0, floor + 3);
  pen.textAlign = "right";
  pen.fillText(brief(high), 230, floor + 3);
  return canvas;
}

/** Real and imaginary parts lie one after the other. */
function radius(eigenvalues) {
  let most = 0;
  for (let i = 0; i < eigenvalues.length; i += 2) most = Math.max(most, Math.hypot(eigenvalues[i], eigenvalues[i + 1]));
  return most;
}

function plane(eigenvalues, theme) {
  const [canvas, pen] = sheet(SIZE, SIZE);
  const limit = 1.1 * Math.max(1, radius(eigenvalues));
  const place = (value) => SIZE / 2 + (value / limit) * (SIZE / 2 - 4);
  pen.strokeStyle = theme.axis;
  pen.strokeRect(0.5, 0.5, SIZE - 1, SIZE - 1);
  pen.beginPath();
  pen.arc(SIZE / 2, SIZE / 2, (SIZE / 2 - 4) / limit, 0, 2 * Math.PI);
  pen.stroke();
  pen.fillStyle = theme.series[1];
  for (let i = 0; i < eigenvalues.length; i += 2) {
    pen.beginPath();
    pen.arc(place(eigenvalues[i]), place(-eigenvalues[i + 1]), 2.6, 0, 2 * Math.PI);
    pen.fill();
  }
  return canvas;
}
