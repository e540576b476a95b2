/** Frames as Python sends them: numbers in single precision, then states as bytes. */

/** The frames of a message; `shape` says how long their parts are. */
export function parseFrames(bytes, { rows, outputs, eigenvalues, timesteps, units }) {
  const numbers = 3 + rows * outputs + 2 * eigenvalues + timesteps;
  const states = units * timesteps;
  const size = 4 * numbers + states + ((4 - (states % 4)) % 4);
  const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes ?? 0);
  const frames = [];
  for (let first = 0; first + size <= view.length; first += size) {
    const copy = view.slice(first, first + size);
    const all = new Float32Array(copy.buffer, 0, numbers);
    let at = 3;
    const take = (count) => all.subarray(at, (at += count));
    frames.push({
      step: all[0],
      loss: all[1],
      measure: all[2],
      output: take(rows * outputs),
      real: take(eigenvalues),
      imaginary: take(eigenvalues),
      gradient: take(timesteps),
      states: copy.subarray(4 * numbers, 4 * numbers + states),
    });
  }
  return frames;
}
