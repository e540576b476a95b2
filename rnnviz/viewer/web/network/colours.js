/**
 * From numbers to colours in the diagram: one scale a kind of number, so that one colour means one
 * number in all parts of that kind.
 */

import { greatest } from "./model.js";
import { colourTable, cssColours } from "./raster.js";

/** The scales of a model on a theme: functions from a number to a packed colour or a CSS colour. */
export function scalesOf(model, theme) {
  const diverging = colourTable(theme.scales.diverging, theme.missing);
  const sequential = colourTable(theme.scales.sequential, theme.missing);
  const about = (limit) => scale(diverging, -limit, limit);
  const { low, high } = model.state;
  const positive = model.opened.inputs.every((one) => one >= 0);
  const state = low < 0 || high <= 0 ? scale(diverging, low, high) : scale(sequential, low, high);
  const gate = scale(sequential, 0, 1);
  return {
    weight: about(model.weightLimit || 1),
    argument: about(model.argumentLimit),
    state,
    cell: about(model.cellLimit),
    gate,
    head: model.head && headScale(model.head, state, gate, about),
    input: positive ? scale(sequential, 0, model.inputLimit || 1) : about(model.inputLimit || 1),
  };
}

/** The scale of what the head gives: as far as it can, or as far as it does where that has no end. */
function headScale({ bounds: [low, high], readings }, state, gate, about) {
  if (low === 0 && high === 1) return gate;
  return low === null || high === null ? about(greatest(readings) || 1) : state;
}

function scale(table, low, high) {
  const shade = (value) => {
    if (Number.isNaN(value)) return 0;
    return Math.round(2 + 252 * Math.min(1, Math.max(0, (value - low) / (high - low))));
  };
  const colours = cssColours(table);
  return {
    packed: (value) => table[shade(value)],
    css: (value) => colours[shade(value)],
    low,
    high,
  };
}

/** A canvas of rows × columns pixels with the colours of numbers. */
export function image(rows, columns, at, { packed }) {
  const canvas = new OffscreenCanvas(columns, rows);
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(columns, rows);
  const pixels = new Uint32Array(picture.data.buffer);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) pixels[r * columns + c] = packed(at(r, c));
  }
  pen.putImageData(picture, 0, 0);
  return canvas;
}
