/**
 * The stage: where things lie, which part is visible, and in which order it is painted.
 *
 * Two canvases lie on top of each other: one with cells, strips and axes, one with all that follows
 * the cursor. Moving the cursor repaints the upper one only.
 */

import { paintAxes } from "./axes.js";
import { inputPane, paintInput, paintInputCursor } from "./input_band.js";
import {
  paintBeside,
  paintCells,
  paintLine,
  paintSelection,
  paintStrip,
  paintTitle,
} from "./panels.js";
import { colourTable } from "./raster.js";
import { setStyle } from "./writing.js";

const NARROW = 560;
const SCREEN = 814; // pixels of the screen that the layout fits without more ado
const PRESENTATION_SCREEN = 900;
const LEAST_OFF = 100;
const MOST_ON = 420;
const MOST_RATIO = 2;
const LEAST_SPAN = 2;
const ROOM = 2; // pixels of a block that could as well show two

export class Stage {
  /** @param {HTMLElement} element is filled with the two canvases */
  constructor(element) {
    this.element = element;
    this.pixels = layer(element, "rv-pixels");
    this.overlay = layer(element, "rv-overlay");
    this.window = null;
    this.level = "mean";
    this.ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
  }

  /** Take what is to be shown and lay it out in a width; nothing is painted yet. */
  show(picture, theme, width) {
    this.picture = picture;
    this.theme = theme;
    this.kind = picture.field.kind;
    this.table = colourTable(theme.scales[this.kind], theme.missing);
    this.width = Math.max(240, width);
    this.isNarrow = this.width < NARROW;
    this.layout = fitted(picture, this.isNarrow);
    this.height = this.layout.height;
    setStyle(this.element, "height", `${this.height}px`);
    for (const canvas of [this.pixels, this.overlay]) fit(canvas, this);
    const place = (x, y) => this.#place(this.layout[x].domain, this.layout[y].domain);
    this.heat = place("xaxis", "yaxis");
    this.beside = place("xaxis2", "yaxis");
    this.bar = place("xaxis2", "yaxis9");
    this.rows = picture.strips.map((_, i) => ({
      ...place("xaxis", `yaxis${i + 2}`),
      range: this.layout[`yaxis${i + 2}`].range,
    }));
    this.input = picture.input && inputPane(this, place("xaxis", "yaxis8"), place("xaxis2", "yaxis8"));
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

  /** The visible part in indices: step…end, unit…top (all of it when nothing is zoomed). */
  get view() {
    const { timesteps, units } = this.picture;
    if (!this.window) return { step: 0, end: timesteps, unit: 0, top: units };
    const [step, end] = within(this.window.step, this.window.end, timesteps);
    const [unit, top] = within(this.window.unit, this.window.top, units);
    return { step, end, unit, top };
  }

  /** Show a part; one that holds everything (or null) means that nothing is zoomed. */
  zoomTo(part) {
    const { timesteps, units } = this.picture;
    if (!part) {
      this.window = null;
      return;
    }
    const [step, end] = within(part.step, part.end, timesteps);
    const [unit, top] = within(part.unit, part.top, units);
    const whole = end - step > timesteps - 1e-6 && top - unit > units - 1e-6;
    this.window = whole ? null : { step, end, unit, top };
  }

  /** Bring a step into view without changing the size of what is visible. */
  follow(step) {
    const { step: first, end, unit, top } = this.view;
    if (step >= Math.floor(first) && step + 1 <= Math.ceil(end)) return false;
    const shift = step < first ? step - first : step + 1 - end;
    this.zoomTo({ step: first + shift, end: end + shift, unit, top });
    return true;
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

  /** Step and unit at a point, fractions kept; they may lie outside the run. */
  at(x, y) {
    const { step, end, unit, top } = this.view;
    return {
      step: step + ((x - this.heat.x) / this.heat.width) * (end - step),
      unit: unit + (1 - (y - this.heat.y) / this.heat.height) * (top - unit),
    };
  }

  /** Which part a point is over: "heat", "beside", the number of a strip, or null. */
  partAt(x, y) {
    if (holds(this.heat, x, y)) return "heat";
    if (holds(this.beside, x, y)) return "beside";
    if (this.input && holds(this.input.heat, x, y)) return "input";
    const strip = this.rows.findIndex((row) => holds(row, x, y, 8));
    return strip < 0 ? null : strip;
  }

  /** The finest tile that covers a cell, or null. */
  tileAt(step, unit) {
    let best = null;
    for (const tile of this.picture.tiles) {
      const covers = step >= tile.step && step < tile.end && unit >= tile.unit && unit < tile.top;
      if (covers && (!best || tile.steps * tile.units <= best.steps * best.units)) best = tile;
    }
    return best;
  }

  /** Whether a tile's blocks are wider or taller than the screen's pixels would allow. */
  isCoarse({ steps, units }) {
    const { step, end, unit, top } = this.view;
    const across = (this.heat.width * this.ratio) / (end - step);
    const upward = (this.heat.height * this.ratio) / (top - unit);
    return (steps > 1 && steps * across >= ROOM) || (units > 1 && units * upward >= ROOM);
  }

  /** Paint cells, hatching, strips and axes. */
  paint(canvas = this.pixels, ratio = this.ratio) {
    const pen = blank(canvas, ratio);
    for (const tile of this.picture.tiles) paintCells(pen, this, tile, ratio);
    this.picture.strips.forEach((strip, i) => paintStrip(pen, this, strip, i));
    if (this.input) paintInput(pen, this.input, ratio);
    paintAxes(pen, this);
  }

  /** Paint all that follows the cursor: its line, the strips' values there, the state beside. */
  paintCursor(cursor, title, box = null, canvas = this.overlay, ratio = this.ratio) {
    const pen = blank(canvas, ratio);
    paintLine(pen, this, cursor);
    paintBeside(pen, this, cursor);
    if (this.input) paintInputCursor(pen, this.input, cursor);
    paintSelection(pen, this, cursor);
    paintTitle(pen, this, title);
    if (box) paintBox(pen, this, box);
  }
}

function layer(parent, name) {
  const canvas = document.createElement("canvas");
  canvas.className = name;
  parent.append(canvas);
  return canvas;
}

function fit(canvas, { width, height, ratio }) {
  const across = Math.round(width * ratio);
  const down = Math.round(height * ratio);
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
}

function blank(canvas, ratio) {
  const pen = canvas.getContext("2d");
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}

function holds({ x: left, y: top, width, height }, x, y, slack = 0) {
  return x >= left && x < left + width && y >= top - slack && y < top + height + slack;
}

/** A span brought inside 0…length: not too narrow, its size kept when it can be. */
function within(from, to, length) {
  const size = Math.min(length, Math.max(to - from, Math.min(LEAST_SPAN, length)));
  const start = Math.min(Math.max(0, from), length - size);
  return [whole(start), whole(start + size)];
}

/** A number that is whole but for rounding, whole. */
function whole(value) {
  const near = Math.round(value);
  return Math.abs(value - near) < 1e-9 ? near : value;
}

function paintBox(pen, { theme }, { x, y, width, height }) {
  pen.fillStyle = theme.halo;
  pen.globalAlpha = 0.35;
  pen.fillRect(x, y, width, height);
  pen.globalAlpha = 1;
  pen.strokeStyle = theme.cursor;
  pen.setLineDash([5, 3]);
  pen.lineWidth = 1.5;
  pen.strokeRect(x, y, width, height);
  pen.setLineDash([]);
}

/** Pixels by which the heatmap is taller here than on the screen that Python's layout is made for. */
function spare({ compact, presentation }) {
  const more = window.innerHeight - (presentation ? PRESENTATION_SCREEN : SCREEN);
  return Math.max(compact ? 0 : -LEAST_OFF, Math.min(MOST_ON, compact ? more / 2 : more));
}

/** Give the heatmap more (or less) height: what lies above it moves, what lies below stays. */
function stretched(layout, pixels) {
  const { t, b } = layout.margin;
  const before = layout.height - t - b;
  const after = before + pixels;
  const floor = layout.yaxis.domain[0];
  for (const [name, axis] of Object.entries(layout)) {
    if (!name.startsWith("yaxis")) continue;
    axis.domain = axis.domain.map((end) => (end * before + (end > floor + 1e-9 ? pixels : 0)) / after);
  }
  layout.height += pixels;
}

/** Python's layout with the picture's own ranges, as tall as the screen, less on a narrow one. */
function fitted({ layout: wide, strips, input, compact, presentation }, narrow) {
  const layout = structuredClone(wide);
  stretched(layout, spare({ compact, presentation }));
  if (input) Object.assign(layout.yaxis8, input.axis);
  strips.forEach((strip, i) => Object.assign(layout[`yaxis${i + 2}`], strip.axis));
  if (narrow) {
    Object.assign(layout.margin, { l: 44, r: 10 });
    layout.xaxis.domain = [0, 0.72];
    layout.xaxis2.domain = [0.77, 1];
    layout.xaxis2.title = { text: "" };
    layout.yaxis.title = { text: "" };
  }
  return layout;
}
