/**
 * From shades to pixels: colour tables, reduction to screen size, images of cells, hatching.
 */

const MISSING = 0;
const LOWEST = 1;
const HIGHEST = 255;
const HATCH_SIZE = 9;

const tables = new WeakMap(); // stops -> [missing, table]: a payload's stops serve every repaint
const names = new WeakMap(); // table -> its CSS colours
const bars = new WeakMap(); // table -> its colour bar

/** A table of 256 packed colours from (position, "#rrggbb") stops; shades 2…254 span the scale. */
export function colourTable(stops, missing) {
  if (tables.get(stops)?.[0] !== missing) tables.set(stops, [missing, mixedTable(stops, missing)]);
  return tables.get(stops)[1];
}

function mixedTable(stops, missing) {
  const table = new Uint32Array(256);
  for (let shade = 1; shade < 256; shade++) {
    table[shade] = pack(mixed(stops, Math.min(1, Math.max(0, (shade - 2) / 252))));
  }
  table[MISSING] = pack(channels(missing));
  return table;
}

/** The CSS colour of one shade. */
export function cssColour(table, shade) {
  return cssColours(table)[shade];
}

/** The CSS colours of all 256 shades. */
export function cssColours(table) {
  if (!names.has(table)) names.set(table, Array.from(table, cssName));
  return names.get(table);
}

function cssName(c) {
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
  const end = channels(upper);
  return channels(lower).map((value, i) => Math.round(value + (end[i] - value) * share));
}

function pack([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * The cells of a tile that a window shows, in blocks that are not smaller than a screen pixel
 * (cells that fall between pixels would flicker while one zooms).
 *
 * Returns time-major arrays: `shades` of the wanted level, and `least` and `most`, which tell
 * whether anything in a block is at a mark; null when the window misses the tile.
 */
export function blocksOf(tile, level, view, most) {
  const first = clamp(Math.floor((view.step - tile.step) / tile.steps), 0, tile.columns);
  const last = clamp(Math.ceil((view.end - tile.step) / tile.steps), first, tile.columns);
  const bottom = clamp(Math.floor((view.unit - tile.unit) / tile.units), 0, tile.rows);
  const top = clamp(Math.ceil((view.top - tile.unit) / tile.units), bottom, tile.rows);
  if (first === last || bottom === top) return null;
  const across = perPixel((view.end - view.step) / most.columns, tile.steps);
  const upward = perPixel((view.top - view.unit) / most.rows, tile.units);
  const area = {
    first, last, bottom, top, across, upward, stride: tile.rows,
    columns: Math.ceil((last - first) / across),
    rows: Math.ceil((top - bottom) / upward),
  };
  const { mean, minimum = mean, maximum = mean } = tile.levels;
  const single = across === 1 && upward === 1;
  const reduce = single ? copied : null;
  const least = (reduce ?? leastOf)(minimum, area);
  const greatest = minimum === maximum && single ? least : (reduce ?? greatestOf)(maximum, area);
  const means = () => (mean === minimum && single ? least : (reduce ?? meanOf)(mean, area));
  return {
    shades: level === "minimum" ? least : level === "maximum" ? greatest : means(),
    least,
    most: greatest,
    columns: area.columns,
    rows: area.rows,
    steps: tile.steps * across,
    units: tile.units * upward,
    step: tile.step + first * tile.steps,
    unit: tile.unit + bottom * tile.units,
  };
}

/** How many cells of a size go into one block, when a pixel is as wide as so many indices. */
function perPixel(indices, size) {
  return Math.max(1, Math.ceil(indices / size - 1e-6));
}

function copied(source, { first, last, bottom, top, stride, rows }) {
  if (rows === stride) return source.subarray(first * stride, last * stride);
  const out = new Uint8Array((last - first) * rows);
  for (let c = first; c < last; c++) {
    out.set(source.subarray(c * stride + bottom, c * stride + top), (c - first) * rows);
  }
  return out;
}

// Three loops that differ in one line: a shared one with a callback is five times slower.

function leastOf(source, area) {
  const out = new Uint8Array(area.columns * area.rows).fill(255);
  eachRow(area, (row, c) => {
    for (let u = area.bottom, i = c; u < area.top; i++) {
      for (const end = Math.min(area.top, u + area.upward); u < end; u++) {
        if (source[row + u] < out[i]) out[i] = source[row + u];
      }
    }
  });
  return out;
}

function greatestOf(source, area) {
  const out = new Uint8Array(area.columns * area.rows);
  eachRow(area, (row, c) => {
    for (let u = area.bottom, i = c; u < area.top; i++) {
      for (const end = Math.min(area.top, u + area.upward); u < end; u++) {
        if (source[row + u] > out[i]) out[i] = source[row + u];
      }
    }
  });
  return out;
}

function meanOf(source, area) {
  const sums = new Float64Array(area.columns * area.rows);
  const counts = new Uint32Array(sums.length);
  eachRow(area, (row, c) => {
    for (let u = area.bottom, i = c; u < area.top; i++) {
      for (const end = Math.min(area.top, u + area.upward); u < end; u++) {
        sums[i] += source[row + u];
        counts[i] += 1;
      }
    }
  });
  return Uint8Array.from(sums, (sum, i) => Math.round(sum / counts[i]));
}

/** Call back for each row of a tile with its start there and where its block starts. */
function eachRow({ first, last, across, stride, rows }, take) {
  for (let t = first; t < last; t++) take(t * stride, Math.floor((t - first) / across) * rows);
}

/** A canvas with one pixel a block, units upwards. */
export function cellImage(blocks, table) {
  return paintCells(blocks, blocks.shades, table);
}

/** A canvas of one row: the colours of a table from its lowest shade to its highest. */
export function barImage(table) {
  if (!bars.has(table)) {
    const shades = Uint8Array.from({ length: HIGHEST - LOWEST - 1 }, (_, i) => i + 2);
    bars.set(table, paintCells({ columns: shades.length, rows: 1 }, shades, table));
  }
  return bars.get(table);
}

/** A canvas that is opaque where a block holds a marked cell; null if none does. */
export function markMask(blocks, highest) {
  const source = highest ? blocks.most : blocks.least;
  const mark = highest ? HIGHEST : LOWEST;
  if (!source.includes(mark)) return null;
  const table = new Uint32Array(256);
  table[mark] = 0xffffffff;
  return paintCells(blocks, source, table);
}

function paintCells({ columns, rows }, shades, table) {
  const canvas = new OffscreenCanvas(columns, rows);
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let r = 0; r < rows; r++) {
    const line = (rows - 1 - r) * columns;
    for (let c = 0; c < columns; c++) pixels[line + c] = table[shades[c * rows + r]];
  }
  pen.putImageData(image, 0, 0);
  return canvas;
}

/** A repeating hatch that leans one way for the high mark and the other way for the low one. */
export function hatch(pen, highest, colour, ratio) {
  const size = Math.round(HATCH_SIZE * ratio);
  const canvas = new OffscreenCanvas(size, size);
  const lines = canvas.getContext("2d");
  lines.strokeStyle = colour;
  lines.lineWidth = ratio;
  for (const shift of [-size, 0, size]) {
    lines.beginPath();
    lines.moveTo(shift, highest ? size : 0);
    lines.lineTo(shift + size, highest ? 0 : size);
    lines.stroke();
  }
  return pen.createPattern(canvas, "repeat");
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
