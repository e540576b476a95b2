/**
 * Reads the bytes that packing.py packs: a JSON header and raw arrays behind it.
 */

const READERS = { u1: Uint8Array, f4: Float32Array, f8: Float64Array };
const PREFIX = 24;

/** The cheap part: where the cursor stands and whether the rest is new. */
export function readPrefix(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PREFIX);
  return {
    headerLength: view.getUint32(0, true),
    checksum: view.getUint32(4, true),
    timestep: view.getInt32(8, true),
    unit: view.getInt32(12, true),
    arrival: view.getUint32(16, true),
  };
}

/** The whole payload; every number that stands for an array is replaced by that array. */
export function readPayload(bytes) {
  return attached(...readParts(bytes));
}

/** A header in which every number that stands for an array is replaced by that array. */
export function attached(header, arrays) {
  for (const picture of [header, ...(header.pictures ?? [])]) {
    for (const tile of picture.tiles ?? []) attachTile(tile, arrays, picture.field);
    for (const strip of picture.strips ?? []) attachLevels(strip, arrays);
    if (picture.input) attachInput(picture.input, arrays);
  }
  if (header.network) header.network = { header: header.network, arrays };
  for (const move of header.follow ?? []) {
    for (const name of ["x", "y"]) move[name] = move[name] === null ? null : arrays[move[name]];
  }
  return header;
}

/** The header of a payload and its arrays, as [header, arrays]. */
export function readParts(bytes) {
  const { headerLength } = readPrefix(bytes);
  const text = new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + headerLength));
  const header = JSON.parse(text);
  // Typed arrays want aligned memory, and a message may start anywhere: one copy settles it.
  const body = bytes.slice(PREFIX + headerLength).buffer;
  const arrays = header.arrays.map(
    ({ type, offset, length }) => new READERS[type](body, offset, length),
  );
  delete header.arrays;
  return [header, arrays];
}

/** Pictures that read the same input have it from one header, and each a copy of that. */
function attachInput(input, arrays) {
  for (const tile of input.tiles ?? []) attachTile(tile, arrays, input.field);
  for (const strip of input.strips ?? []) attachLevels(strip, arrays);
}

function attachLevels(holder, arrays) {
  for (const name of Object.keys(holder.levels)) holder.levels[name] = arrays[holder.levels[name]];
}

function attachTile(tile, arrays, field) {
  if (tile.values !== undefined) {
    tile.values = arrays[tile.values];
    tile.levels = { mean: shadesOf(tile.values, field) };
  } else {
    attachLevels(tile, arrays);
  }
}

/** Shades of values, as picture.encode gives them in Python: 0 missing, 1 and 255 at the marks. */
export function shadesOf(values, field) {
  const { low, high } = field;
  const factor = 252 / (high - low);
  const lowMark = field.lowMark === null ? NaN : Number(field.lowMark);
  const highMark = field.highMark === null ? NaN : Number(field.highMark);
  const shades = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value >= highMark) shades[i] = 255;
    else if (value <= lowMark) shades[i] = 1;
    else if (!Number.isNaN(value)) {
      const shade = (value - low) * factor + 2.5;
      shades[i] = shade < 2 ? 2 : shade > 254 ? 254 : shade;
    }
  }
  return shades;
}

/** The finest series of a strip that covers the visible steps. */
export function seriesOf(strip, { step, end }) {
  const { fine } = strip;
  return fine && fine.start <= step && fine.end >= end ? fine : strip;
}

/** The value in the middle of a shade; NaN for a missing one. */
export function valueOf(shade, { low, high }) {
  if (shade === 0) return NaN;
  return low + ((Math.min(254, Math.max(2, shade)) - 2) / 252) * (high - low);
}
