/**
 * From numbers to colours in the diagram: one scale a kind of number, so that one colour means one
 * number in all parts of that kind.
 */

import { colourTable, cssColours } from "./raster.js";

/** The scales of a model on a theme: functions from a number to a packed colour or a CSS colour. */
export function scalesOf(model, theme) {
  const diverging = colourTable(theme.scales.diverging, theme.missing);
  const sequential = colourTable(theme.scales.sequential, theme.missing);
  const about = (limit) => scale(diverging, -limit, limit);
  const { low, high } = model.state;
  const positive = model.opened.inputs.every((one) => one >= 0);
  return {
    weight: about(model.weightLimit || 1),
    argument: about(model.argumentLimit),
    state: low < 0 || high <= 0 ? scale(diverging, low, high) : scale(sequential, low, high),
    cell: about(model.cellLimit),
    gate: scale(sequential, 0, 1),
    input: positive ? scale(sequential, 0, model.inputLimit || 1) : about(model.inputLimit || 1),
  };
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
