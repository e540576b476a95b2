/**
 * Products with the weights of a layer. They lie as Keras has them: kernel (features, G·units),
 * recurrent (units, G·units), bias (G·units) or (2, G·units), one block of units a gate.
 */

/** A row of a (…, width) array that lies flat. */
export function row(values, width, index) {
  return values.subarray(index * width, (index + 1) * width);
}

/** `count` numbers, each made from its index. */
export function mapped(count, value) {
  const out = new Float64Array(count); // Float64Array.from over an iterable is ten times slower
  for (let u = 0; u < count; u++) out[u] = value(u);
  return out;
}

/** One gate's block of vector · matrix. */
export function product(vector, matrix, gate, units, width) {
  const out = new Float64Array(units);
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i];
    if (value === 0) continue;
    const start = i * width + gate * units;
    for (let u = 0; u < units; u++) out[u] += value * matrix[start + u];
  }
  return out;
}

/** The part of a bias that belongs to a gate; `second` is the row of the recurrent product. */
export function biasOf({ bias, units }, gate, count, second = 0) {
  return row(bias, units, second * count + gate);
}

/** A change of the state times the block of U of a gate, forth, and a gradient, back. */
export function recurrentProducts({ recurrent, units }, count) {
  const width = count * units;
  const forth = (change, gate) => {
    const out = new Float64Array(units);
    for (let i = 0; i < units; i++) {
      const start = i * width + gate * units;
      for (let u = 0; u < units; u++) out[u] += change[i] * recurrent[start + u];
    }
    return out;
  };
  const back = (gradient, gate, out) => {
    for (let i = 0; i < units; i++) {
      const start = i * width + gate * units;
      let sum = 0;
      for (let u = 0; u < units; u++) sum += gradient[u] * recurrent[start + u];
      out[i] += sum;
    }
  };
  return { forth, back };
}

/** What every gate's pre-activation is made of: {fromInput, fromState, bias, z, value} of a gate. */
export function gateOf(layer, apply, fromInput, fromState, bias) {
  const z = mapped(layer.units, (u) => fromInput[u] + fromState[u] + bias[u]);
  return { fromInput, fromState, bias, z, value: z.map(apply) };
}
