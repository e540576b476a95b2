/**
 * How each panel is painted: cells with their hatching, strips, cursor, the state beside.
 *
 * Every function takes a 2D context in CSS pixels and the stage, which knows places and colours.
 */

import { seriesOf, valueOf } from "./payload.js";
import { blocksOf, cellImage, cssColour, hatch, markMask } from "./raster.js";

/** Paint a tile's visible cells, and hatch those that are exactly at a mark. */
export function paintCells(pen, stage, tile, ratio) {
  const { heat } = stage;
  const most = { columns: heat.width * ratio, rows: heat.height * ratio };
  const blocks = blocksOf(tile, stage.level, stage.view, most);
  if (!blocks) return;
  const x = stage.xOf(blocks.step);
  const y = stage.yOf(blocks.unit + blocks.rows * blocks.units);
  const width = stage.xOf(blocks.step + blocks.columns * blocks.steps) - x;
  const height = stage.yOf(blocks.unit) - y;
  pen.save();
  pen.beginPath();
  clipTo(pen, heat, stage.xOf(tile.end), stage.yOf(tile.top));
  pen.clip();
  pen.imageSmoothingEnabled = false;
  pen.drawImage(cellImage(blocks, stage.table), x, y, width, height);
  for (const highest of [true, false]) {
    const mask = markMask(blocks, highest);
    if (mask) paintHatch(pen, stage, mask, highest, { x, y, width, height }, ratio);
  }
  pen.restore();
}

/** The part of the heatmap left of `right` and below `top`: the last block may be a ragged one. */
function clipTo(pen, heat, right, top) {
  const y = Math.max(heat.y, top);
  pen.rect(heat.x, y, Math.min(heat.x + heat.width, right) - heat.x, heat.y + heat.height - y);
}

let sheet = null;

function paintHatch(pen, stage, mask, highest, { x, y, width, height }, ratio) {
  const { heat } = stage;
  sheet ??= new OffscreenCanvas(1, 1);
  sheet.width = Math.ceil(heat.width * ratio);
  sheet.height = Math.ceil(heat.height * ratio);
  const cover = sheet.getContext("2d");
  cover.setTransform(ratio, 0, 0, ratio, -heat.x * ratio, -heat.y * ratio);
  cover.imageSmoothingEnabled = false;
  cover.drawImage(mask, x, y, width, height);
  cover.setTransform(1, 0, 0, 1, 0, 0);
  cover.globalCompositeOperation = "source-in";
  const strong = highest || stage.kind === "diverging";
  const colour = strong ? stage.theme.hatch : stage.theme.hatchFaint;
  cover.fillStyle = hatch(cover, highest, colour, ratio);
  cover.fillRect(0, 0, sheet.width, sheet.height);
  pen.drawImage(sheet, heat.x, heat.y, sheet.width / ratio, sheet.height / ratio);
}

/** Vertical place of a strip's value in CSS pixels. */
export function stripY({ y, height, range: [low, high] }, value) {
  return y + (1 - (value - low) / (high - low)) * height;
}

/** Paint the line of a strip and, where it is reduced, the band of its extremes. */
export function paintStrip(pen, stage, strip, i, row = stage.rows[i]) {
  const { step, end } = stage.view;
  const { levels, steps, start } = seriesOf(strip, stage.view);
  const { mean, minimum, maximum } = levels;
  const first = Math.max(0, Math.floor((step - start) / steps) - 1);
  const last = Math.min(mean.length - 1, Math.ceil((end - start) / steps) + 1);
  const x = (k) => stage.xOf(start + (k + 0.5) * steps);
  pen.save();
  pen.beginPath();
  pen.rect(row.x, row.y - 3, row.width, row.height + 6);
  pen.clip();
  pen.fillStyle = pen.strokeStyle = seriesColour(stage, i);
  if (minimum) {
    pen.beginPath();
    for (let k = first; k <= last; k++) pen.lineTo(x(k), stripY(row, maximum[k]));
    for (let k = last; k >= first; k--) pen.lineTo(x(k), stripY(row, minimum[k]));
    pen.globalAlpha = 0.4;
    pen.fill();
    pen.globalAlpha = 1;
  }
  pen.beginPath();
  for (let k = first; k <= last; k++) {
    if (Number.isFinite(mean[k])) pen.lineTo(x(k), stripY(row, mean[k]));
  }
  pen.lineWidth = stage.theme.lineWidth;
  pen.lineJoin = "round";
  pen.stroke();
  if (last === first) paintDot(pen, stage, x(first), stripY(row, mean[first]), i);
  pen.restore();
}

/** The colour of a line, by its number. */
export function seriesColour({ theme }, i) {
  return theme.series[i % theme.series.length];
}

/** A dot on a line, at the cursor. */
export function paintDot(pen, stage, x, y, i) {
  pen.beginPath();
  pen.arc(x, y, 4, 0, 2 * Math.PI);
  pen.fillStyle = seriesColour(stage, i);
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = stage.theme.background;
  pen.stroke();
}

/** Paint the cursor over heatmap and strips; its halo keeps it visible on every colour. */
export function paintLine(pen, stage, { step }) {
  const { heat, rows, theme, picture, input } = stage;
  const x = stage.xOf(step + 0.5);
  if (x < heat.x - 1 || x > heat.x + heat.width + 1) return;
  for (const [width, colour] of [[4, theme.halo], [theme.lineWidth, theme.cursor]]) {
    pen.fillStyle = colour;
    pen.fillRect(x - width / 2, heat.y - 4, width, heat.height + 4);
    if (input) pen.fillRect(x - width / 2, input.heat.y - 3, width, input.heat.height + 3);
    for (const { y, height } of rows) pen.fillRect(x - width / 2, y - 1, width, height + 1);
  }
  picture.strips.forEach((strip, i) => {
    const { levels, steps, start } = seriesOf(strip, stage.view);
    const value = levels.mean[Math.floor((step - start) / steps)];
    if (Number.isFinite(value)) paintDot(pen, stage, x, stripY(rows[i], value), i);
  });
}

/** Frame the chosen cell, in the heatmap and in the state beside it. */
export function paintSelection(pen, stage, { step, unit }) {
  const { heat, beside, theme, view } = stage;
  if (unit === null || unit + 1 <= view.unit || unit >= view.top) return;
  const upper = Math.max(heat.y, stage.yOf(unit + 1));
  const height = Math.min(heat.y + heat.height, stage.yOf(unit)) - upper;
  const left = Math.max(heat.x, stage.xOf(step));
  const right = Math.min(heat.x + heat.width, stage.xOf(step + 1));
  for (const { x, width } of [{ x: left, width: right - left }, beside]) {
    if (width <= 0) continue;
    for (const [thick, colour] of [[3, theme.halo], [1.2, theme.cursor]]) {
      pen.lineWidth = thick;
      pen.strokeStyle = colour;
      pen.strokeRect(x - 1, upper - 1, width + 2, height + 2);
    }
  }
}

/** Paint the state at the cursor as bars, one a unit, from zero (or the nearest end) to its value. */
export function paintBeside(pen, stage, cursor) {
  const { x, y, width, height } = stage.beside;
  const { field } = stage.picture;
  const zero = Math.min(Math.max(0, field.low), field.high);
  const share = (value) => (value - field.low) / (field.high - field.low);
  const xOf = (value) => x + Math.min(1, Math.max(0, share(value))) * width;
  pen.save();
  pen.beginPath();
  pen.rect(x - 1, y, width + 2, height);
  pen.clip();
  pen.fillStyle = stage.theme.grid;
  for (const value of [field.low, zero, field.high]) pen.fillRect(xOf(value) - 0.5, y, 1, height);
  for (const cell of columnAt(stage, cursor.step)) {
    const upper = stage.yOf(cell.top);
    const thick = stage.yOf(cell.unit) - upper;
    const inset = thick > 2.5 ? Math.min(1.5, thick * 0.15) : 0;
    const bar = (from, to, alpha) => {
      const [left, right] = [xOf(from), xOf(to)].sort((a, b) => a - b);
      pen.globalAlpha = alpha;
      pen.fillRect(left, upper + inset, Math.max(right - left, 1), thick - 2 * inset);
    };
    pen.fillStyle = cssColour(stage.table, cell.shade);
    if (cell.range) bar(...cell.range, 0.35);
    bar(zero, cell.value, 1);
  }
  pen.globalAlpha = 1;
  pen.restore();
}

/** The visible units at a step, or blocks of units where that is all there is. */
function columnAt(stage, step) {
  const { unit, top } = stage.view;
  const tile = stage.tileAt(step, Math.floor((unit + top) / 2));
  if (!tile) return [];
  const { field } = stage.picture;
  const { mean, minimum, maximum } = tile.levels;
  const start = Math.floor((step - tile.step) / tile.steps) * tile.rows;
  const cells = [];
  for (let r = 0; r < tile.rows; r++) {
    const first = tile.unit + r * tile.units;
    const value = tile.values ? tile.values[start + r] : valueOf(mean[start + r], field);
    if (first + tile.units <= unit || first >= top || Number.isNaN(value)) continue;
    const ends = minimum && [minimum, maximum].map((level) => valueOf(level[start + r], field));
    const cellTop = Math.min(tile.top, first + tile.units);
    cells.push({ unit: first, top: cellTop, value, shade: mean[start + r], range: ends });
  }
  return cells;
}

/** Write what the panel beside shows. */
export function paintTitle(pen, { beside, theme }, title) {
  pen.fillStyle = theme.text;
  pen.font = `${theme.tickSize}px ${theme.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "bottom";
  pen.fillText(title, beside.x + beside.width / 2, beside.y - 5, beside.width + 20);
}
