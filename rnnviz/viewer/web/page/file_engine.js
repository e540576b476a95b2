/**
 * The engine of a file: a stack of layers, run in float64 with other weights.
 *
 * The arithmetic of one timestep is that of the diagram (cell_step.js), held against the NumPy engine
 * by the tests. Weights of the file are those of its run; a knob multiplies them by how far it is
 * from where the run had it.
 */

import { row } from "./algebra.js";
import { atStart, gatesOf, stepOf } from "./cell_step.js";
import { cellOf } from "./cells.js";

/**
 * Run all layers with the weights of a setting.
 *
 * @param {object[]} layers cell, sizes, activations, kernel, recurrent, bias, initial
 * @param {Float64Array} inputs (timesteps, features) of the first layer
 * @param {number} timesteps
 * @param {object} factors of every layer's kernel, recurrent, bias
 * @returns {object[]} a trace of each layer: states, arguments (timesteps, units), cells, layer, inputs
 */
export function run(layers, inputs, timesteps, factors) {
  const traces = [];
  for (const [i, layer] of layers.entries()) {
    const own = weighted(layer, factors);
    traces.push(traceOf(own, i ? traces[i - 1].states : inputs, timesteps));
  }
  return traces;
}

function weighted(layer, factors) {
  const found = { ...layer };
  for (const [name, factor] of Object.entries(factors)) {
    if (factor !== 1) found[name] = layer[name].map((weight) => weight * factor);
  }
  return found;
}

/** A layer over all timesteps, with what its activation is applied to (of gated cells the candidate's). */
export function traceOf(layer, inputs, timesteps) {
  const { units, features } = layer;
  const { hasCell, candidate } = cellOf(layer);
  const states = new Float64Array(timesteps * units);
  const args = new Float64Array(timesteps * units);
  const cells = hasCell ? new Float64Array(timesteps * units) : null;
  const gates = gatesOf(layer).length > 1 ? [] : null;
  let { before, cellBefore } = atStart(layer);
  for (let t = 0; t < timesteps; t++) {
    const after = stepOf(layer, row(inputs, features, t), before, cellBefore);
    states.set(after.state, t * units);
    args.set(after.gates[candidate].z, t * units);
    cells?.set(after.cell, t * units);
    gates?.push(after.gates);
    [before, cellBefore] = [after.state, after.cell];
  }
  return { layer, inputs, timesteps, units, states, cells, gates, arguments: args };
}
