/**
 * What a cell does in one timestep, term by term, from its own weights: the arithmetic of the
 * engine's cells (rnnviz/engine/cells) in the browser, so that the diagram needs no server to move.
 *
 * Weights lie as Keras has them: kernel (features, G·units), recurrent (units, G·units), bias (G·units)
 * or (2, G·units), one block of units a gate. Sums may differ from NumPy's in the last digits, so
 * what is shown as the run's own number is always taken from the run.
 */

const ACTIVATIONS = {
  tanh: Math.tanh,
  relu: (z) => Math.max(z, 0),
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  linear: (z) => z,
  hard_sigmoid: (z) => Math.min(1, Math.max(0, z / 6 + 0.5)),
  hard_sigmoid_keras2: (z) => Math.min(1, Math.max(0, z / 5 + 0.5)),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  softsign: (z) => z / (1 + Math.abs(z)),
};
const GATES = { SimpleRNN: ["h"], LSTM: ["i", "f", "c", "o"], GRU: ["z", "r", "h"] };
const OF_STATE = { SimpleRNN: ["h"], LSTM: ["c"], GRU: ["h"] }; // gates with the cell's activation

/** The function of that name; undefined where the browser does not know it. */
export function activation(name) {
  return ACTIVATIONS[name];
}

/** The names of a cell's gates, of a plain one its only pre-activation; null for an unknown cell. */
export function gatesOf({ cell, activation: own, recurrentActivation: gate }) {
  const known = ACTIVATIONS[own] && (cell === "SimpleRNN" || ACTIVATIONS[gate]);
  return (known && GATES[cell]) || null;
}

/** The activation that a gate's pre-activation goes through. */
export function activationOf(layer, gate) {
  const own = OF_STATE[layer.cell]?.includes(gate);
  return own ? layer.activation : layer.recurrentActivation;
}

/** A row of a (…, width) array that lies flat. */
export function row(values, width, index) {
  return values.subarray(index * width, (index + 1) * width);
}

/** One gate's block of vector · matrix, the matrix as Keras has it. */
function product(vector, matrix, gate, units, width) {
  const out = new Float64Array(units);
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i];
    if (value === 0) continue;
    const start = i * width + gate * units;
    for (let u = 0; u < units; u++) out[u] += value * matrix[start + u];
  }
  return out;
}

function mapped(count, value) {
  return Float64Array.from({ length: count }, (_, u) => value(u));
}

/** The part of a bias that belongs to a gate; the second row is GRU's of the recurrent product. */
function biasOf({ bias, units }, gate, count, second = 0) {
  return row(bias, units, second * count + gate);
}

/**
 * One timestep of a layer.
 *
 * Returns `gates`, by name {fromInput, fromState, bias, z, value} (arrays of units), and the `state`
 * and `cell` state after it.
 */
export function stepOf(layer, x, before, cellBefore) {
  const { units, cell } = layer;
  const names = gatesOf(layer);
  const width = names.length * units;
  const gates = {};
  const twoRows = cell === "GRU" && layer.resetAfter;
  names.forEach((name, g) => {
    const fromInput = product(x, layer.kernel, g, units, width);
    const candidate = cell === "GRU" && name === "h";
    const read = candidate && !twoRows ? mapped(units, (u) => gates.r.value[u] * before[u]) : before;
    const fromState = product(read, layer.recurrent, g, units, width);
    let bias = biasOf(layer, g, names.length);
    if (twoRows) {
      const second = biasOf(layer, g, names.length, 1);
      if (candidate) for (let u = 0; u < units; u++) fromState[u] = gates.r.value[u] * (fromState[u] + second[u]);
      else bias = mapped(units, (u) => bias[u] + second[u]);
    }
    const z = mapped(units, (u) => fromInput[u] + fromState[u] + bias[u]);
    gates[name] = { fromInput, fromState, bias, z, value: z.map(ACTIVATIONS[activationOf(layer, name)]) };
  });
  return { gates, ...combined(layer, gates, before, cellBefore) };
}

/** The state that the gates make of the one before. */
function combined({ cell, units, activation: own }, gates, before, cellBefore) {
  if (cell === "SimpleRNN") return { state: gates.h.value, cell: null };
  if (cell === "GRU") {
    const z = gates.z.value;
    return { state: mapped(units, (u) => z[u] * before[u] + (1 - z[u]) * gates.h.value[u]), cell: null };
  }
  const { i, f, c, o } = gates;
  const after = mapped(units, (u) => f.value[u] * cellBefore[u] + i.value[u] * c.value[u]);
  return { state: mapped(units, (u) => o.value[u] * ACTIVATIONS[own](after[u])), cell: after };
}

/** States (and cell states) of all timesteps of a layer with other weights or inputs. */
export function unrolled(layer, inputs, timesteps) {
  const { units, features } = layer;
  const states = new Float64Array(timesteps * units);
  const cells = layer.cell === "LSTM" ? new Float64Array(timesteps * units) : null;
  let { before, cellBefore } = atStart(layer);
  for (let t = 0; t < timesteps; t++) {
    const after = stepOf(layer, row(inputs, features, t), before, cellBefore);
    states.set(after.state, t * units);
    cells?.set(after.cell, t * units);
    [before, cellBefore] = [after.state, after.cell];
  }
  return { states, cells };
}

/** What a layer's state is before the first timestep. */
export function atStart({ initial, units, cell }) {
  const before = row(initial, units, 0);
  return { before, cellBefore: cell === "LSTM" ? row(initial, units, 1) : null };
}

/** Multiplications of a whole run: what says whether the browser may do it while a hand waits. */
export function costOf(layer, timesteps) {
  return timesteps * (gatesOf(layer)?.length ?? 0) * layer.units * (layer.units + layer.features);
}
