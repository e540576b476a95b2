/**
 * From shades to pixels: colour tables, cell images, hatching of marked cells.
 */

const MISSING = 0;
const LOWEST = 1;
const HIGHEST = 255;

/** A table of 256 packed colours from (position, "#rrggbb") stops; shades 2…254 span the scale. */
export function colourTable(stops, missing) {
  const table = new Uint32Array(256);
  for (let shade = 1; shade < 256; shade++) {
    table[shade] = pack(mixed(stops, Math.min(1, Math.max(0, (shade - 2) / 252))));
  }
  table[MISSING] = pack(channels(missing));
  return table;
}

/** The CSS colour of one shade. */
export function cssColour(table, shade) {
  const c = table[shade];
  return `rgb(${c & 255},${(c >> 8) & 255},${(c >> 16) & 255})`;
}

function channels(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function mixed(stops, position) {
  let k = 1;
  while (k < stops.length - 1 && stops[k][0] < position) k++;
  const [from, lower] = stops[k - 1];
  const [to, upper] = stops[k];
  const share = (position - from) / (to - from);
  const a = channels(lower);
  const b = channels(upper);
  return a.map((value, i) => Math.round(value + (b[i] - value) * share));
}

function pack([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * Shades of a tile's window, reduced so that a cell is not smaller than a screen pixel.
 *
 * Thrown-away cells would flicker while one zooms; a block's least, greatest or mean shade stays.
 * Returns {shades, low, high, columns, rows, steps, units, step, unit}, time-major; `low` and
 * `high` say which blocks hold a marked cell anywhere.
 */
export function reduceWindow(tile, level, window, most) {
  const first = clamp(Math.floor((window.step - tile.step) / tile.steps), 0, tile.columns);
  const last = clamp(Math.ceil((window.end - tile.step) / tile.steps), first, tile.columns);
  const bottom = clamp(Math.floor((window.unit - tile.unit) / tile.units), 0, tile.rows);
  const top = clamp(Math.ceil((window.top - tile.unit) / tile.units), bottom, tile.rows);
  const across = Math.max(1, Math.floor((last - first) / most.columns));
  const upward = Math.max(1, Math.floor((top - bottom) / most.rows));
  const columns = Math.ceil((last - first) / across);
  const rows = Math.ceil((top - bottom) / upward);
  const area = { first, last, bottom, top, across, upward, columns, rows, stride: tile.rows };
  const { mean, minimum = mean, maximum = mean } = tile.levels;
  const least = blockLeast(minimum, area);
  const most_ = blockMost(maximum, area);
  const shades =
    level === "minimum" ? least : level === "maximum" ? most_ : blockMean(mean, area);
  return {
    shades,
    least,
    most: most_,
    columns,
    rows,
    steps: tile.steps * across,
    units: tile.units * upward,
    step: tile.step + first * tile.steps,
    unit: tile.unit + bottom * tile.units,
    end: Math.min(tile.end, tile.step + last * tile.steps),
    top: Math.min(tile.top, tile.unit + top * tile.units),
  };
}

function overBlocks(source, area, start, fold, finish) {
  const { first, last, bottom, top, across, upward, columns, rows, stride } = area;
  const out = new Uint8Array(columns * rows);
  for (let c = 0; c < columns; c++) {
    const from = first + c * across;
    const to = Math.min(last, from + across);
    for (let r = 0; r < rows; r++) {
      const low = bottom + r * upward;
      const high = Math.min(top, low + upward);
      let state = start;
      for (let t = from; t < to; t++) {
        const row = t * stride;
        for (let u = low; u < high; u++) state = fold(state, source[row + u]);
      }
      out[c * rows + r] = finish(state, (to - from) * (high - low));
    }
  }
  return out;
}

const blockLeast = (source, area) =>
  overBlocks(source, area, 255, (a, b) => (b < a ? b : a), (a) => a);
const blockMost = (source, area) =>
  overBlocks(source, area, 0, (a, b) => (b > a ? b : a), (a) => a);
const blockMean = (source, area) =>
  overBlocks(source, area, 0, (a, b) => a + b, (a, count) => Math.round(a / count));

/** A canvas with one pixel a cell, units upwards. */
export function cellImage(block, table) {
  return paintCells(block, (i) => table[block.shades[i]]);
}

/** A canvas that is opaque where a cell (or anything in its block) is at a mark; null if none. */
export function markMask(block, highest) {
  const source = highest ? block.most : block.least;
  const mark = highest ? HIGHEST : LOWEST;
  if (!source.includes(mark)) return null;
  return paintCells(block, (i) => (source[i] === mark ? 0xffffffff : 0));
}

function paintCells({ columns, rows }, colour) {
  const canvas = new OffscreenCanvas(Math.max(1, columns), Math.max(1, rows));
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let c = 0; c < columns; c++) {
    for (let r = 0; r < rows; r++) pixels[(rows - 1 - r) * columns + c] = colour(c * rows + r);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A repeating hatch; `up` leans one way for high marks, the other way for low ones. */
export function hatch(context, up, colour, pixelRatio) {
  const size = Math.round(6 * pixelRatio);
  const canvas = new OffscreenCanvas(size, size);
  const pen = canvas.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = pixelRatio;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift, up ? size : 0);
    pen.lineTo(shift + size, up ? 0 : size);
    pen.stroke();
  }
  return context.createPattern(canvas, "repeat");
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
