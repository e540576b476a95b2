/**
 * Axes, labels and colour bar, painted from the layout that Python also gives to Plotly.
 *
 * Plotly itself would say the same in the same place, but it takes longer to load than all else on
 * the page together, and longer to move its ticks than a frame lasts.
 */

import { barImage } from "./raster.js";
import { rough, whole } from "./words.js";

const TICK = 4;
const APART = 22; // least room between two labels of an axis in pixels

/** Paint all axes of the stage. */
export function paintAxes(pen, stage) {
  const { heat, rows, theme, layout, picture } = stage;
  pen.save();
  pen.fillStyle = theme.muted;
  pen.strokeStyle = theme.axis;
  pen.lineWidth = 1;
  pen.font = `${theme.tickSize}px ${theme.font}`;
  paintUnits(pen, stage);
  const foot = rows.at(-1) ?? heat;
  paintSteps(pen, stage, foot.y + foot.height);
  rows.forEach((row, i) => paintStripAxis(pen, stage, row, picture.strips[i]));
  if (stage.input) paintInputAxis(pen, stage);
  paintBar(pen, stage);
  pen.fillStyle = theme.text;
  rows.forEach((row, i) => text(pen, picture.strips[i].title, row.x, row.y - 3, "left", "bottom"));
  const floor = stage.height - 2;
  const written = paintTokens(pen, stage, floor);
  pen.font = `${theme.fontSize}px ${theme.font}`;
  if (!written) text(pen, layout.xaxis.title.text, heat.x + heat.width / 2, floor, "center", "bottom");
  const widest = pen.measureText(whole(picture.units)).width;
  const left = Math.max(0, heat.x - TICK - 12 - widest - theme.fontSize);
  paintUpright(pen, layout.yaxis.title.text, left, heat.y + heat.height / 2);
  pen.restore();
}

function text(pen, words, x, y, align, baseline) {
  pen.textAlign = align;
  pen.textBaseline = baseline;
  pen.fillText(words, x, y);
}

function paintUpright(pen, words, x, y) {
  pen.save();
  pen.translate(x, y);
  pen.rotate(-Math.PI / 2);
  text(pen, words, 0, 0, "center", "top");
  pen.restore();
}

/** A line with sharp edges whatever the pixel ratio. */
function line(pen, x, y, width, height) {
  pen.save();
  pen.fillStyle = pen.strokeStyle;
  pen.fillRect(Math.round(x), Math.round(y), width, height);
  pen.restore();
}

function paintUnits(pen, stage) {
  const { heat, theme } = stage;
  const { unit, top } = stage.view;
  line(pen, heat.x - 1, heat.y, 1, heat.height);
  const room = (2 * theme.tickSize * (top - unit)) / heat.height;
  for (const index of ticks(unit, top, room, stage.picture.first)) {
    const y = stage.yOf(index + 0.5);
    line(pen, heat.x - 1 - TICK, y, TICK, 1);
    text(pen, whole(index + stage.picture.first), heat.x - TICK - 4, y, "right", "middle");
  }
}

function paintSteps(pen, stage, y) {
  const { heat, picture, width } = stage;
  const { step, end } = stage.view;
  line(pen, heat.x - 1, y, heat.width + 1, 1);
  const label = (index) => whole(index + picture.first);
  const widest = Math.max(...[step, end].map((at) => pen.measureText(label(Math.floor(at))).width));
  const room = ((widest + APART) * (end - step)) / heat.width;
  for (const index of ticks(step, end, room, picture.first)) {
    const x = stage.xOf(index + 0.5);
    const half = pen.measureText(label(index)).width / 2;
    line(pen, x, y, 1, TICK);
    text(pen, label(index), Math.min(x, width - half), y + TICK + 3, "center", "top");
  }
}

/** Indices whose shown numbers are round, at least `room` apart, whose cells begin in a span. */
function ticks(from, to, room, first) {
  const distance = roundUp(Math.max(1, room));
  const indices = [];
  const start = Math.ceil((Math.ceil(from - 0.5) + first) / distance) * distance - first;
  for (let index = start; index + 0.5 <= to; index += distance) indices.push(index);
  return indices;
}

/** The least of 1, 2, 5, 10, 20, 50 … that is not below a number. */
function roundUp(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  return power * [1, 2, 5, 10].find((digit) => digit * power >= number - 1e-9);
}

/** The input's title above it and its ends beside it: of its values, or of its features. */
function paintInputAxis(pen, { input: { row, input }, theme }) {
  paintStripAxis(pen, null, row, input);
  pen.fillStyle = theme.text;
  text(pen, input.title, row.x, row.y - 5, "left", "bottom");
  pen.fillStyle = theme.muted;
}

/** As many tokens under the time axis as find room; says whether there are any. */
function paintTokens(pen, stage, y) {
  const tokens = stage.picture.input?.tokens ?? [];
  if (!tokens.length) return false;
  const { step, end } = stage.view;
  let free = -Infinity;
  for (let index = Math.ceil(step - 0.5); index + 0.5 <= end && index < tokens.length; index++) {
    const x = stage.xOf(index + 0.5);
    const half = pen.measureText(tokens[index]).width / 2;
    if (x - half < free || x + half > stage.width) continue;
    text(pen, tokens[index], x, y, "center", "bottom");
    free = x + half + 6;
  }
  return true;
}

function paintStripAxis(pen, stage, row, { axis: { tickvals }, percent }) {
  const [low, high] = row.range;
  line(pen, row.x - 1, row.y, 1, row.height);
  for (const value of tickvals) {
    const y = row.y + (1 - (value - low) / (high - low)) * row.height;
    line(pen, row.x - 1 - TICK, y, TICK, 1);
    text(pen, percent ? `${100 * value}%` : rough(value), row.x - TICK - 4, y, "right", "middle");
  }
}

/** The colour bar, which is the axis of the state beside as well. */
function paintBar(pen, stage) {
  const { bar, table, theme, layout, picture: { field } } = stage;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(barImage(table), bar.x, bar.y, bar.width, bar.height);
  pen.fillStyle = theme.muted;
  const y = bar.y + bar.height;
  const ends = [field.low, (field.low + field.high) / 2, field.high];
  ends.forEach((value, i) => {
    const x = bar.x + (i / 2) * bar.width;
    line(pen, x - 0.5, y, 1, TICK);
    // The last number of a run that diverges, 8e+307, is wider than the margin: it moves inwards.
    const half = pen.measureText(rough(value)).width / 2;
    const middle = Math.min(x, stage.width - 1 - half);
    text(pen, rough(value), middle, y + TICK + 3, "center", "top");
  });
  pen.fillStyle = theme.text;
  pen.font = `${theme.fontSize}px ${theme.font}`;
  const below = y + TICK + 3 + theme.tickSize + 5;
  text(pen, layout.xaxis2.title.text, bar.x + bar.width / 2, below, "center", "top");
  pen.font = `${theme.tickSize}px ${theme.font}`;
}
