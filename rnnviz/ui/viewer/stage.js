/**
 * The stage: where things lie, and how cells, strips, cursor and the state beside it are painted.
 *
 * Three layers lie on top of each other: a canvas with the pixels, Plotly's axes (transparent), and
 * a canvas for all that follows the cursor. Moving the cursor repaints the topmost one only.
 */

import { plotly } from "./plotly.js";
import { cellImage, colourTable, cssColour, hatch, markMask, reduceWindow } from "./raster.js";

const NARROW = 560;
const MOST_RATIO = 2;

export class Stage {
  /** @param {HTMLElement} element holds the three layers; this fills it. */
  constructor(element) {
    this.element = element;
    this.pixels = layer(element, "canvas", "rv-pixels");
    this.axes = layer(element, "div", "rv-axes");
    this.overlay = layer(element, "canvas", "rv-overlay");
    this.window = null;
    this.level = "mean";
    this.images = new Map();
    this.frameKey = "";
  }

  /** Take what is to be shown; nothing is painted yet. */
  show(picture, theme) {
    this.picture = picture;
    this.theme = theme;
    this.table = colourTable(theme.scale, theme.missing);
    this.images.clear();
    this.#measure();
  }

  /** The visible part in indices: step…end, unit…top (all of it when nothing is zoomed). */
  get view() {
    const { timesteps, units } = this.picture;
    const whole = { step: 0, end: timesteps, unit: 0, top: units };
    if (!this.window) return whole;
    const [step, end] = inside(this.window.step, this.window.end, timesteps);
    const [unit, top] = inside(this.window.unit, this.window.top, units);
    return { step, end, unit, top };
  }

  get isNarrow() {
    return this.width < NARROW;
  }

  /** Places of the parts in CSS pixels, from the very layout that Plotly gets. */
  #measure() {
    const layout = this.picture.frame.layout;
    this.width = Math.max(240, this.element.clientWidth);
    this.height = layout.height;
    this.layout = fitted(layout, this.theme, this.isNarrow);
    this.ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
    this.element.style.height = `${this.height}px`;
    for (const canvas of [this.pixels, this.overlay]) {
      const across = Math.round(this.width * this.ratio);
      const down = Math.round(this.height * this.ratio);
      if (canvas.width !== across) canvas.width = across;
      if (canvas.height !== down) canvas.height = down;
    }
    const place = (x, y) => this.#place(this.layout[x].domain, this.layout[y].domain);
    this.heat = place("xaxis", "yaxis");
    this.beside = place("xaxis2", "yaxis");
    this.rows = this.picture.strips.map((_, i) => place("xaxis", `yaxis${i + 2}`));
  }

  #place([left, right], [bottom, top]) {
    const { l, r, t, b } = this.layout.margin;
    const across = this.width - l - r;
    const down = this.height - t - b;
    return {
      x: l + left * across,
      y: t + (1 - top) * down,
      width: (right - left) * across,
      height: (top - bottom) * down,
    };
  }

  /** Left edge of a step index (fractions allowed) in CSS pixels. */
  xOf(step) {
    const { step: first, end } = this.view;
    return this.heat.x + ((step - first) / (end - first)) * this.heat.width;
  }

  /** Lower edge of a unit index in CSS pixels. */
  yOf(unit) {
    const { unit: low, top } = this.view;
    return this.heat.y + (1 - (unit - low) / (top - low)) * this.heat.height;
  }

  /** Step and unit at a point, fractions kept; may lie outside the run. */
  at(x, y) {
    const { step, end, unit, top } = this.view;
    return {
      step: step + ((x - this.heat.x) / this.heat.width) * (end - step),
      unit: unit + (1 - (y - this.heat.y) / this.heat.height) * (top - unit),
    };
  }

  /** Draw or update the axes; resolves at once when they already look that way. */
  async frame() {
    const { step, end, unit, top } = this.view;
    const shift = this.picture.first - 0.5;
    const layout = structuredClone(this.layout);
    layout.xaxis.range = [step + shift, end + shift];
    layout.yaxis.range = [unit + shift, top + shift];
    layout.width = this.width;
    const key = JSON.stringify(layout);
    if (key === this.frameKey) return;
    this.frameKey = key;
    const Plotly = await plotly();
    if (key !== this.frameKey) return;
    await Plotly.react(this.axes, axisTraces(this.picture), layout, { staticPlot: true });
  }

  /** Paint cells, hatching and strips. */
  paint() {
    const pen = this.pixels.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.pixels.width, this.pixels.height);
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.save();
    pen.beginPath();
    pen.rect(this.heat.x, this.heat.y, this.heat.width, this.heat.height);
    pen.clip();
    for (const tile of this.picture.tiles) this.#paintTile(pen, tile);
    pen.restore();
    this.picture.strips.forEach((strip, i) => this.#paintStrip(pen, strip, i));
  }

  #paintTile(pen, tile) {
    const view = this.view;
    const most = { columns: this.heat.width * this.ratio, rows: this.heat.height * this.ratio };
    const block = reduceWindow(tile, this.level, view, most);
    if (!block.columns || !block.rows) return;
    pen.imageSmoothingEnabled = false;
    const x = this.xOf(block.step);
    const y = this.yOf(block.unit + block.rows * block.units);
    const width = this.xOf(block.step + block.columns * block.steps) - x;
    const height = this.yOf(block.unit) - y;
    pen.drawImage(cellImage(block, this.table), x, y, width, height);
    for (const highest of [true, false]) {
      const mask = markMask(block, highest);
      if (mask) this.#paintHatch(pen, mask, highest, { x, y, width, height });
    }
  }

  #paintHatch(pen, mask, highest, { x, y, width, height }) {
    const canvas = new OffscreenCanvas(this.pixels.width, this.pixels.height);
    const sheet = canvas.getContext("2d");
    sheet.scale(this.ratio, this.ratio);
    sheet.imageSmoothingEnabled = false;
    sheet.drawImage(mask, x, y, width, height);
    sheet.setTransform(1, 0, 0, 1, 0, 0);
    sheet.globalCompositeOperation = "source-in";
    sheet.fillStyle = hatch(sheet, highest, this.theme.hatch, this.ratio);
    sheet.fillRect(0, 0, canvas.width, canvas.height);
    pen.save();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(canvas, 0, 0);
    pen.restore();
  }

  #stripY(strip, i, value) {
    const [low, high] = this.layout[`yaxis${i + 2}`].range;
    const row = this.rows[i];
    return row.y + (1 - (value - low) / (high - low)) * row.height;
  }

  #paintStrip(pen, strip, i) {
    const row = this.rows[i];
    const { step, end } = this.view;
    const first = Math.max(0, Math.floor(step / strip.steps) - 1);
    const { mean, minimum, maximum } = strip.levels;
    const last = Math.min(mean.length - 1, Math.ceil(end / strip.steps) + 1);
    const x = (k) => this.xOf((k + 0.5) * strip.steps);
    pen.save();
    pen.beginPath();
    pen.rect(row.x, row.y - 2, row.width, row.height + 4);
    pen.clip();
    const colour = this.theme.series[i % this.theme.series.length];
    if (minimum) {
      pen.beginPath();
      for (let k = first; k <= last; k++) pen.lineTo(x(k), this.#stripY(strip, i, maximum[k]));
      for (let k = last; k >= first; k--) pen.lineTo(x(k), this.#stripY(strip, i, minimum[k]));
      pen.globalAlpha = 0.35;
      pen.fillStyle = colour;
      pen.fill();
      pen.globalAlpha = 1;
    }
    pen.beginPath();
    for (let k = first; k <= last; k++) {
      if (Number.isFinite(mean[k])) pen.lineTo(x(k), this.#stripY(strip, i, mean[k]));
    }
    pen.strokeStyle = colour;
    pen.lineWidth = this.theme.lineWidth;
    pen.lineJoin = "round";
    pen.stroke();
    pen.restore();
  }

  /** Paint all that follows the cursor: its line, the strips' values there, the state beside. */
  paintCursor(cursor, title) {
    const pen = this.overlay.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.overlay.width, this.overlay.height);
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.#paintLine(pen, cursor);
    this.#paintBeside(pen, cursor, title);
  }

  #paintLine(pen, { step }) {
    const x = this.xOf(step + 0.5);
    const { x: left, width, y } = this.heat;
    if (x < left - 1 || x > left + width + 1) return;
    const last = this.rows.at(-1) ?? this.heat;
    const line = (width_, colour) => {
      pen.strokeStyle = colour;
      pen.lineWidth = width_;
      pen.beginPath();
      pen.moveTo(x, y - 3);
      pen.lineTo(x, last.y + last.height);
      pen.stroke();
    };
    // A halo keeps the line visible on red, blue and paper alike.
    line(4, this.theme.halo);
    line(1.8, this.theme.cursor);
    this.picture.strips.forEach((strip, i) => {
      const value = strip.levels.mean[Math.floor(step / strip.steps)];
      if (!Number.isFinite(value)) return;
      pen.beginPath();
      pen.arc(x, this.#stripY(strip, i, value), 4, 0, 2 * Math.PI);
      pen.fillStyle = this.theme.series[i % this.theme.series.length];
      pen.fill();
      pen.lineWidth = 1.5;
      pen.strokeStyle = this.theme.background;
      pen.stroke();
    });
  }

  #paintBeside(pen, cursor, title) {
    const { x, y, width, height } = this.beside;
    const { field } = this.picture;
    const { unit, top } = this.view;
    const zero = Math.min(Math.max(0, field.low), field.high);
    const xOf = (value) =>
      x + ((Math.min(field.high, Math.max(field.low, value)) - field.low) /
        (field.high - field.low)) * width;
    pen.save();
    pen.beginPath();
    pen.rect(x - 1, y, width + 2, height);
    pen.clip();
    pen.strokeStyle = this.theme.grid;
    pen.lineWidth = 1;
    for (const value of [field.low, zero, field.high]) {
      pen.beginPath();
      pen.moveTo(xOf(value), y);
      pen.lineTo(xOf(value), y + height);
      pen.stroke();
    }
    const column = this.columnAt(cursor.step);
    for (const cell of column) {
      if (cell.top <= unit || cell.unit >= top || !(cell.mean === cell.mean)) continue;
      const upper = this.yOf(cell.top);
      const thick = this.yOf(cell.unit) - upper;
      const inset = thick > 3 ? Math.min(2, thick * 0.15) : 0;
      pen.fillStyle = cssColour(this.table, cell.shade);
      const [from, to] = [xOf(zero), xOf(cell.mean)].sort((a, b) => a - b);
      pen.fillRect(from, upper + inset, Math.max(to - from, 1), thick - 2 * inset);
    }
    if (cursor.unit !== null) this.#paintUnit(pen, cursor.unit);
    pen.restore();
    pen.fillStyle = this.theme.text;
    pen.font = `${this.theme.tickSize}px ${this.layout.template.layout.font.family}`;
    pen.textAlign = "center";
    pen.textBaseline = "bottom";
    pen.fillText(title, x + width / 2, y - 4, width + 20);
  }

  #paintUnit(pen, unit) {
    const upper = this.yOf(unit + 1);
    pen.strokeStyle = this.theme.cursor;
    pen.lineWidth = 1;
    pen.strokeRect(this.beside.x, upper, this.beside.width, this.yOf(unit) - upper);
  }

  /** The finest tile that covers a cell. */
  tileAt(step, unit) {
    let best = null;
    for (const tile of this.picture.tiles) {
      const covers = step >= tile.step && step < tile.end && unit >= tile.unit && unit < tile.top;
      if (covers && (!best || tile.steps * tile.units <= best.steps * best.units)) best = tile;
    }
    return best;
  }

  /** The state at a step: one entry a unit, or a block of units where that is all there is. */
  columnAt(step) {
    const tile = this.tileAt(step, this.view.unit);
    if (!tile) return [];
    const { low, high } = this.picture.field;
    const start = Math.floor((step - tile.step) / tile.steps) * tile.rows;
    const cells = [];
    for (let r = 0; r < tile.rows; r++) {
      const shade = tile.levels.mean[start + r];
      const value = tile.values ? tile.values[start + r] : valueOf(shade, low, high);
      const unit = tile.unit + r * tile.units;
      cells.push({ unit, top: Math.min(tile.top, unit + tile.units), mean: value, shade });
    }
    return cells;
  }
}

/** The value in the middle of a shade. */
export function valueOf(shade, low, high) {
  if (shade === 0) return NaN;
  return low + ((Math.min(254, Math.max(2, shade)) - 2) / 252) * (high - low);
}

function layer(parent, tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  parent.append(element);
  return element;
}

/** A span brought inside 0…length, its size kept when it can be. */
function inside(from, to, length) {
  const size = Math.min(to - from, length);
  const start = Math.min(Math.max(0, from), length - size);
  return [start, start + size];
}

/** The layout on a theme, and with less on a narrow screen. */
function fitted(layout, theme, narrow) {
  const fit = structuredClone(layout);
  fit.template = theme.template;
  fit.coloraxis.colorscale = theme.scale;
  if (narrow) {
    fit.margin.l = 46;
    fit.margin.r = 12;
    fit.xaxis.domain = [0, 0.72];
    fit.xaxis2.domain = [0.77, 1];
    fit.xaxis2.title = { text: "" };
  }
  return fit;
}

/** Empty traces that make Plotly draw every axis, and the colour bar. */
function axisTraces(picture) {
  const empty = (xaxis, yaxis) => ({ type: "scatter", x: [null], y: [null], xaxis, yaxis });
  const strips = picture.strips.map((_, i) => empty("x", `y${i + 2}`));
  return [empty("x", "y"), empty("x2", "y"), ...strips, ...picture.frame.traces];
}
