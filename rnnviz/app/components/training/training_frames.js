/** Frames as Python sends them: numbers in single precision, then states as bytes. */

/** A message: the length of what is said in JSON, that itself, then the frames. */
export function readMessage(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { head, frames: bytes.subarray(4 + length) };
}

/** The frames of a message; `shape` says how long their parts are. */
export function parseFrames(bytes, { rows, outputs, eigenvalues, timesteps, units }) {
  const numbers = 3 + rows * outputs + 2 * eigenvalues + timesteps;
  const states = units * timesteps;
  const size = 4 * numbers + states + ((4 - (states % 4)) % 4);
  const frames = [];
  for (let first = 0; first + size <= bytes.length; first += size) {
    const copy = bytes.slice(first, first + size);
    const all = new Float32Array(copy.buffer, 0, numbers);
    let at = 3;
    const take = (count) => all.subarray(at, (at += count));
    const frame = {
      step: all[0],
      loss: all[1],
      measure: all[2],
      output: take(rows * outputs),
      real: take(eigenvalues),
      imaginary: take(eigenvalues),
      gradient: take(timesteps),
      states: copy.subarray(4 * numbers, 4 * numbers + states),
    };
    const known = frame.gradient.filter(Number.isFinite);
    frame.reach = [Math.min(...known), Math.max(...known)];
    frames.push(frame);
  }
  return frames;
}
